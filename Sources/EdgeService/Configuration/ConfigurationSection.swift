// A section (mapping) of the file: its values by key, unknown keys reported with the one that was probably meant.
import Yams

struct ConfigurationSection {
    let source: ConfigurationNode
    /// Keys in the order of the file.
    let keys: [ConfigurationNode]
    private let values: [String: ConfigurationNode]

    /// Reads a mapping with free keys (profiles, label ids).
    init?(_ source: ConfigurationNode, expected: String) {
        guard case .mapping(let mapping) = source.node else {
            source.report("found \(source.found), expected \(expected)")
            return nil
        }
        var keys: [ConfigurationNode] = []
        var values: [String: ConfigurationNode] = [:]
        for (key, value) in mapping {
            let keyNode = source.child(key, path: source.place.path)
            guard case .scalar(let scalar) = key else {
                keyNode.report("found \(keyNode.found) as a key, expected a name followed by a colon")
                continue
            }
            guard !scalar.string.unicodeScalars.contains(ConfigurationText.repeatedKeyMark) else { continue }
            let path = source.place.child(scalar.string)
            keys.append(source.child(key, path: path))
            // A value that was left out has no place worth showing; its key has.
            let child = source.child(value, path: path)
            values[scalar.string] =
                child.isEmpty
                ? ConfigurationNode(.scalar(.init("", .implicit, .plain, key.mark)), path: path, of: source) : child
        }
        self.source = source
        self.keys = keys
        self.values = values
    }

    /// Reads a mapping whose keys are known.
    init?(_ source: ConfigurationNode, keys known: [String], expected: String) {
        self.init(source, expected: expected)
        for key in keys {
            guard case .scalar(let scalar) = key.node, !known.contains(scalar.string) else { continue }
            key.report(Self.unknownKey(scalar.string, known: known, in: source.place.path))
        }
    }

    subscript(key: String) -> ConfigurationNode? { values[key] }

    /// The value of a key that has to be there.
    func required(_ key: String, _ remedy: String) -> ConfigurationNode? {
        guard let value = values[key] else {
            let place = ConfigurationPlace(
                line: source.place.line,
                column: source.place.column,
                path: source.place.child(key)
            )
            source.problems.add(place, "is missing; \(remedy)")
            return nil
        }
        return value
    }

    private static func unknownKey(_ key: String, known: [String], in section: String) -> String {
        if key == "<<" { return "merge keys are not supported; repeat the section or use an alias for all of it" }
        if key == "password" || key == "passphrase" {
            return "passwords do not belong in this file; write it to a file that only the service's user can read and "
                + "name that file in password_file"
        }
        if let meant = NearestName.suggestion(for: key, among: known) { return "unknown key; did you mean \(meant)?" }
        let homes = ConfigurationKeys.homes(of: key).filter { $0 != section }
        if !homes.isEmpty {
            return "unknown key here; it belongs in \(homes.joined(separator: " or ")). Is the indentation right?"
        }
        return "unknown key; known here: \(known.joined(separator: ", "))"
    }
}

extension ConfigurationNode {
    fileprivate init(_ node: Node, path: String, of source: ConfigurationNode) {
        self.init(node, path: path, problems: source.problems, folder: source.folder)
    }
}

/// The keys of every section; docs/configuration.md describes each.
enum ConfigurationKeys {
    static let root = [
        "site", "node", "broker", "model", "window", "labels", "rule", "defaults", "machines", "store", "http",
        "evidence", "enrolment", "trend", "publish", "intake", "log", "language",
    ]
    static let broker = [
        "url", "username", "password_file", "ca_file", "cert_file", "key_file", "client_id", "keep_alive",
    ]
    static let model = ["path", "cache", "threads", "precision"]
    static let window = ["length", "hop"]
    static let label = ["id", "name", "kind", "severity", "priority", "action", "prompts", "prior", "rule"]
    static let rule = [
        "valid_above", "confidence", "consecutive", "within", "clear_after", "clear_below", "stale_after",
        "novelty_guard", "changed", "latching", "shelve_max", "realarm_after", "escalate_after", "suppressible",
    ]
    static let changed = ["consecutive", "clear_after"]
    static let defaults = ["profile", "format", "channel", "gain", "capture"]
    static let machine = [
        "id", "name", "profile", "topic", "format", "channel", "gain", "capture", "window", "rule", "labels",
        "context",
    ]
    static let machineLabel = ["rule"]
    static let format = ["encoding", "rate", "channels"]
    static let store = ["path", "retain", "max_size"]
    static let http = ["listen", "users_file", "proxy_header", "proxy_role_header", "trusted_proxies", "hosts", "desk"]
    static let evidence = ["capture", "seconds", "before", "after", "retain", "max_size", "max_clips"]
    static let trend = ["follow", "warn", "memory", "history", "warn_within"]
    static let enrolment = ["automatic", "after", "capacity"]
    static let intake = ["max_payload", "queue"]
    static let log = ["level"]

    private static let sections: [(name: String, keys: [String])] = [
        ("the top level", root), ("broker", broker), ("model", model), ("window", window), ("a label", label),
        ("rule", rule), ("a machine", machine), ("format", format), ("store", store), ("http", http),
        ("evidence", evidence), ("enrolment", enrolment), ("trend", trend),
        ("http.desk", DeskReading.keys), ("a machine's context", ContextReading.keys),
        ("a context signal", ContextReading.signalKeys),
        ("publish", PublishReading.keys),
        ("publish.sparkplug", PublishReading.sparkplugKeys), ("publish.tags", PublishReading.tagKeys),
        ("intake", intake), ("log", log),
    ]

    /// The sections that have a key.
    static func homes(of key: String) -> [String] {
        sections.filter { $0.keys.contains(key) }.map { $0.name }
    }
}
