// What an operator should hear about a stream that is not a refusal.

/// Something worth a line in the log.
public enum IntakeNotice: Hashable, Sendable, CustomStringConvertible {
    /// The sender's clock is beyond the tolerance; arrival times are used from now on.
    case clockFarOff(offsetSeconds: Double, looksLikeSeconds: Bool)
    /// The sender's clock is believed again.
    case clockGoodAgain(offsetSeconds: Double)
    /// The sender's clock went backwards; windows start anew.
    case clockSteppedBack(seconds: Double)
    /// The sender counts from the start again.
    case senderRestarted
    /// Audio is missing before the chunk just placed.
    case gap(seconds: Double)
    /// The sample rate changed; windows start anew.
    case rateChanged(fromHz: Int, toHz: Int)
    /// A header promised more audio than its chunk held; what was there is used.
    case truncatedChunk

    /// One plain sentence.
    public var description: String {
        switch self {
        case .clockFarOff(_, looksLikeSeconds: true):
            "the sender's ts looks like Unix seconds, expected milliseconds; arrival times are used instead"
        case .clockFarOff(let offset, _):
            "the sender's clock is \(Self.rounded(offset)) s off; arrival times are used instead, set its clock (NTP)"
        case .clockGoodAgain(let offset):
            "the sender's clock is good again (\(Self.rounded(offset)) s off)"
        case .clockSteppedBack(let seconds):
            "the sender's clock went back by \(Self.rounded(seconds)) s; windows start anew"
        case .senderRestarted:
            "the sender restarted"
        case .gap(let seconds):
            "\(Self.rounded(seconds)) s of audio are missing"
        case .rateChanged(let from, let to):
            "the sample rate changed from \(from) to \(to) Hz; windows start anew"
        case .truncatedChunk:
            "a chunk holds less audio than its header promises; what is there is used"
        }
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }
}
