// A real server on a port of its own with a clock in the test's hand, and a client that keeps cookies like a browser.
import BrokerSupport
import Dashboard
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

/// Time that moves when a test says so.
final class TestClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(seconds: Double) { time.withLock { $0 += seconds } }
}

/// A folder of the test's own.
func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-web-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// A service that is well, or lacks its broker.
struct TestReadiness: ServiceReadiness {
    var isConnected = true

    func checks() async -> [ReadinessCheck] {
        [ReadinessCheck(id: "broker", ok: isConnected, text: "mqtt://localhost:1883: is it running?")]
    }
}

/// Routes as the rooms of the dashboard would add them.
struct TestRoutes: APIRoutes {
    let streams = StreamCount()

    func add(to router: Router<APIContext>) {
        router.get("/api/v1/things/{id}") { _, context in
            try APIResponse.json(["id": context.parameters.get("id") ?? "", "user": context.identity?.name ?? "nobody"])
        }
        router.post("/api/v1/things/{id}") { request, context in
            let body = try await request.body.collect(upTo: 1 << 20)
            return try APIResponse.json(["bytes": "\(body.readableBytes)", "user": context.identity?.name ?? "nobody"])
        }
        router.post("/api/predict") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 30)
            return try APIResponse.json(["bytes": "\(body.readableBytes)"])
        }
        router.get("/metrics") { _, _ in try APIResponse.json(["all": "well"]) }
        router.get("/api/v1/broken") { _, _ -> Response in throw TestFault() }
        router.get("/api/v1/events") { [streams] _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/event-stream"],
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
                    streams.opened()
                    defer { streams.closed() }
                    // Nothing comes here: the stream stands until the server or its client ends it.
                    for await _ in AsyncStream<Never>.makeStream().stream {}
                    throw CancellationError()
                }
            )
        }
    }
}

/// Live streams now.
final class StreamCount: Sendable {
    /// One more, or one less.
    private let changes = Inbox<Int>()

    var open: Int { changes.values.reduce(0, +) }

    func opened() { changes.put(1) }

    func closed() { changes.put(-1) }

    /// Waits until so many are open.
    func wait(open count: Int) async throws {
        try await changes.wait(for: "\(count) open streams") { $0.reduce(0, +) == count }
    }
}

struct TestFault: Error, CustomStringConvertible {
    let description = "a secret detail"
}

/// A running server.
struct TestDashboard {
    let server: DashboardServer
    let clock: TestClock
    let streams: StreamCount

    static func with<Value>(
        _ change: (inout DashboardSettings) -> Void = { _ in },
        readiness: TestReadiness = TestReadiness(),
        _ body: (TestDashboard) async throws -> Value
    ) async throws -> Value {
        var settings = DashboardSettings(port: 0, web: WebFolder(pages: nil), version: "1.2.3")
        change(&settings)
        let clock = TestClock()
        let routes = TestRoutes()
        let server = try DashboardServer(
            settings,
            routes: [routes],
            readiness: readiness,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { clock.now }
        )
        try await server.start()
        do {
            let value = try await body(TestDashboard(server: server, clock: clock, streams: routes.streams))
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Asks once, on a connection of its own.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        host: String? = nil,
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> TestAnswer {
        let address = try #require(server.address)
        var headers = headers
        headers[.connection] = "close"
        let request = TestClient.Request(
            path,
            method: method,
            authority: host ?? "127.0.0.1:\(address.port)",
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        )
        let response = try await TestClient.withClient(
            host: "127.0.0.1",
            port: address.port,
            configuration: .init(timeout: .seconds(600))
        ) { try await $0.execute(request) }
        return TestAnswer(
            status: response.status.code,
            headers: response.headers,
            body: response.body.map { String(buffer: $0) } ?? ""
        )
    }
}

/// What came back.
struct TestAnswer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: String

    private struct Refusal: Decodable {
        struct Detail: Decodable {
            let code: String
            let message: String
        }
        let error: Detail
    }

    /// The refusal's code; nil where the answer is none in the API's shape.
    var code: String? { try? JSONDecoder().decode(Refusal.self, from: Data(body.utf8)).error.code }
    var message: String { (try? JSONDecoder().decode(Refusal.self, from: Data(body.utf8)).error.message) ?? "" }

    func header(_ name: String) -> String? { HTTPFields.Element.Name(name).flatMap { headers[$0] } }

    /// A value of a JSON object at the top level.
    func text(_ key: String) -> String? {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])?[key] as? String
    }

    /// Names and values of the cookies that were set.
    var cookies: [String: String] {
        Dictionary(
            headers[values: .setCookie].compactMap { field in
                let pair = field.split(separator: ";")[0].split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                return pair.count == 2 ? (String(pair[0]), String(pair[1])) : nil
            }
        ) { $1 }
    }
}

/// A browser: keeps cookies, sends the token and says where a request comes from.
final class TestBrowser {
    private let dashboard: TestDashboard
    private(set) var cookies: [String: String] = [:]
    var token: String?

    init(_ dashboard: TestDashboard) { self.dashboard = dashboard }

    func ask(_ method: HTTPRequest.Method, _ path: String, body: String? = nil) async throws -> TestAnswer {
        var headers: HTTPFields = [:]
        func set(_ name: String, _ value: String?) {
            if let field = HTTPFields.Element.Name(name) { headers[field] = value }
        }
        if !cookies.isEmpty { set("Cookie", cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")) }
        set("Sec-Fetch-Site", "same-origin")
        if method != .get { set("X-CSRF-Token", token) }
        if body != nil { set("Content-Type", "application/json") }
        let answer = try await dashboard.ask(method, path, headers: headers, body: body)
        for (name, value) in answer.cookies { cookies[name] = value.isEmpty ? nil : value }
        if let csrf = answer.text("csrf") { token = csrf }
        return answer
    }

    func signIn(_ user: String, _ password: String) async throws -> TestAnswer {
        _ = try await ask(.get, "/api/v1/session")
        return try await ask(.post, "/api/v1/login", body: #"{"user":"\#(user)","password":"\#(password)"}"#)
    }
}
