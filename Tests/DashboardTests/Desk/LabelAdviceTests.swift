// Advice on labels, by tables: what is said of which set, in English and Chinese.
import Foundation
import Testing

@testable import Dashboard

@Suite struct LabelAdviceTests {
    @Test(arguments: [
        (["normal running", "bearing lacking oil", "other"], []),
        (["正常运行", "轴承缺油", "其他"], []),
        (["glass breaking", "dog barking", "background noise"], []),
        (["the sound of a pump", "the sound of a fan", "something else"], []),
        (["pump running", "pump cavitating", "noise"], []),
        ([], ["empty"]),
        (["", " "], ["empty"]),
        (["pump running", "", "other"], ["empty"]),
        (["dog barking"], ["too_few", "no_anchor"]),
        (["dog barking", "Dog  Barking", "other"], ["duplicate"]),
        (["dog barking", "DOG BARKING"], ["duplicate", "too_few", "no_anchor"]),
        (["dog barking", "glass breaking"], ["no_anchor"]),
        (["狗叫", "玻璃破碎"], ["no_anchor"]),
        (["good", "bad", "other"], ["judgement_word"]),
        (["normal", "abnormal", "other"], ["judgement_word"]),
        (["pump sounds healthy", "pump grinding now", "other"], ["judgement_word"]),
        (["正常", "异常", "其他"], ["judgement_word"]),
        (["正常的声音", "轴承缺油的声音", "其他"], ["judgement_word"]),
        (["轴承异常", "轴承缺油", "其他"], ["judgement_word"]),
        (["hm", "glass breaking", "other"], ["too_vague"]),
        (["machine", "fan humming", "other"], ["too_vague"]),
        (["机器", "风扇嗡鸣", "其他"], ["too_vague"]),
        (["响", "风扇嗡鸣", "其他"], ["too_vague"]),
        (["轴承缺油", "glass breaking", "其他"], ["not_parallel"]),
        (["the sound of a dog barking", "glass breaking", "other"], ["not_parallel"]),
        (["水泵气蚀的声音", "水泵空转", "其他"], ["not_parallel"]),
        (
            [
                "dog barking", "glass breaking", "a very long story about a door that opens slowly in the night",
                "other",
            ],
            ["not_parallel"]
        ),
    ])
    func whatIsSaidOfASet(labels: [String], kinds: [String]) {
        #expect(LabelAdvice.on(labels).map(\.kind.rawValue) == kinds)
    }

    @Test func namesOfAnotherLanguageForTheAnchorAreNoDisorder() {
        #expect(LabelAdvice.on(["glass breaking", "dog barking", "其他"]).isEmpty)
    }

    @Test func labelsTheModelCannotTellApartAreNamed() throws {
        let labels = ["running dry", "lacking water", "cavitation", "other"]
        var cosines = (0..<4).map { row in (0..<4).map { row == $0 ? 1.0 : 0.3 } }
        (cosines[0][1], cosines[1][0]) = (0.97, 0.97)
        let advice = LabelAdvice.on(labels, similarity: cosines)
        #expect(advice.map(\.kind) == [.nearIdentical])
        #expect(advice.first?.labels == ["running dry", "lacking water"])
        #expect(advice.first?.severity == .warning)
        (cosines[0][1], cosines[1][0]) = (0.94, 0.94)
        #expect(LabelAdvice.on(labels, similarity: cosines).isEmpty)
        // Three of one meaning are one piece of advice; a table of the wrong size is none.
        let three = (0..<4).map { row in (0..<4).map { max(row, $0) < 3 ? 0.99 : row == $0 ? 1 : 0.1 } }
        #expect(LabelAdvice.on(labels, similarity: three).first?.labels.count == 3)
        #expect(LabelAdvice.on(labels, similarity: [[1]]).isEmpty)
        // Two that are written alike are duplicates, and nothing more.
        let same = LabelAdvice.on(["a dog", "A dog", "other"], similarity: (0..<3).map { _ in [1, 1, 1] })
        #expect(same.map(\.kind).contains(.duplicate))
    }

    @Test func everyTextIsThereInBothLanguages() {
        let sets = [
            [], ["good"], ["dog", "dog"], ["machine", "the sound of a dog barking loudly"], ["狗叫", "dog"], ["", "x"],
        ]
        for advice in sets.flatMap({ LabelAdvice.on($0) }) {
            #expect(advice.text.en.count > 20 && advice.text.zh.count > 8)
            #expect(advice.text.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
        }
    }

    /// What is offered must not be advised against.
    @Test func presetsAreWithoutFault() {
        #expect(Set(LabelPreset.all.map(\.id)).count == 5)
        for preset in LabelPreset.all {
            #expect(preset.labels.en.count == preset.labels.zh.count)
            for labels in [preset.labels.en, preset.labels.zh] {
                #expect(LabelAdvice.on(labels).isEmpty, "\(labels): \(LabelAdvice.on(labels).map(\.text.en))")
                #expect(splitLabels(labels.joined(separator: ",")) == labels)
            }
        }
    }

    @Test(arguments: [
        ("a,b,c", ["a", "b", "c"]),
        (" normal running , bearing lacking oil ", ["normal running", "bearing lacking oil"]),
        ("正常运行，轴承缺油；其他", ["正常运行", "轴承缺油", "其他"]),
        ("a;b;;c,", ["a", "b", "c"]),
        ("one\ntwo\n", ["one", "two"]),
        ("", []), (" , ;", []),
        ("air-conditioner,45° bend", ["air-conditioner", "45° bend"]),
    ])
    func labelsAreSplitAsPeopleTypeThem(text: String, labels: [String]) {
        #expect(splitLabels(text) == labels)
    }
}
