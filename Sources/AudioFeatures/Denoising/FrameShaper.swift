// Changes the loudness of bins over time: overlapping frames there and back through the C transform.
import CKernels
import Foundation

/// Short-time spectrum of a sound, its power read and its bins made softer.
///
/// Hann windows before and after the transform, a quarter of a frame apart: with every gain 1 the sound comes back as it
/// was, to rounding. Holds scratch memory, so it is not Sendable.
final class FrameShaper {
    /// Samples per frame.
    let frameLength: Int
    /// Samples from one frame's start to the next.
    let hop: Int
    /// Bins of a frame.
    var binCount: Int { frameLength / 2 + 1 }

    private let spectrum: PowerSpectrum
    private let plan: OpaquePointer
    private let analysis: [Double]
    private let synthesis: [Double]
    private let workspace: UnsafeMutableRawPointer
    private let laneGains: UnsafeMutablePointer<Double>

    /// - Parameter frameLength: a power of two from 32 to 65 536.
    init(frameLength: Int) throws(LogMelError) {
        let window = PowerSpectrum.hann(lengthSamples: frameLength)
        spectrum = try PowerSpectrum(window: window)
        guard let plan = ck_fft_plan_create(Int32(frameLength)) else {
            throw .outOfMemory(fftLengthSamples: frameLength)
        }
        self.plan = plan
        self.frameLength = frameLength
        hop = frameLength / 4
        analysis = window
        // Four squared Hann windows overlap to 3/2 everywhere.
        synthesis = window.map { $0 / 1.5 }
        workspace = .allocate(byteCount: ck_fft_shape_workspace_bytes(plan), alignment: 64)
        let gainCount = (frameLength / 2 + 1) * PowerSpectrum.laneCount
        laneGains = UnsafeMutableRawPointer.allocate(
            byteCount: gainCount * MemoryLayout<Double>.stride,
            alignment: 64
        ).bindMemory(to: Double.self, capacity: gainCount)
    }

    deinit {
        ck_fft_plan_destroy(plan)
        workspace.deallocate()
        UnsafeMutableRawPointer(laneGains).deallocate()
    }

    /// Frames that cover `sampleCount` samples, every sample by four of them; a multiple of four.
    func frameCount(sampleCount: Int) -> Int {
        let needed = (sampleCount + frameLength - 1) / hop + 1
        return (needed + PowerSpectrum.laneCount - 1) / PowerSpectrum.laneCount * PowerSpectrum.laneCount
    }

    /// The sound between stretches of silence, as the frames see it.
    func padded(_ samples: [Float]) -> [Float] {
        let count = (frameCount(sampleCount: samples.count) - 1) * hop + frameLength
        var padded = [Float](repeating: 0, count: count)
        padded.replaceSubrange(frameLength - hop..<frameLength - hop + samples.count, with: samples)
        return padded
    }

    /// Power of every frame; shape (frames, bins). Zero in frames that hold nothing.
    func powers(_ padded: [Float], frameCount: Int) -> [Float] {
        let bins = binCount
        return [Float](unsafeUninitializedCapacity: frameCount * bins) { output, count in
            padded.withUnsafeBufferPointer { samples in
                guard let base = samples.baseAddress else { return }
                for first in stride(from: 0, to: frameCount, by: PowerSpectrum.laneCount) {
                    let power = spectrum.compute(base + first * hop, laneStride: hop)
                    for lane in 0..<PowerSpectrum.laneCount {
                        let row = (first + lane) * bins
                        for bin in 0..<bins {
                            output[row + bin] = Float(power[bin * PowerSpectrum.laneCount + lane])
                        }
                    }
                }
            }
            count = frameCount * bins
        }
    }

    /// The sound with every bin of every frame multiplied by its gain.
    ///
    /// - Parameter gains: shape (frames, bins).
    func shaped(_ padded: [Float], gains: [Float], frameCount: Int, sampleCount: Int) -> [Float] {
        let bins = binCount
        var output = [Float](repeating: 0, count: padded.count)
        padded.withUnsafeBufferPointer { samples in
            output.withUnsafeMutableBufferPointer { result in
                gains.withUnsafeBufferPointer { gains in
                    guard let base = samples.baseAddress, let target = result.baseAddress else { return }
                    for first in stride(from: 0, to: frameCount, by: PowerSpectrum.laneCount) {
                        for lane in 0..<PowerSpectrum.laneCount {
                            let row = (first + lane) * bins
                            for bin in 0..<bins {
                                laneGains[bin * PowerSpectrum.laneCount + lane] = Double(gains[row + bin])
                            }
                        }
                        ck_fft_shape(
                            plan,
                            base + first * hop,
                            hop,
                            analysis,
                            laneGains,
                            synthesis,
                            Int32(PowerSpectrum.laneCount),
                            target + first * hop,
                            workspace
                        )
                    }
                }
            }
        }
        return Array(output[frameLength - hop..<frameLength - hop + sampleCount])
    }
}
