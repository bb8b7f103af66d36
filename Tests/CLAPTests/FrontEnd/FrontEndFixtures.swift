// The reference library's inputs, as Models/reference/frontend_fixtures.py wrote them.
import Foundation
import Testing

@testable import CLAP

struct FrontEndFixtures {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let configuration: String
        let clip: SignalRecipe
        let samples: Int
        let shape: [Int]
        let isLonger: Bool
        let referenceIsLonger: Bool
        let channels: [Int]
        let frames: [Int]
        let offset: Int

        var testDescription: String { "\(configuration), \(clip.rawValue), \(samples) samples" }
    }

    private struct Manifest: Decodable {
        let cases: [Case]
        let chunkStarts: [String: [Int]]
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Fixtures/frontend")

    /// Every case; none, and an issue, where the fixtures cannot be read.
    static let cases: [Case] = {
        do {
            return try JSONDecoder().decode(Manifest.self, from: manifest()).cases
        } catch {
            Issue.record("cannot read \(folder.path): \(error)")
            return []
        }
    }()

    /// The kept frames of a case, shape `(channels kept, frames kept, mels)`.
    static func values(of item: Case) throws -> [Float] {
        let data = try Data(contentsOf: folder.appendingPathComponent("values.f32"))
        let count = item.channels.count * item.frames.count * item.shape[2]
        return (item.offset..<item.offset + count).map { index in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[4 * index + $1]) << UInt32(8 * $1) }
            return Float(bitPattern: bits)
        }
    }

    /// Starts of the three chunks by the frames of the whole clip.
    static func chunkStarts() throws -> [(totalFrames: Int, starts: [Int])] {
        try JSONDecoder().decode(Manifest.self, from: manifest()).chunkStarts.compactMap { key, starts in
            Int(key).map { ($0, starts) }
        }
    }

    static func configuration(named name: String) throws -> ClapPreprocessorConfiguration {
        let object = try JSONSerialization.jsonObject(with: manifest()) as? [String: Any]
        let configurations = try #require(object?["configurations"] as? [String: Any])
        let json = try JSONSerialization.data(withJSONObject: #require(configurations[name]))
        return try ClapPreprocessorConfiguration(json: json, path: "cases.json")
    }

    private static func manifest() throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    }
}
