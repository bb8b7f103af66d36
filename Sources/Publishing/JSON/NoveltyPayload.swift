// How unlike a machine's own normal sound a window is, in window and state payloads.
import Foundation
import MachineHealth

/// The JSON of a novelty.
public struct NoveltyPayload: Hashable, Sendable, Codable {
    /// Deviations above what the machine's own normal windows score among each other.
    public var score: Double
    /// The machine's limit: above it a window is not its normal sound.
    public var limit: Double
    /// Share of the machine's normal windows that are less unusual, 0...1.
    public var share: Double
    /// The operating state it was held against; empty where the machine has only one.
    public var state: String
    public var isNovel: Bool

    enum CodingKeys: String, CodingKey {
        case score, limit, share, state
        case isNovel = "is_novel"
    }

    /// The payload of a novelty.
    public init(_ novelty: Novelty) {
        score = PayloadCoder.rounded(novelty.score, decimals: 4) ?? 0
        limit = PayloadCoder.rounded(novelty.limit, decimals: 4) ?? 0
        share = PayloadCoder.share(novelty.share)
        state = novelty.state
        isNovel = novelty.isNovel
    }
}
