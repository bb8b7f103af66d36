// The section `publish`: profiles, their defaults, and what is refused.
import Foundation
import Testing

@testable import EdgeService

@Suite("Configuration: publish")
struct PublishReadingTests {
    private func publish(_ section: String) throws -> PublishConfiguration {
        try ServiceConfiguration.parse("\(ConfigurationSupport.minimal)\n\(section)", file: "/etc/ausculta/test.yaml")
            .publish
    }

    @Test("without the section there is plain JSON and nothing else")
    func nothing() throws {
        #expect(try publish("") == PublishConfiguration())
        #expect(PublishConfiguration().tellsJSON && PublishConfiguration().sparkplug == nil)
    }

    @Test("profiles take their names from site and node")
    func defaults() throws {
        let publish = try publish("publish: {sparkplug: true, tags: true, home_assistant: true}")
        let sparkplug = try #require(publish.sparkplug)
        #expect(sparkplug.name.group == "plant1" && sparkplug.name.node == "edge-1")
        #expect(sparkplug.primaryHost == nil && sparkplug.storedEvents == 100_000)
        #expect(sparkplug.broker.clientID == "ausculta-plant1-edge-1-sparkplug")
        #expect("\(sparkplug.broker.address)" == "mqtt://localhost:1883")
        #expect(publish.tagPrefix == "uns/plant1" && publish.homeAssistantPrefix == "homeassistant")
        #expect(publish.tellsJSON)
    }

    @Test("everything said")
    func everything() throws {
        let publish = try publish(
            """
            broker: {url: "mqtt://here:1884", username: box}
            publish:
              json: false
              sparkplug:
                group: 一号厂
                node: ears 7
                primary_host: scada
                stored_events: 500
                broker: {url: "mqtt://there"}
              tags: {prefix: plant/tags}
              home_assistant: false
            """
        )
        let sparkplug = try #require(publish.sparkplug)
        #expect(sparkplug.name.topic(.nodeBirth) == "spBv1.0/一号厂/NBIRTH/ears 7")
        #expect(sparkplug.primaryHost == "scada" && sparkplug.storedEvents == 500)
        #expect("\(sparkplug.broker.address)" == "mqtt://there:1883" && sparkplug.broker.username == nil)
        #expect(publish.tagPrefix == "plant/tags" && publish.homeAssistantPrefix == nil && !publish.tellsJSON)
    }

    @Test("the service's own broker is shared under another client id")
    func inherited() throws {
        let publish = try publish(
            """
            broker: {url: "mqtt://here:1884", username: box, client_id: ears, keep_alive: 1m}
            publish: {sparkplug: {primary_host: scada}}
            """
        )
        let broker = try #require(publish.sparkplug?.broker)
        #expect("\(broker.address)" == "mqtt://here:1884" && broker.username == "box" && broker.keepAliveSeconds == 60)
        #expect(broker.clientID == "ausculta-plant1-edge-1-sparkplug")
    }

    @Test(
        "what cannot work is refused on its line",
        arguments: [
            ("publish: {sparkplug: {group: a/b}}", "publish.sparkplug.group", "reserved"),
            ("publish: {sparkplug: {node: \"#\"}}", "publish.sparkplug.node", "reserved"),
            ("publish: {sparkplug: {group: STATE}}", "publish.sparkplug.group", "host applications"),
            ("publish: {sparkplug: {primary_host: a+}}", "publish.sparkplug.primary_host", "reserved"),
            ("publish: {sparkplug: {stored_events: -1}}", "publish.sparkplug.stored_events", "0 to"),
            ("publish: {sparkplug: {host: scada}}", "publish.sparkplug.host", "unknown key"),
            ("publish: {sparkplug: {broker: {url: \"http://x\"}}}", "publish.sparkplug.broker.url", "MQTT scheme"),
            (
                "publish: {sparkplug: {broker: {client_id: ausculta-plant1-edge-1}}}", "publish.sparkplug.broker",
                "another"
            ),
            ("publish: {sparkplug: [1]}", "publish.sparkplug", "found a list"),
            ("publish: {sparkplug: maybe}", "publish.sparkplug", "true or false"),
            ("publish: {sparkplugb: true}", "publish.sparkplugb", "did you mean sparkplug?"),
            ("publish: {tags: {prefix: \"a/+\"}}", "publish.tags.prefix", "+"),
            ("publish: {tags: {prefix: \"a//b\"}}", "publish.tags.prefix", "something in each"),
            ("publish: {tags: {prefix: ausculta/plant1}}", "publish.tags.prefix", "listens"),
            ("publish: {json: false, home_assistant: true}", "publish.home_assistant", "json"),
            ("publish: sparkplug", "publish", "profiles such as"),
        ]
    )
    func refused(section: String, keyPath: String, words: String) {
        let problems = ConfigurationSupport.problems("\(ConfigurationSupport.minimal)\n\(section)")
        let found = problems.first { $0.keyPath == keyPath && $0.line == 9 && $0.message.contains(words) }
        #expect(found != nil, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test("changes are told, and wait for a restart")
    func changes() throws {
        let old = try ServiceConfiguration.parse(ConfigurationSupport.minimal, file: "/etc/ausculta/test.yaml")
        var new = old
        new.publish = try publish("publish: {sparkplug: {primary_host: scada}, tags: true}")
        let changes = ServiceConfiguration.diff(old, new)
        #expect(changes.map(\.subject) == ["publish.tags", "publish.sparkplug"])
        #expect(changes.allSatisfy { $0.effect == .restart })
    }
}
