// The life of a connection with a real broker: late, restarted, refused, cut, stopped.

import BrokerSupport
import Foundation
import Testing

@testable import MQTT

@Suite("MQTT: connections")
struct ConnectionTests {
    @Test("a broker that comes late is found, and the subscription made before it existed works")
    func lateBroker() async throws {
        let broker = try PrivateBroker()
        let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
        let inbox = Inbox<MQTTMessage>()
        try await client.subscribe(to: "late/#") { inbox.put($0) }
        try client.start()
        try await client.waitForState("a failed attempt") { state in
            if case .disconnected(let reason) = state { reason.contains("127.0.0.1") } else { false }
        }
        await #expect(throws: MQTTError.self) {
            try await client.publish(topic: "late/1", payload: Data("early".utf8))
        }
        try await broker.start()
        try await client.waitUntilConnected()
        try await client.publish(topic: "late/2", payload: Data("now".utf8))
        #expect(try await inbox.wait(count: 1).map(\.topic) == ["late/2"])
        await client.stop()
        broker.stop()
    }

    @Test("after a broker restart the client reconnects and its subscriptions are back", arguments: [false, true])
    func restart(abruptly: Bool) async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            try await client.subscribe(to: "r/+") { inbox.put($0) }
            try await client.publish(topic: "r/1", payload: Data())
            try await inbox.wait(count: 1)
            if abruptly { broker.kill9() } else { broker.stop() }
            try await client.waitForState("the loss") { !$0.isConnected }
            try await broker.start()
            try await client.waitUntilConnected()
            try await client.publish(topic: "r/2", payload: Data())
            #expect(try await inbox.wait(count: 2).map(\.topic) == ["r/1", "r/2"])
            #expect(client.statistics.reconnects == 1)
            await client.stop()
        }
    }

    @Test("a broker that goes away fails what waits for PUBACK, and nothing is sent a second time")
    func connectionLost() async throws {
        try await PrivateBroker.with(isPersistent: false) { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            try await client.subscribe(to: "x/#") { inbox.put($0) }
            // The broker stands still, so that the acknowledgement cannot come before the connection is gone.
            let processID = try #require(broker.broker.processID)
            kill(processID, SIGSTOP)
            let pending = Task { try await client.publish(topic: "x/lost", payload: Data("1".utf8)) }
            while client.core.state.withLock({ $0.link?.isDrained ?? true }) { await Task.yield() }
            broker.kill9()
            await #expect(throws: MQTTError.self) { try await pending.value }
            if case .failure(let error as MQTTError) = await pending.result {
                guard case .connectionLost(let topic, _) = error else {
                    Issue.record("expected .connectionLost, got \(error)")
                    return
                }
                #expect(topic == "x/lost")
            }
            try await broker.start()
            try await client.waitUntilConnected()
            try await client.publish(topic: "x/next", payload: Data("2".utf8))
            #expect(try await inbox.wait(count: 1).map(\.topic) == ["x/next"])
            await client.stop()
        }
    }

    @Test("a cancelled publish ends with CancellationError")
    func cancelledPublish() async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            try client.start()
            try await client.waitUntilConnected()
            let processID = try #require(broker.broker.processID)
            kill(processID, SIGSTOP)
            let pending = Task { try await client.publish(topic: "x", payload: Data("1".utf8)) }
            while client.core.state.withLock({ $0.link?.isDrained ?? true }) { await Task.yield() }
            pending.cancel()
            await #expect(throws: CancellationError.self) { try await pending.value }
            kill(processID, SIGCONT)
            try await client.publish(topic: "y", payload: Data())
            await client.stop()
        }
    }

    @Test("a wrong password is refused visibly, the right one is taken", arguments: MQTTProtocolVersion.allCases)
    func passwords(version: MQTTProtocolVersion) async throws {
        try await PrivateBroker.with(.passwords(["edge": "right"])) { broker in
            var configuration = MQTTConfiguration(broker: broker.address, username: "edge", password: "wrong")
            configuration.preferredVersion = version
            let refused = try MQTTClient(configuration)
            try refused.start()
            await #expect(throws: MQTTError.self) { try await refused.waitUntilConnected() }
            guard case .refused(let reason) = refused.connectionState else {
                Issue.record("expected refused, got \(refused.connectionState)")
                return
            }
            #expect(reason.lowercased().contains("not authori"))
            // Slow retry: one attempt only, although the usual pauses would have allowed several by now.
            #expect(refused.statistics.connectionAttempts == 1)
            await refused.stop()

            configuration.password = "right"
            let accepted = try MQTTClient(configuration)
            try accepted.start()
            try await accepted.waitUntilConnected()
            #expect(accepted.connectionState == .connected(sessionPresent: false, protocolVersion: version))
            await accepted.stop()
        }
    }

    @Test("the will comes when the line is cut, not when the client says goodbye")
    func will() async throws {
        try await PrivateBroker.with { broker in
            let watcher = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let inbox = Inbox<MQTTMessage>()
            try watcher.start()
            try await watcher.waitUntilConnected()
            try await watcher.subscribe(to: "node/#") { inbox.put($0) }

            let number = Inbox<Int>()
            var configuration = MQTTConfiguration(broker: broker.address)
            configuration.will = {
                number.put(1)
                let properties = MQTTProperties(contentType: "application/json")
                return MQTTWill(
                    topic: "node/status",
                    payload: Data("offline \(number.values.count)".utf8),
                    retain: true,
                    properties: properties
                )
            }
            let client = try MQTTClient(configuration)
            try client.start()
            try await client.waitUntilConnected()
            let askedSoFar = number.values.count
            client.core.cutLine()
            let message = try #require(try await inbox.wait(count: 1).first)
            #expect(message.topic == "node/status")
            #expect(message.payloadText == "offline \(askedSoFar)")
            #expect(message.contentType == "application/json")
            // Asked again for the next CONNECT: Sparkplug's bdSeq counts on it.
            try await number.wait(count: askedSoFar + 1)
            try await client.waitUntilConnected()
            await client.stop()
            try await watcher.publish(topic: "node/end", payload: Data())
            #expect(try await inbox.wait(count: 2).map(\.topic) == ["node/status", "node/end"])
            await watcher.stop()
        }
    }

    @Test("a stop may let the will out", arguments: MQTTProtocolVersion.allCases)
    func stopWithWill(version: MQTTProtocolVersion) async throws {
        try await PrivateBroker.with { broker in
            let watcher = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let inbox = Inbox<MQTTMessage>()
            try watcher.start()
            try await watcher.waitUntilConnected()
            try await watcher.subscribe(to: "death") { inbox.put($0) }
            var configuration = MQTTConfiguration(broker: broker.address)
            configuration.preferredVersion = version
            configuration.will = { MQTTWill(topic: "death", payload: Data("bye".utf8)) }
            let client = try MQTTClient(configuration)
            try client.start()
            try await client.waitUntilConnected()
            await client.stop(publishingWill: true)
            #expect(try await inbox.wait(count: 1).map(\.payloadText) == ["bye"])
            await watcher.stop()
        }
    }

    @Test("stop flushes, ends the streams and is quick; afterwards the client says so")
    func stop() async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let states = client.connectionStates
            try client.start()
            try await client.waitUntilConnected()
            let stream = try await client.messages(of: "f/#")
            for number in 0..<20 { try await client.publish(topic: "f/\(number)", payload: Data(), qos: .atMostOnce) }
            let started = ContinuousClock.now
            await client.stop(graceSeconds: 60)
            // Measured about 0.1 s; a stop that waited for its grace to end would take a minute.
            #expect(ContinuousClock.now - started < .seconds(45))
            #expect(client.statistics.messagesOut == 20)
            var last: ConnectionState?
            for await state in states { last = state }
            #expect(last == .stopped)
            for await _ in stream {}
            #expect(client.connectionState == .stopped)
            #expect(throws: MQTTError.stopped) { try client.start() }
            await #expect(throws: MQTTError.self) { try await client.publish(topic: "f", payload: Data()) }
        }
    }

    @Test("a client that is dropped without stop disconnects by itself")
    func dropped() async throws {
        try await PrivateBroker.with { broker in
            let watcher = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let ended = Inbox<ConnectionState>()
            do {
                let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
                let states = client.connectionStates
                try client.start()
                try await client.waitUntilConnected()
                Task { for await state in states { ended.put(state) } }
            }
            try await ended.wait(for: "stopped") { $0.last == .stopped }
            await watcher.stop()
        }
    }

    @Test("two clients with one id: the loser is told why")
    func takenOver() async throws {
        try await PrivateBroker.with { broker in
            var configuration = MQTTConfiguration(broker: broker.address, clientID: "same")
            // Both come back again and again and throw each other out: whichever is told first, both are told in the end.
            configuration.reconnect.stableAfterSeconds = 1_000
            let first = try MQTTClient(configuration)
            try first.start()
            try await first.waitUntilConnected()
            let second = try MQTTClient(configuration)
            try second.start()
            try await second.waitUntilConnected()
            try await first.waitForState("the take-over") { state in
                if case .disconnected(let reason) = state { reason.contains("'same'") } else { false }
            }
            await first.stop()
            await second.stop()
        }
    }
}
