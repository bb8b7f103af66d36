// The committed checkpoints of Tests/Fixtures/clap and what the reference makes of them.
// Made by Models/reference/make_fixtures.py, which says what every tensor is.
import Foundation
import Testing

@testable import CLAP

/// One small random checkpoint with the reference's results.
struct Fixture: Sendable, CustomTestStringConvertible {
    let name: String
    /// The cases of expected.safetensors.
    let cases: [String]
    /// Where the inputs of these cases are.
    private let inputs: String

    static let fused = Fixture(name: "tiny-fused", cases: ["3s", "3s.longer", "10s", "23s"], inputs: "tiny-fused")
    static let unfused = Fixture(name: "tiny-unfused", cases: ["3s", "10s", "23s"], inputs: "tiny-unfused")
    static let deepHalf = Fixture(name: "tiny-deep-half", cases: ["3s", "10s", "23s"], inputs: "tiny-unfused")
    /// Wide enough for products in integers.
    static let wideHalf = Fixture(name: "wide-half", cases: ["3s", "10s", "23s"], inputs: "tiny-unfused")
    static let all = [fused, unfused, deepHalf, wideHalf]

    var testDescription: String { name }

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/clap")

    var directory: URL { Self.folder.appendingPathComponent(name) }

    func load(_ precision: ModelPrecision = .float32) throws -> ClapModel {
        try ClapModel.load(from: directory, precision: precision)
    }

    /// A tensor of expected.safetensors.
    func expected(_ key: String) throws -> [Float] { try Self.tensor(key, of: name).values }

    /// The encoder's input of a case, the single channel of a short clip repeated where the model is fused.
    func input(_ caseName: String) throws -> ClapAudioInput {
        let clip = caseName.replacingOccurrences(of: ".longer", with: "")
        let (shape, values) = try Self.tensor("\(clip).input", of: inputs)
        let channels = name == Self.fused.name ? 4 : 1
        return ClapAudioInput(
            channelCount: channels,
            frameCount: shape[1],
            melBinCount: shape[2],
            logMelDecibels: shape[0] == channels ? values : Array(repeating: values, count: channels).flatMap { $0 },
            isLonger: caseName == "23s" || caseName.hasSuffix("longer")
        )
    }

    /// The phrases whose embeddings are in expected.safetensors.
    static func texts() throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(contentsOf: folder.appendingPathComponent("texts.json")))
    }

    private static func tensor(_ key: String, of name: String) throws -> (shape: [Int], values: [Float]) {
        let file = try SafetensorsFile(path: folder.appendingPathComponent("\(name)/expected.safetensors").path)
        let entry = try #require(file.entries[key], "\(name) has no \(key)")
        let weight = try #require(file.weight(entry))
        return (entry.shape, weight.values)
    }

    /// Thins a tensor as the generator does.
    static func thinned(_ values: UnsafeBufferPointer<Float>) -> [Float] {
        values.count > 2048 ? stride(from: 0, to: values.count, by: 13).map { values[$0] } : Array(values)
    }
}

/// The largest difference between two equally long lists.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    #expect(a.count == b.count)
    return zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
}
