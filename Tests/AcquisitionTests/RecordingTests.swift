// Recordings: a file and a stream of it give the same windows, whatever the chunks; real recordings too.
import Acquisition
import AudioFeatures
import Foundation
import Testing

@Suite("Recordings")
struct RecordingTests {
    private func windows(of path: String, spec: WindowSpec, rawFormat: PCMFormat? = nil) throws -> [RecordingWindow] {
        var recording = RecordingWindows(reader: try AudioFileReader(path: path, rawFormat: rawFormat), spec: spec)
        var windows: [RecordingWindow] = []
        while let window = try recording.next() { windows.append(window) }
        return windows
    }

    /// Streams a recording in chunks of a lossless format, numbered and stamped.
    private func streamed(
        _ path: String,
        as format: AudioFileFormat,
        chunkSeconds: Double,
        spec: WindowSpec
    ) throws -> [AudioWindow] {
        let reader = try AudioFileReader(path: path)
        var intake = MachineIntake(machine: "pump-1", config: MachineAudioConfig(window: spec))
        var windows: [AudioWindow] = []
        var number: UInt64 = 0
        while true {
            let start = Sender.start.addingTimeInterval(Double(reader.framePosition) / Double(reader.sampleRateHz))
            let frameCount = Int(chunkSeconds * Double(reader.sampleRateHz))
            guard let block = try reader.read(maxFrameCount: frameCount) else { return windows }
            let chunk = AudioChunk(
                machine: "pump-1",
                arrival: start.addingTimeInterval(block.durationSeconds),
                payload: try AudioEncoder.encode(block, as: format),
                contentType: format.contentType,
                sequenceNumber: number,
                timestamp: start
            )
            number += 1
            let result = intake.accept(chunk, now: chunk.arrival)
            #expect(result.refusal == nil && result.notices.isEmpty)
            windows += result.windows
        }
    }

    private func withRecording(_ buffer: AudioBuffer, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ausculta-\(UUID().uuidString).wav").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try AudioFileWriter(
            path: path,
            format: .wav,
            sampleRateHz: buffer.sampleRateHz,
            channelCount: buffer.channelCount
        )
        try writer.write(buffer)
        try writer.close()
        try body(path)
    }

    @Test(
        "A file and any stream of it give the same bits",
        arguments: [(16_000, 1), (44_100, 2), (48_000, 1), (16_000, 8)]
    )
    func fileEqualsStream(shape: (sampleRateHz: Int, channelCount: Int)) throws {
        var noise = Noise(state: 11)
        let buffer = AudioBuffer(
            samples: noise.samples(shape.sampleRateHz * shape.channelCount * 4),
            channelCount: shape.channelCount,
            sampleRateHz: shape.sampleRateHz
        )
        let spec = try WindowSpec.short(length: 2, hop: 0.75)
        try withRecording(buffer) { path in
            let expected = try windows(of: path, spec: spec)
            #expect(expected.map(\.startSeconds) == [0, 0.75, 1.5])
            for (format, chunkSeconds) in [(AudioFileFormat.wav, 0.1), (.flac, 1), (.flac24, 0.333), (.wav, 30)] {
                let live = try streamed(path, as: format, chunkSeconds: chunkSeconds, spec: spec)
                #expect(live.map(\.samples) == expected.map(\.samples))
                #expect(live.map { $0.start.timeIntervalSince(Sender.start) } == expected.map(\.startSeconds))
            }
        }
    }

    @Test("A recording shorter than a window gives one short window")
    func short() throws {
        var noise = Noise(state: 12)
        let buffer = AudioBuffer(samples: noise.samples(24_000), sampleRateHz: 16_000)
        try withRecording(buffer) { path in
            let windows = try windows(of: path, spec: try WindowSpec())
            #expect(windows.map(\.startSeconds) == [0])
            #expect(windows.map(\.endSeconds) == [1.5])
            #expect(windows.map(\.samples.count) == [72_000])
        }
    }

    @Test("A rest behind the last window is left out")
    func rest() throws {
        let buffer = AudioBuffer(samples: [Float](repeating: 0.1, count: 8_000 * 12), sampleRateHz: 8_000)
        try withRecording(buffer) { path in
            let windows = try windows(of: path, spec: try WindowSpec())
            #expect(windows.map(\.endSeconds) == [10])
        }
    }

    @Test("The whole way twice gives the same bits")
    func deterministic() throws {
        var noise = Noise(state: 13)
        let buffer = AudioBuffer(samples: noise.samples(44_100 * 3), sampleRateHz: 44_100)
        try withRecording(buffer) { path in
            let spec = try WindowSpec.short()
            let first = try streamed(path, as: .flac, chunkSeconds: 0.2, spec: spec)
            #expect(first.count == 5)
            #expect(try streamed(path, as: .flac, chunkSeconds: 0.2, spec: spec) == first)
        }
    }

    @Test("Real recordings stream as they read: 16 kHz mono, stereo, 48 kHz mono, 8 channels")
    func realRecordings() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/recordings")
            .standardizedFileURL
        guard FileManager.default.fileExists(atPath: root.path) else {
            print("SKIPPED: no real recordings at ../shared/recordings; streaming of real recordings is not checked")
            return
        }
        let spec = try WindowSpec(lengthSeconds: 2, hopSeconds: 2)
        var shapes: Set<[Int]> = []
        for folder in ["mimii/pump/normal", "bldc/M1/healthy", "compressor-48k/run", "multichannel"] {
            let files = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
            for file in files.filter({ $0.hasSuffix(".wav") }).prefix(2) {
                let path = root.appending(path: "\(folder)/\(file)").path
                let reader = try AudioFileReader(path: path)
                shapes.insert([reader.sampleRateHz, reader.channelCount])
                let expected = try windows(of: path, spec: spec)
                #expect(!expected.isEmpty)
                let live = try streamed(path, as: .wav, chunkSeconds: 0.5, spec: spec)
                #expect(live.map(\.samples) == expected.prefix(live.count).map(\.samples))
                #expect(live.count == expected.count || (live.isEmpty && expected.count == 1))
            }
        }
        #expect(shapes.isSuperset(of: [[16_000, 1], [16_000, 2], [48_000, 1], [16_000, 8]]), "\(shapes)")
    }
}
