// Recordings in every form a microphone delivers, written by the test that sends them.
import AudioFeatures
import Foundation

/// A recording and how `ausculta publish` is told to send it.
struct SampleRecording: Sendable {
    /// The machine that sends it.
    let machine: String
    let file: URL
    /// Further words of the command line.
    var words: [String] = []
    /// Sent over standard input instead of from the file.
    var isPiped = false

    /// Length of each.
    static let seconds = 7.0

    /// Writes all of them into a folder.
    static func all(in folder: URL) throws -> [SampleRecording] {
        func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
        func written(
            _ machine: String,
            _ name: String,
            _ format: AudioFileFormat,
            rate: Int,
            channels: Int = 1,
            words: [String] = []
        ) throws -> SampleRecording {
            let mono = TestSound.clicks.samples(seconds: seconds, sampleRateHz: rate)
            let samples = channels == 1 ? mono : mono.flatMap { [Float](repeating: $0, count: channels) }
            let writer = try AudioFileWriter(
                path: file(name).path,
                format: format,
                sampleRateHz: rate,
                channelCount: channels
            )
            try writer.write(AudioBuffer(samples: samples, channelCount: channels, sampleRateHz: rate))
            try writer.close()
            return SampleRecording(machine: machine, file: file(name), words: words)
        }
        var recordings = [
            try written("wav-16k", "mono16.wav", .wav, rate: 16_000),
            try written("wav-48k", "mono48.wav", .wav, rate: 48_000, words: ["--format", "s16le"]),
            try written("stereo", "stereo.wav", .wav24, rate: 44_100, channels: 2, words: ["--format", "flac"]),
            // Beyond two channels the header is WAVE_EXTENSIBLE.
            try written("eight", "eight.wav", .wav, rate: 16_000, channels: 8),
            try written("flac", "mono.flac", .flac, rate: 32_000, words: ["--format", "flac", "--chunk", "0.5"]),
            try written("mp3", "mono.mp3", .mp3, rate: 48_000, words: ["--format", "f32le", "--chunk", "2.5"]),
        ]
        let raw = PCMFormat(encoding: .s16le, sampleRateHz: 16_000)
        let bytes = raw.encode(TestSound.clicks.samples(seconds: seconds, sampleRateHz: 16_000))
        try bytes.write(to: file("raw.pcm"))
        let words = ["--raw", "s16le", "--rate", "16000"]
        recordings.append(SampleRecording(machine: "raw-file", file: file("raw.pcm"), words: words))
        recordings.append(SampleRecording(machine: "raw-pipe", file: file("raw.pcm"), words: words, isPiped: true))
        return recordings
    }
}
