// The towers in sixteen bits: near float32, repeatable, and refused where the machine cannot.
import Foundation
import Kernels
import Testing

@testable import CLAP

@Suite struct PrecisionTests {
    /// A precision of sixteen bits, a model, and the least cosine to float32 that is near enough.
    struct Near: Sendable {
        let precision: ModelPrecision
        let fixture: Fixture
        let cosine: Double

        static let all =
            Fixture.all.map { Near(precision: .bfloat16, fixture: $0, cosine: 0.9995) }
            + [Near(precision: .int16, fixture: .wideHalf, cosine: 0.9999999)]
    }

    @Test(arguments: Near.all.filter(\.precision.isSupported))
    func sixteenBitsPointTheSameWay(_ near: Near) throws {
        let fixture = near.fixture
        let exact = try fixture.load().makeAudioEncoder()
        let model = try fixture.load(near.precision)
        #expect(model.precision == near.precision)
        let rough = model.makeAudioEncoder()
        for name in fixture.cases {
            let input = try fixture.input(name)
            let (left, right) = (try exact.embed(input), try rough.embed(input))
            let cosine = zip(left, right).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(cosine >= near.cosine, "\(fixture) \(name): \(cosine)")
            // A model that fell back to float32 would be the same to the last bit.
            #expect(left != right)
            let again = try model.makeAudioEncoder().embed(input)
            #expect(right.map(\.bitPattern) == again.map(\.bitPattern))
        }
    }

    /// Integers save nothing in a small model: it stays in float32, to the last bit, and says so.
    @Test(.enabled(if: ModelPrecision.int16.isSupported), arguments: [Fixture.fused, .unfused, .deepHalf])
    func smallModelsStayInFullPrecision(_ fixture: Fixture) throws {
        let model = try fixture.load(.int16)
        #expect(model.precision == .float32)
        let input = try fixture.input("10s")
        let exact = try fixture.load().makeAudioEncoder().embed(input)
        #expect(try model.makeAudioEncoder().embed(input).map(\.bitPattern) == exact.map(\.bitPattern))
    }

    /// Of a small model in any precision, and of any but in integers.
    @Test func textsStayInFullPrecision() throws {
        let tokens: [Int32] = [0, 30, 31, 32, 2]
        for fixture in [Fixture.fused, .wideHalf] {
            let exact = try fixture.load().makeTextEncoder().embed(tokens: tokens)
            for precision in ModelPrecision.allCases where precision.isSupported {
                let found = try fixture.load(precision).makeTextEncoder().embed(tokens: tokens)
                let isExact = fixture.name == Fixture.fused.name || precision != .int16
                #expect((found == exact) == isExact, "\(fixture.name) \(precision)")
            }
        }
    }

    @Test(arguments: [(ModelPrecision.bfloat16, "avx512_bf16"), (.int16, "avx512_vnni")])
    func aPathWithoutTheInstructionsRefuses(_ precision: ModelPrecision, _ flag: String) throws {
        for path in InstructionSet.allCases where path.isSupported {
            let refuses = path.withOverride { precision.isSupported } == false
            #expect(refuses || path == .avx512 || path == .avx2 && precision == .int16, "\(path)")
            guard refuses else { continue }
            let error = try #require(
                path.withOverride { #expect(throws: ClapModelError.self) { try Fixture.fused.load(precision) } }
            )
            #expect(error?.problem == .unsupportedPrecision(precision, instructionSet: path.rawValue), "\(path)")
            let text = try #require(error.map { "\($0)" })
            #expect(text.contains(flag) && text.contains("float32") && text.contains(precision.rawValue))
        }
    }

    /// What is taken without a word is as near to the reference as is asked, and always there.
    @Test func thePreferredOneIsSupportedEverywhere() throws {
        for path in InstructionSet.allCases where path.isSupported {
            let (preferred, isSupported) = try #require(
                path.withOverride { (ModelPrecision.preferred, ModelPrecision.preferred.isSupported) }
            )
            #expect(isSupported && (preferred == .float32 || preferred == .int16), "\(path)")
        }
    }
}
