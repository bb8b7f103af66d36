// Which values of a descriptor are compared: gain taken out, small deviations not trusted, ill-fitting views ignored.
import Foundation
import Testing

@testable import Detection

@Suite struct DescriptorViewTests {
    private static let view = DescriptorView(
        name: "shape",
        parts: [
            DescriptorPart(first: 0, count: 3, removesMean: true, leastDeviation: 1),
            DescriptorPart(first: 4, count: 1),
        ]
    )

    @Test func aPartWithoutItsMeanIgnoresAGain() {
        let quiet: [Float] = [-60, -50, -40, 7, 3]
        let loud: [Float] = [-40, -30, -20, 9, 3]
        #expect(Self.view.apply(quiet) == [-10, 0, 10, 3])
        #expect(Self.view.apply(loud) == Self.view.apply(quiet))
        #expect(DescriptorView.everything.apply(loud) == loud)
    }

    @Test func aSmallDeviationIsNotTrusted() {
        let rows = RowMatrix([[0, 0], [0.1, 10]], columns: 2)
        #expect(agree(Standardisation(rows, least: [1, 1]).deviation, [1, 5], within: 1e-6))
        #expect(agree(Standardisation(rows).deviation, [0.05, 5], within: 1e-6))
    }

    @Test func noveltyIgnoresALouderWindowWhereTheViewDoes() throws {
        var numbers = SeededGenerator(seed: 11)
        let windows = (0..<40).map { _ in
            NormalWindow(embedding: [1, 0, 0], descriptor: numbers.vector(4) + [Float(numbers.normal())])
        }
        let bank = try #require(try NormalBank(windows: ["": windows]).states.first)
        let model = NoveltyModel(bank, options: NoveltyOptions(descriptorViews: [Self.view]))
        let window = NormalWindow(embedding: [1, 0, 0], descriptor: windows[3].descriptor)
        let louder = NormalWindow(
            embedding: [1, 0, 0],
            descriptor: zip(window.descriptor, [20, 20, 20, 0, 0]).map { $0 + $1 }
        )
        let plain = NoveltyModel(bank)
        let (score, scoreLouder) = (try model.score(window).combined, try model.score(louder).combined)
        #expect(agree([scoreLouder], [score], within: 1e-4))
        #expect(try plain.score(louder).combined > plain.score(window).combined + 5)
    }

    @Test func aViewOfWiderDescriptorsComparesEverything() throws {
        var numbers = SeededGenerator(seed: 12)
        let windows = (0..<20).map { _ in NormalWindow(embedding: [1, 0], descriptor: numbers.vector(4)) }
        let bank = try #require(try NormalBank(windows: ["": windows]).states.first)
        let asked = NoveltyModel(bank, options: NoveltyOptions(descriptorViews: [Self.view]))
        #expect(try asked.score(windows[0]) == NoveltyModel(bank).score(windows[0]))
    }

    @Test func aChangeInOneViewIsEnoughWhereTheRuleSaysSo() throws {
        var numbers = SeededGenerator(seed: 13)
        let windows = (0..<40).map { _ in NormalWindow(embedding: [1, 0, 0], descriptor: numbers.vector(6)) }
        let bank = try #require(try NormalBank(windows: ["": windows]).states.first)
        let views = (0..<3).map {
            DescriptorView(name: "view \($0)", parts: [DescriptorPart(first: 2 * $0, count: 2)])
        }
        var strange = windows[0].descriptor
        strange[2] += 20
        let window = NormalWindow(embedding: [1, 0, 0], descriptor: strange)
        let one = NoveltyModel(bank, options: NoveltyOptions(spaceRule: .maximum, descriptorViews: views))
        let all = NoveltyModel(bank, options: NoveltyOptions(spaceRule: .mean, descriptorViews: views))
        let (alone, together) = (try one.score(window), try all.score(window))
        let second = try #require(alone.views["view 1"])
        #expect(Set(alone.views.keys) == ["view 0", "view 1", "view 2"])
        #expect(alone.combined == second.combined)
        #expect(alone.descriptor == second)
        #expect(together.combined < alone.combined)
    }

    @Test(arguments: [
        (CombinationRule.mean, 13.0), (.minimum, 1), (.maximum, 24), (.meanOfBestTwo, 7.5), (.logarithmic, 7.3727),
    ])
    func rulesCombine(rule: CombinationRule, expected: Double) throws {
        let found = try #require(rule.combine([24, 1, 14]))
        #expect((found - expected).magnitude < 1e-4)
        #expect(rule.combine([]) == nil)
        #expect(agree([try #require(rule.combine([3, 3, 3], weights: [1, 2, 5]))], [3], within: 1e-12))
    }

    @Test func weightsCountInMeans() throws {
        #expect(try #require(CombinationRule.mean.combine([0, 4], weights: [3, 1])) == 1)
        let logarithmic = try #require(CombinationRule.logarithmic.combine([0, sinh(4)], weights: [3, 1]))
        #expect(agree([logarithmic], [sinh(1)], within: 1e-12))
        #expect(CombinationRule.maximum.combine([0, 4], weights: [3, 1]) == 4)
    }
}
