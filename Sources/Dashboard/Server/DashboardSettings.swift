// What the server is told before it starts.
import Foundation

/// Where the dashboard listens, who may come in, and what it shows.
public struct DashboardSettings: Sendable {
    /// Address or host name to listen on.
    public var host: String
    /// Port; 0 takes any.
    public var port: Int
    /// Takes any port where `port` is in use by another program, instead of giving up.
    public var takesAnyPortIfTaken: Bool
    /// How it knows who asks.
    public var access: DashboardAccess
    /// Reverse proxies whose word on addresses and users counts.
    public var trustedProxies: [AddressRange]
    /// Names this host is known by, beside localhost and its addresses.
    public var hosts: [String]
    /// The pages.
    public var web: WebFolder
    /// The software's version, as pages show it.
    public var version: String

    public init(
        host: String = "127.0.0.1",
        port: Int = 8_750,
        takesAnyPortIfTaken: Bool = false,
        access: DashboardAccess = .open,
        trustedProxies: [AddressRange] = [],
        hosts: [String] = [],
        web: WebFolder = .locate(),
        version: String = ""
    ) {
        self.host = host
        self.port = port
        self.takesAnyPortIfTaken = takesAnyPortIfTaken
        self.access = access
        self.trustedProxies = trustedProxies
        self.hosts = hosts
        self.web = web
        self.version = version
    }

    /// Whether only this machine can reach an address.
    public static func isLoopback(_ host: String) -> Bool {
        host.lowercased() == "localhost" || InternetAddress(host)?.isLoopback == true
    }
}

/// Bounds of what is taken in.
enum DashboardLimits {
    /// A request's body, unless its route takes more.
    static let bodyBytes = 64 << 10
    /// Routes that take sound; the route has a limit of its own below this one.
    static let largeBodyBytes: [String: Int] = ["/api/predict": 256 << 20]
    /// One header line, and all of them.
    static let headerBytes = (field: 16 << 10, all: 64 << 10)
    /// Connections at once; more wait until one ends.
    static let connections = 512
    /// An idle connection is closed after so many seconds.
    static let idleSeconds: Int64 = 75
    /// What runs longer after the server was told to stop is cancelled.
    static let stopSeconds = 2.0
}
