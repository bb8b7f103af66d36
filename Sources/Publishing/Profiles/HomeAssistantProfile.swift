// Home Assistant discovery: one retained topic per machine that says which of the JSON topics are its entities.
// https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload (Home Assistant 2024.11 and later)
import Foundation
import MachineHealth

/// `<prefix>/device/ausculta_<site>_<machine>/config`. The values themselves stay on the JSON topics.
public struct HomeAssistantProfile: RetainedProfile {
    /// Where Home Assistant looks unless it is told otherwise.
    public static let standardPrefix = "homeassistant"

    /// First levels of the discovery topics.
    public let prefix: String
    private let topics: TopicScheme
    private let node: String
    private let version: String
    private let language: String
    private let names: [String: LocalizedName]

    /// Makes the profile.
    ///
    /// - Parameters:
    ///   - node: the box, whose status topic says whether values can be had.
    ///   - language: of the entities' names.
    ///   - names: the machines' names.
    public init(
        prefix: String = HomeAssistantProfile.standardPrefix,
        topics: TopicScheme,
        node: String,
        version: String,
        language: String,
        names: [String: LocalizedName]
    ) {
        self.prefix = prefix
        self.topics = topics
        self.node = node
        self.version = version
        self.language = language
        self.names = names
    }

    private struct Config: Encodable {
        struct Device: Encodable {
            var ids: [String]
            var name: String
            var mf = "Ausculta"
            var mdl: String
        }

        struct Origin: Encodable {
            var name = "ausculta"
            var sw: String
        }

        struct Component: Encodable {
            var platform: String
            var uniqueID: String
            var name: String
            var stateTopic: String
            var template: String
            var deviceClass: String?
            var options: [String]?
            var unit: String?
            var stateClass: String?
            var attributesTopic: String?

            enum CodingKeys: String, CodingKey {
                case name, options
                case platform = "p"
                case uniqueID = "uniq_id"
                case stateTopic = "stat_t"
                case template = "val_tpl"
                case deviceClass = "dev_cla"
                case unit = "unit_of_meas"
                case stateClass = "stat_cla"
                case attributesTopic = "json_attr_t"
            }
        }

        var device: Device
        var origin: Origin
        var availabilityTopic: String
        var availabilityTemplate = "{{ value_json.status }}"
        var components: [String: Component]

        enum CodingKeys: String, CodingKey {
            case device = "dev"
            case origin = "o"
            case availabilityTopic = "avty_t"
            case availabilityTemplate = "avty_tpl"
            case components = "cmps"
        }
    }

    public func values(of picture: MachinePicture) throws -> [RetainedValue] {
        let id = Self.objectID("ausculta_\(topics.site)_\(picture.machine)")
        let state = topics.state(machine: picture.machine)
        var components: [String: Config.Component] = [:]
        func add(_ key: String, _ platform: String, _ name: String, _ topic: String, _ template: String) {
            components[key] = Config.Component(
                platform: platform,
                uniqueID: "\(id)_\(key)",
                name: name,
                stateTopic: topic,
                template: template
            )
        }
        let isChinese = language == "zh"
        add("state", "sensor", isChinese ? "健康状态" : "Health", state, "{{ value_json.state }}")
        components["state"]?.deviceClass = "enum"
        components["state"]?.options = MachineGrade.allCases.map(\.rawValue)
        add("score", "sensor", isChinese ? "健康分" : "Health score", state, "{{ value_json.health }}")
        components["score"]?.unit = "%"
        components["score"]?.stateClass = "measurement"
        add("level", "sensor", isChinese ? "声级" : "Sound level", state, "{{ value_json.stream.level_dbfs }}")
        components["level"]?.unit = "dBFS"
        components["level"]?.stateClass = "measurement"
        add(
            "online",
            "binary_sensor",
            isChinese ? "麦克风" : "Microphone",
            state,
            "{{ 'ON' if value_json.stream.online else 'OFF' }}"
        )
        components["online"]?.deviceClass = "connectivity"
        for record in picture.records {
            let key = "fault_\(Self.objectID(record.label.rawValue))"
            let name = picture.name(of: record.label)?.text(in: language) ?? record.label.rawValue
            let topic = topics.fault(machine: picture.machine, label: record.label)
            add(key, "binary_sensor", name, topic, "{{ 'ON' if value_json.active else 'OFF' }}")
            components[key]?.deviceClass = "problem"
            components[key]?.attributesTopic = topic
        }
        let config = Config(
            device: Config.Device(
                ids: [id],
                name: names[picture.machine]?.text(in: language) ?? picture.machine,
                mdl: picture.model
            ),
            origin: Config.Origin(sw: version),
            availabilityTopic: topics.nodeStatus(node: node),
            components: components
        )
        let payload = try PayloadCoder.encode(config)
        return [
            RetainedValue(
                topic: "\(prefix)/device/\(id)/config",
                payload: payload,
                identity: String(decoding: payload, as: UTF8.self)
            )
        ]
    }

    /// Object ids have letters, digits, `_` and `-` only.
    private static func objectID(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }
}
