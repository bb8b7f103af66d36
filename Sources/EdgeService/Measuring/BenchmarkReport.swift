// What a benchmark found, as `ausculta bench --json` prints it.

/// Figures of one benchmark. Times are milliseconds per window on one thread.
public struct BenchmarkReport: Sendable, Encodable {
    /// Median and best of a figure.
    public struct Spread: Sendable, Encodable {
        public var median: Double
        public var min: Double

        /// - Precondition: at least one value.
        init(_ values: [Double]) {
            let sorted = values.sorted()
            median = sorted[sorted.count / 2]
            min = sorted[0]
        }
    }

    /// What one of the workers that shared the windows did.
    public struct Worker: Sendable, Encodable {
        public var windows: Int
        public var encoderMs: Spread
    }

    /// Some labels through the text tower together, on one thread.
    public struct Text: Sendable, Encodable {
        public var phrases: [String]
        /// Of all of them, start and end included.
        public var tokens: Int
        /// By the clock on the wall.
        public var ms: Spread
        /// By what the thread used of a processor: on a shared machine the wall's clock counts others' work, too.
        public var processorMs: Spread
    }

    public var model: String
    /// Workers, one thread each.
    public var threads: Int
    public var windows: Int
    public var instructionSet: String
    public var precision: String
    /// Whether log-mel was done before the clock started: throughput is the encoder's alone then.
    public var encoderOnly: Bool
    public var logMelMs: Spread
    public var encoderMs: Spread
    /// The same for each worker.
    public var workers: [Worker]
    /// Four labels that are sentences of about eleven tokens through the text tower, on one thread: the first of `texts`.
    public var textMs: Spread
    /// The four sentences, then labels as people type them.
    public var texts: [Text]
    /// All workers together, by the clock on the wall: from the first window's start to the last one's end.
    public var windowsPerSecond: Double
    /// What one worker reached alone, taking turns with all of them; absent where there is only one.
    public var oneWorkerWindowsPerSecond: Double?
    /// How many times as many windows per second all workers did as one alone, median over the turns.
    public var scaling: Double?
    /// Billions of floating-point operations a second one thread reaches with multiply-adds alone.
    public var fmaPeakGflops: Double
    /// The same with bfloat16 factors; absent where the instruction set in use has none.
    public var bf16PeakGflops: Double?
    /// The same with integers of sixteen bits; absent where the instruction set in use has none that are fast.
    public var int16PeakGflops: Double?
    /// The same for a large matrix product of the matrix library.
    public var gemmPeakGflops: Double?
    /// The encoder's operations at its median time, as a share of the multiply-add peak in its precision.
    public var shareOfPeak: Double
    /// The same as a share of float32's peak, whatever the precision; above 1 where integers do more than float32 can.
    public var shareOfFmaPeak: Double
    /// The same for each of some windows by the bursts just before and after it, median: what the encoder makes of the core as it
    /// is in that moment, whatever neighbours leave of it.
    public var shareMeanwhile: Double
    /// Those bursts, median, in GFLOP/s.
    public var fmaMeanwhileGflops: Double
    public var peakRssMb: Double
    /// Heap allocations per window in log-mel and encoder; -1 where they cannot be counted.
    public var allocationsPerWindow: Double
    /// Machines one box holds at the given hop, by throughput alone.
    public var machinesPerBox: Int
    public var hopS: Double
}
