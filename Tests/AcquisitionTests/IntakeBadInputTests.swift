// Bad input at the intake: counted by reason, named by machine, and the stream goes on.
import Acquisition
import AudioFeatures
import Foundation
import Testing

@Suite("Bad input at the intake")
struct IntakeBadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var payload: Data
        var contentType: String?
        var reason: RefusalReason
        var testDescription: String { name }
    }

    static func cases() throws -> [Case] {
        let silence = AudioBuffer(samples: [Float](repeating: 0, count: 8_000 * 120), sampleRateHz: 8_000)
        let nan = PCMFormat(encoding: .f32le, sampleRateHz: 8_000).encode([0, .nan])
        return [
            Case(name: "empty", payload: Data(), reason: .audio(.emptyPayload)),
            Case(name: "oversized", payload: Data(count: (32 << 20) + 1), reason: .audio(.payloadTooLarge)),
            Case(
                name: "decompression bomb",
                payload: try AudioEncoder.encode(silence, as: .flac),
                reason: .audio(.durationTooLong)
            ),
            Case(
                name: "not audio",
                payload: Data("{}".utf8),
                contentType: "application/json",
                reason: .audio(.unrecognizedFormat)
            ),
            Case(
                name: "content type without rate",
                payload: Data(count: 16),
                contentType: "audio/L16",
                reason: .audio(.malformedContentType)
            ),
            Case(name: "broken FLAC", payload: Data("fLaC....".utf8), reason: .audio(.undecodable)),
            Case(
                name: "NaN",
                payload: nan,
                contentType: "audio/pcm;format=f32le;rate=8000",
                reason: .audio(.nonFiniteSamples)
            ),
            Case(
                name: "0 Hz",
                payload: Data(count: 16),
                contentType: "audio/L16;rate=0",
                reason: .audio(.unsupportedSampleRate)
            ),
            Case(
                name: "10 MHz",
                payload: Data(count: 16),
                contentType: "audio/L16;rate=10000000",
                reason: .audio(.unsupportedSampleRate)
            ),
            Case(
                name: "0 channels",
                payload: Data(count: 16),
                contentType: "audio/L16;rate=8000;channels=0",
                reason: .audio(.unsupportedChannelCount)
            ),
            Case(
                name: "64 channels",
                payload: Data(count: 128),
                contentType: "audio/L16;rate=8000;channels=64",
                reason: .audio(.unsupportedChannelCount)
            ),
            Case(name: "half a sample", payload: Data(count: 17), reason: .audio(.partialFrame)),
        ]
    }

    @Test("Each is refused by name and the stream goes on", arguments: try cases())
    func refused(bad: Case) throws {
        let sender = Sender(hasNumbers: false)
        var plain = MachineIntake(for: sender, window: try .short())
        let expected = plain.accept(sender.chunks(0..<8)).windows

        var intake = MachineIntake(for: sender, window: try .short())
        var windows = intake.accept(sender.chunks(0..<5)).windows
        let arrival = sender.chunk(5).arrival
        let chunk = AudioChunk(
            machine: "pump-1",
            arrival: arrival,
            payload: bad.payload,
            contentType: bad.contentType
        )
        let result = intake.accept(chunk, now: arrival)
        #expect(result.refusal?.reason == bad.reason, "\(String(describing: result.refusal))")
        #expect(result.refusal?.description.hasPrefix("machine pump-1: chunk refused: ") == true)
        #expect(result.windows.isEmpty)
        windows += intake.accept(sender.chunks(5..<8)).windows
        #expect(windows == expected, "an unnumbered refused chunk leaves no trace")
        #expect(intake.counters.refusedChunks == [bad.reason: 1])
        #expect(intake.counters.refusedChunkTotal == 1)
        #expect(intake.counters.lastError == result.refusal?.message)
        #expect(intake.counters.acceptedChunks == 8)
    }

    @Test("Malformed user properties", arguments: [("seq", "-1"), ("ts", "yesterday")])
    func malformedProperty(name: String, value: String) throws {
        var intake = MachineIntake(for: Sender(), window: try .short())
        let chunk = AudioChunk(
            machine: "pump-1",
            arrival: Sender.start,
            payload: Data(count: 4_000),
            userProperties: [(name, value)]
        )
        let result = intake.accept(chunk, now: Sender.start)
        #expect(result.refusal?.reason == .malformedProperty)
        #expect(result.refusal?.message.contains("user property \(name) is '\(value)'") == true)
        #expect(intake.counters.lastChunkTime == Sender.start)
    }

    @Test("A channel that does not exist")
    func missingChannel() throws {
        var intake = MachineIntake(for: Sender(), window: try .short(), channel: .channel(3))
        let result = intake.accept([Sender().chunk(0)])
        #expect(result.refusal?.reason == .audio(.missingChannel))
    }

    @Test("A truncated chunk is used as far as it goes, and counted")
    func truncated() throws {
        let sender = Sender(chunkSeconds: 1, hasNumbers: false)
        let audio = AudioBuffer(samples: sender.samples(ofChunk: 0), sampleRateHz: 8_000)
        let flac = try AudioEncoder.encode(audio, as: .flac)
        var intake = MachineIntake(for: sender, window: try .short())
        let result = intake.accept([sender.chunk(0, payload: flac.prefix(flac.count * 3 / 4))])
        #expect(result.notices == [.truncatedChunk])
        #expect(intake.counters.truncatedChunks == 1)
        #expect(intake.counters.acceptedSeconds > 0.1 && intake.counters.acceptedSeconds < 1)
    }

    @Test("Every reason has its own stable name")
    func names() {
        let names = RefusalReason.all.map(\.description)
        #expect(Set(names).count == names.count)
        #expect(names.contains("malformed_property") && names.contains("non_finite_samples"))
    }
}
