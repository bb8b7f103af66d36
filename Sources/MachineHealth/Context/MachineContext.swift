// What a machine's signals come to: whether, and why, its alarms are suppressed at present.
import Foundation

/// Follows a machine's signals: values and time in, a cause of suppression out. Unknown suppresses nothing.
public struct MachineContext: Hashable, Sendable, Codable {
    private struct Reading: Hashable, Sendable, Codable {
        var effect: ContextEffect
        var time: Date
    }

    private enum Phase: Hashable, Sendable, Codable {
        case free
        case held(SuppressionCause)
        case settling(SuppressionCause, until: Date)
    }

    private var readings: [String: Reading] = [:]
    private var phase = Phase.free

    /// A context of which nothing is known.
    public init() {}

    /// Why alarms are suppressed; nil where they are not.
    public var cause: SuppressionCause? {
        switch phase {
        case .free: nil
        case .held(let cause): cause
        case .settling(.machineStopped, _): .machineStarting
        case .settling(let cause, _): cause
        }
    }

    /// Takes what a signal says; nil where its value says nothing.
    public mutating func take(_ effect: ContextEffect?, of signal: String, at time: Date, policy: ContextPolicy) {
        readings[signal] = effect.map { Reading(effect: $0, time: time) }
        follow(to: time, policy: policy)
    }

    /// Tells it the time: values grow old, and sound settles.
    public mutating func follow(to now: Date, policy: ContextPolicy) {
        let effects = policy.signals.compactMap { signal -> ContextEffect? in
            guard let reading = readings[signal.name] else { return nil }
            if let limit = signal.staleAfterSeconds, now.timeIntervalSince(reading.time) > limit { return nil }
            return reading.effect
        }
        if effects.contains(.stopped) {
            phase = .held(.machineStopped)
        } else if effects.contains(.disturbed) {
            phase = .held(.disturbed)
        } else {
            switch phase {
            case .free: break
            case .held(let cause): phase = settling(cause, now, policy)
            case .settling(let cause, let until):
                // A clock set back must not hold a machine silent for long.
                let isOver = now >= until || until.timeIntervalSince(now) > policy.settleSeconds
                phase = isOver ? .free : .settling(cause, until: until)
            }
        }
    }

    private func settling(_ cause: SuppressionCause, _ now: Date, _ policy: ContextPolicy) -> Phase {
        policy.settleSeconds > 0
            ? .settling(cause, until: now.addingTimeInterval(policy.settleSeconds)) : .free
    }
}
