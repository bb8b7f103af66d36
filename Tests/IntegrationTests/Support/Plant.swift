// One test's plant: broker, site, folder and configuration of its own, and a client that sees what is published.
import BrokerSupport
import EdgeService
import Foundation
import Logging
import MQTT
import Publishing
import Testing

/// Everything a test of the service needs. Made by `withPlant`, gone when that returns.
final class Plant: Sendable {
    let folder: URL
    let broker: PrivateBroker
    let site: String
    let topics: TopicScheme
    /// The test's own connection.
    let client: MQTTClient
    /// What the service published, as the client received it.
    let messages = Inbox<MQTTMessage>()

    static let fault = "bearing-lacking-oil"

    /// - Parameter denied: topics below the site that the broker lets nobody write, until `allowEverything`.
    init(brokerLines: [String] = [], denied: [String] = []) throws {
        let number = UUID().uuidString.prefix(8).lowercased()
        site = "site-\(number)"
        topics = try TopicScheme(site: site)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-plant-\(number)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lines = brokerLines
        if !denied.isEmpty {
            let rules = ["topic readwrite #"] + denied.map { [site] in "topic deny ausculta/\(site)/\($0)" }
            try Data((rules.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("acl"))
            lines.append("acl_file \(folder.appendingPathComponent("acl").path)")
        }
        broker = try PrivateBroker(extraLines: lines)
        client = try Self.client(broker.address)
    }

    /// Runs a test in a plant of its own.
    ///
    /// - Parameters:
    ///   - brokerLines: further lines of mosquitto.conf.
    ///   - denied: topics below the site that the broker lets nobody write, until `allowEverything`.
    ///   - startsBroker: false leaves the broker away at first; the test's client then connects later.
    static func with<Value>(
        brokerLines: [String] = [],
        denied: [String] = [],
        startsBroker: Bool = true,
        _ body: (Plant) async throws -> Value
    ) async throws -> Value {
        let plant = try Plant(brokerLines: brokerLines, denied: denied)
        do {
            if startsBroker {
                try await plant.broker.start()
                try await plant.connect()
            }
            let value = try await body(plant)
            await plant.leave()
            return value
        } catch {
            await plant.leave()
            throw error
        }
    }

    /// Connects the test's client and subscribes to everything the service tells.
    func connect() async throws {
        try client.start()
        try await client.waitUntilConnected()
        let filters = ["+/window", "+/state", "+/fault/+", "+/event", "+/cmd/result", "_node/+/status"]
        for filter in filters {
            try await client.subscribe(to: "ausculta/\(site)/\(filter)") { [messages] in messages.put($0) }
        }
    }

    /// Lets everybody write everything again.
    func allowEverything() throws {
        try Data("topic readwrite #\n".utf8).write(to: folder.appendingPathComponent("acl"))
        if let process = broker.broker.processID { kill(process, SIGHUP) }
    }

    private func leave() async {
        await client.stop(graceSeconds: 0)
        broker.broker.stop()
        // Read-only folders are among the tests.
        try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try? FileManager.default.removeItem(at: folder)
    }

    static func client(_ address: BrokerAddress) throws -> MQTTClient {
        try MQTTClient(
            MQTTConfiguration(
                broker: address,
                clientID: MQTTConfiguration.randomClientID(prefix: "test"),
                reconnect: BackOff.Limits(firstSeconds: 0.05, longestSeconds: 0.5)
            ),
            logger: Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    // MARK: - Service

    var brokerURL: String { "mqtt://127.0.0.1:\(broker.broker.port)" }
    var configurationFile: URL { folder.appendingPathComponent("ausculta.yaml") }
    var storeFile: URL { folder.appendingPathComponent("trend.sqlite") }

    /// Writes the configuration.
    @discardableResult
    func write(_ settings: PlantSettings = PlantSettings()) throws -> URL {
        try Data(try settings.yaml(plant: self).utf8).write(to: configurationFile, options: .atomic)
        return configurationFile
    }

    /// Starts `ausculta serve` and returns when its subscriptions stand.
    func serve() async throws -> Program {
        let seen = messages.values.count
        let program = try Program(["serve", "--config", configurationFile.path])
        try await program.waitForLog("broker: connected")
        try await online(skipping: seen)
        return program
    }

    /// Waits until the service says that it is there.
    ///
    /// It says so after it has subscribed, over the same connection: a broker that passes the one on has done the other.
    /// The connection alone is not enough, for a chunk of ours may reach the broker before the service's subscription.
    func online(skipping: Int) async throws {
        let topic = topics.nodeStatus(node: "edge-1")
        _ = try await first("online", NodeStatusPayload.self, on: topic, skipping: skipping) { $0.status == .online }
    }

    /// Runs a command of `ausculta` on this plant's trend log.
    func command(_ words: String...) async throws -> ProgramResult {
        try await Program.run(words + ["--config", configurationFile.path])
    }

    /// Sends an operator's command to a machine and waits for the answer on a response topic of its own.
    func order(_ machine: String, _ json: String) async throws -> CommandResult {
        let correlation = Data(UUID().uuidString.utf8)
        let answerTopic = "answers/\(UUID().uuidString)"
        let answers = Inbox<MQTTMessage>()
        let subscription = try await client.subscribe(to: answerTopic) { answers.put($0) }
        defer { subscription.cancel() }
        try await client.publish(
            topic: topics.command(machine: machine),
            payload: Data(json.utf8),
            properties: MQTTProperties(responseTopic: answerTopic, correlationData: correlation)
        )
        let answer = try await answers.wait(for: "the answer to \(json)", seconds: 600) { !$0.isEmpty }[0]
        #expect(answer.correlationData == correlation)
        return try PayloadCoder.decode(CommandResult.self, from: answer.payload)
    }

    // MARK: - Messages

    /// The payloads received on a topic, oldest first.
    func received<Payload: Decodable>(_ type: Payload.Type, on topic: String) -> [Payload] {
        Self.decoded(type, messages.values, on: topic)
    }

    /// Waits until what was received on a topic is as the test wants it.
    ///
    /// - Parameter skipping: messages on any topic received before that do not count.
    @discardableResult
    func wait<Payload: Decodable & Sendable>(
        for what: String,
        _ type: Payload.Type,
        on topic: String,
        skipping: Int = 0,
        seconds: Double = 600,
        until condition: @escaping @Sendable ([Payload]) -> Bool
    ) async throws -> [Payload] {
        let all = try await messages.wait(for: "\(what) on \(topic)", seconds: seconds) { values in
            condition(Self.decoded(type, Array(values.dropFirst(skipping)), on: topic))
        }
        return Self.decoded(type, Array(all.dropFirst(skipping)), on: topic)
    }

    /// Waits for one payload.
    func first<Payload: Decodable & Sendable>(
        _ what: String,
        _ type: Payload.Type,
        on topic: String,
        skipping: Int = 0,
        seconds: Double = 600,
        where condition: @escaping @Sendable (Payload) -> Bool
    ) async throws -> Payload {
        let all = try await wait(for: what, type, on: topic, skipping: skipping, seconds: seconds) {
            $0.contains(where: condition)
        }
        guard let found = all.first(where: condition) else { throw ProgramError(description: what) }
        return found
    }

    /// Waits for the next payload, whatever it says.
    func next<Payload: Decodable & Sendable>(
        _ what: String,
        _ type: Payload.Type,
        on topic: String,
        skipping: Int = 0
    ) async throws -> Payload {
        try await first(what, type, on: topic, skipping: skipping) { _ in true }
    }

    /// Waits for so many windows of a machine.
    @discardableResult
    func windows(_ machine: String, count: Int, skipping: Int = 0) async throws -> [WindowPayload] {
        try await wait(
            for: "\(count) windows",
            WindowPayload.self,
            on: topics.window(machine: machine),
            skipping: skipping
        ) { $0.count >= count }
    }

    /// What a subscriber who has just come reads from a retained topic.
    func retained(_ topic: String, seconds: Double = 30) async throws -> MQTTMessage {
        let newcomer = try Self.client(broker.address)
        try newcomer.start()
        try await newcomer.waitUntilConnected()
        let seen = Inbox<MQTTMessage>()
        try await newcomer.subscribe(to: topic) { seen.put($0) }
        let found = try await seen.wait(for: "a retained message on \(topic)", seconds: seconds) { !$0.isEmpty }
        await newcomer.stop(graceSeconds: 0)
        return found[0]
    }

    private static func decoded<Payload: Decodable>(
        _ type: Payload.Type,
        _ messages: [MQTTMessage],
        on topic: String
    ) -> [Payload] {
        messages.filter { $0.topic == topic }.compactMap { try? PayloadCoder.decode(type, from: $0.payload) }
    }
}
