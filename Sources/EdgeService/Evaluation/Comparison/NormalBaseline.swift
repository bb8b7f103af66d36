// The plain detectors that enrolment has to beat: level alone, and nearest neighbours of log-mel statistics.
import AudioFeatures
import Detection

/// Distance from normal windows in a few classical values. It learns what enrolment learns from, and nothing else.
struct NormalBaseline: Sendable {
    /// Which values of a window are compared.
    enum Values: Sendable {
        /// The RMS level, dBFS.
        case level
        /// Mean and deviation of each of 64 log-mel bands, dB.
        case logMelStatistics

        func of(_ piece: HeardPiece) -> [Double] {
            switch self {
            case .level: [piece.levelDBFS]
            case .logMelStatistics:
                piece.window.descriptor.prefix(2 * AcousticDescriptor.melBinCount).map(Double.init)
            }
        }
    }

    /// Scores above it are not normal.
    let limit: OpenSetLimit

    private let values: Values
    private let mean: [Double]
    private let deviation: [Double]
    private let points: [[Double]]

    private static let neighbours = 3
    /// Half a decibel: smaller deviations are those of few windows.
    private static let leastDeviation = 0.5

    /// - Throws: `DetectionError` for too few windows.
    init(_ values: Values, normal pieces: [HeardPiece], limitShare: Double) throws(DetectionError) {
        self.values = values
        let rows = pieces.map(values.of)
        let width = rows.first?.count ?? 0
        let count = Double(max(1, rows.count))
        let mean = (0..<width).map { column in rows.reduce(0) { $0 + $1[column] } / count }
        let deviation = (0..<width).map { column in
            let squares = rows.reduce(0) { $0 + ($1[column] - mean[column]) * ($1[column] - mean[column]) }
            return max((squares / count).squareRoot(), Self.leastDeviation)
        }
        let points = rows.map { Self.standardised($0, mean: mean, deviation: deviation) }
        self.mean = mean
        self.deviation = deviation
        self.points = points
        let own = points.indices.map { left in
            Self.distance(points[left], to: points.indices.filter { $0 != left }.map { points[$0] }, values: values)
        }
        limit = try OpenSetLimit(normalScores: own, share: limitShare)
    }

    func score(_ piece: HeardPiece) -> Double {
        let point = Self.standardised(values.of(piece), mean: mean, deviation: deviation)
        return Self.distance(point, to: points, values: values)
    }

    private static func standardised(_ row: [Double], mean: [Double], deviation: [Double]) -> [Double] {
        row.indices.map { (row[$0] - mean[$0]) / deviation[$0] }
    }

    /// The level is held against its mean; log-mel statistics against the nearest windows.
    private static func distance(_ point: [Double], to others: [[Double]], values: Values) -> Double {
        guard case .logMelStatistics = values else { return point.reduce(0) { $0 + $1.magnitude } }
        let distances = others.map { other in
            zip(point, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let nearest = distances.sorted().prefix(neighbours)
        return nearest.isEmpty ? 0 : nearest.reduce(0, +) / Double(nearest.count)
    }
}
