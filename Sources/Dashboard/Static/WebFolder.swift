// Finds the pages that come with Ausculta, where an installation, a clone or a packager put them.
import Foundation

/// The folder of the pages, and what lies beside it.
public struct WebFolder: Sendable {
    /// The folder of the pages below an installation's or a clone's root.
    static let relativePath = "Dashboards/web"
    /// Where Debian's package libjs-dygraphs puts the chart library.
    public static let dygraphsFolder = URL(fileURLWithPath: "/usr/share/javascript/dygraphs")

    /// The folder with `index.html`; nil where it was not found.
    public let pages: URL?
    /// Places looked at, in order.
    public let places: [String]
    /// The chart library.
    public let dygraphs: URL

    /// The API's description, which lies beside the folder of the pages; nil where it was not found.
    public let openAPI: URL?

    /// A folder known beforehand.
    public init(pages: URL?, dygraphs: URL = Self.dygraphsFolder) {
        self.init(pages: pages, among: pages.map { [$0] } ?? [], dygraphs: dygraphs)
    }

    private init(pages: URL?, among places: [URL], dygraphs: URL) {
        self.pages = pages
        self.places = places.map(\.standardizedFileURL.path)
        self.dygraphs = dygraphs
        openAPI =
            places.map { $0.deletingLastPathComponent().appendingPathComponent("openapi.json") }
            .first { FileManager.default.fileExists(atPath: $0.path) }?.standardizedFileURL
    }

    /// Looks in the working folder, in the folders above the program, and where installations have it.
    ///
    /// - Parameters:
    ///   - environment: `AUSCULTA_WEB` names another folder.
    ///   - program: path of the running program.
    public static func locate(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        program: URL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    ) -> WebFolder {
        var places: [URL] = []
        if let named = environment["AUSCULTA_WEB"], !named.isEmpty {
            places = [URL(fileURLWithPath: named)]
        } else {
            places.append(URL(fileURLWithPath: relativePath))
            var folder = program.deletingLastPathComponent()
            for _ in 0..<5 where folder.path != "/" {
                places.append(folder.appendingPathComponent(relativePath))
                folder = folder.deletingLastPathComponent()
            }
            places += ["/usr/local", "/usr"].map { URL(fileURLWithPath: "\($0)/share/ausculta/\(relativePath)") }
        }
        let found = places.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("index.html").path)
        }
        return WebFolder(pages: found?.standardizedFileURL, among: places, dygraphs: dygraphsFolder)
    }
}
