// Messages in, facts of their topic out.
import AudioFeatures
import Foundation
import MQTT
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct ChunkEarTests {
    private static let format = PCMFormat(encoding: .s16le, sampleRateHz: 16_000)
    private static let arrival = Date(timeIntervalSince1970: 1_800_000_000)

    private static func tone(seconds: Double, amplitude: Float = 0.3) -> [Float] {
        (0..<Int(seconds * 16_000)).map { amplitude * Float(sin(2 * .pi * 440 * Double($0) / 16_000)) }
    }

    private func ear(dropsCopies: Bool = false) throws -> ChunkEar {
        try ChunkEar(maximumPayloadBytes: 1 << 20, dropsCopies: dropsCopies)
    }

    private func chunk(
        _ samples: [Float],
        retain: Bool = false,
        contentType: String? = Self.format.contentType,
        properties: [(String, String)] = []
    ) -> ArrivedChunk {
        let message = MQTTMessage(
            topic: "t",
            payload: Self.format.encode(samples),
            retain: retain,
            properties: MQTTProperties(
                contentType: contentType,
                userProperties: properties.map { MQTTUserProperty($0.0, $0.1) }
            )
        )
        return ArrivedChunk(machine: nil, message: message, arrival: Self.arrival)
    }

    private func heard(_ ear: ChunkEar) throws -> HeardTopic {
        ear.finish()
        return try #require(ear.topics[ChunkEar.Key(machine: nil, topic: "t")])
    }

    @Test func soundIsMeasuredInStretches() throws {
        let ear = try ear()
        for _ in 0..<3 { ear.take(chunk(Self.tone(seconds: 1.5))) }
        let heard = try heard(ear)
        #expect(heard.chunks == 3 && heard.recognised == 3)
        #expect(abs(heard.seconds - 4.5) < 1e-9)
        #expect(heard.format == "s16le, 16000 Hz, 1 channel" && heard.rawFormat == Self.format)
        // A sine of 0.3 has an RMS level of -13.5 dBFS; what is left of 4.5 s after two stretches is not judged.
        #expect(heard.levelsDBFS.count == 2 && heard.levelsDBFS.allSatisfy { abs($0 + 13.5) < 0.2 })
        #expect(heard.troubles == [nil, nil])
    }

    @Test func aSingleShortChunkIsJudgedToo() throws {
        let short = try ear()
        short.take(chunk([Float](repeating: 0, count: 8_000)))
        #expect(try heard(short).troubles == [.silence])
        let shortest = try ear()
        shortest.take(chunk([Float](repeating: 0, count: 7_000)))
        #expect(try heard(shortest).troubles.isEmpty)
    }

    @Test func noMoreThanFiveStretchesAreJudged() throws {
        let ear = try ear()
        ear.take(chunk(Self.tone(seconds: 13)))
        ear.take(chunk(Self.tone(seconds: 3)))
        #expect(try heard(ear).levelsDBFS.count == ChunkEar.maximumStretches)
    }

    @Test func clippedSoundIsTold() throws {
        let ear = try ear()
        ear.take(chunk(Self.tone(seconds: 2, amplitude: 60).map { max(-1, min(1, $0)) }))
        #expect(try heard(ear).troubles == [.clipping])
    }

    @Test func clockAndNumbersAreRead() throws {
        let ear = try ear()
        let milliseconds = Int64(Self.arrival.timeIntervalSince1970 * 1_000) - 7_000
        ear.take(chunk(Self.tone(seconds: 2), properties: [("seq", "1"), ("ts", "\(milliseconds)")]))
        ear.take(chunk(Self.tone(seconds: 2)))
        let heard = try heard(ear)
        #expect(heard.numbered == 1 && heard.stamped == 1 && heard.propertyProblem == nil)
        // Seven seconds since its first sample, two of which are its own.
        #expect(heard.lagSeconds == 5)
        let broken = try self.ear()
        broken.take(chunk(Self.tone(seconds: 2), properties: [("seq", "minus one")]))
        #expect(try self.heard(broken).propertyProblem?.contains("seq") == true)
    }

    @Test func storedAndUnreadableChunksAreCountedApart() throws {
        let ear = try ear()
        ear.take(chunk(Self.tone(seconds: 2), retain: true))
        ear.take(chunk(Self.tone(seconds: 2), contentType: "text/plain"))
        let heard = try heard(ear)
        #expect(heard.retainedChunks == 1 && heard.chunks == 1 && heard.recognised == 0)
        #expect(heard.commonRefusal?.contains("text/plain") == true)
    }

    @Test func copiesOfOverlappingSubscriptionsCountOnce() throws {
        let ear = try ear(dropsCopies: true)
        let silence = chunk([Float](repeating: 0, count: 8_000))
        for _ in 0..<6 { ear.take(silence) }
        #expect(try heard(ear).chunks == 3)
    }
}
