// How much examples count: chosen by letting every example be judged by the others.
import Foundation

/// Grades the grid of weights on the examples themselves.
struct WeightChoice {
    let keys: [ExampleCache.Key]
    let labels: Int
    /// Between the keys: (keys, keys).
    private let cosines: [[Double]]

    /// - Parameters:
    ///   - keys: the examples.
    ///   - directions: their embeddings, centred, at length one.
    ///   - labels: how many there are.
    init(keys: [ExampleCache.Key], directions: [[Double]], labels: Int) {
        self.keys = keys
        self.labels = labels
        cosines = directions.map { direction in
            directions.map { other in zip(direction, other).reduce(0) { $0 + $1.0 * $1.1 } }
        }
    }

    /// How many keys of its kind lie where each key lies, itself included.
    func crowds(beta: Double) -> [Double] {
        keys.indices.map { key in
            keys.indices.reduce(0.0) { sum, other in
                keys[other].isOfKind(of: keys[key]) ? sum + affinity(cosines[key][other], beta) : sum
            }
        }
    }

    /// Evidence per label from the keys that are not left out; the votes of those do not count them either.
    ///
    /// - Parameters:
    ///   - crowds: of the keys at this beta.
    ///   - cosines: of the window with every key.
    ///   - isLeftOut: per key.
    func evidence(beta: Double, crowds: [Double], cosines window: [Double], isLeftOut: [Bool]) -> [Double] {
        var evidence = [Double](repeating: 0, count: labels)
        let gone = keys.indices.filter { isLeftOut[$0] }
        for key in keys.indices where !isLeftOut[key] {
            let crowd = gone.reduce(crowds[key]) { rest, left in
                keys[left].isOfKind(of: keys[key]) ? rest - affinity(cosines[key][left], beta) : rest
            }
            evidence[keys[key].label] += keys[key].sign * affinity(window[key], beta) / max(1, crowd)
        }
        return evidence
    }

    /// The weights that judge the examples best, each without itself and what belongs to it; the usual ones where no
    /// label has two confirmed examples that can judge each other. Ties go to the weights nearest the usual.
    func best() -> AdapterWeights {
        let together = keys.map { key in keys.map { ExampleCache.belongTogether($0.example, key.example) } }
        let judged = keys.indices.filter { key in
            keys[key].example.judgement == .confirmed
                && keys.indices.contains { keys[$0].isOfKind(of: keys[key]) && !together[key][$0] }
        }
        guard !judged.isEmpty, labels > 1 else { return .usual }
        var graded: [(weights: AdapterWeights, loss: Double)] = []
        for (beta, candidates) in Dictionary(grouping: AdapterWeights.grid, by: \.beta).sorted(by: { $0.key < $1.key })
        {
            let crowds = crowds(beta: beta)
            let evidence = judged.map { key in
                self.evidence(beta: beta, crowds: crowds, cosines: cosines[key], isLeftOut: together[key])
            }
            for weights in candidates {
                let loss = zip(judged, evidence).reduce(0.0) { sum, next in
                    let key = keys[next.0]
                    let shares = ExampleCache.blend(
                        key.example.textLogProbabilities,
                        evidence: next.1,
                        alpha: weights.alpha
                    )
                    return sum - log(max(shares[key.label], 1e-12))
                }
                graded.append((weights, loss / Double(judged.count)))
            }
        }
        let best = graded.min { ($0.loss, Self.strangeness($0.weights)) < ($1.loss, Self.strangeness($1.weights)) }
        return best?.weights ?? .usual
    }

    private static func strangeness(_ weights: AdapterWeights) -> Double {
        log(weights.alpha / AdapterWeights.usual.alpha).magnitude
            + log(weights.beta / AdapterWeights.usual.beta).magnitude
    }

    private func affinity(_ cosine: Double, _ beta: Double) -> Double {
        AdapterWeights(alpha: 1, beta: beta).affinity(cosine: cosine)
    }
}
