// Who may come in, as the configuration says it.

/// How the dashboard knows who asks.
public enum DashboardAccess: Hashable, Sendable {
    /// Everyone who reaches the address is the operator "local". For loopback only.
    case open
    /// Users of a file sign in with a password.
    case users(file: String)
    /// A trusted reverse proxy says who asks, in a header; without a role header everyone is a viewer.
    case proxy(header: String, roleHeader: String?)

    /// As `GET /api/v1/session` names it.
    var name: String {
        switch self {
        case .open: "open"
        case .users: "users"
        case .proxy: "proxy"
        }
    }
}
