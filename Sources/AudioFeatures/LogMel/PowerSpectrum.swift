// Four windowed frames in, four power spectra out: the Swift face of the C transform and its scratch memory.
import CKernels
import Foundation

/// Power spectra of frames of one length under one window.
///
/// Holds the transform's tables, the window and the scratch memory of one caller, so it is not Sendable: each worker has
/// its own.
public final class PowerSpectrum {
    /// Frames one call transforms.
    public static let laneCount = Int(CK_FFT_LANES)

    /// Samples per frame.
    public let lengthSamples: Int

    /// The bins computed.
    public let binRange: Range<Int>

    private let plan: OpaquePointer
    private let window: [Double]
    private let workspace: UnsafeMutableRawPointer
    private let power: UnsafeMutablePointer<Double>  // (binRange.count, laneCount)

    /// - Parameters:
    ///   - window: one weight per sample; its length, a power of two from 8 to 65 536, is the frame's.
    ///   - binRange: the bins wanted, within `0..<window.count / 2 + 1`; nil for all.
    /// - Throws: `LogMelError.badConfiguration` for any other length, `LogMelError.outOfMemory`.
    public init(window: [Double], binRange: Range<Int>? = nil) throws(LogMelError) {
        guard (8...65_536).contains(window.count), window.count.nonzeroBitCount == 1 else {
            throw .badConfiguration(
                name: "FFT window size",
                found: "\(window.count) samples",
                expected: "a power of two from 8 to 65536"
            )
        }
        let allBins = 0..<window.count / 2 + 1
        let bins = binRange ?? allBins
        precondition(!bins.isEmpty && bins.lowerBound >= 0 && bins.upperBound <= allBins.upperBound, "bins \(bins)")
        guard let plan = ck_fft_plan_create(Int32(window.count)) else {
            throw .outOfMemory(fftLengthSamples: window.count)
        }
        self.plan = plan
        self.window = window
        self.lengthSamples = window.count
        self.binRange = bins
        self.workspace = .allocate(byteCount: ck_fft_workspace_bytes(plan), alignment: 64)
        let byteCount = bins.count * Self.laneCount * MemoryLayout<Double>.stride
        self.power = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
            .bindMemory(to: Double.self, capacity: bins.count * Self.laneCount)
    }

    deinit {
        ck_fft_plan_destroy(plan)
        workspace.deallocate()
        UnsafeMutableRawPointer(power).deallocate()
    }

    /// The periodic Hann window.
    public static func hann(lengthSamples: Int) -> [Double] {
        (0..<lengthSamples).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(lengthSamples)) }
    }

    /// The squared magnitudes of four frames; sample `i` of frame `l` is `samples[l * laneStride + i * sampleStride]`.
    ///
    /// - Returns: shape `(binRange.count, laneCount)`, valid until the next call.
    func compute(
        _ samples: UnsafePointer<Float>,
        laneStride: Int,
        sampleStride: Int = 1
    ) -> UnsafePointer<Double> {
        ck_fft_power(
            plan,
            samples,
            laneStride,
            sampleStride,
            window,
            Int32(binRange.lowerBound),
            Int32(binRange.count),
            power,
            workspace
        )
        return UnsafePointer(power)
    }
}
