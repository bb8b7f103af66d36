// Chunks no service should swallow, and what each is refused for.
import AudioFeatures
import Foundation

/// One bad chunk.
struct BadChunk: Sendable {
    let name: String
    let payload: Data
    let contentType: String?
    /// User properties sent with it.
    var properties: [(String, String)] = []
    /// What the log says about it, where it is the first of its kind.
    let reason: String?

    /// Every kind the issue names; each is refused.
    static func all() throws -> [BadChunk] {
        let tone = TestSound.tone.samples(seconds: 1)
        let wav = try AudioEncoder.encode(AudioBuffer(samples: tone, sampleRateHz: 48_000), as: .wav)
        let minute = AudioBuffer(samples: [Float](repeating: 0, count: 60 * 8_000), sampleRateHz: 8_000)
        let raw = PCMFormat(encoding: .f32le, sampleRateHz: 48_000)
        let noise = Data((0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ ($0 >> 3) &* 31) | 1 })
        return [
            BadChunk(name: "garbage", payload: noise, contentType: nil, reason: "no known header"),
            BadChunk(name: "garbage as FLAC", payload: noise, contentType: "audio/flac", reason: nil),
            BadChunk(name: "empty", payload: Data(), contentType: "audio/wav", reason: "empty"),
            BadChunk(name: "half a header", payload: wav.prefix(30), contentType: nil, reason: nil),
            BadChunk(
                name: "beyond 32 MB",
                payload: Data(count: (32 << 20) + 2),
                contentType: "audio/wav",
                reason: "33554434 bytes"
            ),
            BadChunk(
                name: "a minute of silence in a few bytes",
                payload: try AudioEncoder.encode(minute, as: .flac),
                contentType: "audio/flac",
                reason: "30.0 s"
            ),
            BadChunk(
                name: "not a number",
                payload: raw.encode([0, .nan, 0.5, .infinity]),
                contentType: raw.contentType,
                reason: "NaN"
            ),
            BadChunk(name: "0 Hz", payload: patched(wav, at: 24, with: 0), contentType: nil, reason: nil),
            BadChunk(
                name: "10 MHz",
                payload: patched(wav, at: 24, with: 10_000_000),
                contentType: nil,
                reason: "10000000 Hz"
            ),
            BadChunk(
                name: "0 channels",
                payload: patched(wav, at: 22, with: 0, bytes: 2),
                contentType: nil,
                reason: nil
            ),
            BadChunk(
                name: "64 channels",
                payload: Data(count: 64 * 2 * 480),
                contentType: "audio/pcm;format=s16le;rate=48000;channels=64",
                reason: "64 channels"
            ),
            BadChunk(
                name: "10 MHz in the content type",
                payload: Data(count: 960),
                contentType: "audio/pcm;format=s16le;rate=10000000;channels=1",
                reason: nil
            ),
            BadChunk(
                name: "an odd byte",
                payload: Data(count: 961),
                contentType: "audio/pcm;format=s16le;rate=48000;channels=1",
                reason: "whole frames"
            ),
            BadChunk(
                name: "a rate missing",
                payload: Data(count: 960),
                contentType: "audio/L16",
                reason: "'rate' is missing"
            ),
            BadChunk(
                name: "a number that is none",
                payload: wav,
                contentType: "audio/wav",
                properties: [("seq", "-1")],
                reason: "seq is '-1'"
            ),
        ]
    }

    /// A little-endian number written over some bytes of a header.
    private static func patched(_ data: Data, at offset: Int, with value: UInt32, bytes: Int = 4) -> Data {
        var data = data
        for index in 0..<bytes { data[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        return data
    }
}
