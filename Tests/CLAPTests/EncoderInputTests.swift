// Inputs the encoders refuse, the embedding's form, and the zero-shot head.
import Foundation
import Testing

@testable import CLAP

@Suite struct EncoderInputTests {
    private func input(channels: Int, frames: Int, mels: Int) -> ClapAudioInput {
        ClapAudioInput(
            channelCount: channels,
            frameCount: frames,
            melBinCount: mels,
            logMelDecibels: Array(repeating: -20, count: channels * frames * mels),
            isLonger: false
        )
    }

    @Test(arguments: [
        (1, 1001, 64, "1 channels"), (4, 1025, 64, "1025 frames"), (4, 0, 64, "0 frames"), (4, 9, 80, "80 mel"),
    ])
    func spectrogramsOfTheWrongShapeAreRefused(_ channels: Int, _ frames: Int, _ mels: Int, _ says: String) throws {
        let encoder = try Fixture.fused.load().makeAudioEncoder()
        let error = try #require(
            #expect(throws: AudioEncoderError.self) {
                try encoder.embed(input(channels: channels, frames: frames, mels: mels))
            }
        )
        #expect(error.description.contains("tiny-fused") && error.description.contains(says))
    }

    @Test(arguments: [1, 2, 1000, 1024])
    func anyNumberOfFramesUpToTheImageIsTaken(_ frames: Int) throws {
        let encoder = try Fixture.unfused.load().makeAudioEncoder()
        let embedding = try encoder.embed(input(channels: 1, frames: frames, mels: 64))
        #expect(abs(embedding.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }

    @Test func tokensOutsideTheModelAreRefused() throws {
        let encoder = try Fixture.fused.load().makeTextEncoder()
        for (tokens, says) in [([], "0 tokens"), ([0, 360, 2], "token 360"), ([-1], "token -1")] as [([Int32], String)]
        {
            let error = try #require(#expect(throws: TextEncoderError.self) { try encoder.embed(tokens: tokens) })
            #expect(error.description.contains(says))
        }
        let longest = [Int32](repeating: 9, count: 78)
        #expect(try encoder.embed(tokens: longest).count == 32)
        #expect(throws: TextEncoderError.self) { try encoder.embed(tokens: longest + [2]) }
    }

    @Test func theOrderOfTokensMatters() throws {
        let encoder = try Fixture.fused.load().makeTextEncoder()
        #expect(try encoder.embed(tokens: [0, 50, 51, 2]) != encoder.embed(tokens: [0, 51, 50, 2]))
    }

    @Test func embeddingsLandWhereTheCallerWants() throws {
        let encoder = try Fixture.unfused.load().makeAudioEncoder()
        let window = try Fixture.unfused.input("3s")
        var rows = [Float](repeating: 9, count: 3 * encoder.embeddingDimension)
        try rows.withUnsafeMutableBufferPointer { buffer in
            let dimension = encoder.embeddingDimension
            try encoder.embed(window, into: UnsafeMutableBufferPointer(rebasing: buffer[dimension..<(2 * dimension)]))
        }
        let embedding = try encoder.embed(window)
        #expect(Array(rows[32..<64]) == embedding && rows[31] == 9 && rows[64] == 9)
    }

    /// The published sizes take about 5.9 billion multiply-adds, and the fusion path a little more.
    @Test func operationsAreCounted() throws {
        func multiplyAdds(_ json: String) throws -> Int {
            let configuration = try ClapConfiguration(json: Data(json.utf8), path: "")
            return try AudioLayout(configuration.audio, path: "").multiplyAddsPerWindow(configuration)
        }
        let unfused = try multiplyAdds("{}")
        let fused = try multiplyAdds(#"{"audio_config": {"enable_fusion": true}}"#)
        #expect((5_800_000_000...6_000_000_000).contains(unfused))
        #expect((10_000_000...100_000_000).contains(fused - unfused))
        let fixture = try Fixture.unfused.load()
        let expected = 2 * fixture.audioLayout.multiplyAddsPerWindow(fixture.configuration)
        #expect(fixture.makeAudioEncoder().floatingPointOperationsPerWindow == expected)
    }

    @Test func promptsAreAveragedThenNormalised() {
        let head = ZeroShotHead(promptEmbeddings: [[[1, 0], [0, 1]], [[0, -1]]], scale: 10)
        #expect(abs(head.labelEmbeddings[0][0] - Float(0.5.squareRoot())) < 1e-7)
        #expect(head.labelEmbeddings[1] == [0, -1])
        let probabilities = head.probabilities([0, 1])
        let expected = 1 / (1 + exp(-10 * (0.5.squareRoot() + 1)))
        #expect(abs(Double(probabilities[0]) - expected) < 1e-6)
        #expect(head.cosines([0, 1])[1] == -1)
    }

    @Test func hugeScalesDoNotOverflow() {
        let head = ZeroShotHead(labelEmbeddings: [[1, 0], [0, 1]], scale: 1e6)
        #expect(head.probabilities([1, 0]) == [1, 0])
        #expect(head.probabilities([0.5, 0.5]) == [0.5, 0.5])
    }
}
