// What one core of this machine can do, measured.
import CKernels

/// Speeds of one core in GFLOP/s (10⁹ floating-point operations a second; a multiply-add counts two), the best of
/// several short bursts, so that a busy neighbour spoils the figure least.
public struct MachinePeak: Sendable, Equatable {
    /// Fused multiply-adds on registers: the limit of any float32 code on the active instruction set.
    public var multiplyAddGigaflops: Double

    /// A matrix product of a shape typical of the audio encoder: what OpenBLAS reaches. Nil where it is not installed.
    public var matrixProductGigaflops: Double?

    /// Multiply-adds of factors of sixteen bits, in the precisions the active path supports.
    private var sixteenBitGigaflops: [Precision: Double]

    /// Measures for about `milliseconds` each.
    public static func measure(milliseconds: Int = 200) -> MachinePeak {
        let budget = Duration.milliseconds(milliseconds)
        var sink: Float = 0
        let multiplyAdd = bestRate(within: budget) { Double(ck_peak_burst(200_000, &sink)) }
        var sixteenBit: [Precision: Double] = [:]
        for precision in [Precision.bfloat16, .int16] where precision.isSupported {
            sixteenBit[precision] = bestRate(within: budget) { Double(burst(precision, 200_000, &sink)) }
        }

        let (rows, columns, depth) = (1024, 768, 384)
        let workspace = Workspace(capacityFloats: rows * depth + columns * depth + rows * columns)
        // Views do not own their memory.
        defer { withExtendedLifetime(workspace) {} }
        let input = workspace.takeMatrix(rows: rows, columns: depth)
        let weight = workspace.takeMatrix(rows: columns, columns: depth)
        let out = workspace.takeMatrix(rows: rows, columns: columns)
        for i in 0..<(rows * depth) { input.base[i] = Float(i % 17) / 17 }
        for i in 0..<(columns * depth) { weight.base[i] = Float(i % 13) / 13 }
        let product = OpenBLAS.shared.map { library in
            bestRate(within: budget) {
                library.multiply(input, byTransposed: weight.base, into: out)
                return 2 * Double(rows) * Double(columns) * Double(depth)
            }
        }
        return MachinePeak(
            multiplyAddGigaflops: multiplyAdd,
            matrixProductGigaflops: product,
            sixteenBitGigaflops: sixteenBit
        )
    }

    /// Multiply-adds in a precision; nil where the active path does not support it.
    public func gigaflops(_ precision: Precision) -> Double? {
        precision == .float32 ? multiplyAddGigaflops : sixteenBitGigaflops[precision]
    }

    /// - Returns: the operations done.
    private static func burst(_ precision: Precision, _ iterations: Int64, _ sink: inout Float) -> Int64 {
        switch precision {
        case .float32: ck_peak_burst(iterations, &sink)
        case .bfloat16: ck_peak_burst_bf16(iterations, &sink)
        case .int16: ck_peak_burst_int16(iterations, &sink)
        }
    }

    /// What multiply-adds in a precision reach right now, in GFLOP/s, neighbours and all: one burst of some milliseconds.
    public static func rateNow(_ precision: Precision) -> Double {
        var sink: Float = 0
        let clock = ContinuousClock()
        let start = clock.now
        let operations = burst(precision, 2_000_000, &sink)
        return Double(operations) / ((clock.now - start) / .seconds(1)) / 1e9
    }

    /// The best rate, in GFLOP/s, of a burst that returns its operations.
    private static func bestRate(within budget: Duration, burst: () -> Double) -> Double {
        let clock = ContinuousClock()
        let end = clock.now + budget
        var best = 0.0
        repeat {
            let start = clock.now
            let operations = burst()
            let seconds = (clock.now - start) / .seconds(1)
            if seconds > 0 { best = max(best, operations / seconds / 1e9) }
        } while clock.now < end
        return best
    }
}
