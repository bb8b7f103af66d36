// Measures what one window costs on this machine: log-mel, encoder, memory, allocations, and how near the silicon that is.
import CLAP
import Dispatch
import Foundation
import Kernels
import Synchronization

/// What a benchmark found. Times are milliseconds per window on one thread.
public struct BenchmarkReport: Sendable, Encodable {
    /// Median and best of a figure.
    public struct Spread: Sendable, Encodable {
        public var median: Double
        public var min: Double
    }

    public var model: String
    public var threads: Int
    public var windows: Int
    public var instructionSet: String
    public var logMelMs: Spread
    public var encoderMs: Spread
    /// Four labels of about ten tokens through the text tower, on one thread.
    public var textMs: Spread
    /// All threads together, log-mel and encoder.
    public var windowsPerSecond: Double
    /// Billions of floating-point operations a second one thread reaches with multiply-adds alone.
    public var fmaPeakGflops: Double
    /// The same for a large matrix product by OpenBLAS; absent where it is not installed.
    public var gemmPeakGflops: Double?
    /// The encoder's operations at its median time, as a share of the multiply-add peak.
    public var shareOfPeak: Double
    public var peakRssMb: Double
    /// Heap allocations per window in log-mel and encoder; -1 where they cannot be counted.
    public var allocationsPerWindow: Double
    /// Machines one box holds at the given hop, by throughput alone.
    public var machinesPerBox: Int
    public var hopS: Double
}

/// Runs windows through listeners and measures them.
public struct ListenerBenchmark: Sendable {
    private let model: SoundModel
    private let threads: Int
    private let windowsPerThread: Int
    private let referenceIsLonger: Bool
    private let countAllocations: @Sendable () -> Int

    private static let phrases = [
        "the sound of an air compressor running normally", "the sound of a bearing that is lacking oil",
        "the sound of a compressor with a broken valve plate", "the sound of an electric motor that is overheating",
    ]

    /// - Parameters:
    ///   - referenceIsLonger: sends short windows through the fusion path too, as the reference implementation may.
    ///   - countAllocations: allocations of the calling thread so far; -1 where unknown.
    public init(
        model: SoundModel,
        threads: Int,
        windows: Int,
        referenceIsLonger: Bool = false,
        countAllocations: @escaping @Sendable () -> Int
    ) {
        self.model = model
        self.referenceIsLonger = referenceIsLonger
        self.threads = max(1, threads)
        windowsPerThread = max(1, (windows + max(1, threads) - 1) / max(1, threads))
        self.countAllocations = countAllocations
    }

    private struct Lap: Sendable {
        var logMelMS: [Double] = []
        var encoderMS: [Double] = []
        var allocations = 0
    }

    /// Measures; blocks while it runs.
    ///
    /// - Parameters:
    ///   - sound: windows to use in turn, mono at 48 kHz.
    ///   - hopSeconds: for the machines per box.
    ///   - progress: windows done so far, called from any thread.
    public func run(
        sound: [[Float]],
        hopSeconds: Double,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> BenchmarkReport {
        let peak = MachinePeak.measure()
        let laps = Mutex<[Result<Lap, any Error>]>([])
        let done = Atomic<Int>(0)
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            let measured = Result {
                try lap(sound, thread: thread) { progress(done.add(1, ordering: .relaxed).newValue) }
            }
            laps.withLock { $0.append(measured) }
        }
        let all = try laps.withLock { $0 }.map { try $0.get() }
        // The first window of each thread warms caches up and is not counted.
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let encoder = Self.spread(all.flatMap(\.encoderMS))
        let logMel = Self.spread(all.flatMap(\.logMelMS))
        let count = threads * windowsPerThread
        let perSecond = Double(count + threads) / seconds
        let allocations = all.map(\.allocations)
        let resident = Self.peakResidentMegabytes
        let operations = Double(try Listener(model: model).floatingPointOperationsPerWindow)
        return BenchmarkReport(
            model: model.name,
            threads: threads,
            windows: count,
            instructionSet: InstructionSet.active.rawValue,
            logMelMs: logMel,
            encoderMs: encoder,
            textMs: try measureText(),
            windowsPerSecond: perSecond,
            fmaPeakGflops: peak.multiplyAddGigaflops,
            gemmPeakGflops: peak.matrixProductGigaflops,
            shareOfPeak: operations / (encoder.median / 1_000) / 1e9 / peak.multiplyAddGigaflops,
            peakRssMb: resident,
            allocationsPerWindow: allocations.contains { $0 < 0 }
                ? -1 : Double(allocations.reduce(0, +)) / Double(count),
            machinesPerBox: Int(perSecond * hopSeconds),
            hopS: hopSeconds
        )
    }

    /// The first time reads the tower's pages from the file and is not counted.
    private func measureText() throws -> BenchmarkReport.Spread {
        let clock = ContinuousClock()
        let times = try (0..<4).map { _ in
            let begin = clock.now
            _ = try model.embed(texts: Self.phrases)
            return (clock.now - begin) / .milliseconds(1)
        }
        model.releaseTextWeights()
        return Self.spread(Array(times.dropFirst()))
    }

    private func lap(_ sound: [[Float]], thread: Int, tick: () -> Void) throws -> Lap {
        let listener = try Listener(model: model, referenceIsLonger: referenceIsLonger)
        var lap = Lap()
        lap.logMelMS.reserveCapacity(windowsPerThread)
        lap.encoderMS.reserveCapacity(windowsPerThread)
        var embedding = [Float](repeating: 0, count: listener.embeddingDimension)
        let clock = ContinuousClock()
        for index in 0...windowsPerThread {
            let samples = sound[(thread + index) % sound.count]
            let allocated = countAllocations()
            let begin = clock.now
            try listener.prepare(samples)
            let between = clock.now
            try listener.encodePrepared(into: &embedding)
            let end = clock.now
            let allocations = countAllocations() - allocated
            tick()
            guard index > 0 else { continue }
            lap.logMelMS.append((between - begin) / .milliseconds(1))
            lap.encoderMS.append((end - between) / .milliseconds(1))
            lap.allocations += allocated < 0 ? -1_000_000 : allocations
        }
        return lap
    }

    private static func spread(_ values: [Double]) -> BenchmarkReport.Spread {
        let sorted = values.sorted()
        return BenchmarkReport.Spread(median: sorted[sorted.count / 2], min: sorted[0])
    }

    /// The most memory this process has held, as the kernel counts it.
    private static var peakResidentMegabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(separator: " ", omittingEmptySubsequences: true).dropFirst().first
        return (kilobytes.flatMap { Double($0) } ?? 0) / 1_024
    }
}
