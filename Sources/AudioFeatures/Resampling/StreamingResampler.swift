// Sample-rate conversion over libsoxr at high quality, for whole signals and for streams.
// https://sourceforge.net/p/soxr/code/ci/master/tree/src/soxr.h
import CSoxr

/// Why a resampler could not be made.
public struct ResamplingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Input rate asked for.
    public let inputRateHz: Int
    /// Output rate asked for.
    public let outputRateHz: Int
    /// What is wrong.
    public let message: String

    /// Rates and reason in one line.
    public var description: String { "resampling \(inputRateHz) Hz to \(outputRateHz) Hz: \(message)" }
}

/// A mono resampler with memory across chunks; not Sendable, used by one owner at a time.
///
/// Output sample `k` lies at input time `k / outputRateHz`: libsoxr compensates its filter delay, so a stream's
/// output merely lags (by ``latencySampleCount``) and ``flush()`` delivers the rest. The chunking of the input
/// does not change a single bit of the output. Equal rates pass through untouched.
public final class StreamingResampler {
    /// Rates accepted at either end, in Hz.
    public static let rateRangeHz = 1_000...768_000

    /// Input rate.
    public let inputRateHz: Int
    /// Output rate.
    public let outputRateHz: Int
    /// Input samples since the start or the last flush.
    public private(set) var inputSampleCount = 0
    /// Output samples since the start or the last flush.
    public private(set) var outputSampleCount = 0

    /// Nil when the rates are equal.
    private let soxr: OpaquePointer?

    /// Makes a resampler.
    ///
    /// - Throws: ``ResamplingError`` for rates outside ``rateRangeHz`` or when memory runs out.
    public init(from inputRateHz: Int, to outputRateHz: Int = 48_000) throws(ResamplingError) {
        guard Self.rateRangeHz.contains(inputRateHz), Self.rateRangeHz.contains(outputRateHz) else {
            throw ResamplingError(
                inputRateHz: inputRateHz,
                outputRateHz: outputRateHz,
                message: "rates from \(Self.rateRangeHz.lowerBound) to \(Self.rateRangeHz.upperBound) Hz are supported"
            )
        }
        self.inputRateHz = inputRateHz
        self.outputRateHz = outputRateHz
        guard inputRateHz != outputRateHz else {
            soxr = nil
            return
        }
        var error: soxr_error_t?
        var quality = soxr_quality_spec(UInt(SOXR_HQ), 0)
        // One thread: the worker that calls decides where the work runs.
        var runtime = soxr_runtime_spec(1)
        let created = soxr_create(Double(inputRateHz), Double(outputRateHz), 1, &error, nil, &quality, &runtime)
        guard let created else {
            throw ResamplingError(
                inputRateHz: inputRateHz,
                outputRateHz: outputRateHz,
                message: error.map { String(cString: $0) } ?? "out of memory"
            )
        }
        soxr = created
    }

    deinit {
        soxr_delete(soxr)
    }

    /// How many output samples are still held back by the filter.
    public var latencySampleCount: Int {
        let due = Double(inputSampleCount) * Double(outputRateHz) / Double(inputRateHz)
        return max(0, Int(due.rounded()) - outputSampleCount)
    }

    /// Feeds a chunk; returns the output that is ready.
    public func process(_ input: [Float]) -> [Float] {
        inputSampleCount += input.count
        guard soxr != nil else {
            outputSampleCount += input.count
            return input
        }
        guard !input.isEmpty else { return [] }
        let capacity = latencySampleCount + Self.slackSampleCount
        let output = [Float](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = input.withUnsafeBufferPointer { feed($0, into: buffer) }
        }
        outputSampleCount += output.count
        return output
    }

    /// Ends the signal: returns what the filter still holds and starts afresh.
    ///
    /// Over `process` and `flush` a signal of `n` samples gives `n · out / in` samples, rounded.
    public func flush() -> [Float] {
        let capacity = soxr == nil ? 0 : latencySampleCount + Self.slackSampleCount
        let rest = [Float](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = capacity == 0 ? 0 : drain(into: buffer)
        }
        inputSampleCount = 0
        outputSampleCount = 0
        if let soxr { soxr_clear(soxr) }
        return rest
    }

    /// A whole signal at once.
    ///
    /// - Parameter samples: mono.
    /// - Returns: `samples.count · outputRateHz / inputRateHz` samples, rounded; the same input gives the same bits.
    /// - Throws: ``ResamplingError`` for unsupported rates.
    public static func resample(
        _ samples: [Float],
        from inputRateHz: Int,
        to outputRateHz: Int = 48_000
    ) throws(ResamplingError) -> [Float] {
        guard inputRateHz != outputRateHz else {
            // Refuses the rate where it is out of range.
            _ = try StreamingResampler(from: inputRateHz, to: outputRateHz)
            return samples
        }
        return try samples.withUnsafeBufferPointer { source throws(ResamplingError) in
            try resample(parts: [source], from: inputRateHz, to: outputRateHz)
        }
    }

    /// The same for a signal that lies in several places: its parts one after the other.
    public static func resample(
        parts: [UnsafeBufferPointer<Float>],
        from inputRateHz: Int,
        to outputRateHz: Int = 48_000
    ) throws(ResamplingError) -> [Float] {
        let resampler = try StreamingResampler(from: inputRateHz, to: outputRateHz)
        let inputCount = parts.reduce(0) { $0 + $1.count }
        guard inputRateHz != outputRateHz else {
            var joined: [Float] = []
            joined.reserveCapacity(inputCount)
            for part in parts { joined.append(contentsOf: part) }
            return joined
        }
        let due = (Double(inputCount) * Double(outputRateHz) / Double(inputRateHz)).rounded()
        let capacity = Int(due) + slackSampleCount
        return [Float](unsafeUninitializedCapacity: capacity) { output, count in
            for part in parts {
                count += resampler.feed(part, into: UnsafeMutableBufferPointer(rebasing: output[count...]))
            }
            count += resampler.drain(into: UnsafeMutableBufferPointer(rebasing: output[count...]))
        }
    }

    /// Room for the rounding of block boundaries inside libsoxr.
    private static let slackSampleCount = 64

    /// What libsoxr gets at once. Each of its stages holds all it was given and has not yet passed on, so a whole window in
    /// one piece would take several times its size.
    private static let helpingSampleCount = 8_192

    /// Feeds samples in small helpings; returns how many samples of output came of it.
    private func feed(_ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>) -> Int {
        guard let source = input.baseAddress, let target = output.baseAddress else { return 0 }
        var (fed, made) = (0, 0)
        while fed < input.count {
            let helping = min(Self.helpingSampleCount, input.count - fed)
            var (consumed, produced) = (0, 0)
            _ = soxr_process(
                soxr,
                source + fed,
                helping,
                &consumed,
                target + made,
                output.count - made,
                &produced
            )
            precondition(consumed == helping, "libsoxr takes all input while output has room")
            fed += helping
            made += produced
        }
        return made
    }

    /// Marks the end of the signal; returns how many samples of output were left.
    private func drain(into output: UnsafeMutableBufferPointer<Float>) -> Int {
        var produced = 0
        _ = soxr_process(soxr, nil, 0, nil, output.baseAddress, output.count, &produced)
        return produced
    }
}
