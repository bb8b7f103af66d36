// The listening desk behind the real server with all its middleware: nothing a client does may end the service.
import BrokerSupport
import Dashboard
import EdgeService
import Foundation
import Hummingbird
import Logging
import Testing

@Suite(.serialized) struct DeskOnTheServerTests {
    /// As the router takes it, and as it takes it as well.
    private static let paths = ["/api/predict", "/api/predict/", "//api/predict", "/api//predict/"]

    private static func with(
        _ limits: DeskLimits = DeskLimits(),
        _ body: (PlainHTTP, DashboardServer) async throws -> Void
    ) async throws {
        let desk = DeskEars(model: try DeskHarness.model.get()) { 0 }
        let server = try DashboardServer(
            DashboardSettings(port: 0, web: WebFolder(pages: nil)),
            routes: [DeskRoutes(desk: desk, limits: limits)],
            readiness: TestReadiness(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.start()
        do {
            let port = try #require(server.address?.port)
            try await body(PlainHTTP(port: port), server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private static func json(_ sound: Data) throws -> Data {
        try JSONSerialization.data(withJSONObject: ["audio": sound.base64EncodedString(), "labels": ["a", "b"]])
    }

    private static func chunk(_ data: Data) -> Data {
        Data("\(String(data.count, radix: 16))\r\n".utf8) + data + Data("\r\n".utf8)
    }

    private static func chunked(_ path: String, type: String) -> Data {
        PlainHTTP.head("POST", path, type: type, headers: ["Transfer-Encoding: chunked"], length: nil)
    }

    @Test(arguments: paths)
    func soundsAreHeardHoweverTheyAreSent(path: String) async throws {
        try await Self.with { http, _ in
            // More than other routes take, in many pieces.
            let sound = try DeskHarness.sound(seconds: 5)
            #expect(sound.count > 100_000)
            let form = FormBody.sound(sound, labels: "a,b")
            let document = try Self.json(sound)
            for (type, body) in [(FormBody.type, form), ("application/json", document)] {
                let whole = try await http.request("POST", path, type: type, body: body)
                #expect(whole.status == 200, "\(String(decoding: whole.body, as: UTF8.self))")
                let connection = try PlainConnection(port: http.port)
                await connection.send(Self.chunked(path, type: type))
                for start in stride(from: 0, to: body.count, by: 50_000) {
                    await connection.send(Self.chunk(Data(body.dropFirst(start).prefix(50_000))))
                }
                await connection.send(Data("0\r\n\r\n".utf8))
                #expect(try await connection.answer().status == 200, "\(type), without its length")
            }
        }
    }

    @Test(arguments: paths)
    func whatIsTooLargeIsRefusedAnnouncedOrNot(path: String) async throws {
        var limits = DeskLimits()
        limits.uploadBytes = 200_000
        limits.jsonSoundBytes = 100_000
        try await Self.with(limits) { http, _ in
            for type in [FormBody.type, "application/json"] {
                // Beyond the desk's limit, beyond the server's, beyond what a number holds: by the announcement alone.
                for length in ["450000", "300000000000", "9223372036854775807"] {
                    let head = PlainHTTP.head(
                        "POST",
                        path,
                        type: type,
                        headers: ["Content-Length: \(length)"],
                        length: nil
                    )
                    let connection = try PlainConnection(port: http.port)
                    await connection.send(head)
                    #expect(try await connection.answer().status == 413, "\(length) bytes of \(type)")
                }
                let connection = try PlainConnection(port: http.port)
                await connection.send(Self.chunked(path, type: type))
                for _ in 0..<12 { await connection.send(Self.chunk(Data(count: 50_000))) }
                await connection.send(Data("0\r\n\r\n".utf8))
                #expect(try await connection.answer().status == 413, "600000 bytes of \(type) without a length")
            }
            try await Self.expectWell(http)
        }
    }

    /// Clients that leave at every point of a request, with and without a length, many at a time.
    @Test func clientsThatLeaveMakeRoomAndDoNoHarm() async throws {
        try await Self.with { http, _ in
            let long = FormBody.sound(try DeskHarness.sound(seconds: 60), labels: "a,b", ["hop": "0.5"])
            for path in Self.paths {
                let head = PlainHTTP.head("POST", path, type: FormBody.type, length: long.count)
                let whole = head + long
                let pieces = Self.chunked(path, type: FormBody.type) + Self.chunk(Data(long.prefix(90_000)))
                let requests =
                    [1, head.count - 1, head.count, head.count + 10, head.count + 70_000, whole.count - 1, whole.count]
                    .map { whole.prefix($0) } + [pieces, pieces + Data("ffff".utf8)]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for request in requests {
                        group.addTask {
                            let connection = try PlainConnection(port: http.port)
                            await connection.send(Data(request))
                        }
                    }
                    try await group.waitForAll()
                }
                try await Self.expectWell(http)
            }
        }
    }

    /// Requests that are none, lie about themselves, or bring the next one along before the first is answered.
    @Test func requestsThatAreNoneDoNoHarm() async throws {
        try await Self.with { http, _ in
            let body = FormBody.sound(try DeskHarness.sound(seconds: 2), labels: "a,b")
            let post = "POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(FormBody.type)\r\n"
            let length = "Content-Length: \(body.count)\r\n"
            let good = Data("\(post)\(length)\r\n".utf8) + body
            var requests: [Data] = [
                good + good + good, good + Data("nonsense\r\n\r\n".utf8), good + Data(count: 100_000),
            ]
            // Header fields with the same body behind them, rightly or wrongly.
            let fields: [String] = [
                "Content-Length: \(body.count - 100)\r\n", "Content-Length: -1\r\n", "Content-Length: many\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
                "Transfer-Encoding: gzip\r\n", "\(length)Upgrade: websocket\r\nConnection: Upgrade\r\n", "",
                "\(length)Expect: 100-continue\r\n",
            ]
            for field in fields { requests.append(Data("\(post)\(field)\r\n".utf8) + body) }
            let alone: [String] = [
                "POST /api/predict\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "HEAD /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
                "GET /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
                "POST http://localhost/api/predict HTTP/1.1\r\nHost: localhost\r\n\r\n",
            ]
            for text in alone { requests.append(Data(text.utf8)) }
            for request in requests {
                let connection = try PlainConnection(port: http.port)
                await connection.send(request)
                // Whether or not it was answered before the connection went, the next one is.
                try await Self.expectWell(http)
            }
        }
    }

    /// The server stops while clients send and wait.
    @Test func stoppingWaitsForNobody() async throws {
        let long = FormBody.sound(try DeskHarness.sound(seconds: 300), labels: "a,b", ["hop": "0.5"])
        var connections: [PlainConnection] = []
        try await Self.with { http, server in
            for size in [long.count, long.count / 2] {
                let connection = try PlainConnection(port: http.port)
                await connection.send(
                    PlainHTTP.head("POST", "/api/predict", type: FormBody.type, length: long.count) + long.prefix(size)
                )
                connections.append(connection)
            }
            await server.stop()
            #expect(server.address == nil)
        }
        connections = []
    }

    /// A sound is heard as ever, once those that left have made room.
    private static func expectWell(_ http: PlainHTTP) async throws {
        let body = FormBody.sound(try DeskHarness.sound(seconds: 1), labels: "a,b")
        try await eventually("an answer of the desk") {
            let answer = try? await http.request("POST", "/api/predict", type: FormBody.type, body: body)
            return answer?.status == 200
        }
    }
}
