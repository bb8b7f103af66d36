// From what the file says to what each room wants to be told.
import Acquisition
import AudioFeatures
import Foundation
import MQTT
import ModelStore
import Publishing

extension ServiceConfiguration {
    /// The folder of the model.
    func modelDirectory() throws -> URL {
        let cache = model.cache.map { URL(fileURLWithPath: $0) } ?? ModelCache().root
        return try ModelLocator.locate(model.path, cache: cache)
    }

    /// Where hashes of weights and embeddings of labels are remembered: hidden in the model cache's folder.
    var derivedCacheFolder: URL {
        (model.cache.map { URL(fileURLWithPath: $0) } ?? ModelCache().root).appendingPathComponent(".derived")
    }

    /// The broker connection, its will included.
    func mqtt(topics: TopicScheme, version: String) throws -> MQTTConfiguration {
        let will = try JSONProfile(topics: topics).nodeStatusMessage(
            node: node,
            status: .offline,
            version: version,
            since: nil
        )
        return MQTTConfiguration(
            broker: broker.address,
            clientID: broker.clientID,
            username: broker.username,
            password: try broker.readPassword(),
            tls: MQTTTLS(
                caFile: broker.caFile,
                certificateFile: broker.certificateFile,
                keyFile: broker.keyFile
            ),
            keepAliveSeconds: broker.keepAliveSeconds,
            will: { MQTTWill(topic: will.topic, payload: will.payload, qos: .atLeastOnce, retain: true) }
        )
    }
}

extension ServiceConfiguration {
    /// A connection to the same broker for a sender of sound: an id of its own and no will.
    public func senderMQTT() throws -> MQTTConfiguration {
        var settings = try mqtt(topics: TopicScheme(site: site), version: "")
        settings.clientID = MQTTConfiguration.randomClientID(prefix: "ausculta-sender")
        settings.will = { nil }
        return settings
    }
}

extension MachineConfiguration {
    /// How its chunks are taken in and its windows cut.
    func audio(intake: IntakeConfiguration) throws -> MachineAudioConfig {
        var limits = AudioLimits.chunk
        limits.maxPayloadBytes = intake.maxPayloadBytes
        return MachineAudioConfig(
            window: try WindowSpec(lengthSeconds: windowLengthSeconds, hopSeconds: hopSeconds),
            rawFormat: format,
            channel: channel,
            limits: limits
        )
    }

    /// Whether another configuration of the machine takes its audio in the same way.
    func hearsLike(_ other: MachineConfiguration) -> Bool {
        topic == other.topic && format == other.format && channel == other.channel
            && windowLengthSeconds == other.windowLengthSeconds && hopSeconds == other.hopSeconds
            && rules.machine.staleAfterSeconds == other.rules.machine.staleAfterSeconds
    }
}
