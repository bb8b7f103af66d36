// The section `publish`: in which ways machines are told to the outside, any set at once.
import Foundation
import MQTT
import Publishing
import SparkplugB

/// The publish profiles that are on.
public struct PublishConfiguration: Hashable, Sendable {
    /// Plain JSON: window, state, fault and event topics.
    public var tellsJSON = true
    /// The box as a Sparkplug B edge node.
    public var sparkplug: SparkplugConfiguration?
    /// First levels of the topics that carry one value each; nil without them.
    public var tagPrefix: String?
    /// First levels of the topics Home Assistant discovers devices on; nil without them.
    public var homeAssistantPrefix: String?

    /// Plain JSON only.
    public init() {}
}

/// The box as an edge node.
public struct SparkplugConfiguration: Hashable, Sendable {
    /// Group and edge node.
    public var name: EdgeNodeName
    /// The host that must be online; nil waits for none.
    public var primaryHost: String?
    /// Events kept while no host listens.
    public var storedEvents = 100_000
    /// The broker; another one than the service's where the file says so.
    public var broker: BrokerConfiguration
}

/// Reads the section.
struct PublishReading {
    static let keys = ["json", "sparkplug", "tags", "home_assistant"]
    static let sparkplugKeys = ["group", "node", "primary_host", "stored_events", "broker"]
    static let tagKeys = ["prefix"]
    static let homeAssistantKeys = ["prefix"]

    let site: String
    let node: String
    let broker: BrokerConfiguration?
    /// Audio topics of the machines.
    let audioTopics: [String]

    func settings(_ source: ConfigurationNode?) -> PublishConfiguration {
        var settings = PublishConfiguration()
        let section = source.flatMap {
            ConfigurationSection(
                $0,
                keys: Self.keys,
                expected: "profiles such as {json: true, sparkplug: {group: plant1}}"
            )
        }
        guard let section else { return settings }
        if let json = section["json"]?.boolean() { settings.tellsJSON = json }
        settings.sparkplug = section["sparkplug"].flatMap(sparkplug)
        settings.tagPrefix = prefix(section["tags"], keys: Self.tagKeys, standard: "uns/\(site)")
        settings.homeAssistantPrefix = prefix(
            section["home_assistant"],
            keys: Self.homeAssistantKeys,
            standard: HomeAssistantProfile.standardPrefix
        )
        if !settings.tellsJSON, settings.homeAssistantPrefix != nil {
            section["home_assistant"]?.report(
                "Home Assistant reads the JSON topics, which json: false takes away; leave json on"
            )
        }
        return settings
    }

    private func sparkplug(_ source: ConfigurationNode) -> SparkplugConfiguration? {
        guard let (isOn, section) = profile(source, keys: Self.sparkplugKeys, "{group: plant1, primary_host: scada}"),
            isOn
        else { return nil }
        let group = section?["group"].map { $0.text(expected: "a Sparkplug group id") } ?? site
        let node = section?["node"].map { $0.text(expected: "a Sparkplug edge node id") } ?? node
        let host = section?["primary_host"].flatMap { host in
            host.text(expected: "the id of the primary host application").flatMap { id in
                checked(host) { () throws(SparkplugNameError) in try SparkplugTopic.check(id, role: "host") } ? id : nil
            }
        }
        guard let group, let node, let broker = brokerOfItsOwn(section?["broker"]) else { return nil }
        let name: EdgeNodeName
        do {
            name = try EdgeNodeName(group: group, node: node)
        } catch {
            let place = section?[error.role == "group" ? "group" : "node"] ?? source
            place.report("\(error)")
            return nil
        }
        var settings = SparkplugConfiguration(name: name, primaryHost: host, broker: broker)
        if let count = section?["stored_events"]?.integer(0...100_000_000, "events") { settings.storedEvents = count }
        return settings
    }

    private func checked(_ node: ConfigurationNode, _ check: () throws(SparkplugNameError) -> Void) -> Bool {
        do {
            try check()
            return true
        } catch {
            node.report("\(error)")
            return false
        }
    }

    /// The service's broker under another client id, or one of the section's own.
    private func brokerOfItsOwn(_ source: ConfigurationNode?) -> BrokerConfiguration? {
        let clientID = "ausculta-\(site)-\(node)-sparkplug"
        guard let source else {
            var own = broker
            own?.clientID = clientID
            return own
        }
        let own = BrokerReading.broker(source, clientID: clientID)
        if let own, let broker, own.address == broker.address, own.clientID == broker.clientID {
            source.report(
                "client_id \"\(own.clientID)\" is the service's own connection to the same broker; give this one another"
            )
        }
        return own
    }

    private func prefix(_ source: ConfigurationNode?, keys: [String], standard: String) -> String? {
        guard let source, let (isOn, section) = profile(source, keys: keys, "{prefix: \"\(standard)\"}"), isOn else {
            return nil
        }
        guard let node = section?["prefix"] else { return standard }
        guard let text = node.text(expected: "first topic levels such as \(standard)") else { return nil }
        do {
            try TopicName.validate(text)
        } catch {
            node.report("\(error)")
            return nil
        }
        guard !text.hasPrefix("$"), !text.hasPrefix("/"), !text.hasSuffix("/"), !text.contains("//") else {
            node.report("found \(node.found), expected topic levels with something in each, not beginning with $")
            return nil
        }
        let below = TopicOverlap.levels("\(text)/#")
        if let audio = audioTopics.first(where: { TopicOverlap.overlap(below, TopicOverlap.levels($0)) }) {
            node.report("a machine listens to \(audio), which lies below \"\(text)\"; choose another prefix")
            return nil
        }
        return text
    }

    /// A profile is a section, or `true` for one with defaults.
    private func profile(
        _ source: ConfigurationNode,
        keys: [String],
        _ example: String
    ) -> (isOn: Bool, section: ConfigurationSection?)? {
        if case .scalar = source.node { return source.boolean().map { ($0, nil) } }
        return ConfigurationSection(source, keys: keys, expected: "true or a section such as \(example)").map {
            (true, $0)
        }
    }
}
