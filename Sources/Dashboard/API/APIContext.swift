// What the server knows of a request while it is answered.
import Foundation
import Hummingbird
import NIOCore

/// Who asks.
public struct Identity: Hashable, Sendable {
    public enum Role: String, Sendable, Codable, CaseIterable, Comparable {
        case viewer
        /// May acknowledge, decide reviews and change what the service does.
        case `operator`

        public static func < (left: Role, right: Role) -> Bool { left == .viewer && right == .operator }
    }

    public let name: String
    public let role: Role

    public init(name: String, role: Role) {
        self.name = name
        self.role = role
    }
}

/// The context of a request to the dashboard.
public struct APIContext: RequestContext, RemoteAddressRequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The other end of the connection; nil for one that has none.
    public let remoteAddress: SocketAddress?
    /// Who asks; nil for nobody known. Set by the access middleware.
    public var identity: Identity?

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
