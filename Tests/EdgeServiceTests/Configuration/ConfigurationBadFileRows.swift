// Bad files as rows: a text, the line that is to blame, the key and words of the message.
import Foundation
import Testing

struct BadFile: Sendable, CustomTestStringConvertible {
    let name: String
    let yaml: String
    let line: Int
    let keyPath: String
    let words: [String]

    init(_ name: String, _ yaml: String, line: Int, _ keyPath: String, _ words: String...) {
        self.name = name
        self.yaml = yaml
        self.line = line
        self.keyPath = keyPath
        self.words = words
    }

    /// The minimal file with one text replaced.
    init(_ name: String, _ old: String, _ new: String, line: Int, _ keyPath: String, _ words: String...) {
        self.name = name
        yaml = ConfigurationSupport.minimal.replacingOccurrences(of: old, with: new)
        self.line = line
        self.keyPath = keyPath
        self.words = words
    }

    /// The minimal file with lines added; they begin on line 9.
    init(_ name: String, adding lines: String, line: Int = 9, _ keyPath: String, _ words: String...) {
        self.name = name
        yaml = ConfigurationSupport.minimal + "\n" + lines
        self.line = line
        self.keyPath = keyPath
        self.words = words
    }

    var testDescription: String { name }
}

private let cavitation = "kind: fault, prompts: [\"a pump cavitating\"]"

extension BadFile {
    static let structureRows = [
        BadFile("empty", "", line: 1, "", "empty", "Deploy/examples/ausculta.yaml"),
        BadFile("only comments", "# nothing\n# here\n", line: 1, "", "empty"),
        BadFile("a list", "- site: a\n", line: 1, "", "found a list", "sections such as site"),
        BadFile("a text", "just words", line: 1, "", "found \"just words\""),
        BadFile("tab", "site: a\n\tnode: b\n", line: 2, "", "not valid YAML", "tabs"),
        BadFile("open quote", "site: \"a\nnode: b\n", line: 3, "", "not valid YAML"),
        BadFile("open bracket", "site: a\nmachines: [{id: a}\nlog: {}\n", line: 3, "", "not valid YAML"),
        BadFile("control character", "site: a\nnode: \u{0007}\n", line: 2, "", "control character"),
        BadFile("two documents", "site: a\n---\nsite: b\n", line: 2, "", "another document"),
        BadFile("undefined alias", "site: a\nrule: *nowhere\n", line: 2, "", "alias"),
        BadFile("duplicate key", adding: "site: other", line: 1, "site", "stands twice"),
        BadFile(
            "duplicate nested key",
            adding: "rule:\n  consecutive: 2\n  consecutive: 3",
            line: 10,
            "consecutive",
            "twice"
        ),
        BadFile("unknown key", adding: "machine: []", "machine", "unknown key", "did you mean machines?"),
        BadFile("unknown key far off", adding: "zzz: 1", "zzz", "unknown key", "known here: site"),
        BadFile("key of another section", adding: "retain: 90d", "retain", "belongs in store", "indentation"),
        BadFile("merge key", adding: "rule:\n  <<: {consecutive: 3}", line: 10, "rule.<<", "merge keys"),
        BadFile("list as key", adding: "? [a, b]\n: c", "", "as a key"),
        BadFile("section is a list", adding: "store: []", "store", "found a list", "a section such as"),
        BadFile("section is empty", adding: "store:", "store", "found nothing"),
        BadFile("site missing", "site: plant1\n", "", line: 1, "site", "is missing", "site: plant1"),
        BadFile("site with slash", "site: plant1", "site: plant1/hall2", line: 1, "site", "letters, digits"),
        BadFile("site with wildcard", "site: plant1", "site: \"plant+\"", line: 1, "site", "topic level"),
        BadFile("site begins with underscore", "site: plant1", "site: _x", line: 1, "site", "beginning with a letter"),
        BadFile("site empty", "site: plant1", "site:", line: 1, "site", "found nothing"),
        BadFile("node is a list", "node: edge-1", "node: [a]", line: 2, "node", "found a list"),
        BadFile("language", adding: "language: de", "language", "found \"de\"", "en, zh"),
        BadFile("log level", adding: "log: {level: warn}", "log.level", "found \"warn\"", "warning"),
    ]

    static let brokerRows = [
        BadFile("scheme", adding: "broker: {url: \"http://b\"}", "broker.url", "'http' is not an MQTT scheme"),
        BadFile("port", adding: "broker: {url: \"mqtt://b:99999\"}", "broker.url", "port"),
        BadFile("no host", adding: "broker: {url: \"mqtt://\"}", "broker.url", "host"),
        BadFile("credentials in URL", adding: "broker: {url: \"mqtt://u:secret@b\"}", "broker.url", "password_file"),
        BadFile("password", adding: "broker: {password: secret}", "broker.password", "do not belong", "password_file"),
        BadFile(
            "password file missing",
            adding: "broker: {username: u, password_file: /nowhere/pw}",
            "broker.password_file",
            "/nowhere/pw",
            "does not exist"
        ),
        BadFile(
            "password file is a folder",
            adding: "broker: {username: u, password_file: /tmp}",
            "broker.password_file",
            "is a folder"
        ),
        BadFile(
            "password without user",
            adding: "broker: {password_file: /nowhere/pw}",
            "broker.password_file",
            "add username"
        ),
        BadFile(
            "TLS file without TLS",
            adding: "broker: {url: \"mqtt://b\", ca_file: /etc/hostname}",
            "broker.ca_file",
            "mqtts://"
        ),
        BadFile(
            "certificate without key",
            adding: "broker: {url: \"mqtts://b\", cert_file: /etc/hostname}",
            "broker.cert_file",
            "add key_file"
        ),
        BadFile(
            "key without certificate",
            adding: "broker: {url: \"mqtts://b\", key_file: /etc/hostname}",
            "broker.key_file",
            "add cert_file"
        ),
        BadFile("keep alive", adding: "broker: {keep_alive: 1s}", "broker.keep_alive", "5s to 18h"),
    ]

    static let labelRows = [
        BadFile(
            "no prompts",
            ", prompts: [\"a pump cavitating\"]",
            "",
            line: 6,
            "labels.pump[2].prompts",
            "no prompts"
        ),
        BadFile("empty prompts", "[\"a pump cavitating\"]", "[]", line: 6, "labels.pump[2].prompts", "no prompts"),
        BadFile("blank prompt", "a pump cavitating", " ", line: 6, "labels.pump[2].prompts[1]", "only blanks"),
        BadFile(
            "prompts is a text",
            "[\"a pump cavitating\"]",
            "words",
            line: 6,
            "labels.pump[2].prompts",
            "a list of"
        ),
        BadFile("duplicate label", "id: cavitation", "id: normal", line: 6, "labels.pump[2].id", "repeats the id"),
        BadFile("label id", "id: cavitation", "id: Cavitation/2", line: 6, "labels.pump[2].id", "lower-case"),
        BadFile("no id", "id: cavitation, ", "", line: 6, "labels.pump[2].id", "is missing"),
        BadFile("no name", "name: {en: Cavitation, zh: 气蚀}, ", "", line: 6, "labels.pump[2].name", "is missing"),
        BadFile("language of a name", "en: Cavitation", "\"1\": C", line: 6, "labels.pump[2].name.1", "language code"),
        BadFile("no kind", "kind: fault, ", "", line: 6, "labels.pump[2].kind", "is missing", "anchor"),
        BadFile("kind", "kind: fault", "kind: falut", line: 6, "labels.pump[2].kind", "did you mean fault?"),
        BadFile(
            "severity",
            "kind: fault",
            "kind: fault, severity: high",
            line: 6,
            "labels.pump[2].severity",
            "advisory"
        ),
        BadFile(
            "prior",
            "kind: fault",
            "kind: fault, prior: 0",
            line: 6,
            "labels.pump[2].prior",
            "0.001 to 1000"
        ),
        BadFile(
            "prior in words",
            "kind: fault",
            "kind: fault, prior: rare",
            line: 6,
            "labels.pump[2].prior",
            "how common"
        ),
        BadFile(
            "severity of a normal label",
            "kind: normal",
            "kind: normal, severity: warning",
            line: 5,
            "labels.pump[1].severity",
            "only faults"
        ),
        BadFile(
            "rule of a normal label",
            "kind: normal",
            "kind: normal, rule: {consecutive: 2}",
            line: 5,
            "labels.pump[1].rule",
            "only faults"
        ),
        BadFile(
            "stale time of a label",
            cavitation,
            cavitation + ", rule: {stale_after: 1m}",
            line: 6,
            "labels.pump[2].rule.stale_after",
            "machine's rule"
        ),
        BadFile("only faults", "kind: normal", "kind: fault", line: 5, "labels.pump", "every label is a fault"),
        BadFile(
            "one label",
            "    - {id: cavitation, name: {en: Cavitation, zh: 气蚀}, kind: fault, prompts: [\"a pump cavitating\"]}\n",
            "",
            line: 5,
            "labels.pump",
            "at least 2"
        ),
        BadFile("profile is a text", adding: "defaults: {profile: [pump]}", "defaults.profile", "found a list"),
        BadFile(
            "label is a text",
            "- {id: normal, name: Normal running, kind: normal, prompts: [\"a pump running normally\"]}",
            "- normal",
            line: 5,
            "labels.pump[1]",
            "expected a label such as"
        ),
    ]

    static let all = structureRows + brokerRows + labelRows + machineRows + topicRows + valueRows + ruleRows
}
