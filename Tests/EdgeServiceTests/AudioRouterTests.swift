// From topics to inboxes: exact topics, wildcards, strangers, and the subscriptions that bring each message once.
import Acquisition
import Foundation
import Logging
import MQTT
import Publishing
import Testing

@testable import EdgeService

@Suite struct AudioRouterTests {
    private func machines(_ rows: [String]) throws -> [MachineConfiguration] {
        let list = rows.map { "          - {\($0), profile: pump}" }.joined(separator: "\n")
        let head = ConfigurationSupport.minimal.components(separatedBy: "machines:")[0]
        return try ServiceConfiguration.parse(head + "machines:\n" + list, file: "/etc/test.yaml").machines
    }

    private func filters(_ rows: [String]) throws -> [String] {
        AudioRouter.filters(for: try machines(rows), topics: try TopicScheme(site: "plant1"))
    }

    private func deliver(_ router: AudioRouter, _ topic: String, retain: Bool = false) {
        let properties = MQTTProperties(
            contentType: "audio/wav",
            userProperties: [MQTTUserProperty("seq", "7"), MQTTUserProperty("ts", "1700000000000")]
        )
        router.deliver(
            MQTTMessage(topic: topic, payload: Data("x".utf8), retain: retain, properties: properties),
            at: Date(timeIntervalSince1970: 1)
        )
    }

    @Test func oneSubscriptionServesEveryMachineOfTheSite() throws {
        #expect(try filters(["id: a", "id: b"]) == ["ausculta/plant1/+/audio"])
    }

    @Test func topicsOfTheirOwnAreSubscribedBesideIt() throws {
        let rows = [
            "id: a", "id: b, topic: hall/b/sound", "id: c, topic: \"hall/c/#\"",
            "id: d, topic: ausculta/plant1/x/audio",
        ]
        #expect(try filters(rows) == ["ausculta/plant1/+/audio", "hall/b/sound", "hall/c/#"])
    }

    @Test func chunksWaitingAreCountedByMachine() async throws {
        let router = AudioRouter(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(router.queuedChunks.isEmpty)
        let inbox = MachineInbox(maxChunkCount: 2)
        try router.replace(machines(["id: a", "id: b"]), inboxes: ["a": inbox, "b": MachineInbox()])
        for _ in 0..<3 { deliver(router, "ausculta/plant1/a/audio") }
        #expect(router.queuedChunks == ["a": 2, "b": 0], "a full inbox has let go of its oldest")
        _ = await inbox.next()
        #expect(router.queuedChunks == ["a": 1, "b": 0])
    }

    @Test func aChunkReachesItsMachineWithEverythingItCameWith() async throws {
        let router = AudioRouter(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (own, wild) = (MachineInbox(), MachineInbox())
        try router.replace(
            machines(["id: own", "id: wild, topic: \"hall/+/sound\""]),
            inboxes: ["own": own, "wild": wild]
        )
        deliver(router, "ausculta/plant1/own/audio")
        deliver(router, "hall/7/sound")
        let chunk = try #require(await own.next())
        #expect(chunk.machine == "own")
        #expect(chunk.arrival == Date(timeIntervalSince1970: 1))
        #expect(chunk.payload == Data("x".utf8))
        #expect(chunk.contentType == "audio/wav")
        let properties = try chunk.properties.get()
        #expect(properties.sequenceNumber == 7)
        #expect(properties.timestamp == Date(timeIntervalSince1970: 1_700_000_000))
        #expect(await wild.next()?.machine == "wild")
    }

    @Test func retainedChunksStrangersAndRemovedMachinesAreNotDelivered() async throws {
        let router = AudioRouter(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (first, second) = (MachineInbox(), MachineInbox())
        try router.replace(machines(["id: a", "id: b"]), inboxes: ["a": first, "b": second])
        deliver(router, "ausculta/plant1/a/audio", retain: true)
        deliver(router, "ausculta/plant1/stranger/audio")
        deliver(router, "ausculta/plant2/a/audio")
        try router.replace(machines(["id: b"]), inboxes: ["b": second])
        deliver(router, "ausculta/plant1/a/audio")
        deliver(router, "ausculta/plant1/b/audio")
        first.finish()
        second.finish()
        #expect(await first.next() == nil)
        #expect(await second.next()?.machine == "b")
        #expect(await second.next() == nil)
    }
}
