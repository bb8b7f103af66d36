// A subscriber like any other: what it tells came over the broker, nothing from inside the service.
import Foundation
import Logging
import MQTT
import Publishing

/// Something the watcher received.
public enum DemoSighting: Sendable {
    /// A classified window.
    case window(WindowPayload)
    /// A fault topic changed.
    case fault(FaultPayload)
    /// An event, with its bytes as received.
    case event(EventPayload, json: String)
}

/// An alarm as the broker told it: the event, and the retained topic as a newcomer reads it.
public struct DemoAlarm: Sendable {
    /// Topic of the event.
    public let eventTopic: String
    /// The event as received.
    public let eventJSON: String
    /// The event, read.
    public let event: EventPayload
    /// Topic of the fault tag.
    public let faultTopic: String
    /// The retained message a fresh subscriber got.
    public let faultJSON: String
    /// The fault tag, read.
    public let fault: FaultPayload
}

/// Watches the demo's topics over a connection of its own.
public struct DemoWatcher: Sendable {
    private let address: BrokerAddress
    private let topics: TopicScheme

    /// Watches the broker at a URL.
    public init(brokerURL: String) throws {
        address = try BrokerAddress(url: brokerURL)
        topics = try TopicScheme(site: DemoOptions.site)
    }

    /// Hands over what arrives, until the task is cancelled.
    public func watch(_ body: (DemoSighting) async throws -> Void) async throws {
        let client = try connection("demo-watcher")
        try client.start()
        try await client.waitUntilConnected()
        let prefix = "ausculta/\(DemoOptions.site)/+"
        let filters = ["\(prefix)/window", "\(prefix)/fault/+", "\(prefix)/event"]
        let (stream, continuation) = AsyncStream.makeStream(of: MQTTMessage.self)
        for filter in filters {
            try await client.subscribe(to: filter, qos: .atLeastOnce) { continuation.yield($0) }
        }
        for await message in stream {
            if let sighting = Self.read(message) { try await body(sighting) }
        }
        await client.stop()
    }

    /// Reads a machine's retained fault topic as a subscriber who has just come.
    ///
    /// - Throws: where nothing is retained there within some seconds.
    public func alarm(for event: EventPayload, json: String) async throws -> DemoAlarm {
        let client = try connection("demo-newcomer")
        try client.start()
        let faultTopic = "ausculta/\(DemoOptions.site)/\(event.machine)/fault/\(event.label ?? "")"
        let (stream, continuation) = AsyncStream.makeStream(of: MQTTMessage.self)
        do {
            try await client.waitUntilConnected(timeoutSeconds: 10)
            try await client.subscribe(to: faultTopic, qos: .atLeastOnce) { continuation.yield($0) }
            let timeout = Task {
                try await Task.sleep(for: .seconds(10))
                continuation.finish()
            }
            defer { timeout.cancel() }
            for await message in stream {
                let fault = try PayloadCoder.decode(FaultPayload.self, from: message.payload)
                // The event may overtake the retained value by a moment; the next message on the topic brings it.
                guard fault.active else { continue }
                await client.stop()
                return DemoAlarm(
                    eventTopic: "ausculta/\(DemoOptions.site)/\(event.machine)/event",
                    eventJSON: json,
                    event: event,
                    faultTopic: faultTopic,
                    faultJSON: message.payloadText,
                    fault: fault
                )
            }
            throw MQTTError.timedOut(waitingFor: "an active fault on \(faultTopic)", seconds: 10)
        } catch {
            await client.stop()
            throw error
        }
    }

    private func connection(_ name: String) throws -> MQTTClient {
        try MQTTClient(
            MQTTConfiguration(broker: address, clientID: MQTTConfiguration.randomClientID(prefix: name)),
            logger: Logger(label: "ausculta.demo") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func read(_ message: MQTTMessage) -> DemoSighting? {
        let levels = message.topic.split(separator: "/")
        if levels.count == 5 {
            return (try? PayloadCoder.decode(FaultPayload.self, from: message.payload)).map { .fault($0) }
        }
        if levels.last == "window" {
            return (try? PayloadCoder.decode(WindowPayload.self, from: message.payload)).map { .window($0) }
        }
        return (try? PayloadCoder.decode(EventPayload.self, from: message.payload)).map {
            .event($0, json: message.payloadText)
        }
    }
}
