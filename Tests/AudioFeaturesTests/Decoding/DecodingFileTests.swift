// Recordings on disk: written, read in blocks, and the errors of files.
import AudioFeatures
import Foundation
import Testing

@Suite("Decoding files")
struct DecodingFileTests {
    @Test("Written and read in blocks of any size", arguments: [1, 999, 4_096, 100_000])
    func blocks(blockFrameCount: Int) throws {
        let seconds = blockFrameCount == 1 ? 0.05 : 0.5
        let audio = DecodingSamples.tones(seconds: seconds, sampleRateHz: 48_000, channelCount: 2)
        try DecodingSamples.withTemporaryFolder { folder in
            for format in [AudioFileFormat.wav, .flac] {
                let path = folder.appending(path: "a.\(format.rawValue)").path
                let writer = try AudioFileWriter(path: path, format: format, sampleRateHz: 48_000, channelCount: 2)
                try writer.write(audio)
                try writer.close()

                let reader = try AudioFileReader(path: path)
                #expect(reader.declaredFrameCount == audio.frameCount)
                var samples: [Float] = []
                while let block = try reader.read(maxFrameCount: blockFrameCount) {
                    #expect(block.frameCount <= blockFrameCount)
                    samples += block.samples
                }
                #expect(samples == audio.samples)
                #expect(reader.framePosition == audio.frameCount)
            }
        }
    }

    @Test("Files that cannot be read say why")
    func unreadable() throws {
        try DecodingSamples.withTemporaryFolder { folder in
            func code(_ name: String) -> AudioDecodingError.Code? {
                let path = name.isEmpty ? folder.path : folder.appending(path: name).path
                let error = #expect(throws: AudioDecodingError.self) {
                    let reader = try AudioFileReader(path: path)
                    _ = try reader.readAll()
                }
                #expect(error?.source == path)
                return error?.code
            }
            #expect(code("absent.wav") == .unreadableFile)
            #expect(code("") == .unreadableFile)
            try Data().write(to: folder.appending(path: "empty.wav"))
            #expect(code("empty.wav") == .emptyPayload)
            try Data("not audio at all, really".utf8).write(to: folder.appending(path: "text.wav"))
            #expect(code("text.wav") == .undecodable)
            try DecodingSamples.wav(dataBytes: Data()).write(to: folder.appending(path: "header.wav"))
            #expect(code("header.wav") == .undecodable)
            try DecodingSamples.floatWav([0, .nan]).write(to: folder.appending(path: "nan.wav"))
            #expect(code("nan.wav") == .nonFiniteSamples)
            try DecodingSamples.wav(dataBytes: Data(count: 640), channelCount: 64)
                .write(to: folder.appending(path: "channels.wav"))
            #expect(code("channels.wav") == .unsupportedChannelCount)
        }
    }

    @Test("A place that cannot be written is named")
    func unwritable() {
        let path = "/proc/ausculta/a.wav"
        let error = #expect(throws: AudioDecodingError.self) {
            try AudioFileWriter(path: path, format: .wav, sampleRateHz: 16_000)
        }
        #expect(error?.code == .unwritable)
        #expect(error?.source == path)
    }

    @Test("A writer refuses audio of another shape")
    func otherShape() throws {
        try DecodingSamples.withTemporaryFolder { folder in
            let path = folder.appending(path: "a.wav").path
            let writer = try AudioFileWriter(path: path, format: .wav, sampleRateHz: 16_000)
            let error = #expect(throws: AudioDecodingError.self) {
                try writer.write(DecodingSamples.tones(seconds: 0.1, sampleRateHz: 48_000))
            }
            #expect(error?.code == .unwritable)
        }
    }

    @Test("A full disk is noticed", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() throws {
        #expect(throws: AudioDecodingError.self) {
            let writer = try AudioFileWriter(path: "/dev/full", format: .wav, sampleRateHz: 16_000)
            try writer.write(DecodingSamples.tones(seconds: 10, sampleRateHz: 16_000))
            try writer.close()
        }
    }

    @Test("Real recordings decode to their known shapes")
    func realRecordings() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../shared/recordings")
        guard FileManager.default.fileExists(atPath: root.path) else {
            print("SKIPPED: no real recordings at ../shared/recordings; real-recording decoding is not checked")
            return
        }
        func reader(_ path: String) throws -> AudioFileReader {
            try AudioFileReader(path: root.appending(path: path).standardizedFileURL.path)
        }
        let eightChannel = try reader("multichannel/pump_normal.wav")
        #expect(eightChannel.channelCount == 8 && eightChannel.sampleRateHz == 16_000)
        let all = try eightChannel.readAll()
        #expect(abs(all.durationSeconds - 10) < 0.1)
        #expect(try all.mono(.channel(1)) != all.mono(.channel(8)))
        for name in ["mimii/fan/normal", "mimii/pump/anomalous", "bldc/M1/healthy", "compressor-48k/run"] {
            let folder = root.appending(path: name).standardizedFileURL.path
            for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
                let recording = try reader("\(name)/\(file)")
                let audio = try recording.readAll(selection: .average)
                #expect(audio.frameCount == recording.declaredFrameCount)
                #expect([16_000, 44_100, 48_000].contains(audio.sampleRateHz))
                #expect(audio.samples.contains { $0 != 0 })
            }
        }
    }
}
