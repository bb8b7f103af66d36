// A chart's lines of novelty: how unlike its enrolled normal sound a machine was, one point a step.
import MachineHealth
import TrendLog

/// Novelty beside the labels of a trend; every array has one entry a step.
struct NoveltyLines: Hashable, Sendable, Encodable {
    /// Mean score, in deviations above normal; null where no window was held against normal sound.
    private(set) var mean: [Double?] = []
    /// Highest score.
    private(set) var max: [Double?] = []
    /// The limit then in force.
    private(set) var limit: [Double?] = []
    /// Windows above their limit.
    private(set) var novel: [Int] = []

    mutating func append(_ summary: NoveltySummary?) {
        mean.append(summary?.mean.rounded(decimals: 3))
        max.append(summary?.maximum.rounded(decimals: 3))
        limit.append(summary?.limit?.rounded(decimals: 3))
        novel.append(summary?.novel ?? 0)
    }

    mutating func append(_ novelty: Novelty?) {
        append(
            novelty.map {
                NoveltySummary(
                    windows: 1,
                    mean: $0.score,
                    maximum: $0.score,
                    limit: $0.limit,
                    novel: $0.isNovel ? 1 : 0
                )
            }
        )
    }
}
