// Changes as people write them.
import Dashboard
import Foundation
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct WhatIfTests {
    private func applied(_ change: WhatIf) throws -> (vocabulary: LabelVocabulary, rules: TrendRules) {
        let configuration = try ReplaySupport.configuration()
        let machine = try #require(configuration.machine("c1"))
        let vocabulary = try #require(configuration.vocabulary(of: machine))
        return try #require(try change.applied(to: machine, vocabulary: vocabulary))
    }

    private func refusal(_ change: WhatIf) throws -> String {
        let error = try #require(throws: ReplayRefusal.self) { try applied(change) }
        return error.description
    }

    @Test(arguments: [
        "confidence=0.8,consecutive=4", "confidence = 80 %, consecutive=4", "confidence: 0.8\nconsecutive: 4",
        "{\"confidence\":0.8,\"consecutive\":4}",
    ])
    func aRuleIsWrittenInAnyOfTheseWays(text: String) throws {
        let rules = try applied(WhatIf(rule: text)).rules
        #expect(rules.machine.confidence == 0.8)
        #expect(rules.machine.consecutive == 4)
        #expect(rules.machine.clearBelow == 0.65, "what is not named stays")
    }

    @Test(arguments: [
        ("confidnce=0.8", "did you mean confidence?"), ("confidence=0.6", "valid_above"),
        ("consecutive=many", "a whole number of windows"), ("confidence=1", "can never fire"), ("", "a rule such as"),
    ])
    func aRuleThatCannotBeIsRefused(text: String, says part: String) throws {
        #expect(try refusal(WhatIf(rule: text)).contains(part))
    }

    /// A label's own rule changes with the machine's, key by key.
    @Test func aRuleHoldsForLabelsWithRulesOfTheirOwn() throws {
        let text = ReplaySupport.yaml.replacingOccurrences(
            of: "{id: c1, profile: compressor}",
            with: "{id: c1, profile: compressor, labels: {dry: {rule: {clear_after: 9}}}}"
        )
        let configuration = try ReplaySupport.configuration(text)
        let machine = try #require(configuration.machine("c1"))
        let vocabulary = try #require(configuration.vocabulary(of: machine))
        let rules = try #require(try WhatIf(rule: "consecutive=7").applied(to: machine, vocabulary: vocabulary)).rules
        #expect(rules[LabelID("dry")].consecutive == 7)
        #expect(rules[LabelID("dry")].clearAfter == 9)
    }

    @Test func phrasesKeepTheLabelsTheyName() throws {
        let phrases = ["NORMAL running", "轴承缺油", "valve plate broken", "runs normally at idle", "其他", "气蚀"]
        let labels = try applied(WhatIf(labels: .phrases(phrases))).vocabulary.labels
        #expect(
            labels.map(\.id.rawValue) == [
                "normal", "dry", "valve-plate-broken", "runs-normally-at-idle", "u5176-u4ed6", "u6c14-u8680",
            ]
        )
        #expect(labels.map(\.kind) == [.normal, .fault, .fault, .normal, .anchor, .fault])
        #expect(labels[1].prompts == ["runs dry"])
    }

    @Test(arguments: [
        "- {id: fine, name: Fine, kind: normal, prompts: [\"runs well\"]}\n"
            + "- {id: dry, name: Dry, kind: fault, prompts: [\"drier\"]}",
        "labels:\n  compressor:\n    - {id: fine, name: Fine, kind: normal, prompts: [\"runs well\"]}\n"
            + "    - {id: dry, name: Dry, kind: fault, prompts: [\"drier\"]}",
        "[{\"id\":\"fine\",\"name\":\"Fine\",\"kind\":\"normal\",\"prompts\":[\"runs well\"]},"
            + "{\"id\":\"dry\",\"name\":\"Dry\",\"kind\":\"fault\",\"prompts\":[\"drier\"]}]",
    ])
    func labelsAreDescribedAsInTheConfiguration(text: String) throws {
        let labels = try applied(WhatIf(labels: .described(text))).vocabulary.labels
        #expect(labels.map(\.id.rawValue) == ["fine", "dry"])
        #expect(labels.map(\.prompts) == [["runs well"], ["drier"]])
    }

    @Test(arguments: [
        (
            "pump:\n  - {id: a, name: A, kind: normal, prompts: [x]}\n  - {id: b, name: B, kind: fault, prompts: [y]}",
            "none for profile \"compressor\"; found pump"
        ),
        ("- {id: a, name: A, kind: normal}", "prompts"), ("just words", "profiles"),
        ("- {id: a, name: A, kind: fault, prompts: [x]}\n- {id: b, name: B, kind: fault, prompts: [y]}", "every label"),
    ])
    func labelsThatCannotBeAreRefused(text: String, says part: String) throws {
        #expect(try refusal(WhatIf(labels: .described(text))).contains(part))
    }

    @Test func aNewConfigurationBringsLabelsAndRules() throws {
        let text =
            ReplaySupport.yaml.replacingOccurrences(of: "[\"runs dry\"]", with: "[\"drier\"]")
            + "\nrule: {consecutive: 5}\n"
        let new = try ReplaySupport.configuration(text)
        let changed = try applied(WhatIf(configuration: new))
        #expect(changed.rules.machine.consecutive == 5)
        #expect(changed.vocabulary[LabelID("dry")]?.prompts == ["drier"])
        var without = new
        without.machines.removeFirst()
        let present = try ReplaySupport.configuration()
        let machine = try #require(present.machine("c1"))
        let vocabulary = try #require(present.vocabulary(of: machine))
        let nothing = try WhatIf(configuration: without).applied(to: machine, vocabulary: vocabulary)
        #expect(nothing == nil)
    }
}
