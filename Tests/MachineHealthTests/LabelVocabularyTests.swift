// Which label sets are usable, and that every problem of one that is not is told.
import Foundation
import MachineHealth
import Testing

@Suite struct LabelVocabularyTests {
    private func label(_ id: String, _ kind: LabelKind = .fault, prompts: [String] = ["p"]) -> Label {
        Label(id: LabelID(id), name: LocalizedName(["en": id]), kind: kind, prompts: prompts)
    }

    @Test func aUsableSetKeepsItsOrder() throws {
        let vocabulary = try LabelVocabulary(profile: "p", labels: [label("b"), label("a", .anchor), label("c")])
        #expect(vocabulary.labels.map(\.id.rawValue) == ["b", "a", "c"])
        #expect(vocabulary.faults.map(\.id.rawValue) == ["b", "c"])
        #expect(vocabulary[LabelID("a")]?.kind == .anchor)
        #expect(vocabulary[LabelID("z")] == nil)
        #expect(vocabulary.name(of: LabelID("z")) == "z")
    }

    @Test func everyProblemIsTold() throws {
        let labels = [
            label("a"), label("a"), label("B ad"), label("c", prompts: []), label("d", prompts: ["x", " \n"]),
        ]
        let error = try #require(throws: LabelVocabularyError.self) {
            _ = try LabelVocabulary(profile: "", labels: labels)
        }
        #expect(
            error.problems == [
                .emptyProfile, .onlyFaults, .duplicateID(LabelID("a"), index: 1), .invalidID(LabelID("B ad"), index: 2),
                .noPrompts(LabelID("c"), index: 3), .blankPrompt(LabelID("d"), index: 4),
            ]
        )
        for problem in error.problems { #expect(error.description.contains(problem.description)) }
        #expect(error.problems.map(\.labelIndex) == [nil, nil, 1, 2, 3, 4])
    }

    @Test(arguments: [(0, true), (1, true), (2, false)])
    func atLeastTwoLabels(count: Int, isRefused: Bool) {
        let labels = Array([label("n", .normal), label("f")].prefix(count))
        let problems = LabelVocabulary.problems(profile: "p", labels: labels)
        #expect(problems.contains(.tooFewLabels(found: count)) == isRefused)
    }

    @Test(arguments: [
        ("bearing-lacking-oil", true), ("a", true), ("0-1", true), ("", false), ("A", false), ("a_b", false),
        ("a/b", false),
        ("a b", false), ("轴承", false), ("ä", false), (String(repeating: "a", count: 64), true),
        (String(repeating: "a", count: 65), false),
    ])
    func formOfIDs(text: String, isValid: Bool) {
        #expect(LabelVocabulary.isValidID(text) == isValid)
    }

    @Test func storedVocabulariesAreCheckedToo() throws {
        let good = try LabelVocabulary(profile: "p", labels: [label("a"), label("n", .normal)])
        let data = try JSONEncoder().encode(good)
        #expect(try JSONDecoder().decode(LabelVocabulary.self, from: data) == good)
        let bad = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\"normal\"", with: "\"fault\"")
        #expect(throws: LabelVocabularyError.self) {
            _ = try JSONDecoder().decode(LabelVocabulary.self, from: Data(bad.utf8))
        }
    }
}
