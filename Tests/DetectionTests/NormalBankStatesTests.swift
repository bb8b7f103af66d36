// One operating state enrolled anew while the others stay.
import Foundation
import Testing

@testable import Detection

@Suite struct NormalBankStatesTests {
    private func windows(_ count: Int, seed: UInt64, width: Int = 6) -> [NormalWindow] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            NormalWindow(embedding: generator.vector(width), descriptor: generator.vector(2))
        }
    }

    @Test func theOtherStatesStayAsTheyAre() throws {
        let bank = try NormalBank(windows: ["idle": windows(10, seed: 1), "full": windows(12, seed: 2)], capacity: 64)
        let renewed = try bank.replacing(state: "idle", with: windows(20, seed: 3), capacity: 64)
        #expect(renewed.states.map(\.name) == ["full", "idle"])
        #expect(renewed.states[0] == bank.states[0])
        #expect(renewed.states[1].points == 20)
        let added = try bank.replacing(state: "half", with: windows(5, seed: 4), capacity: 64)
        #expect(added.states.map(\.name) == ["full", "half", "idle"])
        #expect([added.states[0], added.states[2]] == bank.states)
        // Enrolled together or one after the other: the same bank.
        let both = try NormalBank(windows: ["idle": windows(20, seed: 3), "full": windows(12, seed: 2)], capacity: 64)
        #expect(renewed == both)
        #expect(try NormalBank(encoded: renewed.encoded()) == renewed)
    }

    @Test func theCapacityIsSharedAnew() throws {
        let bank = try NormalBank(windows: ["idle": windows(60, seed: 1)], capacity: 20)
        let wider = try bank.replacing(state: "full", with: windows(60, seed: 2), capacity: 20)
        #expect(wider.states.map(\.points) == [10, 10])
        #expect(wider.states.map(\.windowsHeard) == [60, 60])
        // What is kept of the first state was kept before.
        let kept = (0..<10).map { wider.states[1].embeddings[$0] }
        let before = (0..<20).map { bank.states[0].embeddings[$0] }
        #expect(kept.allSatisfy(before.contains))
    }

    @Test func otherWidthsAndTooManyStatesAreRefused() throws {
        let bank = try NormalBank(windows: ["idle": windows(4, seed: 1)])
        let wide = #expect(throws: DetectionError.self) {
            try bank.replacing(state: "full", with: windows(4, seed: 2, width: 7))
        }
        #expect(wide?.code == .width)
        let full = #expect(throws: DetectionError.self) {
            try bank.replacing(state: "full", with: windows(4, seed: 2), capacity: 1)
        }
        #expect(full?.code == .tooLarge)
        let empty = #expect(throws: DetectionError.self) { try bank.replacing(state: "full", with: []) }
        #expect(empty?.code == .empty)
    }

    @Test func theCentreIsTheMeanOfAllPoints() throws {
        let corners = [[Float]]([[1, 0], [0, 1], [-1, 0]]).map { NormalWindow(embedding: $0) }
        let bank = try NormalBank(windows: ["a": [corners[0], corners[1]], "b": [corners[2]]])
        #expect(agree(bank.centre.map(Double.init), [0, 1.0 / 3], within: 1e-7))
    }
}
