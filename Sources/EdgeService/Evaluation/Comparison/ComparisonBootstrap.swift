// Intervals by resampling: machines, and within them recordings, drawn with replacement; every mode sees the same draws.
import Detection

/// Resampled areas of every mode.
struct ComparisonBootstrap: Sendable {
    /// Per mode and resample the mean over machines; nil where the resample left none.
    private(set) var means: [ComparisonMode: [Double?]] = [:]
    private(set) var partialMeans: [ComparisonMode: [Double?]] = [:]
    /// Per machine, mode and resample.
    private(set) var machines: [[ComparisonMode: [Double]]]
    private(set) var partialMachines: [[ComparisonMode: [Double]]]

    /// Few false alarms are what counts: the customary limit for machine sound.
    static let maximumFalseRate = 0.1

    /// - Parameter progress: called before each resample with how many are done; what it throws ends the work.
    init(_ tallies: [MachineTally], resamples: Int, seed: UInt64, progress: (Int) throws -> Void) throws {
        machines = tallies.map { _ in [:] }
        partialMachines = machines
        let modes = Set(tallies.flatMap(\.modes.keys)).sorted()
        for number in 0..<resamples {
            try progress(number)
            var draws = SeededDraws(seed: seed, stream: 1_000_000 + UInt64(number))
            var sums = [ComparisonMode: (area: Double, partial: Double, count: Double)]()
            let areas = tallies.map { tally in
                let weights = tally.resample(&draws)
                return tally.modes.mapValues { mode in
                    (mode.area(weights: weights), mode.area(weights: weights, maximumFalseRate: Self.maximumFalseRate))
                }
            }
            for index in tallies.indices {
                for mode in modes {
                    guard let pair = areas[index][mode], let area = pair.0, let partial = pair.1 else { continue }
                    machines[index][mode, default: []].append(area)
                    partialMachines[index][mode, default: []].append(partial)
                }
            }
            for _ in tallies {
                let drawn = areas[draws.place(among: tallies.count)]
                for mode in modes {
                    guard let pair = drawn[mode], let area = pair.0, let partial = pair.1 else { continue }
                    let sum = sums[mode] ?? (0, 0, 0)
                    sums[mode] = (sum.area + area, sum.partial + partial, sum.count + 1)
                }
            }
            for mode in modes {
                means[mode, default: []].append(sums[mode].map { $0.area / $0.count })
                partialMeans[mode, default: []].append(sums[mode].map { $0.partial / $0.count })
            }
        }
    }

    /// The interval of a mean area.
    func interval(_ mode: ComparisonMode, isPartial: Bool = false) -> Interval? {
        Interval(resamples: ((isPartial ? partialMeans : means)[mode] ?? []).compactMap { $0 })
    }

    /// The interval of the difference of two means over the same draws.
    func interval(_ mode: ComparisonMode, minus other: ComparisonMode) -> Interval? {
        let pairs = zip(means[mode] ?? [], means[other] ?? [])
        return Interval(resamples: pairs.compactMap { left, right in left.flatMap { left in right.map { left - $0 } } })
    }
}
