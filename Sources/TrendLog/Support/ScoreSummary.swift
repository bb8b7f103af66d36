// Minimum, mean and maximum of each label's score over a stretch of time: what a summary row holds.
import Foundation

/// One label's scores over the windows of a bucket.
public struct ScoreSummary: Hashable, Sendable, Codable {
    /// Lowest score.
    public var minimum: Double
    /// Mean score.
    public var mean: Double
    /// Highest score.
    public var maximum: Double

    /// Makes a summary.
    public init(minimum: Double, mean: Double, maximum: Double) {
        self.minimum = minimum
        self.mean = mean
        self.maximum = maximum
    }
}

/// Running sums of several labels' scores, in vocabulary order.
struct ScoreAccumulator: Equatable {
    /// Sum, minimum and maximum per label.
    private(set) var sums: [Double]
    private(set) var minima: [Float]
    private(set) var maxima: [Float]

    init(labelCount: Int) {
        sums = Array(repeating: 0, count: labelCount)
        minima = Array(repeating: .infinity, count: labelCount)
        maxima = Array(repeating: -.infinity, count: labelCount)
    }

    /// Reads a summary row's blob: per label Float64 sum, Float32 minimum, Float32 maximum.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(labelCount: bytes.count / 16)
        for index in sums.indices {
            sums[index] = Double(
                bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 16, as: UInt64.self))
            )
            minima[index] = Float(
                bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 16 + 8, as: UInt32.self))
            )
            maxima[index] = Float(
                bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 16 + 12, as: UInt32.self))
            )
        }
    }

    /// The blob of a summary row.
    var data: Data {
        var data = Data(capacity: sums.count * 16)
        for index in sums.indices {
            withUnsafeBytes(of: sums[index].bitPattern.littleEndian) { data.append(contentsOf: $0) }
            withUnsafeBytes(of: minima[index].bitPattern.littleEndian) { data.append(contentsOf: $0) }
            withUnsafeBytes(of: maxima[index].bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// The highest maximum of some labels in a summary row's blob, without reading the rest of it.
    static func highestMaximum(in bytes: UnsafeRawBufferPointer, at indices: [Int]) -> Float? {
        var highest: Float?
        for index in indices where (index + 1) * 16 <= bytes.count {
            let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 16 + 12, as: UInt32.self))
            let maximum = Float(bitPattern: bits)
            if maximum.isFinite { highest = max(highest ?? maximum, maximum) }
        }
        return highest
    }

    /// Adds one window's scores; a label beyond those known is ignored.
    mutating func add(_ scores: [Float]) {
        for (index, score) in scores.enumerated().prefix(sums.count) {
            sums[index] += Double(score)
            minima[index] = min(minima[index], score)
            maxima[index] = max(maxima[index], score)
        }
    }

    /// Adds another stretch of the same labels.
    mutating func add(_ other: ScoreAccumulator) {
        for index in other.sums.indices.prefix(sums.count) {
            sums[index] += other.sums[index]
            minima[index] = min(minima[index], other.minima[index])
            maxima[index] = max(maxima[index], other.maxima[index])
        }
    }

    /// One label's summary over a number of windows.
    func summary(at index: Int, windows: Int) -> ScoreSummary? {
        guard windows > 0, sums.indices.contains(index), minima[index].isFinite else { return nil }
        return ScoreSummary(
            minimum: Double(minima[index]),
            mean: sums[index] / Double(windows),
            maximum: Double(maxima[index])
        )
    }
}
