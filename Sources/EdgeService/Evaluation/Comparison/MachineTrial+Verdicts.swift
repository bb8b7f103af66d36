// From window scores to verdicts on recordings, for detectors that score strangeness and for labels.
import Detection
import Foundation
import MachineHealth

/// One tested recording with what does not depend on the way of judging.
struct TestedSound: Sendable {
    let recording: Int
    let condition: RecordingCondition
    let pieces: [HeardPiece]
    let texts: [[Double]]
}

extension MachineTrial {
    var replay: RuleReplay { RuleReplay(rule: options.rule, hopSeconds: hopSeconds) }

    /// Verdicts of a detector that scores windows: a recording's score is the logarithmic mean over its windows.
    func strangeness(
        _ tested: [TestedSound],
        limit: Double,
        score: (HeardPiece) -> Double
    ) -> SplitVerdicts {
        let scores = tested.map { $0.pieces.map(score) }
        return strangeness(tested, scores: scores, limit: limit)
    }

    func strangeness(_ tested: [TestedSound], novelties: [[Novelty?]]) -> SplitVerdicts {
        let limit = novelties.joined().compactMap { $0?.limit }.first ?? .infinity
        return strangeness(tested, scores: novelties.map { $0.map { $0?.score ?? 0 } }, limit: limit)
    }

    func strangeness(_ tested: [TestedSound], scores: [[Double]], limit: Double) -> SplitVerdicts {
        let verdicts = zip(tested, scores).map { sound, scores in
            let mean = Self.mean(scores)
            return RecordingVerdict(
                recording: sound.recording,
                score: mean,
                isFlagged: mean > limit,
                probabilities: nil
            )
        }
        let normal = normalInTimeOrder(tested)
        return SplitVerdicts(
            verdicts: verdicts,
            falseAlarms: replay.alarms(isStrange: normal.flatMap { scores[$0] }.map { $0 > limit }),
            examples: nil
        )
    }

    /// Verdicts of labels: the score is the log-odds of the faults against normal; with novelty, of faults that are new.
    func labelled(
        _ tested: [TestedSound],
        windows: [[[Double]]],
        novelties: [[Novelty?]]?,
        examples: Int? = nil
    ) throws -> SplitVerdicts {
        var verdicts: [RecordingVerdict] = []
        for (index, sound) in tested.enumerated() {
            let fused = Self.fused(windows[index], labels: labels.names.count)
            let odds =
                log(max(labels.share(of: .anomalous, in: fused), 1e-12))
                - log(max(labels.share(of: .normal, in: fused), 1e-12))
            let top = fused.indices.max { (fused[$0], $1) < (fused[$1], $0) } ?? 0
            var isFault = labels.conditions[top] == .anomalous && fused[top] >= options.rule.validAbove
            var score = odds
            if let novelty = novelties?[index].compactMap({ $0 }), !novelty.isEmpty {
                let mean = Self.mean(novelty.map(\.score))
                score = (odds + asinh(mean)) / 2
                isFault = isFault && mean > novelty[0].limit
            }
            verdicts.append(
                RecordingVerdict(recording: sound.recording, score: score, isFlagged: isFault, probabilities: fused)
            )
        }
        let normal = normalInTimeOrder(tested)
        let heard = normal.flatMap { index in
            windows[index].indices.map { (probabilities: windows[index][$0], novelty: novelties?[index][$0]) }
        }
        return SplitVerdicts(
            verdicts: verdicts,
            falseAlarms: try replay.alarms(conditions: labels.conditions, windows: heard),
            examples: examples
        )
    }

    private func normalInTimeOrder(_ tested: [TestedSound]) -> [Int] {
        tested.indices.filter { tested[$0].condition == .normal }.sorted { left, right in
            let (first, second) = (tested[left].recording, tested[right].recording)
            return (recordings[first].row.timeSeconds ?? 0, first) < (recordings[second].row.timeSeconds ?? 0, second)
        }
    }

    /// A recording's score from those of its windows, on a logarithmic scale, so that no single window decides.
    private static func mean(_ scores: [Double]) -> Double { CombinationRule.logarithmic.combine(scores) ?? 0 }

    /// The mean of the windows' log-probabilities, exponentiated and normalised.
    private static func fused(_ windows: [[Double]], labels: Int) -> [Double] {
        let means = (0..<labels).map { label in
            windows.reduce(0) { $0 + log(max($1[label], 1e-30)) } / Double(max(1, windows.count))
        }
        return Calibration.none.probabilities(means)
    }
}
