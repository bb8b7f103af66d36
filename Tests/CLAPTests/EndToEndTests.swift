// From samples and phrases to embeddings, front end and tokenizer included, against the reference.
import Foundation
import Testing

@testable import CLAP

@Suite struct EndToEndTests {
    /// Fixture, case, seconds and kind of the clip.
    struct Clip: Sendable, CustomTestStringConvertible {
        let fixture: Fixture
        let caseName: String
        let seconds: Int
        let kind: Int
        var testDescription: String { "\(fixture.name) \(caseName)" }

        static let all = [Fixture.fused, .unfused].flatMap { fixture in
            fixture.cases.map { name in
                let seconds = Int(name.prefix { $0 != "s" }) ?? 0
                return Clip(
                    fixture: fixture,
                    caseName: name,
                    seconds: seconds,
                    kind: [3: 0, 10: 1, 23: 2][seconds] ?? 0
                )
            }
        }
    }

    @Test(arguments: Clip.all)
    func samplesGiveTheReferencesEmbedding(_ clip: Clip) throws {
        let model = try clip.fixture.load()
        let frontEnd = try ClapFrontEnd(
            configuration: ClapPreprocessorConfiguration(modelFolder: clip.fixture.directory),
            isFused: model.configuration.audio.enableFusion,
            referenceIsLonger: clip.caseName.hasSuffix("longer")
        )
        let input = try frontEnd.features(of: SyntheticClip.samples(seconds: clip.seconds, kind: clip.kind))
        let expected = try clip.fixture.input(clip.caseName)
        #expect(input.channelCount == expected.channelCount && input.frameCount == expected.frameCount)
        #expect(largestDifference(input.logMelDecibels, expected.logMelDecibels) <= 1e-3)
        let embedding = try model.makeAudioEncoder().embed(input)
        #expect(largestDifference(embedding, try clip.fixture.expected("\(clip.caseName).embedding")) <= 2e-5)
    }

    @Test(arguments: Fixture.all)
    func phrasesGiveTheReferencesEmbedding(_ fixture: Fixture) throws {
        let model = try fixture.load()
        let tokenizer = try RobertaTokenizer(
            modelFolder: fixture.directory,
            modelVocabularySize: model.configuration.text.vocabularySize
        )
        let encoder = model.makeTextEncoder()
        for (i, text) in try Fixture.texts().enumerated() {
            let tokens = tokenizer.encode(text)
            #expect(tokens == (try fixture.expected("text.\(i).ids")).map { Int32($0) }, "\(text)")
            let embedding = try encoder.embed(tokens: tokens)
            #expect(largestDifference(embedding, try fixture.expected("text.\(i)")) <= 1e-5, "\(text)")
        }
    }
}
