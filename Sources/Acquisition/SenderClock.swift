// Judges a sender's clock against the time of arrival.
import Foundation

/// Decides per chunk whether its timestamp is believed, and notices when that changes.
struct SenderClock: Sendable {
    private let trust: ClockTrust
    /// Sender's time minus arrival time of the last stamped chunk, in seconds.
    private(set) var offsetSeconds: Double?
    private var isFarOff = false

    init(trust: ClockTrust) {
        self.trust = trust
    }

    /// The timestamp if it is believed, and a notice when the clock goes far off or comes back.
    mutating func judge(_ timestamp: Date?, arrival: Date) -> (trusted: Date?, notice: IntakeNotice?) {
        guard let timestamp else { return (nil, nil) }
        let offset = timestamp.timeIntervalSince(arrival)
        offsetSeconds = offset
        switch trust {
        case .always: return (timestamp, nil)
        case .never: return (nil, nil)
        case .within(let toleranceSeconds):
            let wasFarOff = isFarOff
            isFarOff = offset.magnitude > toleranceSeconds
            if isFarOff {
                let looksLikeSeconds = Self.looksLikeSeconds(timestamp, arrival: arrival, tolerance: toleranceSeconds)
                return (
                    nil, wasFarOff ? nil : .clockFarOff(offsetSeconds: offset, looksLikeSeconds: looksLikeSeconds)
                )
            }
            return (timestamp, wasFarOff ? .clockGoodAgain(offsetSeconds: offset) : nil)
        }
    }

    /// Unix seconds sent where milliseconds were expected land in January 1970.
    private static func looksLikeSeconds(_ timestamp: Date, arrival: Date, tolerance: Double) -> Bool {
        let asSeconds = timestamp.timeIntervalSince1970 * 1_000
        return (asSeconds - arrival.timeIntervalSince1970).magnitude <= tolerance
    }
}
