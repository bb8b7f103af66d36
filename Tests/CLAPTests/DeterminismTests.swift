// The same window gives the same bits: alone, after others, on another encoder, on another thread.
import Foundation
import Kernels
import Testing

@testable import CLAP

@Suite struct DeterminismTests {
    @Test(arguments: Fixture.all)
    func aWindowGivesTheSameBitsWhateverCameBefore(_ fixture: Fixture) throws {
        let model = try fixture.load()
        let inputs = try fixture.cases.map { try fixture.input($0) }
        let alone = try inputs.map { try model.makeAudioEncoder().embed($0) }
        let shared = model.makeAudioEncoder()
        let inARow = try inputs.map { try shared.embed($0) }
        let backwards = try inputs.reversed().map { try shared.embed($0) }
        #expect(alone.map(bits) == inARow.map(bits))
        #expect(alone.map(bits) == backwards.reversed().map(bits))
        #expect(Set(alone.map(bits)).count == inputs.count)
        // A model loaded anew maps its weights elsewhere.
        #expect(bits(try fixture.load().makeAudioEncoder().embed(inputs[0])) == bits(alone[0]))
    }

    /// Every sum of the audio tower runs in the same order with vectors of eight and of sixteen, in integers as well.
    @Test(arguments: Fixture.all, [ModelPrecision.float32, .int16])
    func vectorWidthsAgree(_ fixture: Fixture, _ precision: ModelPrecision) throws {
        for input in try fixture.cases.map({ try fixture.input($0) }) {
            let found = try [InstructionSet.avx2, .avx512].compactMap { path in
                try path.withOverride {
                    precision.isSupported ? bits(try fixture.load(precision).makeAudioEncoder().embed(input)) : nil
                } ?? nil
            }
            #expect(Set(found).count <= 1)
        }
    }

    @Test(arguments: Fixture.all)
    func workersAgree(_ fixture: Fixture) async throws {
        let model = try fixture.load()
        let inputs = try fixture.cases.map { try fixture.input($0) }
        let expected = try inputs.map { bits(try model.makeAudioEncoder().embed($0)) }
        let found = try await withThrowingTaskGroup(of: [[UInt32]].self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let encoder = model.makeAudioEncoder()
                    return try (0..<3).flatMap { _ in try inputs.map { bits(try encoder.embed($0)) } }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.count == 2)
        for worker in found { #expect(worker == expected + expected + expected) }
    }

    @Test(arguments: [ModelPrecision.float32, .int16].filter(\.isSupported))
    func aTextGivesTheSameBitsWhateverCameBefore(_ precision: ModelPrecision) throws {
        let model = try (precision == .float32 ? Fixture.fused : .wideHalf).load(precision)
        let texts: [[Int32]] = [[0, 9, 2], [0, 30, 31, 32, 33, 34, 35, 2], [0, 2]]
        let alone = try texts.map { bits(try model.makeTextEncoder().embed(tokens: $0)) }
        let shared = model.makeTextEncoder()
        #expect(try texts.map { bits(try shared.embed(tokens: $0)) } == alone)
        #expect(try shared.embed(texts: texts).map(bits) == alone)
        #expect(try shared.embed(texts: []).isEmpty)
        // More than go through the tower together.
        let many = (0..<80).map { texts[$0 % 3] }
        #expect(try shared.embed(texts: many).map(bits) == (0..<80).map { alone[$0 % 3] })
        #expect(try texts.reversed().map { bits(try shared.embed(tokens: $0)) } == alone.reversed())
        // And on either width of vectors.
        for path in [InstructionSet.avx2, .avx512] where path.isSupported {
            guard path.withOverride({ precision.isSupported }) == true else { continue }
            let found = try path.withOverride { try model.makeTextEncoder().embed(texts: texts).map(bits) }
            #expect(found == alone, "\(path)")
        }
    }

    private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
}
