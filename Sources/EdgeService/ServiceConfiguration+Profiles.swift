// The publish profiles beside plain JSON, as the configuration wants them.
import Foundation
import Logging
import MQTT
import Publishing
import SparkplugB
import TrendLog

extension ServiceConfiguration {
    /// Profiles that are nothing but retained topics.
    func retainedProfiles(topics: TopicScheme, version: String) -> [any RetainedProfile] {
        var profiles: [any RetainedProfile] = []
        if let prefix = publish.tagPrefix { profiles.append(TagProfile(prefix: prefix)) }
        if let prefix = publish.homeAssistantPrefix {
            profiles.append(
                HomeAssistantProfile(
                    prefix: prefix,
                    topics: topics,
                    node: node,
                    version: version,
                    language: language,
                    names: Dictionary(machines.map { ($0.id, $0.name) }) { first, _ in first }
                )
            )
        }
        return profiles
    }

    /// The Sparkplug node, where there is one.
    ///
    /// - Throws: what is wrong with its broker's password file.
    func sparkplugNode(
        store: TrendLogStore,
        version: String,
        now: @escaping @Sendable () -> Date,
        logger: Logger,
        command: @escaping SparkplugNode.Commander
    ) throws -> SparkplugNode? {
        guard let sparkplug = publish.sparkplug else { return nil }
        let settings = SparkplugSettings(
            name: sparkplug.name,
            primaryHost: sparkplug.primaryHost,
            mqtt: try sparkplug.broker.mqtt(),
            sequenceFile: URL(fileURLWithPath: self.store.path + ".bdseq"),
            maximumStoredEvents: sparkplug.storedEvents,
            version: version
        )
        return SparkplugNode(settings, store: store, now: now, logger: logger, command: command)
    }
}

extension BrokerConfiguration {
    /// A connection to this broker, without a will.
    func mqtt() throws -> MQTTConfiguration {
        MQTTConfiguration(
            broker: address,
            clientID: clientID,
            username: username,
            password: try readPassword(),
            tls: MQTTTLS(caFile: caFile, certificateFile: certificateFile, keyFile: keyFile),
            keepAliveSeconds: keepAliveSeconds
        )
    }
}
