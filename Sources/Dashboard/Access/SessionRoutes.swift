// Signing in and out, and what a page needs to know to begin.
import Foundation
import Hummingbird

/// `GET /api/v1/session`, `POST /api/v1/login`, `POST /api/v1/logout`.
struct SessionRoutes: APIRoutes {
    let access: AccessControl
    let version: String

    private struct Document: Encodable {
        struct Person: Encodable {
            let name: String
            let role: Identity.Role
        }

        let user: Person?
        let access: String
        let csrf: String
        let version: String

        enum CodingKeys: CodingKey { case user, access, csrf, version }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(user, forKey: .user)
            try container.encode(access, forKey: .access)
            try container.encode(csrf, forKey: .csrf)
            try container.encode(version, forKey: .version)
        }
    }

    private struct Credentials: Decodable {
        let user: String
        let password: String
    }

    func add(to router: Router<APIContext>) {
        router.get("/api/v1/session") { request, context in
            try document(
                context.identity,
                csrf: access.session(of: request)?.csrf ?? visitorToken(request),
                request,
                context
            )
        }
        router.post("/api/v1/login") { request, context in try await login(request, context) }
        router.post("/api/v1/logout") { request, context in
            access.logout(request)
            var response = Response(status: .noContent, headers: [.cacheControl: "no-store"])
            response.setCookie(cookie(AccessControl.sessionCookie, "", maxAge: 0, request, context))
            response.setCookie(cookie(AccessControl.csrfCookie, "", maxAge: 0, request, context))
            return response
        }
    }

    private func login(_ request: Request, _ context: APIContext) async throws -> Response {
        guard case .users = access.access else {
            throw APIError(.conflict, "no_login", "nobody signs in here: access is \"\(access.access.name)\"")
        }
        let body = Data(buffer: try await request.body.collect(upTo: 8_192))
        guard let credentials = try? JSONDecoder().decode(Credentials.self, from: body) else {
            throw APIError(.badRequest, "malformed", "expected JSON such as {\"user\":\"…\",\"password\":\"…\"}")
        }
        let opened = try await access.login(
            user: credentials.user,
            password: credentials.password,
            request,
            context
        )
        guard let opened else {
            throw APIError(
                .unauthorized,
                "login_failed",
                "user or password is wrong",
                headers: [.wwwAuthenticate: "Session realm=\"Ausculta\""]
            )
        }
        context.logger.notice("\(opened.user.name) signed in")
        let identity = Identity(name: opened.user.name, role: opened.user.role)
        var response = try document(identity, csrf: opened.session.csrf, request, context)
        response.setCookie(
            cookie(
                AccessControl.sessionCookie,
                opened.token,
                maxAge: Int(SessionStore.longestSeconds),
                request,
                context
            )
        )
        return response
    }

    /// The token of a visitor without a session: the one of the cookie, or a new one.
    private func visitorToken(_ request: Request) -> String {
        guard let token = request.cookies[AccessControl.csrfCookie]?.value, RandomToken.isWellFormed(token) else {
            return RandomToken.make()
        }
        return token
    }

    private func document(
        _ identity: Identity?,
        csrf: String,
        _ request: Request,
        _ context: APIContext
    ) throws -> Response {
        var response = try APIResponse.json(
            Document(
                user: identity.map { .init(name: $0.name, role: $0.role) },
                access: access.access.name,
                csrf: csrf,
                version: version
            )
        )
        if request.cookies[AccessControl.csrfCookie]?.value != csrf {
            response.setCookie(cookie(AccessControl.csrfCookie, csrf, maxAge: nil, request, context))
        }
        return response
    }

    private func cookie(
        _ name: String,
        _ value: String,
        maxAge: Int?,
        _ request: Request,
        _ context: APIContext
    ) -> Cookie {
        Cookie(
            name: name,
            value: value,
            maxAge: maxAge,
            path: "/",
            secure: access.isEncrypted(request, context),
            httpOnly: true,
            sameSite: .strict
        )
    }
}
