// Judging a machine whose sound is made of numbers: faults stand out, examples help, and nothing leaks.
import AudioFeatures
import CLAP
import Detection
import MachineHealth
import Testing

@testable import EdgeService

/// A machine with two labels. Faulty windows have another direction of embedding, and another level where asked for.
private func trial(faultyLevelDB: Float = 0, shots: [Int] = [1, 5], text: [[Float]]? = nil) -> MachineTrial {
    var draws = SeededDraws(seed: 5)
    func noise() -> Float { Float(draws.place(among: 2_001) - 1_000) / 1_000 }
    let recordings = rows([("normal", 10), ("worn", 6)]).map { row in
        let isFaulty = row.condition == .anomalous
        let offset = noise() * 0.05
        let pieces = (0..<5).map { index in
            let embedding = [1, 0.2 * noise(), offset, isFaulty ? 0.9 : 0, 0.1 * noise(), 0.1 * noise()]
            let level = -40 + noise() + (isFaulty ? faultyLevelDB : 0)
            let descriptor = (0..<AcousticDescriptor.valueCount).map { $0 < 64 ? level + noise() : noise() }
            return HeardPiece(
                startSeconds: Double(index),
                window: NormalWindow(embedding: embedding, descriptor: descriptor),
                levelDBFS: Double(level)
            )
        }
        return HeardRecording(row: row, pieces: pieces)
    }
    let head = ZeroShotHead(
        labelEmbeddings: text ?? [[0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]],
        scale: 10
    )
    var options = ComparisonOptions()
    options.shots = shots
    return MachineTrial(
        machine: "m",
        recordings: recordings,
        labels: ProfileLabels(names: ["normal", "worn"], conditions: [.normal, .anomalous], head: head),
        options: options,
        hopSeconds: 1
    )
}

@Suite struct MachineTrialTests {
    private func areas(_ trial: MachineTrial) throws -> [ComparisonMode: Double] {
        let rows = trial.recordings.map(\.row)
        let splits = try (0..<4).map { repetition in
            try trial.verdicts(EvaluationSplit(rows, order: .random, repetition: repetition, seed: 1)).modes
        }
        let modes = Dictionary(grouping: splits.flatMap { $0 }, by: \.key).mapValues { $0.map(\.value) }
        return modes.compactMapValues { ModeTally($0, conditions: rows.map(\.condition)).area() }
    }

    @Test func enrolmentAndExamplesHearWhatWordsAndLevelDoNot() throws {
        let areas = try areas(trial())
        #expect(
            Set(areas.keys) == [
                .level, .logMelNearest, .zeroShot, .enrolled, .examples(1), .examples(5), .enrolledExamples(1),
                .enrolledExamples(5),
            ]
        )
        #expect(try #require(areas[.enrolled]) > 0.95)
        #expect(try #require(areas[.examples(5)]) > 0.95)
        #expect(try #require(areas[.level]) < 0.9)
        #expect(try #require(areas[.zeroShot]) < 0.9)
    }

    @Test func aLouderFaultIsHeardByTheLevelAlone() throws {
        #expect(try #require(try areas(trial(faultyLevelDB: 12))[.level]) > 0.99)
    }

    @Test func examplesComeFromTeachingRecordingsAndAreSpreadOverThem() throws {
        let trial = trial()
        let split = EvaluationSplit(trial.recordings.map(\.row), order: .random, repetition: 2, seed: 9)
        let (cache, fewest) = try #require(try trial.examples(split, count: 5, centre: nil))
        #expect(fewest == 5)
        #expect(cache.examples.count == 10)
        for label in ["normal", "worn"] {
            let groups = cache.examples.filter { $0.label == label }.compactMap { $0.group.flatMap { Int($0) } }
            #expect(Set(groups).isSubset(of: split.teaching))
            let available = split.teaching.count { trial.recordings[$0].row.label == label }
            #expect(Set(groups).count == min(5, available))
        }
    }

    @Test func tooFewExamplesAreToldAsThatMany() throws {
        let trial = trial(shots: [100])
        let split = EvaluationSplit(trial.recordings.map(\.row), order: .random, repetition: 0, seed: 9)
        let taught = try #require(try trial.examples(split, count: 100, centre: nil))
        #expect(taught.fewest == 3 * 5)
    }

    @Test func everyTestedRecordingHasOneVerdictInEveryMode() throws {
        let trial = trial()
        let split = EvaluationSplit(trial.recordings.map(\.row), order: .time, repetition: 0, seed: 1)
        for (mode, verdicts) in try trial.verdicts(split).modes {
            #expect(verdicts.verdicts.map(\.recording).sorted() == split.tested.sorted(), "\(mode.name)")
            for verdict in verdicts.verdicts {
                guard let shares = verdict.probabilities else { continue }
                #expect((shares.reduce(0, +) - 1).magnitude < 1e-9)
            }
        }
    }
}

@Suite struct ComparisonBootstrapTests {
    private func tally() -> MachineTally {
        let rows = rows([("normal", 6), ("worn", 5)])
        // Worn ones score higher but for one of each.
        let scores: [Double] = [0, 1, 2, 3, 4, 9, 10, 8, 7, 6, 2.5]
        let verdicts = scores.enumerated().map { place, score in
            RecordingVerdict(recording: place, score: score, isFlagged: score > 5, probabilities: nil)
        }
        let split = SplitVerdicts(verdicts: verdicts, falseAlarms: 0, examples: nil)
        return MachineTally(
            machine: "m",
            profile: "",
            rows: rows,
            modes: [.enrolled: ModeTally([split], conditions: rows.map(\.condition))],
            testedHours: 1
        )
    }

    @Test func intervalsHoldTheFigureAndRepeat() throws {
        let tally = tally()
        let area = try #require(tally.modes[.enrolled]?.area())
        let first = try ComparisonBootstrap([tally, tally], resamples: 200, seed: 4) { _ in }
        let second = try ComparisonBootstrap([tally, tally], resamples: 200, seed: 4) { _ in }
        let interval = try #require(first.interval(.enrolled))
        #expect(interval.low < area && area < interval.high)
        #expect(interval == second.interval(.enrolled))
        #expect(first.interval(.enrolled, minus: .enrolled) == Interval(low: 0, high: 0))
    }

    @Test func aResampleKeepsTheNumberOfEachCondition() {
        var draws = SeededDraws(seed: 8)
        let tally = tally()
        for _ in 0..<20 {
            let weights = tally.resample(&draws)
            #expect(weights.prefix(6).reduce(0, +) == 6)
            #expect(weights.suffix(5).reduce(0, +) == 5)
        }
    }

    @Test func whatIsCancelledEnds() {
        #expect(throws: CancellationError.self) {
            _ = try ComparisonBootstrap([tally()], resamples: 200, seed: 4) { done in
                if done == 3 { throw CancellationError() }
            }
        }
    }
}
