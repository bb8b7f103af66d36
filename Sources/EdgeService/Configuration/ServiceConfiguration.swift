// The service's configuration, read and checked: every value present, every default applied, every path absolute.
import AudioFeatures
import CLAP
import Dashboard
import Evidence
import Foundation
import MQTT
import MachineHealth

/// What one YAML file says, ready to be wired. docs/configuration.md lists every key.
public struct ServiceConfiguration: Hashable, Sendable {
    /// The file it was read from.
    public var file: URL
    /// The site, the second level of every topic.
    public var site: String
    /// This box, unique within the site.
    public var node: String
    /// The broker and how to reach it.
    public var broker: BrokerConfiguration
    /// The model.
    public var model: ModelConfiguration
    /// The label sets by profile.
    public var vocabularies: [String: LabelVocabulary]
    /// The machines in the file's order, each complete.
    public var machines: [MachineConfiguration]
    /// The trend log.
    public var store: StoreConfiguration
    /// The dashboard's listener, and who may come in.
    public var http: HTTPConfiguration
    /// Sound that is remembered and kept.
    public var evidence: EvidenceSettings
    /// How normal sound is learned.
    public var enrolment = EnrolmentSettings()
    /// How trends are followed.
    public var trend = TrendSettings()
    /// In which ways machines are told to the outside.
    public var publish = PublishConfiguration()
    /// Bounds of the intake.
    public var intake: IntakeConfiguration
    /// Least severe log messages written: trace, debug, info, notice, warning, error or critical.
    public var logLevel: String
    /// Language of names where only one fits: "en" or "zh".
    public var language: String

    /// The labels a machine is compared with.
    public func vocabulary(of machine: MachineConfiguration) -> LabelVocabulary? { vocabularies[machine.profile] }

    /// The machine with an id.
    public func machine(_ id: String) -> MachineConfiguration? { machines.first { $0.id == id } }
}

/// The broker and the credentials for it.
public struct BrokerConfiguration: Hashable, Sendable {
    /// Host, port and whether TLS is used.
    public var address: BrokerAddress
    /// User name, nil for none.
    public var username: String?
    /// File whose first line is the password; read at start.
    public var passwordFile: String?
    /// PEM file of the authorities to trust; nil for the system's.
    public var caFile: String?
    /// PEM file of the client certificate.
    public var certificateFile: String?
    /// PEM file of its key.
    public var keyFile: String?
    /// MQTT client id.
    public var clientID: String
    /// Seconds between pings.
    public var keepAliveSeconds: Int

    /// The password: the first line of `passwordFile`; nil where none is set.
    public func readPassword() throws(PasswordFileError) -> String? {
        try passwordFile.map { path throws(PasswordFileError) in try PasswordFile.read(path) }
    }
}

/// Which model and how it runs.
public struct ModelConfiguration: Hashable, Sendable {
    /// A checkpoint folder or a name in the cache; nil for the model that comes with Ausculta.
    public var path: String?
    /// Folder of fetched models; nil for the default.
    public var cache: String?
    /// Threads for inference; nil for one per core.
    public var threads: Int?
    /// What the model's linear layers are computed in.
    public var precision: ModelPrecision = .preferred
}

/// One machine, with defaults and overrides merged.
public struct MachineConfiguration: Hashable, Sendable {
    /// Stable id, a topic level.
    public var id: String
    /// Names shown to people.
    public var name: LocalizedName
    /// The vocabulary it is compared with.
    public var profile: String
    /// Topic filter its audio arrives on.
    public var topic: String
    /// Layout of chunks that do not say what they are; nil refuses such chunks.
    public var format: PCMFormat?
    /// Which channel is heard.
    public var channel: ChannelSelection
    /// Whether windows are brought to one loudness before the model hears them.
    public var gain: GainMode
    /// Whether its sound is remembered, so that clips can be kept.
    public var capturesSound: Bool
    /// Duration of a window.
    public var windowLengthSeconds: Double
    /// From one window's start to the next.
    public var hopSeconds: Double
    /// The rules of its labels.
    public var rules: TrendRules
    /// What is told of it beside its sound.
    public var context = ContextConfiguration()
}

/// How a window's loudness is treated.
public enum GainMode: String, Hashable, Sendable, CaseIterable {
    /// Every window is brought to the same RMS level.
    case auto
    /// Samples are taken as they come.
    case fixed
}

/// The trend log's file and how much it keeps.
public struct StoreConfiguration: Hashable, Sendable {
    /// The SQLite file.
    public var path: String
    /// Age after which windows are removed.
    public var retainSeconds: Double
    /// Size above which the oldest windows are removed.
    public var maxSizeBytes: Int
}

/// Where the dashboard listens and who may come in.
public struct HTTPConfiguration: Hashable, Sendable {
    /// Address or host name.
    public var host: String
    /// Port; 0 takes any.
    public var port: Int
    /// Whether there is a dashboard at all.
    public var isOn = true
    /// Takes any port where the port is in use; never set by a file.
    public var takesAnyPortIfTaken = false
    /// File of the users who may sign in; nil where nobody has to.
    public var usersFile: String?
    /// Header in which a reverse proxy names the user; nil without one.
    public var proxyHeader: String?
    /// Header in which it names the user's role; nil makes everyone a viewer.
    public var proxyRoleHeader: String?
    /// Addresses of reverse proxies, such as `10.0.0.1` or `10.0.0.0/8`.
    public var trustedProxies: [String] = []
    /// Names this host is known by, beside localhost.
    public var hosts: [String] = []

    /// As the file writes it.
    var listenText: String { isOn ? "\(host.contains(":") ? "[\(host)]" : host):\(port)" : "off" }
    /// What the listening desk takes before it refuses.
    public var desk = DeskLimits()
}

/// Bounds of the intake.
public struct IntakeConfiguration: Hashable, Sendable {
    /// Largest chunk taken.
    public var maxPayloadBytes: Int
    /// Chunks waiting per machine before the oldest is dropped and counted.
    public var queueChunks: Int
}
