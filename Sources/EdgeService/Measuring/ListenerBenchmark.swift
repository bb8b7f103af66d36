// Measures what one window costs on this machine: log-mel, encoder, memory, allocations, and how near the silicon that is.
import CLAP
import Foundation
import Kernels

/// Runs many machines' windows through workers and measures them.
public struct ListenerBenchmark: Sendable {
    private let model: SoundModel
    private let threads: Int
    private let windows: Int
    private let referenceIsLonger: Bool
    private let encoderOnly: Bool
    private let labels: [String]
    private let countAllocations: @Sendable () -> Int

    /// Sentences as configurations have them, and bare names as people type them at the listening desk and after `--labels`.
    private static let sentences = [
        "the sound of an air compressor running normally", "the sound of a bearing that is lacking oil",
        "the sound of a compressor with a broken valve plate", "the sound of an electric motor that is overheating",
    ]
    public static let typedLabels = ["normal running", "bearing lacking oil", "air leak", "other"]

    /// - Parameters:
    ///   - threads: workers, one thread each.
    ///   - windows: to be measured, over all workers.
    ///   - referenceIsLonger: sends short windows through the fusion path too, as the reference implementation may.
    ///   - encoderOnly: does log-mel before the clock starts, so that throughput is the encoder's alone.
    ///   - labels: to be timed beside the four sentences.
    ///   - countAllocations: allocations of the calling thread so far; -1 where unknown.
    public init(
        model: SoundModel,
        threads: Int,
        windows: Int,
        referenceIsLonger: Bool = false,
        encoderOnly: Bool = false,
        labels: [String] = typedLabels,
        countAllocations: @escaping @Sendable () -> Int
    ) {
        self.model = model
        self.referenceIsLonger = referenceIsLonger
        self.encoderOnly = encoderOnly
        self.threads = max(1, threads)
        self.windows = max(windows, max(1, threads))
        self.labels = labels
        self.countAllocations = countAllocations
    }

    /// Turns that the windows are cut into: one worker alone and all of them alternate, so that a neighbour on the machine
    /// slows both.
    private var turnCount: Int { threads == 1 ? 1 : min(3, max(1, windows / (2 * threads))) }

    /// Measures; blocks while it runs.
    ///
    /// - Parameters:
    ///   - sound: windows to use in turn, mono at 48 kHz.
    ///   - hopSeconds: for the machines per box.
    public func run(sound: [[Float]], hopSeconds: Double) throws -> BenchmarkReport {
        let peak = MachinePeak.measure()
        let prepared = encoderOnly ? try prepare(sound) : nil
        var laps: [[BenchmarkTurn.Lap]] = []
        var seconds = 0.0
        var alone: [(perSecond: Double, scaling: Double)] = []
        for turn in 0..<turnCount {
            let count = windows * (turn + 1) / turnCount - windows * turn / turnCount
            let aloneCount = max(1, count / threads)
            let one = threads == 1 ? nil : try measure(1, windows: aloneCount, sound, prepared?.inputs)
            let all = try measure(threads, windows: count, sound, prepared?.inputs)
            laps.append(all.laps)
            seconds += all.seconds
            if let one {
                let perSecond = Double(aloneCount) / one.seconds
                alone.append((perSecond, Double(count) / all.seconds / perSecond))
            }
        }
        let encoder = BenchmarkReport.Spread(laps.joined().flatMap(\.encoderMS))
        let logMel = prepared?.times ?? laps.joined().flatMap(\.logMelMS)
        let perSecond = Double(windows) / seconds
        let isCounted = laps.joined().allSatisfy(\.countsAllocations)
        let allocations = Double(laps.joined().map(\.allocations).reduce(0, +)) / Double(windows)
        let resident = Self.peakResidentMegabytes
        let operations = Double(try Listener(model: model).floatingPointOperationsPerWindow)
        let sentences = try measureText(Self.sentences)
        let precision = model.clap.precision
        let meanwhile = try measureBesidePeak(sound, operations: operations)
        let rate = operations / (encoder.median / 1_000) / 1e9
        return BenchmarkReport(
            model: model.name,
            threads: threads,
            windows: windows,
            instructionSet: InstructionSet.active.rawValue,
            precision: precision.rawValue,
            encoderOnly: encoderOnly,
            logMelMs: BenchmarkReport.Spread(logMel),
            encoderMs: encoder,
            workers: (0..<threads).compactMap { number in Self.worker(laps.map { $0[number] }) },
            textMs: sentences.ms,
            texts: [sentences, try measureText(labels)],
            windowsPerSecond: perSecond,
            oneWorkerWindowsPerSecond: Self.median(alone.map(\.perSecond)),
            scaling: Self.median(alone.map(\.scaling)),
            fmaPeakGflops: peak.multiplyAddGigaflops,
            bf16PeakGflops: peak.gigaflops(.bfloat16),
            int16PeakGflops: peak.gigaflops(.int16),
            gemmPeakGflops: peak.matrixProductGigaflops,
            shareOfPeak: rate / (peak.gigaflops(precision.ofProducts) ?? peak.multiplyAddGigaflops),
            shareOfFmaPeak: rate / peak.multiplyAddGigaflops,
            shareMeanwhile: meanwhile.share,
            fmaMeanwhileGflops: meanwhile.gigaflops,
            peakRssMb: resident,
            allocationsPerWindow: isCounted ? allocations : -1,
            machinesPerBox: Int(perSecond * hopSeconds),
            hopS: hopSeconds
        )
    }

    /// Log-mel of every sound, and the milliseconds each took.
    private func prepare(_ sound: [[Float]]) throws -> (inputs: [ClapAudioInput], times: [Double]) {
        let listener = try Listener(model: model, referenceIsLonger: referenceIsLonger)
        let clock = ContinuousClock()
        var inputs: [ClapAudioInput] = []
        var times: [Double] = []
        for samples in sound {
            let begin = clock.now
            try listener.prepare(samples)
            times.append((clock.now - begin) / .milliseconds(1))
            inputs.append(try listener.features(of: samples))
        }
        return (inputs, times)
    }

    private func measure(
        _ workerCount: Int,
        windows: Int,
        _ sound: [[Float]],
        _ inputs: [ClapAudioInput]?
    ) throws -> (laps: [BenchmarkTurn.Lap], seconds: Double) {
        try BenchmarkTurn.run(workerCount: workerCount, windowCount: windows) { turn in
            try lap(turn, windows, sound, inputs)
        }
    }

    private func lap(
        _ turn: BenchmarkTurn,
        _ windows: Int,
        _ sound: [[Float]],
        _ inputs: [ClapAudioInput]?
    ) throws -> BenchmarkTurn.Lap {
        let listener = try Listener(model: model, referenceIsLonger: referenceIsLonger)
        var lap = BenchmarkTurn.Lap()
        lap.logMelMS.reserveCapacity(windows)
        lap.encoderMS.reserveCapacity(windows)
        var embedding = [Float](repeating: 0, count: listener.embeddingDimension)
        let clock = ContinuousClock()
        // The first window warms caches up and is not counted.
        _ = try listener.embed(sound[0])
        turn.waitForStart()
        while let number = turn.take() {
            let allocated = countAllocations()
            let begin = clock.now
            if let inputs {
                try listener.encode(inputs[number % inputs.count], into: &embedding)
                lap.encoderMS.append((clock.now - begin) / .milliseconds(1))
            } else {
                try listener.prepare(sound[number % sound.count])
                let between = clock.now
                try listener.encodePrepared(into: &embedding)
                lap.encoderMS.append((clock.now - between) / .milliseconds(1))
                lap.logMelMS.append((between - begin) / .milliseconds(1))
            }
            lap.allocations += countAllocations() - allocated
            if allocated < 0 { lap.countsAllocations = false }
        }
        lap.end = clock.now
        return lap
    }

    /// Encodes windows between bursts of multiply-adds, on one thread.
    ///
    /// - Returns: medians of the bursts' rates, in GFLOP/s, and of what a window reached of those on both sides of it.
    private func measureBesidePeak(
        _ sound: [[Float]],
        operations: Double
    ) throws -> (gigaflops: Double, share: Double) {
        let listener = try Listener(model: model, referenceIsLonger: referenceIsLonger)
        let precision = model.clap.precision.ofProducts
        let clock = ContinuousClock()
        var embedding = [Float](repeating: 0, count: listener.embeddingDimension)
        var rates: [Double] = []
        var shares: [Double] = []
        _ = try listener.embed(sound[0])
        for number in 0..<min(max(windows, 3), 20) {
            try listener.prepare(sound[number % sound.count])
            let before = MachinePeak.rateNow(precision)
            let begin = clock.now
            try listener.encodePrepared(into: &embedding)
            let seconds = (clock.now - begin) / .seconds(1)
            let after = MachinePeak.rateNow(precision)
            rates += [before, after]
            shares.append(operations / seconds / 1e9 / ((before + after) / 2))
        }
        return (Self.median(rates) ?? 0, Self.median(shares) ?? 0)
    }

    /// Encodes phrases again and again; the first time reads the tower's pages from the file and is not counted.
    private func measureText(_ phrases: [String]) throws -> BenchmarkReport.Text {
        let clock = ContinuousClock()
        var times: [Double] = []
        var processor: [Double] = []
        for _ in 0..<6 {
            let (begin, used) = (clock.now, Self.processorMilliseconds)
            _ = try model.embed(texts: phrases)
            processor.append(Self.processorMilliseconds - used)
            times.append((clock.now - begin) / .milliseconds(1))
        }
        model.releaseTextWeights()
        return BenchmarkReport.Text(
            phrases: phrases,
            tokens: try model.tokenCounts(of: phrases).reduce(0, +),
            ms: .init(Array(times.dropFirst())),
            processorMs: .init(Array(processor.dropFirst()))
        )
    }

    /// What the calling thread has used of a processor, the system's work for it included.
    private static var processorMilliseconds: Double {
        var used = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used)
        return Double(used.tv_sec) * 1e3 + Double(used.tv_nsec) / 1e6
    }

    /// One worker's part of all turns; nil where it came too late for any window.
    private static func worker(_ laps: [BenchmarkTurn.Lap]) -> BenchmarkReport.Worker? {
        let times = laps.flatMap(\.encoderMS)
        return times.isEmpty ? nil : BenchmarkReport.Worker(windows: times.count, encoderMs: .init(times))
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    /// The most memory this process has held, as the kernel counts it.
    private static var peakResidentMegabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(separator: " ", omittingEmptySubsequences: true).dropFirst().first
        return (kilobytes.flatMap { Double($0) } ?? 0) / 1_024
    }
}
