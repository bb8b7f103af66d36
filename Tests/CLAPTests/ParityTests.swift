// The towers against the reference implementation, tensor by tensor.
import Foundation
import Kernels
import Testing

@testable import CLAP

@Suite struct ParityTests {
    /// Checkpoint, case and kernel path.
    struct Run: Sendable, CustomTestStringConvertible {
        let fixture: Fixture
        let caseName: String
        let path: InstructionSet
        var testDescription: String { "\(fixture.name) \(caseName) \(path.rawValue)" }

        static let all = Fixture.all.flatMap { fixture in
            fixture.cases.flatMap { caseName in
                InstructionSet.allCases.filter(\.isSupported).map {
                    Run(fixture: fixture, caseName: caseName, path: $0)
                }
            }
        }
    }

    @Test(arguments: Run.all)
    func audioTowerMatchesTheReference(_ run: Run) throws {
        let fixture = run.fixture
        let model = try fixture.load()
        let encoder = model.makeAudioEncoder()
        let input = try fixture.input(run.caseName)
        var seen: [String: [Float]] = [:]
        let ran = try run.path.withOverride {
            try encoder.embed(input) { name, _, values in seen[name] = Fixture.thinned(values) }
        }
        let embedding = try #require(ran)

        let stages = (0..<model.configuration.audio.depths.count).map { "stage.\($0)" }
        for name in ["image.0", "patch_embed"] + stages + ["pooled", "projected"] {
            let expected = try fixture.expected("\(run.caseName).\(name)")
            let found = try #require(seen[name], "no \(name)")
            // Activations grow through the stages: relative to the tensor's own size.
            let size = expected.map { abs($0) }.max() ?? 1
            #expect(largestDifference(found, expected) <= 1e-5 * max(1, size), "\(name)")
        }
        #expect(largestDifference(embedding, try fixture.expected("\(run.caseName).embedding")) <= 1e-5)
    }

    /// In integers, too, where the machine has them: what a box computes in unless told otherwise.
    @Test(arguments: Fixture.wideHalf.cases, InstructionSet.allCases.filter(\.isSupported))
    func integersMatchTheReference(_ caseName: String, _ path: InstructionSet) throws {
        let fixture = Fixture.wideHalf
        let found: [Float]? =
            try path.withOverride {
                guard ModelPrecision.int16.isSupported else { return nil }
                let model = try fixture.load(.int16)
                #expect(model.precision == .int16)
                return try model.makeAudioEncoder().embed(try fixture.input(caseName))
            } ?? nil
        guard let found else { return }
        #expect(largestDifference(found, try fixture.expected("\(caseName).embedding")) <= 1e-4)
    }

    @Test(arguments: Fixture.all)
    func textTowerMatchesTheReference(_ fixture: Fixture) throws {
        let model = try fixture.load()
        for path in InstructionSet.allCases where path.isSupported {
            let encoder = model.makeTextEncoder()
            for i in try Fixture.texts().indices {
                let tokens = try fixture.expected("text.\(i).ids").map { Int32($0) }
                let embedding = try #require(try path.withOverride { try encoder.embed(tokens: tokens) })
                #expect(largestDifference(embedding, try fixture.expected("text.\(i)")) <= 1e-5, "text \(i) \(path)")
            }
        }
    }

    @Test(arguments: InstructionSet.allCases.filter(\.isSupported))
    func textInIntegersMatchesTheReference(_ path: InstructionSet) throws {
        let fixture = Fixture.wideHalf
        _ = try path.withOverride {
            guard ModelPrecision.int16.isSupported else { return }
            let encoder = try fixture.load(.int16).makeTextEncoder()
            let texts = try Fixture.texts().indices.map { try fixture.expected("text.\($0).ids").map { Int32($0) } }
            for (i, embedding) in try encoder.embed(texts: texts).enumerated() {
                #expect(largestDifference(embedding, try fixture.expected("text.\(i)")) <= 1e-4, "text \(i)")
            }
        }
    }

    @Test(arguments: Fixture.all)
    func probabilitiesMatchTheReference(_ fixture: Fixture) throws {
        let model = try fixture.load()
        #expect(abs(model.logitScaleAudio - (try fixture.expected("logit_scale_a"))[0]) < 1e-4)
        let texts = try Fixture.texts()
        let labels = try texts.indices.map { try fixture.expected("text.\($0)") }
        let head = ZeroShotHead(labelEmbeddings: labels, scale: model.logitScaleAudio)
        let encoder = model.makeAudioEncoder()
        for caseName in fixture.cases {
            let probabilities = head.probabilities(try encoder.embed(try fixture.input(caseName)))
            #expect(largestDifference(probabilities, try fixture.expected("\(caseName).probabilities")) <= 1e-5)
            #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
        }
    }

    /// Marking a short clip as longer sends it through the fusion: another result, and the chunks matter.
    @Test func longerClipsTakeTheFusionPath() throws {
        let fixture = Fixture.fused
        let encoder = try fixture.load().makeAudioEncoder()
        let plain = try encoder.embed(try fixture.input("3s"))
        let fused = try encoder.embed(try fixture.input("3s.longer"))
        #expect(largestDifference(plain, fused) > 0.01)
        var withoutChunks = try fixture.input("23s")
        withoutChunks.isLonger = false
        let whole = try encoder.embed(withoutChunks)
        #expect(largestDifference(whole, try encoder.embed(try fixture.input("23s"))) > 0.01)
    }
}
