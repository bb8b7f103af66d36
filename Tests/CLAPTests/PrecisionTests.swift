// The audio tower in bfloat16: near float32, repeatable, and refused where the machine cannot.
import Foundation
import Kernels
import Testing

@testable import CLAP

@Suite struct PrecisionTests {
    @Test(.enabled(if: ModelPrecision.bfloat16.isSupported), arguments: Fixture.all)
    func sixteenBitsPointTheSameWay(_ fixture: Fixture) throws {
        let exact = try fixture.load().makeAudioEncoder()
        let model = try fixture.load(.bfloat16)
        #expect(model.precision == .bfloat16)
        let rough = model.makeAudioEncoder()
        for name in fixture.cases {
            let input = try fixture.input(name)
            let (left, right) = (try exact.embed(input), try rough.embed(input))
            let cosine = zip(left, right).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(cosine >= 0.9995, "\(fixture) \(name): \(cosine)")
            // A model that fell back to float32 would be the same to the last bit.
            #expect(left != right)
            let again = try model.makeAudioEncoder().embed(input)
            #expect(right.map(\.bitPattern) == again.map(\.bitPattern))
        }
    }

    @Test func textsStayInFullPrecision() throws {
        guard ModelPrecision.bfloat16.isSupported else { return }
        let tokens: [Int32] = [0, 30, 31, 32, 2]
        let exact = try Fixture.fused.load().makeTextEncoder().embed(tokens: tokens)
        #expect(try Fixture.fused.load(.bfloat16).makeTextEncoder().embed(tokens: tokens) == exact)
    }

    @Test func aPathWithoutTheInstructionsRefuses() throws {
        for path in InstructionSet.allCases where path != .avx512 && path.isSupported {
            let error = try #require(
                path.withOverride { #expect(throws: ClapModelError.self) { try Fixture.fused.load(.bfloat16) } }
            )
            #expect(
                error?.problem == .unsupportedPrecision(.bfloat16, instructionSet: path.rawValue),
                "\(path)"
            )
            let text = try #require(error.map { "\($0)" })
            #expect(text.contains("avx512_bf16") && text.contains("float32"))
        }
    }
}
