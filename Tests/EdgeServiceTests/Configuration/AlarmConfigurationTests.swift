// What a file says of alarms once they are raised, and of a machine's context.
import Acquisition
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct AlarmConfigurationTests {
    private func configuration(_ rule: String = "{}", _ machine: String = "") throws -> ServiceConfiguration {
        try ServiceConfiguration.parse(
            """
            site: plant1
            labels:
              pump:
                - {id: ok, name: OK, kind: normal, prompts: [a pump]}
                - id: dry
                  name: Dry
                  kind: fault
                  prompts: [a dry pump]
                  priority: urgent
                  action: {en: Stop the pump, zh: 停泵}
                  rule: {latching: true, suppressible: false}
                - {id: worn, name: Worn, kind: fault, prompts: [a worn pump], action: Order a bearing}
            rule: \(rule)
            machines:
              - id: p1
                profile: pump
            \(machine)
            """,
            file: "/etc/ausculta/test.yaml"
        )
    }

    @Test func rulesOfAlarmsAreMergedKeyByKey() throws {
        let read = try configuration(
            "{shelve_max: 2h, realarm_after: 30m, escalate_after: 1h}",
            "    rule: {realarm_after: 15m}"
        )
        let rules = try #require(read.machine("p1")).rules
        let general = AlarmRule(shelveMaxSeconds: 7_200, realarmAfterSeconds: 900, escalateAfterSeconds: 3_600)
        #expect(rules[LabelID("worn")].alarm == general)
        var dry = general
        dry.isLatching = true
        dry.followsContext = false
        #expect(rules[LabelID("dry")].alarm == dry)
        let plain = try #require(try configuration().machine("p1")).rules
        #expect(plain[LabelID("worn")].alarm == AlarmRule())
        #expect(read.vocabularies["pump"]?[LabelID("dry")]?.priority == .urgent)
        #expect(read.vocabularies["pump"]?[LabelID("dry")]?.action?.text(in: "zh") == "停泵")
        #expect(read.vocabularies["pump"]?[LabelID("worn")]?.priority == nil)
        #expect(read.vocabularies["pump"]?[LabelID("worn")]?.action?.text(in: "en") == "Order a bearing")
    }

    @Test func aContextIsRead() throws {
        let read = try configuration(
            "{}",
            """
                context:
                  settle: 45s
                  signals:
                    - {name: run, topic: plant1/p1/run, pointer: /on, states: {"true": running, "false": stopped}}
                    - {name: load, topic: plant1/p1/load, stopped_below: 5, stale_after: 10m}
            """
        )
        let context = try #require(read.machine("p1")).context
        #expect(context.settleSeconds == 45)
        #expect(
            context.sources == [
                ContextSource(
                    signal: ContextSignal(name: "run", states: ["true": .running, "false": .stopped]),
                    topic: "plant1/p1/run",
                    pointer: try JSONPointer("/on")
                ),
                ContextSource(
                    signal: ContextSignal(name: "load", stoppedBelow: 5, staleAfterSeconds: 600),
                    topic: "plant1/p1/load"
                ),
            ]
        )
        #expect(context.policy.signals.map(\.name) == ["run", "load"])
        #expect(try #require(try configuration().machine("p1")).context.policy == ContextPolicy())
    }

    @Test(arguments: [
        ("rule: {latching: maybe}", "rule", "true or false"),
        ("rule: {shelve_max: 5s}", "shelve_max", "1m to 30d"),
        ("rule: {realarm_after: 30}", "realarm_after", "unit is missing"),
        ("context: run", "context", "expected a section"),
        ("context: {settle: 30s}", "signals", "is missing"),
        ("context: {signals: []}", "signals", "lists no signal"),
        ("context: {signals: [{topic: a, states: {\"1\": running}}]}", "name", "is missing"),
        ("context: {signals: [{name: run, states: {\"1\": running}}]}", "topic", "is missing"),
        ("context: {signals: [{name: run, topic: a/+, states: {\"1\": running}}]}", "topic", "wildcard"),
        ("context: {signals: [{name: run, topic: a}]}", "signals[1]", "says nothing of its values"),
        ("context: {signals: [{name: run, topic: a, states: {\"1\": runing}}]}", "states.1", "did you mean running?"),
        ("context: {signals: [{name: run, topic: a, states: {on: running, ON: stopped}}]}", "states.ON", "already"),
        ("context: {signals: [{name: run, topic: a, pointer: on, stopped_below: 1}]}", "pointer", "begin with '/'"),
        ("context: {signals: [{name: run, topic: a, stopped_below: much}]}", "stopped_below", "a number"),
        ("context: {signals: [{name: run, topik: a, stopped_below: 1}]}", "topik", "did you mean topic?"),
        (
            "context: {signals: [{name: run, topic: a, stopped_below: 1}, {name: run, topic: b, stopped_below: 1}]}",
            "signals[2]", "also on line"
        ),
    ])
    func mistakesAreSaidWithTheirPlace(line: String, key: String, words: String) throws {
        let error = try #require(throws: ConfigurationErrors.self) { try configuration("{}", "    " + line) }
        let problem = try #require(error.problems.first { $0.keyPath.contains(key) }, "\(error)")
        #expect(problem.line == 17)
        #expect(problem.message.contains(words), "\(problem.message)")
    }

    @Test func onlyFaultsHaveAPriorityAndAnAction() {
        for key in ["priority: high", "action: Nothing to do"] {
            let problems = ConfigurationSupport.problems(
                ConfigurationSupport.minimal(replacing: "kind: normal,", with: "kind: normal, \(key),")
            )
            #expect(problems.contains { $0.message.contains("only faults raise alarms") }, "\(key)")
        }
    }

    @Test func differencesAreToldInWords() throws {
        let old = try configuration()
        let new = try configuration(
            "{latching: true, shelve_max: 1h, realarm_after: 1h}",
            "    context: {signals: [{name: run, topic: a, stopped_below: 1}]}"
        )
        let changes = ServiceConfiguration.diff(old, new).map(\.description)
        #expect(changes.contains("machine p1: context changed"))
        #expect(
            changes.contains("machine p1: rule: latching false -> true, shelve_max 8h -> 1h, realarm_after none -> 1h"),
            "\(changes)"
        )
    }
}
