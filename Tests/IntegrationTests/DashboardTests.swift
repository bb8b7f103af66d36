// The dashboard's API beside a running node: real broker, real windows, real HTTP.
import BrokerSupport
import Dashboard
import EdgeService
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import MQTT
import MachineHealth
import Publishing
import Testing

@Suite(.serialized) struct DashboardTests {
    private struct EveryoneIsOperator: RouterMiddleware {
        func handle(
            _ request: Request,
            context: APIContext,
            next: (Request, APIContext) async throws -> Response
        ) async throws -> Response {
            var context = context
            context.identity = Identity(name: "local", role: .operator)
            return try await next(request, context)
        }
    }

    /// The plant's routes of a node, on a port the system chooses.
    private func api(_ node: EdgeNode) -> some ApplicationProtocol {
        let router = Router(context: APIContext.self)
        router.add(middleware: EveryoneIsOperator())
        let (plant, reader) = (node.plant, node.trendLog)
        AlarmRoutes(plant: plant, reader: reader).add(to: router)
        EventRoutes(plant: plant, reader: reader).add(to: router)
        MachineRoutes(plant: plant, reader: reader).add(to: router)
        return Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// The data of every event of a name that curl has heard.
    private static func data(of name: String, in lines: [String]) -> [String] {
        zip(lines, lines.dropFirst()).compactMap { first, second in
            first == "event: \(name)" && second.hasPrefix("data: ") ? String(second.dropFirst(6)) : nil
        }
    }

    @Test func aWindowArrivesLiveAndAnAcknowledgementOverHTTPReachesTheBroker() async throws {
        try await Plant.with { plant in
            let file = try plant.write()
            let node = try await EdgeNode(
                try ServiceConfiguration.load(file.path),
                logger: Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await node.start()
            do {
                try await plant.online(skipping: 0)
                try await api(node).test(.live) { client in try await check(plant, client) }
            } catch {
                await node.stop()
                throw error
            }
            await node.stop()
        }
    }

    private func check(_ plant: Plant, _ client: some TestClientProtocol) async throws {
        let port = try #require(client.port)
        let lines = Inbox<String>()
        let curl = Process()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let events = "http://127.0.0.1:\(port)/api/v1/events?machine=compressor-1"
        curl.arguments = ["curl", "-sN", "--max-time", "300", events]
        let pipe = Pipe()
        curl.standardOutput = pipe
        try curl.run()
        // By force: a server that listens to SIGTERM ignores it meanwhile, and a child inherits that.
        defer { if curl.isRunning { kill(curl.processIdentifier, SIGKILL) } }
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread {
            var rest = Data()
            while case let data = handle.availableData, !data.isEmpty {
                rest.append(data)
                while let end = rest.firstIndex(of: 0x0A) {
                    lines.put(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
        }
        try await lines.wait(for: "the first news") { !Self.data(of: "machines", in: $0).isEmpty }

        var microphone = PlantMicrophone(plant, "compressor-1")
        try await microphone.send(.clicks, count: 3)
        try await lines.wait(for: "a window") { lines in
            Self.data(of: "window", in: lines).contains { $0.contains("\"label\":\"\(Plant.fault)\"") }
        }
        try await lines.wait(for: "the alarm") { lines in
            Self.data(of: "alarm", in: lines).contains { $0.contains("\"state\":\"unack_active\"") }
        }
        let topic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
        let fault = try await plant.first("the fault", FaultPayload.self, on: topic) { $0.state == .unackActive }
        let id = try #require(fault.alarmID)

        let answer = try await client.execute(
            uri: "/api/v1/alarms/\(id)/ack",
            method: .post,
            body: ByteBuffer(string: #"{"user":"Li 李","comment":"on my way"}"#)
        )
        #expect(String(buffer: answer.body).contains("\"ok\":true"), "\(String(buffer: answer.body))")
        let acknowledged = try await plant.first("ack_active", FaultPayload.self, on: topic) { $0.state == .ackActive }
        #expect(acknowledged.alarmID == id)
        let retained = try await plant.retained(topic)
        #expect(try PayloadCoder.decode(FaultPayload.self, from: retained.payload).state == .ackActive)
        try await lines.wait(for: "the acknowledgement") { lines in
            Self.data(of: "alarm", in: lines).contains { $0.contains("Li 李") }
        }
    }
}
