// Bad files as rows, continued: machines, topics, values and rules.

private let machine = "{id: pump-1, profile: pump}"

extension BadFile {
    static let machineRows = [
        BadFile("no machine", "\n  - {id: pump-1, profile: pump}", " []", line: 7, "machines", "lists no machine"),
        BadFile("no machines", "machines:\n  - {id: pump-1, profile: pump}", "", line: 1, "machines", "is missing"),
        BadFile("machine without id", "{id: pump-1, profile", "{profile", line: 8, "machines[1].id", "is missing"),
        BadFile("id with space", "id: pump-1", "id: pump 1", line: 8, "machines[1].id", "letters, digits"),
        BadFile("id with hash", "id: pump-1", "id: \"pump#1\"", line: 8, "machines[1].id", "topic level"),
        BadFile(
            "duplicate id",
            adding: "  - {id: pump-1, profile: pump, topic: x}",
            "machines[2].id",
            "also on line 8"
        ),
        BadFile(
            "unknown profile",
            "profile: pump",
            "profile: pmup",
            line: 8,
            "machines[1].profile",
            "did you mean pump?"
        ),
        BadFile("no profile", ", profile: pump", "", line: 8, "machines[1].profile", "is missing", "defaults.profile"),
        BadFile(
            "misspelt key",
            "profile: pump",
            "profil: pump",
            line: 8,
            "machines[1].profil",
            "did you mean profile?"
        ),
        BadFile(
            "rule key in a machine",
            "profile: pump",
            "profile: pump, confidence: 1",
            line: 8,
            "machines[1].confidence",
            "belongs in rule"
        ),
        BadFile("gain", "profile: pump", "profile: pump, gain: loud", line: 8, "machines[1].gain", "auto, fixed"),
        BadFile(
            "channel",
            "profile: pump",
            "profile: pump, channel: 0",
            line: 8,
            "machines[1].channel",
            "counted from 1"
        ),
        BadFile(
            "channel beyond the format",
            "profile: pump",
            "profile: pump, channel: 3, format: {encoding: s16le, rate: 8000, channels: 2}",
            line: 8,
            "machines[1].channel",
            "the format has 2"
        ),
        BadFile(
            "format incomplete",
            "profile: pump",
            "profile: pump, format: {encoding: s16le}",
            line: 8,
            "machines[1].format.rate",
            "is missing"
        ),
        BadFile(
            "encoding",
            "profile: pump",
            "profile: pump, format: {encoding: s16l, rate: 8000}",
            line: 8,
            "machines[1].format.encoding",
            "did you mean s16le?"
        ),
        BadFile(
            "rate 0",
            "profile: pump",
            "profile: pump, format: {encoding: s16le, rate: 0}",
            line: 8,
            "machines[1].format.rate",
            "8000 to 192000"
        ),
        BadFile(
            "rate 10 MHz",
            "profile: pump",
            "profile: pump, format: {encoding: s16le, rate: 10000000}",
            line: 8,
            "machines[1].format.rate",
            "8000 to 192000"
        ),
        BadFile(
            "64 channels",
            "profile: pump",
            "profile: pump, format: {encoding: s16le, rate: 8000, channels: 64}",
            line: 8,
            "machines[1].format.channels",
            "1 to 32"
        ),
        BadFile(
            "override of an unknown label",
            "profile: pump",
            "profile: pump, labels: {cavitaton: {rule: {}}}",
            line: 8,
            "machines[1].labels.cavitaton",
            "did you mean cavitation?"
        ),
        BadFile(
            "override of a normal label",
            "profile: pump",
            "profile: pump, labels: {normal: {rule: {}}}",
            line: 8,
            "machines[1].labels.normal",
            "no fault",
            "its faults are cavitation"
        ),
    ]

    static let topicRows = [
        BadFile(
            "same topic",
            adding: "  - {id: pump-2, profile: pump, topic: ausculta/plant1/pump-1/audio}",
            "machines[2].topic",
            "is also the topic of machine pump-1",
            "line 8"
        ),
        BadFile(
            "wildcard over another",
            adding: "  - {id: pump-2, profile: pump, topic: ausculta/plant1/+/audio}",
            "machines[2].topic",
            "also receives",
            "pump-1"
        ),
        BadFile(
            "under a wildcard",
            machine,
            "{id: pump-1, profile: pump, topic: \"hall/#\"}\n  "
                + "- {id: pump-2, profile: pump, topic: hall/2}",
            line: 9,
            "machines[2].topic",
            "hall/#",
            "pump-1"
        ),
        BadFile(
            "crossing wildcards",
            machine,
            "{id: pump-1, profile: pump, topic: a/+/c}\n  "
                + "- {id: pump-2, profile: pump, topic: a/b/+}",
            line: 9,
            "machines[2].topic",
            "a/+/c"
        ),
        BadFile(
            "own output",
            "profile: pump",
            "profile: pump, topic: \"ausculta/plant1/#\"",
            line: 8,
            "machines[1].topic",
            "the service itself publishes"
        ),
        BadFile(
            "own command",
            "profile: pump",
            "profile: pump, topic: ausculta/plant1/pump-1/cmd",
            line: 8,
            "machines[1].topic",
            "commands"
        ),
        BadFile(
            "misplaced hash",
            "profile: pump",
            "profile: pump, topic: \"a/#/b\"",
            line: 8,
            "machines[1].topic",
            "'#'"
        ),
        BadFile("misplaced plus", "profile: pump", "profile: pump, topic: a/b+", line: 8, "machines[1].topic", "'+'"),
        BadFile(
            "shared subscription",
            "profile: pump",
            "profile: pump, topic: $share/g/a",
            line: 8,
            "machines[1].topic",
            "shared subscriptions"
        ),
    ]

    static let valueRows = [
        BadFile("evidence is a text", adding: "evidence: all", "evidence", "found \"all\"", "section"),
        BadFile("evidence capture", adding: "evidence: {capture: maybe}", "evidence.capture", "true or false"),
        BadFile("evidence unit", adding: "evidence: {seconds: 60}", "evidence.seconds", "60s for seconds"),
        BadFile("evidence ring", adding: "evidence: {seconds: 1h}", "evidence.seconds", "5s to 10m"),
        BadFile(
            "evidence before the ring",
            adding: "evidence: {seconds: 20s, before: 30s}",
            "evidence.before",
            "30.0 s before",
            "lengthen seconds"
        ),
        BadFile("evidence clips", adding: "evidence: {max_clips: 0}", "evidence.max_clips", "1 to 1000000"),
        BadFile("enrolment is a text", adding: "enrolment: on", "enrolment", "found \"on\"", "section"),
        BadFile("enrolment automatic", adding: "enrolment: {automatic: 3}", "enrolment.automatic", "true or false"),
        BadFile("enrolment unit", adding: "enrolment: {after: 30}", "enrolment.after", "30s for seconds"),
        BadFile("enrolment after", adding: "enrolment: {after: 5s}", "enrolment.after", "1m to 7d"),
        BadFile("enrolment capacity", adding: "enrolment: {capacity: 1000}", "enrolment.capacity", "32 to 256"),
        BadFile("enrolment key", adding: "enrolment: {automatc: true}", "enrolment.automatc", "did you mean automatic"),
        BadFile("evidence key", adding: "evidence: {retian: 3d}", "evidence.retian", "did you mean retain"),
        BadFile(
            "machine capture",
            "profile: pump}",
            "profile: pump, capture: 7}",
            line: 8,
            "machines[1].capture",
            "true or false"
        ),
        BadFile("duration without unit", adding: "window: {length: 10}", "window.length", "unit is missing", "10s"),
        BadFile("window too long", adding: "window: {length: 31s}", "window.length", "1s to 30s"),
        BadFile("hop too short", adding: "window: {hop: 1s}", "window.hop", "2s to 1h"),
        BadFile("hop too long", adding: "window: {hop: 61m}", "window.hop", "2s to 1h"),
        BadFile("nonsense duration", adding: "store: {retain: forever}", "store.retain", "found \"forever\"", "90d"),
        BadFile("negative retention", adding: "store: {retain: -1d}", "store.retain", "1h to"),
        BadFile("size without unit", adding: "store: {max_size: 2000000000}", "store.max_size", "2GB"),
        BadFile("tiny store", adding: "store: {max_size: 1MB}", "store.max_size", "10MB"),
        BadFile("huge size", adding: "store: {max_size: 99999999999999999999TB}", "store.max_size", "size"),
        BadFile("listen", adding: "http: {listen: localhost}", "http.listen", "127.0.0.1:8750"),
        BadFile("listen port", adding: "http: {listen: \"localhost:65536\"}", "http.listen", "a port"),
        BadFile("open to all", adding: "http: {listen: \"0.0.0.0:80\"}", "http.listen", "users_file", "127.0.0.1"),
        BadFile("open by name", adding: "http: {listen: \"edge-1:80\"}", "http.listen", "acknowledge alarms"),
        BadFile("users file", adding: "http: {users_file: nowhere}", "http.users_file", "ausculta user add"),
        BadFile("proxy unknown", adding: "http: {proxy_header: X-User}", "http.proxy_header", "trusted_proxies"),
        BadFile(
            "proxy cookie",
            adding: "http: {proxy_header: Cookie, trusted_proxies: [\"::1\"]}",
            "http.proxy_header"
        ),
        BadFile("proxy role", adding: "http: {proxy_role_header: X-Role}", "http.proxy_role_header", "proxy_header"),
        BadFile("proxy of all", adding: "http: {trusted_proxies: [0.0.0.0/0]}", "http.trusted_proxies[1]", "everyone"),
        BadFile("proxy name", adding: "http: {trusted_proxies: [proxy]}", "http.trusted_proxies[1]", "10.0.0.1"),
        BadFile("proxies", adding: "http: {trusted_proxies: 10.0.0.1}", "http.trusted_proxies", "a list"),
        BadFile("host", adding: "http: {hosts: [\"edge-1:8750\"]}", "http.hosts[1]", "without a port"),
        BadFile("threads", adding: "model: {threads: 0}", "model.threads", "1 to 256"),
        BadFile("precision", adding: "model: {precision: float16}", "model.precision", "float32, bfloat16, int16"),
        BadFile("model folder", adding: "model: {path: ./nowhere}", "model.path", "no config.json"),
        BadFile("queue", adding: "intake: {queue: none}", "intake.queue", "whole number"),
        BadFile("payload", adding: "intake: {max_payload: 1GB}", "intake.max_payload", "256MiB"),
    ]

    static let ruleRows = [
        BadFile("confidence above 1", adding: "rule: {confidence: 75}", "rule.confidence", "between 0 and 1"),
        BadFile("confidence of 1", adding: "rule: {confidence: 100%}", "rule.confidence", "can never fire"),
        BadFile("confidence is a word", adding: "rule: {confidence: high}", "rule.confidence", "0.75 or 75%"),
        BadFile("confidence is nan", adding: "rule: {confidence: nan}", "rule.confidence", "0.75 or 75%"),
        BadFile("consecutive 0", adding: "rule: {consecutive: 0}", "rule.consecutive", "1 to 10000"),
        BadFile("consecutive 2.5", adding: "rule: {consecutive: 2.5}", "rule.consecutive", "whole number"),
        BadFile(
            "valid above confidence",
            adding: "rule: {valid_above: 0.8}",
            "rule.valid_above",
            "above confidence 0.75"
        ),
        BadFile(
            "default valid_above above confidence",
            adding: "rule: {confidence: 0.66}",
            "rule.confidence",
            "valid_above (default)",
            "0.70"
        ),
        BadFile("no dead band", adding: "rule: {clear_below: 0.75}", "rule.clear_below", "dead band"),
        BadFile("never clears", adding: "rule: {clear_below: 0}", "rule.clear_below", "never clear"),
        BadFile(
            "stale before the next window",
            adding: "rule: {stale_after: 4s}",
            "rule.stale_after",
            "could never fire"
        ),
        BadFile(
            "stale by a machine's hop",
            machine,
            "{id: pump-1, profile: pump, window: {hop: 5m}, rule: {stale_after: 1m}}",
            line: 8,
            "machines[1].rule.stale_after",
            "shorter than the hop of 5m",
            "machine pump-1"
        ),
        BadFile(
            "general stale time against a machine's hop",
            machine,
            "{id: pump-1, profile: pump, window: {hop: 5m}}\nrule: {stale_after: 1m}",
            line: 9,
            "rule.stale_after",
            "shorter than the hop",
            "machine pump-1"
        ),
        BadFile(
            "a run of a century",
            adding: "window: {hop: 1h}\nrule: {consecutive: 10000, stale_after: 2h}",
            line: 10,
            "rule.consecutive",
            "a year"
        ),
        BadFile(
            "label override",
            machine,
            "{id: pump-1, profile: pump, labels: {cavitation: {rule: {confidence: 0.5}}}}",
            line: 8,
            "machines[1].labels.cavitation.rule.confidence",
            "valid_above",
            "label cavitation of machine pump-1"
        ),
        BadFile("rule is a number", adding: "rule: 3", "rule", "a rule such as"),
        BadFile("within too few", adding: "rule: {within: 2}", "rule.within", "3 of 2 windows can never count"),
        BadFile("within 0", adding: "rule: {within: 0}", "rule.within", "1 to 10000"),
        BadFile(
            "within against a machine's own count",
            machine,
            "{id: pump-1, profile: pump, rule: {consecutive: 7}}\nrule: {within: 5}",
            line: 9,
            "rule.within",
            "7 of 5 windows can never count",
            "machine pump-1"
        ),
        BadFile(
            "within a century",
            adding: "window: {hop: 1h}\nrule: {within: 10000, stale_after: 2h}",
            line: 10,
            "rule.within",
            "a year"
        ),
        BadFile("guard", adding: "rule: {novelty_guard: 3}", "rule.novelty_guard", "true or false"),
        BadFile(
            "changed is a number",
            adding: "rule: {changed: 5}",
            "rule.changed",
            "{consecutive: 5, clear_after: 5}"
        ),
        BadFile("changed 0", adding: "rule: {changed: {clear_after: 0}}", "rule.changed.clear_after", "1 to 10000"),
        BadFile("changed key", adding: "rule: {changed: {clear_afer: 3}}", "rule.changed.clear_afer", "clear_after"),
        BadFile(
            "a change of a century",
            adding: "window: {hop: 1h}\nrule: {stale_after: 2h, changed: {consecutive: 10000}}",
            line: 10,
            "rule.changed.consecutive",
            "a year"
        ),
        BadFile(
            "change of a label",
            machine,
            "{id: pump-1, profile: pump, labels: {cavitation: {rule: {changed: {consecutive: 2}}}}}",
            line: 8,
            "machines[1].labels.cavitation.rule.changed",
            "the same for all labels"
        ),
        BadFile(
            "changed as a label",
            "id: cavitation",
            "id: changed",
            line: 6,
            "labels.pump[2].id",
            "the service's own advisory"
        ),
        BadFile(
            "changed as a machine's label",
            machine,
            "{id: pump-1, profile: pump, labels: {changed: {rule: {consecutive: 2}}}}",
            line: 8,
            "machines[1].labels.changed",
            "rule.changed"
        ),
    ]
}
