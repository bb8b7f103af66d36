// The verdicts of one machine over its splits, ready to be resampled.
import Detection
import Foundation

/// One way of judging one machine.
struct ModeTally: Sendable {
    /// Rankings of the tested recordings that are normal or faulty, one per split, with their places.
    let rankings: [(ranking: WeightedRanking, recordings: [Int])]
    let splits: [SplitVerdicts]

    init(_ splits: [SplitVerdicts], conditions: [RecordingCondition]) {
        self.splits = splits
        rankings = splits.map { split in
            let judged = split.verdicts.filter { conditions[$0.recording] != .other }
            let ranking = WeightedRanking(
                scores: judged.map(\.score),
                isPositive: judged.map { conditions[$0.recording] == .anomalous }
            )
            return (ranking, judged.map(\.recording))
        }
    }

    /// Mean over the splits of the area under the curve, recordings counting as often as they were drawn.
    func area(weights: [Double]? = nil, maximumFalseRate: Double? = nil) -> Double? {
        let areas = rankings.compactMap { split in
            let weights = weights.map { weights in split.recordings.map { weights[$0] } }
            return if let maximumFalseRate {
                split.ranking.partialArea(maximumFalseRate: maximumFalseRate, weights: weights)
            } else {
                split.ranking.areaUnderCurve(weights: weights)
            }
        }
        return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
    }

    /// Mean over the splits of the share that is called faulty among recordings of a condition; nil without any.
    func flagged(_ condition: RecordingCondition, of conditions: [RecordingCondition]) -> Double? {
        let shares = splits.compactMap { split in
            let judged = split.verdicts.filter { conditions[$0.recording] == condition }
            return judged.isEmpty ? nil : Double(judged.count { $0.isFlagged }) / Double(judged.count)
        }
        return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
    }
}

/// One machine in every way.
struct MachineTally: Sendable {
    let machine: String
    let profile: String
    let rows: [EvaluationManifest.Row]
    let modes: [ComparisonMode: ModeTally]
    /// Normal windows tested, times hop: mean over the splits.
    let testedHours: Double

    var conditions: [RecordingCondition] { rows.map(\.condition) }

    /// How often each recording is drawn: with replacement, normal and faulty ones apart, so that both stay as many.
    func resample(_ draws: inout SeededDraws) -> [Double] {
        var weights = [Double](repeating: 0, count: rows.count)
        for condition in [RecordingCondition.normal, .anomalous] {
            let places = rows.indices.filter { rows[$0].condition == condition }
            for _ in places { weights[places[draws.place(among: places.count)]] += 1 }
        }
        return weights
    }
}
