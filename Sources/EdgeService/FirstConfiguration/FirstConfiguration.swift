// A plant's first configuration file: what was asked and heard, as commented YAML that `check-config` accepts.
import Foundation
import MQTT

/// What a first configuration file says.
public struct FirstConfiguration: Hashable, Sendable {
    /// The site.
    public var site: String
    /// The broker's URL.
    public var brokerURL: String
    /// The user at the broker.
    public var username: String?
    /// The file whose first line is the password.
    public var passwordFile: String?
    /// The PEM file of the authority that signed the broker's certificate.
    public var authorityFile: String?
    /// The machines, at least one.
    public var machines: [MachineProposal]

    /// Makes a configuration for a broker; site and machines come later.
    public init(
        site: String = "plant1",
        brokerURL: String = "mqtt://localhost:1883",
        username: String? = nil,
        passwordFile: String? = nil,
        authorityFile: String? = nil,
        machines: [MachineProposal] = []
    ) {
        self.site = site
        self.brokerURL = brokerURL
        self.username = username
        self.passwordFile = passwordFile
        self.authorityFile = authorityFile
        self.machines = machines
    }

    /// Reads and checks the text as the service will.
    ///
    /// - Parameter file: where it will lie.
    /// - Throws: `ConfigurationErrors`.
    public func checked(file: String) throws(ConfigurationErrors) -> ServiceConfiguration {
        try ServiceConfiguration.parse(yaml, file: file)
    }

    /// The file's text.
    public var yaml: String {
        """
        # Configuration of Ausculta, written by: ausculta config init
        # Check it with `ausculta check-config FILE`, and everything around it with `ausculta doctor --config FILE`.
        # Every key, its unit, default and errors: docs/configuration.md

        # The plant: second level of every topic (ausculta/<site>/<machine>/...).
        site: \(Self.quoted(site))

        broker:
        \(broker.map { "  \($0)" }.joined(separator: "\n"))

        # How the stream is cut: 10 s of sound, judged every 5 s.
        window: {length: 10s, hop: 5s}

        # What machines can sound like. The model compares each window of sound with the prompts; write what one would hear.
        # These are for air compressors: give other machines a profile of their own.
        \(DefaultVocabulary.yaml)
        # When a label becomes an alarm: so many windows in a row with more than this confidence.
        rule: {confidence: 0.75, consecutive: 3, clear_after: 3}

        machines:
        \(machines.map(Self.machine).joined(separator: "\n"))

        # The trend log (SQLite), beside this file.
        store: {path: ausculta.db, retain: 90d}

        # The dashboard, on this box only. See docs/configuration.md before you open it to the plant.
        http: {listen: "127.0.0.1:8750"}

        """
    }

    private var broker: [String] {
        var lines = ["url: \(Self.quoted(brokerURL))"]
        if let username {
            lines.append("username: \(Self.quoted(username))")
        } else {
            lines.append("# username: ausculta")
        }
        if let passwordFile {
            lines.append("password_file: \(Self.quoted(passwordFile))")
        } else {
            lines.append("# password_file: broker-password   # first line of a file only the service's user can read")
        }
        if let authorityFile { lines.append("ca_file: \(Self.quoted(authorityFile))") }
        return lines
    }

    private static func machine(_ machine: MachineProposal) -> String {
        var lines = ["  # \(comment(machine.heard))", "  - id: \(quoted(machine.id))"]
        lines.append("    profile: \(DefaultVocabulary.profile)")
        if let topic = machine.topic { lines.append("    topic: \(quoted(topic))") }
        if let format = machine.format {
            lines.append(
                "    format: {encoding: \(format.encoding.rawValue), rate: \(format.sampleRateHz), "
                    + "channels: \(format.channelCount)}"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// A YAML string that means what it says: an id such as `1e3` or `on` stays a text.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func comment(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
