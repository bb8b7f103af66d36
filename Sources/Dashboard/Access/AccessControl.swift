// Decides about every request: who asks, whether they may, and whether it is really they who want it.
import Foundation
import Hummingbird
import Logging
import Synchronization

/// The gate of the dashboard.
final class AccessControl: Sendable {
    static let sessionCookie = "ausculta_session"
    static let csrfCookie = "ausculta_csrf"

    /// Routes that anyone may ask: to be able to sign in, and to see that the service lives.
    private static let publicRoutes: Set<String> = [
        "/api/v1/session", "/api/v1/login", "/api/v1/logout", "/api/openapi.json", "/healthz", "/readyz",
    ]
    /// Requests with a body that change nothing: a viewer may try a sound at the listening desk.
    private static let viewerRoutes: Set<String> = ["/api/predict", "/api/v1/labels/advice"]

    let access: DashboardAccess
    private let trustedProxies: [AddressRange]
    private let directory: UserDirectory?
    private let desk: PasswordDesk?
    private let sessions = Mutex(SessionStore())
    private let throttle = Mutex(LoginThrottle())
    private let now: @Sendable () -> Date

    /// - Throws: `UserFileError` where the users file cannot be used.
    init(
        _ access: DashboardAccess,
        trustedProxies: [AddressRange],
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) throws(UserFileError) {
        self.access = access
        self.trustedProxies = trustedProxies
        self.now = now
        if case .users(let file) = access {
            directory = try UserDirectory(UserFile(path: file), logger: logger)
            desk = PasswordDesk()
        } else {
            directory = nil
            desk = nil
        }
    }

    // MARK: - Who asks

    /// Who asks; nil for nobody known.
    func identify(_ request: Request, _ context: APIContext) async throws -> Identity? {
        switch access {
        case .open:
            return Identity(name: "local", role: .operator)
        case .proxy(let header, let roleHeader):
            guard let peer = context.peer, isTrusted(peer) else { return nil }
            guard let name = request.header(header)?.trimmingCharacters(in: .whitespaces), !name.isEmpty else {
                return nil
            }
            let role = roleHeader.flatMap { request.header($0) }.flatMap { Identity.Role(rawValue: $0.lowercased()) }
            return Identity(name: String(name.prefix(64)), role: role ?? .viewer)
        case .users:
            if let session = session(of: request), let user = directory?[session.user] {
                return Identity(name: user.name, role: user.role)
            }
            return try await basic(request, context)
        }
    }

    /// Refuses what the asker may not do.
    ///
    /// What counts is the route the router chose, not the path as it was written: the router takes `//metrics` and
    /// `/metrics/` for `/metrics`. Only files and what is nowhere have no route.
    func authorize(_ identity: Identity?, _ request: Request, _ context: APIContext) throws {
        let route = context.endpointPath
        if let route, Self.publicRoutes.contains(route) { return }
        if route == nil, request.uri.path.split(separator: "/").first != "api" { return }
        guard let identity else {
            if case .proxy(let header, _) = access {
                guard let peer = context.peer, isTrusted(peer) else {
                    throw APIError(
                        .forbidden,
                        "not_through_proxy",
                        "this address answers the reverse proxy only; go through it, or name its address in "
                            + "http.trusted_proxies"
                    )
                }
                throw APIError(.unauthorized, "login_required", "the reverse proxy named nobody in \(header)")
            }
            throw Self.loginRequired(request)
        }
        let needed: Identity.Role =
            request.method.isSafe || Self.viewerRoutes.contains(route ?? "") ? .viewer : .operator
        guard identity.role >= needed else {
            throw APIError(
                .forbidden,
                "operator_required",
                "\(identity.name) is a viewer; this needs an operator (ausculta user add \(identity.name) --role operator)"
            )
        }
    }

    private static func loginRequired(_ request: Request) -> APIError {
        // A browser would put up its own password window for "Basic"; scripts want to be told of it.
        let isBrowser = request.header("Sec-Fetch-Site") != nil || request.headers[.cookie] != nil
        return APIError(
            .unauthorized,
            "login_required",
            "sign in first: POST /api/v1/login, or HTTP Basic authentication",
            headers: [.wwwAuthenticate: isBrowser ? "Session realm=\"Ausculta\"" : "Basic realm=\"Ausculta\""]
        )
    }

    /// The open session of a request's cookie.
    func session(of request: Request) -> Session? {
        guard let token = request.cookies[Self.sessionCookie]?.value, RandomToken.isWellFormed(token) else {
            return nil
        }
        guard let session = sessions.withLock({ $0.use(token, now: now()) }) else { return nil }
        // Whoever was removed, or has another password, is signed out at once.
        guard let user = directory?[session.user], user.password == session.password else {
            sessions.withLock { $0.close(token) }
            return nil
        }
        return session
    }

    private func basic(_ request: Request, _ context: APIContext) async throws -> Identity? {
        guard let field = request.headers[.authorization], field.lowercased().hasPrefix("basic ") else { return nil }
        let coded = field.dropFirst("basic ".count).trimmingCharacters(in: .whitespaces)
        guard let data = Data(base64Encoded: coded), let text = String(bytes: data, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else {
            throw APIError(.badRequest, "malformed", "Authorization: expected Basic and user:password in base64")
        }
        let name = String(text[..<colon])
        guard let user = try await check(name, String(text[text.index(after: colon)...]), context, request) else {
            throw APIError(
                .unauthorized,
                "login_failed",
                "user or password is wrong",
                headers: [.wwwAuthenticate: "Basic realm=\"Ausculta\""]
            )
        }
        return Identity(name: user.name, role: user.role)
    }

    // MARK: - Signing in

    /// Opens a session for a user with the right password; nil where user or password is wrong.
    func login(
        user name: String,
        password: String,
        _ request: Request,
        _ context: APIContext
    ) async throws -> (token: String, session: Session, user: User)? {
        guard let user = try await check(name, password, context, request) else { return nil }
        let opened = sessions.withLock { sessions in
            if let old = request.cookies[Self.sessionCookie]?.value { sessions.close(old) }
            return sessions.open(user, now: now())
        }
        return (opened.token, opened.session, user)
    }

    /// Ends the session of a request.
    func logout(_ request: Request) {
        guard let token = request.cookies[Self.sessionCookie]?.value else { return }
        sessions.withLock { $0.close(token) }
    }

    private func check(
        _ name: String,
        _ password: String,
        _ context: APIContext,
        _ request: Request
    ) async throws -> User? {
        var subjects: [LoginThrottle.Subject] = [.user(String(name.prefix(64)))]
        if let address = caller(request, context) { subjects.append(.address(address.neighbourhood)) }
        let wait = throttle.withLock { throttle -> Double? in
            if let wait = throttle.secondsToWait(subjects, now: now()) { return wait }
            throttle.begin(subjects, now: now())
            return nil
        }
        if let wait { throw Self.tooManyTries(seconds: wait) }
        let user = directory?[name]
        guard let isRight = await desk?.check(password, against: user?.password) else {
            throw Self.tooManyTries(seconds: 2)
        }
        guard isRight, let user else {
            // What strangers write does not go into the log as it is.
            let shown = UserFile.isName(name) ? name : "somebody"
            context.logger.warning(
                "sign-in refused for \(shown) from \(caller(request, context)?.description ?? "?")"
            )
            return nil
        }
        throttle.withLock { $0.succeeded(subjects) }
        return user
    }

    private static func tooManyTries(seconds: Double) -> APIError {
        let seconds = max(1, Int(seconds.rounded(.up)))
        return APIError(
            .tooManyRequests,
            "too_many_attempts",
            """
            \(LoginThrottle.allowedFailures) sign-ins within \(Int(LoginThrottle.windowSeconds / 60)) minutes failed; \
            try again in \(seconds) s
            """,
            headers: [.retryAfter: "\(seconds)"]
        )
    }

    // MARK: - Proxies

    func isTrusted(_ address: InternetAddress) -> Bool { trustedProxies.contains { $0.contains(address) } }

    /// The address a request comes from; that of a trusted proxy's client where one tells it.
    func caller(_ request: Request, _ context: APIContext) -> InternetAddress? {
        guard let peer = context.peer else { return nil }
        guard isTrusted(peer), let forwarded = request.header("X-Forwarded-For") else { return peer }
        let hops = forwarded.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        for hop in hops.reversed() {
            guard let address = InternetAddress(hop) else { return peer }
            if !isTrusted(address) { return address }
        }
        return peer
    }

    /// Whether the browser's side of the connection is encrypted: a trusted proxy says so.
    func isEncrypted(_ request: Request, _ context: APIContext) -> Bool {
        guard let peer = context.peer, isTrusted(peer) else { return false }
        return request.header("X-Forwarded-Proto")?.lowercased() == "https"
    }
}

extension APIContext {
    /// The address at the other end of the connection.
    var peer: InternetAddress? { remoteAddress?.ipAddress.flatMap { InternetAddress($0) } }
}

extension HTTPRequest.Method {
    /// Whether it only reads.
    var isSafe: Bool { self == .get || self == .head || self == .options || self == .trace }
}

extension Request {
    /// A header by its name in text; nil where there is none, or the text is no header name.
    func header(_ name: String) -> String? { HTTPFields.Element.Name(name).flatMap { headers[$0] } }
}
