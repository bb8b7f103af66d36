import Foundation
import Hummingbird
import Testing

@testable import Dashboard

/// Nobody signs in: what protects is the loopback address, the Host header and the token.
@Suite struct OpenAccessTests {
    @Test func everybodyIsTheOperatorLocal() async throws {
        try await TestDashboard.with { dashboard async throws in
            let session = try await dashboard.ask(.get, "/api/v1/session")
            #expect(session.text("access") == "open")
            #expect(session.text("version") == "1.2.3")
            #expect(session.body.contains(#""user":{"name":"local","role":"operator"}"#))
            #expect(try await dashboard.ask(.get, "/api/v1/things/a").text("user") == "local")
            #expect(try await dashboard.ask(.post, "/api/v1/login", body: "{}").code == "no_login")
        }
    }

    @Test func scriptsNeedNoToken() async throws {
        try await TestDashboard.with { dashboard async throws in
            #expect(try await dashboard.ask(.post, "/api/v1/things/a", body: "x").status == 200)
        }
    }

    @Test func browsersNeedTheToken() async throws {
        try await TestDashboard.with { dashboard async throws in
            let browser = TestBrowser(dashboard)
            #expect(try await browser.ask(.post, "/api/v1/things/a").code == "csrf")
            let session = try await browser.ask(.get, "/api/v1/session")
            let field = try #require(session.header("Set-Cookie"))
            #expect(field.contains("HttpOnly") && field.contains("SameSite=Strict") && field.contains("Path=/"))
            #expect(try await browser.ask(.post, "/api/v1/things/a").status == 200)
            // The token stays the same as long as the browser keeps its cookie.
            let token = browser.token
            #expect(try await browser.ask(.get, "/api/v1/session").text("csrf") == token)
            browser.token = String(repeating: "0", count: 64)
            #expect(try await browser.ask(.post, "/api/v1/things/a").code == "csrf")
            browser.token = nil
            #expect(try await browser.ask(.delete, "/api/v1/things/a").code == "csrf")
        }
    }

    @Test(arguments: [
        ("Origin", "http://evil.example", "cross_site"), ("Origin", "null", "cross_site"),
        ("Origin", "https://127.0.0.1.evil.example", "cross_site"), ("Sec-Fetch-Site", "cross-site", "cross_site"),
        ("Sec-Fetch-Site", "same-site", "cross_site"), ("Cookie", "a=b", "csrf"),
    ])
    func otherSitesCannotChangeAnything(header: String, value: String, code: String) async throws {
        try await TestDashboard.with { dashboard async throws in
            let name = try #require(HTTPFields.Element.Name(header))
            #expect(try await dashboard.ask(.post, "/api/v1/things/a", headers: [name: value]).code == code)
            #expect(try await dashboard.ask(.get, "/api/v1/things/a", headers: [name: value]).status == 200)
        }
    }

    @Test func ourOwnOriginWithTheTokenIsTaken() async throws {
        try await TestDashboard.with { dashboard async throws in
            let port = try #require(dashboard.server.address?.port)
            let session = try await dashboard.ask(.get, "/api/v1/session")
            let token = try #require(session.text("csrf"))
            let origin = try #require(HTTPFields.Element.Name("Origin"))
            let header = try #require(HTTPFields.Element.Name("X-CSRF-Token"))
            let answer = try await dashboard.ask(
                .post,
                "/api/v1/things/a",
                headers: [origin: "http://127.0.0.1:\(port)", header: token, .cookie: "ausculta_csrf=\(token)"]
            )
            #expect(answer.status == 200)
        }
    }

    @Test func namesThatWerePointedHereAreRefused() async throws {
        try await TestDashboard.with({ $0.hosts = ["Edge-1.plant.example"] }) { dashboard async throws in
            let port = try #require(dashboard.server.address?.port)
            for host in ["localhost", "LOCALHOST:\(port)", "[::1]:\(port)", "127.0.0.1", "edge-1.plant.example:80"] {
                #expect(try await dashboard.ask(.get, "/api/v1/things/a", host: host).status == 200, "\(host)")
            }
            for host in ["evil.example", "evil.example:\(port)", "192.0.2.7", "localhost.evil.example"] {
                let answer = try await dashboard.ask(.get, "/", host: host)
                #expect(answer.code == "unknown_host", "\(host)")
                #expect(answer.message.contains("http.hosts"))
            }
            #expect(try await dashboard.ask(.get, "/healthz", host: "192.0.2.7").status == 200)
        }
    }
}
