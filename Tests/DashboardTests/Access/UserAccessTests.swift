import Foundation
import Hummingbird
import Testing

@testable import Dashboard

/// People sign in.
@Suite struct UserAccessTests {
    private static let passwords = (mei: "oil every bearing", otto: "only looking on")

    private func with(
        _ change: (inout DashboardSettings) -> Void = { _ in },
        _ body: (TestDashboard, UserFile) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let file = UserFile(path: folder.appendingPathComponent("users").path)
            try file.change { users in
                users.append(User(name: "mei", role: .operator, password: try PasswordHash(of: Self.passwords.mei)))
                users.append(User(name: "otto", role: .viewer, password: try PasswordHash(of: Self.passwords.otto)))
            }
            try await TestDashboard.with({
                $0.access = .users(file: file.path)
                change(&$0)
            }) { dashboard async throws in try await body(dashboard, file) }
        }
    }

    @Test func withoutASessionOnlyTheDoorIsOpen() async throws {
        try await with { dashboard, _ async throws in
            for path in ["/api/v1/things/a", "/metrics", "/api/v1/nothing"] {
                let answer = try await dashboard.ask(.get, path)
                #expect(answer.status == 401)
                #expect(answer.code == "login_required")
                #expect(answer.header("WWW-Authenticate")?.hasPrefix("Basic") == true)
            }
            // A browser must not put up a password window of its own.
            let browser = TestBrowser(dashboard)
            let asked = try await browser.ask(.get, "/api/v1/things/a")
            #expect(asked.header("WWW-Authenticate")?.hasPrefix("Session") == true)
            let session = try await browser.ask(.get, "/api/v1/session")
            #expect(session.body.contains(#""user":null"#))
            #expect(session.text("access") == "users")
            #expect(try await browser.ask(.get, "/healthz").status == 200)
            #expect(try await browser.ask(.get, "/").status == 503)
        }
    }

    /// The router takes more slashes than a path needs; who may come in does not hang on them.
    @Test func howAPathIsWrittenOpensNoDoor() async throws {
        try await with { dashboard, _ async throws in
            for path in [
                "//metrics", "/metrics/", "//api/v1/things/a", "/api//v1/things/a", "/api/v1/things/a/",
                "///api///v1///things///a///", "/api/v1/events/", "//api/v1/events?machine=a", "//api/v1/nothing",
            ] {
                let answer = try await dashboard.ask(.get, path)
                #expect(answer.status == 401, "\(path)")
                #expect(answer.code == "login_required", "\(path)")
            }
            for path in ["//api/v1/things/a", "/api/v1/things/a/", "/api/predict/", "//api//predict"] {
                #expect(try await dashboard.ask(.post, path, body: "{}").status == 401, "\(path)")
            }
            let browser = TestBrowser(dashboard)
            #expect(try await browser.signIn("otto", Self.passwords.otto).status == 200)
            #expect(try await browser.ask(.post, "//api/v1/things/a/").code == "operator_required")
            #expect(try await browser.ask(.get, "//api/v1/things/a/").text("user") == "otto")
        }
    }

    @Test func strangersLearnWhetherItIsWellAndNotWhatItConsistsOf() async throws {
        try await with { dashboard, _ async throws in
            let stranger = try await dashboard.ask(.get, "/readyz")
            #expect(stranger.text("status") == "ready")
            #expect(!stranger.body.contains("mqtt://"))
            let browser = TestBrowser(dashboard)
            _ = try await browser.signIn("otto", Self.passwords.otto)
            #expect(try await browser.ask(.get, "/readyz").body.contains("mqtt://"))
        }
    }

    @Test func signingInAndOut() async throws {
        try await with { dashboard, _ async throws in
            let browser = TestBrowser(dashboard)
            _ = try await browser.ask(.get, "/api/v1/session")
            let visitor = browser.token
            let answer = try await browser.signIn("mei", Self.passwords.mei)
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""user":{"name":"mei","role":"operator"}"#))
            #expect(browser.token != visitor)
            let cookie = try #require(
                answer.headers[values: .setCookie].first { $0.hasPrefix("ausculta_session=") }
            )
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
            #expect(!cookie.contains("Secure"))
            #expect(try await browser.ask(.post, "/api/v1/things/a").text("user") == "mei")
            browser.token = visitor
            #expect(try await browser.ask(.post, "/api/v1/things/a").code == "csrf")
            _ = try await browser.ask(.get, "/api/v1/session")
            #expect(try await browser.ask(.post, "/api/v1/logout").status == 204)
            #expect(browser.cookies["ausculta_session"] == nil)
            #expect(try await browser.ask(.get, "/api/v1/things/a").status == 401)
        }
    }

    @Test func viewersLookAndListenOnly() async throws {
        try await with { dashboard, _ async throws in
            let browser = TestBrowser(dashboard)
            #expect(try await browser.signIn("otto", Self.passwords.otto).status == 200)
            #expect(try await browser.ask(.get, "/api/v1/things/a").text("user") == "otto")
            let refused = try await browser.ask(.post, "/api/v1/things/a")
            #expect(refused.status == 403)
            #expect(refused.code == "operator_required")
            #expect(try await browser.ask(.post, "/api/predict").status == 200)
        }
    }

    @Test func sessionsEndByThemselves() async throws {
        try await with { dashboard, _ async throws in
            let idle = TestBrowser(dashboard)
            _ = try await idle.signIn("otto", Self.passwords.otto)
            dashboard.clock.advance(seconds: SessionStore.idleSeconds - 1)
            #expect(try await idle.ask(.get, "/api/v1/things/a").status == 200)
            dashboard.clock.advance(seconds: SessionStore.idleSeconds + 1)
            #expect(try await idle.ask(.get, "/api/v1/things/a").status == 401)

            let busy = TestBrowser(dashboard)
            _ = try await busy.signIn("otto", Self.passwords.otto)
            var passed = 0.0
            while passed + SessionStore.idleSeconds / 2 < SessionStore.longestSeconds {
                dashboard.clock.advance(seconds: SessionStore.idleSeconds / 2)
                passed += SessionStore.idleSeconds / 2
                #expect(try await busy.ask(.get, "/api/v1/things/a").status == 200)
            }
            dashboard.clock.advance(seconds: SessionStore.idleSeconds / 2)
            #expect(try await busy.ask(.get, "/api/v1/things/a").status == 401)
        }
    }

    @Test func aRemovedUserAndAChangedPasswordCountAtOnce() async throws {
        try await with { dashboard, file async throws in
            let mei = TestBrowser(dashboard)
            let otto = TestBrowser(dashboard)
            _ = try await mei.signIn("mei", Self.passwords.mei)
            _ = try await otto.signIn("otto", Self.passwords.otto)
            try file.change { users in
                users.removeAll { $0.name == "otto" }
                users[0] = User(name: "mei", role: .viewer, password: try PasswordHash(of: "another password"))
            }
            #expect(try await otto.ask(.get, "/api/v1/things/a").status == 401)
            #expect(try await mei.ask(.get, "/api/v1/things/a").status == 401)
            _ = try await mei.signIn("mei", "another password")
            #expect(try await mei.ask(.post, "/api/v1/things/a").code == "operator_required")
            // A file that was broken by hand changes nothing.
            try Data("mei:everything:x".utf8).write(to: URL(fileURLWithPath: file.path))
            #expect(try await mei.ask(.get, "/api/v1/things/a").status == 200)
        }
    }

    @Test func guessingIsSlowedDown() async throws {
        try await with { dashboard, _ async throws in
            let browser = TestBrowser(dashboard)
            for _ in 0..<LoginThrottle.allowedFailures {
                let answer = try await browser.signIn("mei", "not the password")
                #expect(answer.status == 401)
                #expect(answer.code == "login_failed")
            }
            let limited = try await browser.signIn("mei", Self.passwords.mei)
            #expect(limited.status == 429)
            #expect(limited.header("Retry-After") == "\(Int(LoginThrottle.windowSeconds))")
            // The address waits too, whatever name it tries, and so do scripts.
            #expect(try await browser.signIn("nobody", "what ever").status == 429)
            let basic = "Basic " + Data("otto:\(Self.passwords.otto)".utf8).base64EncodedString()
            #expect(try await dashboard.ask(.get, "/api/v1/things/a", headers: [.authorization: basic]).status == 429)
            dashboard.clock.advance(seconds: LoginThrottle.windowSeconds + 1)
            #expect(try await browser.signIn("mei", Self.passwords.mei).status == 200)
        }
    }

    @Test func scriptsUseBasicAuthentication() async throws {
        try await with { dashboard, _ async throws in
            func ask(_ credentials: String, _ method: HTTPRequest.Method = .get) async throws -> TestAnswer {
                let field = "Basic " + Data(credentials.utf8).base64EncodedString()
                return try await dashboard.ask(method, "/api/v1/things/a", headers: [.authorization: field])
            }
            #expect(try await ask("mei:\(Self.passwords.mei)").text("user") == "mei")
            #expect(try await ask("mei:\(Self.passwords.mei)", .post).status == 200)
            #expect(try await ask("otto:\(Self.passwords.otto)", .post).code == "operator_required")
            #expect(try await ask("mei:wrong").code == "login_failed")
            #expect(try await ask("nobody:\(Self.passwords.mei)").code == "login_failed")
            #expect(try await ask("no colon").status == 400)
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"user":"mei"}"#, #"{"user":1,"password":2}"#])
    func malformedSignInsAreRefused(body: String) async throws {
        try await with { dashboard, _ async throws in
            let answer = try await dashboard.ask(.post, "/api/v1/login", body: body)
            #expect(answer.status == 400)
            #expect(answer.code == "malformed")
        }
    }

    @Test func aTrustedProxyTellsOfTLSAndOfItsClients() async throws {
        try await with({ $0.trustedProxies = [AddressRange("127.0.0.0/8")].compactMap { $0 } }) {
            dashboard,
            _ async throws in
            let proto = try #require(HTTPFields.Element.Name("X-Forwarded-Proto"))
            let forwarded = try #require(HTTPFields.Element.Name("X-Forwarded-For"))
            func signIn(from address: String, _ password: String, user: String = "mei") async throws -> TestAnswer {
                try await dashboard.ask(
                    .post,
                    "/api/v1/login",
                    headers: [proto: "https", forwarded: "198.51.100.1, \(address)"],
                    body: #"{"user":"\#(user)","password":"\#(password)"}"#
                )
            }
            let answer = try await signIn(from: "192.0.2.1", Self.passwords.mei)
            #expect(answer.headers[values: .setCookie].allSatisfy { $0.contains("Secure") })
            for number in 0..<LoginThrottle.allowedFailures {
                _ = try await signIn(from: "192.0.2.2", "a wrong guess", user: "user-\(number)")
            }
            #expect(try await signIn(from: "192.0.2.2", Self.passwords.mei).status == 429)
            #expect(try await signIn(from: "192.0.2.3", Self.passwords.mei).status == 200)
        }
    }
}

/// A reverse proxy signs people in.
@Suite struct ProxyAccessTests {
    private static let access = DashboardAccess.proxy(header: "X-Forwarded-User", roleHeader: "X-Forwarded-Role")

    @Test func theProxyNamesPeopleAndRoles() async throws {
        try await TestDashboard.with({
            $0.access = Self.access
            $0.trustedProxies = [AddressRange("127.0.0.1")].compactMap { $0 }
        }) { dashboard async throws in
            let user = try #require(HTTPFields.Element.Name("X-Forwarded-User"))
            let role = try #require(HTTPFields.Element.Name("X-Forwarded-Role"))
            #expect(try await dashboard.ask(.get, "/api/v1/things/a").code == "login_required")
            #expect(try await dashboard.ask(.get, "/api/v1/things/a", headers: [user: "mei"]).text("user") == "mei")
            #expect(
                try await dashboard.ask(.post, "/api/v1/things/a", headers: [user: "mei"]).code == "operator_required"
            )
            let change = try await dashboard.ask(.post, "/api/v1/things/a", headers: [user: "mei", role: "operator"])
            #expect(change.status == 200)
        }
    }

    @Test func nobodyElseIsBelieved() async throws {
        try await TestDashboard.with({
            $0.access = Self.access
            $0.trustedProxies = [AddressRange("192.0.2.1")].compactMap { $0 }
        }) { dashboard async throws in
            let user = try #require(HTTPFields.Element.Name("X-Forwarded-User"))
            let answer = try await dashboard.ask(.get, "/api/v1/things/a", headers: [user: "mei"])
            #expect(answer.status == 403)
            #expect(answer.code == "not_through_proxy")
            #expect(
                try await dashboard.ask(.get, "/api/v1/session", headers: [user: "mei"]).body.contains("\"user\":null")
            )
        }
    }
}
