// Serves the pages: a folder of files, each with its type and a validator, and nothing outside of it.
import Foundation
import Hummingbird
import Synchronization

/// The files of one folder by their path below it.
final class StaticFolder: Sendable {
    /// A file as it is sent.
    struct File: Sendable {
        let content: ByteBuffer
        let type: String
        let eTag: String
        let modified: Date
    }

    /// Larger files are not ours to serve.
    private static let maximumBytes = 8 << 20
    private static let types: [String: String] = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8", "json": "application/json; charset=utf-8",
        "map": "application/json; charset=utf-8", "webmanifest": "application/manifest+json; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp",
        "ico": "image/vnd.microsoft.icon", "woff2": "font/woff2", "wav": "audio/wav", "flac": "audio/flac",
        "txt": "text/plain; charset=utf-8",
    ]

    /// The folder, without symbolic links in its path.
    private let root: String
    private let cache = Mutex<[String: (file: File, inode: UInt64, size: Int)]>([:])

    init(_ folder: URL) {
        root = folder.resolvingSymlinksInPath().standardizedFileURL.path
    }

    /// The file at a path such as `assets/js/app.js`; nil where there is none, it is hidden, or it lies elsewhere.
    func file(_ path: String) -> File? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty,
            parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\\") && !$0.utf8.contains(0) }),
            let type = Self.types[(path as NSString).pathExtension.lowercased()],
            let real = Self.realPath("\(root)/\(path)"), real.hasPrefix(root + "/")
        else { return nil }
        var found = stat()
        guard stat(real, &found) == 0, found.st_mode & S_IFMT == S_IFREG, found.st_size <= Self.maximumBytes else {
            return nil
        }
        let modified = Date(
            timeIntervalSince1970: Double(found.st_mtim.tv_sec) + Double(found.st_mtim.tv_nsec) / 1e9
        )
        if let known = cache.withLock({ $0[real] }), known.inode == UInt64(found.st_ino),
            known.size == Int(found.st_size), known.file.modified == modified
        {
            return known.file
        }
        guard let data = FileManager.default.contents(atPath: real) else { return nil }
        let file = File(
            content: ByteBuffer(bytes: data),
            type: type,
            eTag: "\"\(String(Self.fingerprint(data), radix: 16))-\(String(data.count, radix: 16))\"",
            modified: modified
        )
        cache.withLock { $0[real] = (file, UInt64(found.st_ino), data.count) }
        return file
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// FNV-1a, 64 bits: tells versions of a file apart.
    private static func fingerprint(_ data: Data) -> UInt64 {
        data.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// Answers `GET` of everything that is not the API: pages, their assets, the chart library.
struct StaticFiles: Sendable {
    private let pages: StaticFolder?
    private let dygraphs: StaticFolder
    private let dygraphsPath: String

    init(_ folder: WebFolder) {
        pages = folder.pages.map { StaticFolder($0) }
        dygraphs = StaticFolder(folder.dygraphs)
        dygraphsPath = folder.dygraphs.path
    }

    /// The answer to a path outside the API.
    func response(to request: Request) throws -> Response {
        guard let path = request.uri.path.removingPercentEncoding else {
            throw APIError(.badRequest, "malformed", "the path is not percent-encoded UTF-8")
        }
        if path.hasPrefix("/vendor/dygraphs/") {
            let name = String(path.dropFirst("/vendor/dygraphs/".count))
            guard ["dygraph.min.js", "dygraph.min.css"].contains(name), let file = dygraphs.file(name) else {
                throw APIError(
                    .notFound,
                    "no_chart_library",
                    "the charts' library is not in \(dygraphsPath); install it: apt-get install libjs-dygraphs"
                )
            }
            return Self.send(file, request, cache: "public, max-age=86400")
        }
        guard let pages else { return Self.missing }
        let name = path == "/" ? "index.html" : String(path.dropFirst())
        // Revalidated every time: the names of our files stay the same from one version to the next.
        if let file = pages.file(name) { return Self.send(file, request, cache: "no-cache") }
        // Other paths are the page's own to explain; what looks like a file is not.
        let isFile =
            path.hasPrefix("/assets/") || path.hasPrefix("/vendor/")
            || path.split(separator: "/").last?.contains(".") == true
        guard !isFile, let index = pages.file("index.html") else {
            throw APIError(.notFound, "not_found", "there is no file \(path.prefix(200))")
        }
        return Self.send(index, request, cache: "no-cache")
    }

    private static func send(_ file: StaticFolder.File, _ request: Request, cache: String) -> Response {
        var headers: HTTPFields = [
            .eTag: file.eTag, .lastModified: file.modified.httpDate, .cacheControl: cache,
        ]
        if isCurrent(file, request) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = file.type
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.content))
    }

    /// RFC 9110, 13.2.2: an entity tag decides where one is given.
    private static func isCurrent(_ file: StaticFolder.File, _ request: Request) -> Bool {
        let tags = request.headers[values: .ifNoneMatch]
        guard tags.isEmpty else {
            return tags.flatMap { $0.split(separator: ",") }.contains { tag in
                let tag = tag.trimmingCharacters(in: .whitespaces)
                return tag == "*" || tag == file.eTag || tag == "W/" + file.eTag
            }
        }
        guard let since = request.headers[.ifModifiedSince] else { return false }
        return since == file.modified.httpDate
    }

    /// A page for people whose installation lacks the pages.
    private static var missing: Response {
        let html = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Ausculta</title>
            <h1>Ausculta is running; its pages are missing</h1>
            <p>The folder Dashboards/web was not found. Reinstall Ausculta, start it from its folder, or name the folder
            in the environment variable AUSCULTA_WEB. The service's log lists the places that were looked at.</p>
            <p>未找到网页文件夹 Dashboards/web。请重新安装 Ausculta，或用环境变量 AUSCULTA_WEB 指定该文件夹。</p>
            <p>The HTTP API works: <a href="/api/openapi.json">/api/openapi.json</a></p></html>

            """
        return Response(
            status: .serviceUnavailable,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: html))
        )
    }
}

extension Date {
    /// As HTTP writes times: `Sun, 06 Nov 1994 08:49:37 GMT`.
    var httpDate: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: self)
    }
}
