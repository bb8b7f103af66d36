// Model folders that do not hold together, and the errors they give.
import Foundation
import Kernels
import Testing

@testable import CLAP

@Suite struct ModelLoadingTests {
    /// A copy of a fixture's folder that a test may damage.
    struct Copy {
        let folder: URL

        init(of fixture: Fixture) throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-\(UUID().uuidString)")
            try FileManager.default.copyItem(at: fixture.directory, to: folder)
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }

        var weights: URL { folder.appendingPathComponent("model.safetensors") }
        var configuration: URL { folder.appendingPathComponent("config.json") }

        /// Rewrites the header of the weights, keeping its length by padding with spaces.
        func editHeader(_ edit: (String) -> String) throws {
            var bytes = try Data(contentsOf: weights)
            let length = Int(bytes.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
            var header = Array(edit(String(decoding: bytes[8..<(8 + length)], as: UTF8.self)).utf8)
            try #require(header.count <= length)
            header += Array(repeating: UInt8(ascii: " "), count: length - header.count)
            bytes.replaceSubrange(8..<(8 + length), with: header)
            try bytes.write(to: weights)
        }

        func editConfiguration(_ edit: (inout [String: Any]) -> Void) throws {
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: configuration))
            var root = try #require(json as? [String: Any])
            edit(&root)
            try JSONSerialization.data(withJSONObject: root).write(to: configuration)
        }

        func loadingError() throws -> String {
            try #require(#expect(throws: ClapModelError.self) { try ClapModel.load(from: folder) }).description
        }
    }

    @Test(arguments: ["config.json", "model.safetensors"])
    func aMissingFileIsNamedWithItsRemedy(_ file: String) throws {
        let copy = try Copy(of: .unfused)
        defer { copy.remove() }
        try FileManager.default.removeItem(at: copy.folder.appendingPathComponent(file))
        let message = try copy.loadingError()
        #expect(message.contains(copy.folder.path) && message.contains("no \(file)") && message.contains("model fetch"))
    }

    @Test func aTruncatedFileIsRefused() throws {
        let copy = try Copy(of: .unfused)
        defer { copy.remove() }
        let bytes = try Data(contentsOf: copy.weights)
        try bytes.prefix(bytes.count - 1000).write(to: copy.weights)
        #expect(try copy.loadingError().contains("truncated"))
    }

    @Test func aMissingTensorIsNamedWithItsShape() throws {
        let copy = try Copy(of: .unfused)
        defer { copy.remove() }
        try copy.editHeader {
            $0.replacingOccurrences(
                of: "layers.1.blocks.0.output.dense.weight",
                with: "layers.1.blocks.0.output.d.weight"
            )
        }
        let message = try copy.loadingError()
        #expect(message.contains("'audio_model.audio_encoder.layers.1.blocks.0.output.dense.weight'"))
        #expect(message.contains("[24, 48]") && message.contains("missing"))
    }

    @Test func anUnexpectedTensorIsNamed() throws {
        let copy = try Copy(of: .fused)
        defer { copy.remove() }
        try copy.editConfiguration { root in
            var audio = root["audio_config"] as? [String: Any] ?? [:]
            audio["enable_fusion"] = false
            root["audio_config"] = audio
        }
        let message = try copy.loadingError()
        #expect(message.contains("'audio_model.audio_encoder.patch_embed.fusion_model.global_att.1.bias'"))
        #expect(message.contains("more") && message.contains("enable_fusion"))
    }

    @Test func aWrongShapeSaysWhatWasFoundAndExpected() throws {
        let copy = try Copy(of: .unfused)
        defer { copy.remove() }
        try copy.editConfiguration { root in
            var text = root["text_config"] as? [String: Any] ?? [:]
            text["intermediate_size"] = 64
            root["text_config"] = text
        }
        let message = try copy.loadingError()
        #expect(message.contains("'text_model.encoder.layer.0.intermediate.dense.weight'"))
        #expect(message.contains("[48, 32]") && message.contains("[64, 32]") && message.contains("more"))
    }

    @Test func aWrongTypeIsNamed() throws {
        let copy = try Copy(of: .unfused)
        defer { copy.remove() }
        try copy.editHeader { header in
            // I32 has F32's size: only the type is wrong.
            let key = "\"audio_model.audio_encoder.norm.bias\":{\"dtype\":\""
            return header.replacingOccurrences(of: key + "F32", with: key + "I32")
        }
        let message = try copy.loadingError()
        #expect(message.contains("'audio_model.audio_encoder.norm.bias'") && message.contains("I32"))
    }

    @Test func weightsDigestIsThatOfTheFile() throws {
        let model = try Fixture.deepHalf.load()
        let bytes = try Data(contentsOf: model.weightsFile)
        let expected = bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
        #expect(model.weightsSHA256 == expected)
        #expect(model.weightsSHA256 == expected)
    }

    /// Releasing gives pages back; the encoder that still holds the weights reads them again and finds the same.
    @Test(arguments: Fixture.all)
    func releasedTextWeightsComeBack(_ fixture: Fixture) throws {
        let model = try fixture.load()
        let encoder = model.makeTextEncoder()
        let before = try encoder.embed(tokens: [0, 40, 41, 2])
        model.releaseTextWeights()
        #expect(try encoder.embed(tokens: [0, 40, 41, 2]) == before)
        #expect(try model.makeTextEncoder().embed(tokens: [0, 40, 41, 2]) == before)
    }
}
