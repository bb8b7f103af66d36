import BrokerSupport
import Foundation
import Hummingbird
import MQTT
import Testing

@testable import Dashboard

@Suite struct DashboardServerTests {
    @Test func everyAnswerHasSecurityHeaders() async throws {
        try await TestDashboard.with { dashboard async throws in
            let asked: [(HTTPRequest.Method, String, Int)] = [
                (.get, "/api/v1/things/a", 200), (.get, "/nothing.css", 503), (.get, "/api/nothing", 404),
                (.put, "/api/v1/things/a", 405), (.get, "/api/v1/broken", 500), (.get, "/healthz", 200),
                (.post, "/", 405),
            ]
            for (method, path, status) in asked {
                let answer = try await dashboard.ask(method, path)
                #expect(answer.status == status, "\(path)")
                #expect(answer.header("Content-Security-Policy")?.contains("script-src 'self';") == true)
                #expect(answer.header("Content-Security-Policy")?.contains("frame-ancestors 'none'") == true)
                #expect(answer.header("Content-Security-Policy")?.contains("unsafe") == false)
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                #expect(answer.header("Referrer-Policy") == "same-origin")
            }
        }
    }

    @Test func refusalsHaveOneShapeAndTellNoSecrets() async throws {
        try await TestDashboard.with { dashboard async throws in
            let unknown = try await dashboard.ask(.get, "/api/v1/nothing")
            #expect(unknown.code == "no_such_route")
            let method = try await dashboard.ask(.delete, "/api/v1/things/a")
            #expect(method.code == "wrong_method")
            #expect(method.header("Allow") == "GET, HEAD, POST")
            let broken = try await dashboard.ask(.get, "/api/v1/broken")
            #expect(broken.code == "internal")
            #expect(!broken.body.contains("secret"))
            let malformed = try await dashboard.ask(.get, "/%ff")
            #expect(malformed.status == 400)
        }
    }

    @Test func headAnswersWithoutABody() async throws {
        try await TestDashboard.with { dashboard async throws in
            let get = try await dashboard.ask(.get, "/api/v1/things/a")
            let head = try await dashboard.ask(.head, "/api/v1/things/a")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.header("Content-Length") == get.header("Content-Length"))
            let missing = try await dashboard.ask(.head, "/api/v1/nothing")
            #expect(missing.status == 404)
            #expect(missing.body.isEmpty)
        }
    }

    @Test func bodiesAreLimitedByPath() async throws {
        try await TestDashboard.with { dashboard async throws in
            let large = String(repeating: "x", count: DashboardLimits.bodyBytes + 1)
            let refused = try await dashboard.ask(.post, "/api/v1/things/a", body: large)
            #expect(refused.status == 413)
            #expect(refused.message.contains("\(DashboardLimits.bodyBytes)"))
            let sound = try await dashboard.ask(.post, "/api/predict", body: large)
            #expect(sound.text("bytes") == "\(large.utf8.count)")
            let fits = try await dashboard.ask(.post, "/api/v1/things/a", body: String(large.dropFirst()))
            #expect(fits.text("bytes") == "\(DashboardLimits.bodyBytes)")
        }
    }

    @Test func probesTellWhatIsMissing() async throws {
        try await TestDashboard.with { dashboard async throws in
            #expect(try await dashboard.ask(.get, "/healthz").text("status") == "ok")
            #expect(try await dashboard.ask(.get, "/readyz").text("status") == "ready")
        }
        try await TestDashboard.with(readiness: TestReadiness(isConnected: false)) { dashboard async throws in
            let answer = try await dashboard.ask(.get, "/readyz")
            #expect(answer.status == 503)
            #expect(answer.body.contains("is it running?"))
            #expect(try await dashboard.ask(.get, "/healthz").status == 200)
        }
    }

    @Test func aTakenPortIsAnErrorThatSaysWhatToDo() async throws {
        try await TestDashboard.with { first async throws in
            let port = try #require(first.server.address?.port)
            await #expect {
                try await TestDashboard.with({ $0.port = port }) { _ in }
            } throws: { error in
                let text = "\(error)"
                return text.contains("127.0.0.1:\(port)") && text.contains("http.listen")
                    && text.contains("another port")
            }
            try await TestDashboard.with({
                $0.port = port
                $0.takesAnyPortIfTaken = true
            }) { second async throws in
                let other = try #require(second.server.address?.port)
                #expect(other != port)
                #expect(try await second.ask(.get, "/healthz").status == 200)
            }
        }
    }

    @Test func anAddressOfAnotherMachineIsExplained() async throws {
        await #expect {
            try await TestDashboard.with({ $0.host = "203.0.113.9" }) { _ in }
        } throws: { error in
            "\(error)".contains("does not have that address")
        }
    }

    @Test func stoppingEndsLiveStreamsAndClosesThePort() async throws {
        // A port of this test alone: one that the system chose could be given to another test once it is free.
        let port = try Loopback.freePort()
        try await TestDashboard.with({ $0.port = port }) { dashboard async throws in
            let streams = (0..<3).map { _ in
                Task { try? await dashboard.ask(.get, "/api/v1/events") }
            }
            try await dashboard.streams.wait(open: 3)
            await dashboard.server.stop()
            for stream in streams { _ = await stream.value }
            #expect(dashboard.streams.open == 0)
            #expect(dashboard.server.address == nil)
            // The port is free again, as soon as the system has let go of it.
            try await eventually("port \(port) is free again") {
                do {
                    return try await TestDashboard.with({ $0.port = port }) { again async throws in
                        try await again.ask(.get, "/healthz").status == 200
                    }
                } catch let error as DashboardStartError where error.isPortTaken {
                    return false
                }
            }
        }
    }

    @Test func whatTheServerBringsItselfIsInTheDescription() async throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Dashboards/openapi.json")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        )
        #expect(document["openapi"] as? String == "3.1.0")
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        try await TestDashboard.with { dashboard async throws in
            for route in dashboard.server.routes where !TestRoutesPaths.all.contains(route.path) {
                #expect(
                    paths[route.path]?[route.method.lowercased()] != nil,
                    "\(route) is not in Dashboards/openapi.json"
                )
            }
        }
    }
}

/// Paths that only the tests have.
private enum TestRoutesPaths {
    static let all: Set<String> = ["/api/v1/things/{id}", "/api/v1/broken"]
}
