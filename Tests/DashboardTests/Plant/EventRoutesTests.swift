// Live updates over a real connection, heard with curl.
import BrokerSupport
import Foundation
import HummingbirdTesting
import Logging
import Testing

@testable import Dashboard

/// curl on a stream of server-sent events.
final class EventEars: Sendable {
    struct Event: Sendable {
        let id: Int
        let name: String
        let data: Data

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:] }
    }

    let lines = Inbox<String>()
    private let process: Process

    init(_ url: String) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "--silent", "--no-buffer", "--max-time", "300", url]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let (handle, lines) = (pipe.fileHandleForReading, lines)
        Thread.detachNewThread {
            var rest = Data()
            while case let data = handle.availableData, !data.isEmpty {
                rest.append(data)
                while let end = rest.firstIndex(of: 0x0A) {
                    lines.put(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
            lines.put("END")
        }
    }

    deinit { stop() }

    // By force: a server that listens to SIGTERM ignores it meanwhile, and a child inherits that.
    func stop() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    static func events(_ lines: [String]) -> [Event] {
        var events: [Event] = []
        var (id, name) = (0, "")
        for line in lines {
            if line.hasPrefix("id: ") { id = Int(line.dropFirst(4)) ?? -1 }
            if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
            if line.hasPrefix("data: ") { events.append(Event(id: id, name: name, data: Data(line.dropFirst(6).utf8))) }
        }
        return events
    }

    /// Waits for an event that fulfils a condition.
    func event(_ name: String, where condition: @escaping @Sendable (Event) -> Bool = { _ in true }) async throws
        -> Event
    {
        let holds: @Sendable (Event) -> Bool = { $0.name == name && condition($0) }
        let seen = try await lines.wait(for: "event \(name)") { Self.events($0).contains(where: holds) }
        let first = Self.events(seen).first(where: holds)
        return try #require(first)
    }
}

@Suite struct EventRoutesTests {
    private let start = StagedPlant.start

    @Test func whatChangesIsToldAsItChanges() async throws {
        let plant = try await StagedPlant()
        var limits = EventRoutes.Limits()
        limits.interval = .milliseconds(20)
        limits.heartbeat = .milliseconds(200)
        try await plant.application(limits: limits).test(.live) { client in
            let port = try #require(client.port)
            let ears = try EventEars("http://127.0.0.1:\(port)/api/v1/events?machine=compressor-1")
            defer { ears.stop() }
            let first = try await ears.event("machines")
            #expect((first.json["machines"] as? [Any])?.count == 2)
            let system = try await ears.event("system")
            #expect((system.json["broker"] as? [String: Any])?["state"] as? String == "disconnected")
            #expect(ears.lines.values.first == "retry: 2000")
            _ = try await ears.lines.wait(for: "a heartbeat") { $0.contains(": heartbeat") }

            try await plant.hear("compressor-2", at: start, [0.9, 0.05, 0.05])
            try await plant.hear("compressor-1", from: start, count: 3, [0.05, 0.9, 0.05])
            let alarm = try await ears.event("alarm")
            #expect(alarm.json["machine"] as? String == "compressor-1")
            #expect(alarm.json["state"] as? String == "unack_active")
            let window = try await ears.event("window")
            #expect(window.json["label"] as? String == "bearing-lacking-oil")
            _ = try await ears.event("machines") { event in
                (event.json["machines"] as? [[String: Any]])?.contains { $0["state"] as? String == "warning" } == true
            }
            let events = EventEars.events(ears.lines.values)
            #expect(events.map(\.id) == events.map(\.id).sorted())
            #expect(
                events.filter { $0.name == "window" }.allSatisfy { $0.json["machine"] as? String == "compressor-1" }
            )
            #expect(plant.listenerCount == 1)

            plant.close()
            _ = try await ears.lines.wait(for: "the end") { $0.last == "END" }
        }
    }

    @Test func aListenerWhoLeavesIsForgottenAndTooManyAreRefused() async throws {
        let plant = try await StagedPlant()
        var limits = EventRoutes.Limits()
        limits.heartbeat = .milliseconds(50)
        limits.listeners = 1
        try await plant.application(limits: limits).test(.live) { client in
            let port = try #require(client.port)
            let ears = try EventEars("http://127.0.0.1:\(port)/api/v1/events")
            _ = try await ears.event("machines")
            let refused = try await client.execute(uri: "/api/v1/events", method: .get)
            #expect(refused.status == .tooManyRequests)
            let unknown = try await client.execute(uri: "/api/v1/events?machine=nobody", method: .get)
            #expect(unknown.status == .notFound)
            ears.stop()
            try await plant.waitForListeners(0)
        }
    }

    /// Pages that are closed, opened and closed again, behind the real server: nobody is remembered, and nobody refused.
    @Test func manyComeAndGoWithoutATrace() async throws {
        let plant = try await StagedPlant()
        var limits = EventRoutes.Limits()
        limits.heartbeat = .milliseconds(50)
        limits.listeners = 40
        let clock: @Sendable () -> Date = { plant.now }
        let server = try DashboardServer(
            DashboardSettings(port: 0, web: WebFolder(pages: nil)),
            routes: [EventRoutes(plant: plant, reader: plant.store.reader, limits: limits, now: clock)],
            readiness: TestReadiness(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.start()
        let port = try #require(server.address?.port)
        let request = Data("GET /api/v1/events?machine=compressor-1 HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        for _ in 0..<4 {
            var connections: [PlainConnection] = []
            for _ in 0..<30 {
                let connection = try PlainConnection(port: port)
                await connection.send(request)
                connections.append(connection)
            }
            try await plant.waitForListeners(30)
            connections = []
            try await plant.waitForListeners(0)
        }
        let last = try PlainConnection(port: port)
        await last.send(request)
        try await plant.waitForListeners(1)
        await server.stop()
        #expect(plant.listenerCount == 0, "streams end with the server")
        #expect(try await last.answer().status == 200)
    }

    @Test func aMailboxKeepsEachChangeOnceAndTheNewestWindows() async throws {
        let plant = try await StagedPlant()
        let mailbox = plant.subscribe(windowsOf: "compressor-1")
        try await plant.hear("compressor-1", from: start, count: 100, [0.9, 0.05, 0.05])
        let changes = mailbox.take()
        #expect(changes.machines == ["compressor-1"])
        #expect(changes.windows.count == 64)
        #expect(changes.windows.last?.observation.start == start.addingTimeInterval(99 * StagedPlant.hopSeconds))
        #expect(mailbox.take().isEmpty)
    }
}
