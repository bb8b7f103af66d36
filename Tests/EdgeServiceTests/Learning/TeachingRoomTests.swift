// Few examples and calibration as the service uses them: at once, for the profile, never worse, and gone without a trace.
import Foundation
import MachineHealth
import Publishing
import Testing
import TrendLog

@testable import EdgeService

@Suite struct TeachingRoomTests {
    /// Scores of fresh windows, bit for bit.
    private func scores(_ plant: LearningPlant, _ machine: String = "pump-1") throws -> [UInt64] {
        try LearningPlant.Sound.allCases.flatMap { sound in
            let window = LearningPlant.window(sound)
            return try plant.judges[machine]?.probabilities(window.embedding).map(\.bitPattern) ?? []
        }
    }

    private func top(_ plant: LearningPlant, _ sound: LearningPlant.Sound, _ machine: String = "pump-1") throws
        -> LabelID?
    {
        try plant.judges[machine]?.top(LearningPlant.window(sound).embedding)
    }

    @Test func oneExampleChangesTheMachineAndItsProfileAtOnce() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.strange, count: 10)
            let before = try #require(try top(plant, .strange))
            #expect(before != LabelID("valve"))
            let raw = try scores(plant)
            let result = try await plant.teach(0, "valve")
            try #require(result.ok, "\(result.summary)")
            let teaching = try #require(result.teaching)
            #expect(teaching.windows == 10)
            #expect(teaching.changed == 10)
            #expect(teaching.changes == [.init(from: before.rawValue, to: "valve", windows: 10)])
            #expect(teaching.source == "own" && teaching.examples == 1)
            #expect(teaching.refusal == nil)
            #expect(result.message?.contains("10 of the last 10") == true)
            #expect(try top(plant, .strange) == LabelID("valve"))
            try await plant.settle()
            #expect(try top(plant, .strange, "pump-2") == LabelID("valve"))
            // Live windows carry the model's own scores beside those that were taught.
            let window = LearningPlant.window(.strange)
            let judgement = try #require(
                try plant.judges["pump-1"]?.judge(embedding: window.embedding, descriptor: window.descriptor)
            )
            #expect(judgement.rawScores.count == 3 && judgement.rawScores != judgement.scores)

            let id = try #require(teaching.decisionID)
            let undone = try await plant.order(#"{"command":"teach_undo","decision_id":"\#(id)","user":"li"}"#)
            #expect(undone.ok && undone.teaching?.changed == 10)
            #expect(try scores(plant) == raw)
            try await plant.settle()
            #expect(try scores(plant, "pump-2") == raw)
            let twice = try await plant.order(#"{"command":"teach_undo","decision_id":"\#(id)"}"#)
            #expect(twice.error?.contains("taken back by li") == true)
        }
    }

    @Test func theOrderOfTeachingAndARestartLeaveNoTrace() async throws {
        let lessons = [(0.0, "valve"), (200, "oil"), (400, "normal"), (2, "valve")]
        var found: [[UInt64]] = []
        for order in [lessons, lessons.reversed()] {
            let plant = try await LearningPlant()
            try await plant.hear(.strange, count: 3)
            try await plant.hear(.oil, count: 3, from: 200)
            try await plant.hear(.healthy, count: 3, from: 400)
            for (seconds, label) in order { #expect(try await plant.teach(seconds, label).ok) }
            let live = try scores(plant)
            try await plant.stop()
            let again = try await LearningPlant(folder: plant.folder)
            #expect(try scores(again) == live)
            found.append(live)
            try await again.leave()
        }
        #expect(found[0] == found[1])
    }

    @Test func theSameWindowTwiceIsRefusedAndARejectionCounts() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.healthy, count: 3)
            let healthy = LearningPlant.window(.healthy).embedding
            let share = try #require(try plant.judges["pump-1"]?.probabilities(healthy))
            let first = try await plant.order(
                #"{"command":"teach","start":"\#(LearningPlant.text(0))","reject":"normal","user":"mei"}"#
            )
            #expect(first.ok, "\(first.summary)")
            let after = try #require(try plant.judges["pump-1"]?.probabilities(healthy))
            #expect(after[0] < share[0])
            let second = try await plant.teach(0, "oil")
            #expect(second.error?.contains("mei") == true && !second.ok)
            #expect(try await plant.teach(999, "oil").error?.contains("no window") == true)
            #expect(try await plant.teach(2, "rust").error?.contains("normal, oil, valve") == true)
        }
    }

    /// Another machine says the opposite of the same sound: a machine keeps to what was decided of its own windows.
    @Test func examplesOfOthersNeverSpoilAMachinesOwn() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.strange, "pump-1", count: 8)
            try await plant.hear(.strange, "pump-2", count: 8, from: 1)
            for index in 0..<3 { #expect(try await plant.teach(Double(index) * 2, "valve", on: "pump-1").ok) }
            for index in 0..<6 { #expect(try await plant.teach(1 + Double(index) * 2, "oil", on: "pump-2").ok) }
            try await plant.settle()
            for (machine, label) in [("pump-1", "valve"), ("pump-2", "oil")] {
                let decisions = try await plant.store.reader.decisions(machine: machine)
                for decision in decisions {
                    let embedding = try #require(decision.embedding)
                    #expect(try plant.judges[machine]?.top(embedding) == LabelID(label), "\(machine)")
                }
            }
        }
    }

    @Test func decisionsAboutAnotherModelAreNotLearned() async throws {
        try await LearningPlant.with { plant in
            let raw = try scores(plant)
            try await plant.hear(.strange, count: 3, model: "other@5678")
            let result = try await plant.teach(0, "valve")
            #expect(result.ok && result.teaching == nil)
            #expect(result.message?.contains("other@5678") == true)
            #expect(try scores(plant) == raw)
        }
    }

    @Test func confidencesAreCalibratedFromTwentyDecisionsOn() async throws {
        try await LearningPlant.with { plant in
            // Far apart in time, so that each is an event of its own. The text is sure of itself and often wrong.
            for index in 0..<24 {
                let sound = LearningPlant.Sound.allCases[index % 2]
                try await plant.hear(sound, count: 1, from: Double(index) * 200)
            }
            var last: CommandResult?
            for index in 0..<24 {
                if index == 19 {
                    #expect(last?.teaching?.calibration == nil)
                    #expect(try await plant.store.reader.calibration(profile: "pump") == nil)
                }
                last = try await plant.teach(Double(index) * 200, index % 4 == 1 ? "oil" : "normal")
                #expect(last?.ok == true, "\(last?.summary ?? "")")
            }
            let summary = try #require(last?.teaching?.calibration)
            #expect(summary.decisions == 24 && summary.profile == "pump")
            let stored = try #require(try await plant.store.reader.calibration(profile: "pump"))
            #expect(try PayloadCoder.decode(CalibrationSummary.self, from: stored.report) == summary)
            #expect(stored.isUsed == summary.isUsed)
            #expect(summary.isUsed == (summary.logLossAfter < summary.logLossBefore - 1e-6))
            let judge = try #require(plant.judges["pump-1"])
            #expect(judge.calibration.temperature == (summary.isUsed ? summary.temperature : 1))
            try await plant.settle()
            #expect(plant.judges["pump-2"]?.calibration == judge.calibration)
        }
    }
}
