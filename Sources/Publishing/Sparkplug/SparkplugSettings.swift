// How the box appears as a Sparkplug B edge node.
import Foundation
import MQTT
import SparkplugB

/// Settings of the Sparkplug profile.
public struct SparkplugSettings: Sendable {
    /// Group and edge node.
    public var name: EdgeNodeName
    /// The host that has to be online before anything is said; nil says everything at once.
    public var primaryHost: String?
    /// The profile's own connection; its will is set by the profile.
    public var mqtt: MQTTConfiguration
    /// File in which the number of the last CONNECT is kept.
    public var sequenceFile: URL
    /// Events kept while no host listens; beyond it the oldest go, and are counted.
    public var maximumStoredEvents: Int
    /// Software version, told in the birth.
    public var version: String

    /// Makes settings.
    public init(
        name: EdgeNodeName,
        primaryHost: String? = nil,
        mqtt: MQTTConfiguration,
        sequenceFile: URL,
        maximumStoredEvents: Int = 100_000,
        version: String
    ) {
        self.name = name
        self.primaryHost = primaryHost
        self.mqtt = mqtt
        self.sequenceFile = sequenceFile
        self.maximumStoredEvents = maximumStoredEvents
        self.version = version
    }
}
