// Keeps other web sites from acting through a visitor's browser: tokens on changes, origins, and names of this host.
// https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
import Foundation
import Hummingbird

/// Judges whether a request comes from our own pages.
struct CrossSiteGuard: Sendable {
    static let tokenHeader = "X-CSRF-Token"

    let access: AccessControl
    /// Names this host is known by; nil leaves them unchecked.
    let hosts: HostNames?

    /// Refuses a request that names another host: an attacker's name that was pointed at this address (DNS rebinding).
    func checkHost(_ request: Request) throws {
        guard let hosts else { return }
        guard let authority = request.head.authority, !authority.isEmpty else {
            throw APIError(.badRequest, "malformed", "the request has no Host header")
        }
        guard hosts.contains(authority: authority) else {
            throw APIError(
                .misdirectedRequest,
                "unknown_host",
                """
                this service does not know itself as \(authority.prefix(100)); use localhost or its address, or add \
                the name to http.hosts
                """
            )
        }
    }

    /// Refuses a change that our pages did not ask for.
    ///
    /// A script without cookies and without what browsers add carries nobody's authority and needs no token.
    func checkChange(_ request: Request, _ context: APIContext) throws {
        guard !request.method.isSafe else { return }
        let site = request.header("Sec-Fetch-Site")
        let origin = request.header("Origin")
        if site == nil, origin == nil, request.headers[.cookie] == nil { return }
        if let site {
            guard site == "same-origin" || site == "none" else { throw Self.foreign("Sec-Fetch-Site is \(site)") }
        } else if let origin {
            guard let authority = Self.authority(ofOrigin: origin), ownAuthorities(request, context).contains(authority)
            else { throw Self.foreign("Origin is \(origin.prefix(100))") }
        }
        let expected = access.session(of: request)?.csrf ?? request.cookies[AccessControl.csrfCookie]?.value
        guard let expected, RandomToken.isWellFormed(expected), let given = request.header(Self.tokenHeader),
            RandomToken.areEqual(given, expected)
        else {
            throw APIError(
                .forbidden,
                "csrf",
                "send the token of GET /api/v1/session in \(Self.tokenHeader), with the cookies that came with it"
            )
        }
    }

    private static func foreign(_ what: String) -> APIError {
        APIError(.forbidden, "cross_site", "changes are taken from this dashboard's own pages only; \(what)")
    }

    private static func authority(ofOrigin origin: String) -> String? {
        guard let url = URL(string: origin), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host(percentEncoded: false)
        else { return nil }
        let shown = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return (shown + (url.port.map { ":\($0)" } ?? "")).lowercased()
    }

    /// The names under which the browser may have reached us, as an origin has them.
    private func ownAuthorities(_ request: Request, _ context: APIContext) -> Set<String> {
        var names = [request.head.authority]
        if let peer = context.peer, access.isTrusted(peer) { names.append(request.header("X-Forwarded-Host")) }
        return Set(
            names.compactMap { $0?.lowercased() }.map { name in
                // Browsers leave the scheme's own port out of an origin.
                name.hasSuffix(":80") || name.hasSuffix(":443")
                    ? String(name[..<(name.lastIndex(of: ":") ?? name.endIndex)]) : name
            }
        )
    }
}

/// The names a host answers to.
struct HostNames: Sendable {
    private let names: Set<String>

    /// - Parameter names: beside localhost and loopback addresses, which always count.
    init(_ names: [String]) {
        self.names = Set(names.map { $0.lowercased() })
    }

    /// Whether a Host header (a name or an address, perhaps with a port) names this host.
    func contains(authority: String) -> Bool {
        var host = Substring(authority.lowercased())
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            host = host[...end]
        } else if let colon = host.lastIndex(of: ":") {
            host = host[..<colon]
        }
        if let address = InternetAddress(host) { return address.isLoopback || names.contains(address.description) }
        if host.hasSuffix(".") { host = host.dropLast() }
        return host == "localhost" || host.hasSuffix(".localhost") || names.contains(String(host))
    }
}
