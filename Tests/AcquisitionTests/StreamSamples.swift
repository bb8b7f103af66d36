// A sender for the tests: numbered, stamped chunks of reproducible noise.
import Acquisition
import AudioFeatures
import Foundation

/// A reproducible source of numbers (SplitMix64).
struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func samples(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(Int16(truncatingIfNeeded: next()) / 4) / 32_768 }
    }
}

/// A simulated sender of raw s16le chunks.
struct Sender {
    /// A whole second, so that times compare exactly.
    static let start = Date(timeIntervalSinceReferenceDate: 780_000_000)

    var sampleRateHz = 8_000
    var chunkSeconds = 0.25
    var hasNumbers = true
    var hasTimestamps = true
    var latencySeconds = 0.05
    var seed: UInt64 = 1

    var format: PCMFormat { PCMFormat(encoding: .s16le, sampleRateHz: sampleRateHz) }
    var chunkSampleCount: Int { Int((chunkSeconds * Double(sampleRateHz)).rounded()) }

    func samples(ofChunk index: Int) -> [Float] {
        var noise = Noise(state: seed &* 1_000_003 &+ UInt64(index))
        return noise.samples(chunkSampleCount)
    }

    func time(ofChunk index: Int) -> Date {
        Self.start.addingTimeInterval(Double(index * chunkSampleCount) / Double(sampleRateHz))
    }

    /// Chunk `index`, on time and in order unless told otherwise.
    func chunk(
        _ index: Int,
        number: UInt64? = nil,
        timestampShift: Double = 0,
        arrivalShift: Double = 0,
        payload: Data? = nil,
        contentType: String? = nil
    ) -> AudioChunk {
        let time = time(ofChunk: index)
        return AudioChunk(
            machine: "pump-1",
            arrival: time.addingTimeInterval(chunkSeconds + latencySeconds + arrivalShift),
            payload: payload ?? format.encode(samples(ofChunk: index)),
            contentType: contentType,
            sequenceNumber: hasNumbers ? number ?? UInt64(index) : nil,
            timestamp: hasTimestamps ? time.addingTimeInterval(timestampShift) : nil
        )
    }

    func chunks(_ range: Range<Int>) -> [AudioChunk] { range.map { chunk($0) } }

    /// The stream as one signal.
    func signal(_ range: Range<Int>) -> [Float] { range.flatMap { samples(ofChunk: $0) } }
}

extension WindowSpec {
    /// Short windows keep the tests fast.
    static func short(length: Double = 1, hop: Double = 0.5) throws -> WindowSpec {
        try WindowSpec(lengthSeconds: length, hopSeconds: hop, hopRangeSeconds: 0.1...3_600)
    }
}

extension MachineIntake {
    /// An intake for `sender`.
    init(
        for sender: Sender,
        window: WindowSpec,
        policy: StreamPolicy? = nil,
        channel: ChannelSelection = .average
    ) {
        self.init(
            machine: "pump-1",
            config: MachineAudioConfig(window: window, rawFormat: sender.format, channel: channel, policy: policy)
        )
    }

    /// Takes chunks at the time of their arrival; collects what comes out.
    mutating func accept(_ chunks: [AudioChunk]) -> IntakeResult {
        var all = IntakeResult()
        for chunk in chunks {
            let result = accept(chunk, now: chunk.arrival)
            all.windows += result.windows
            all.notices += result.notices
            all.refusal = result.refusal ?? all.refusal
        }
        return all
    }
}
