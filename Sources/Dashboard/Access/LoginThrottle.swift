// How often a password may be wrong: per address and per user, within a sliding time.
import Foundation

/// Counts failed sign-ins. A value type; time comes in.
struct LoginThrottle {
    /// Who is counted.
    enum Subject: Hashable {
        case address([UInt8])
        case user(String)
    }

    /// Failures within `windowSeconds` before the next one has to wait.
    static let allowedFailures = 10
    /// After so long a failure is forgotten.
    static let windowSeconds = 300.0
    /// Subjects remembered; beyond it those whose failures are oldest are forgotten.
    static let maximumSubjects = 10_000

    private var failures: [Subject: [Date]] = [:]

    /// Seconds until another try is allowed; nil where it is allowed now.
    func secondsToWait(_ subjects: [Subject], now: Date) -> Double? {
        subjects.compactMap { subject -> Double? in
            let recent = recent(subject, now: now)
            guard recent.count >= Self.allowedFailures else { return nil }
            return recent[recent.count - Self.allowedFailures].addingTimeInterval(Self.windowSeconds)
                .timeIntervalSince(now)
        }.max()
    }

    /// Counts a try before its outcome is known, so that many at once do not slip through together.
    mutating func begin(_ subjects: [Subject], now: Date) {
        for subject in subjects { failures[subject] = recent(subject, now: now) + [now] }
        guard failures.count > Self.maximumSubjects else { return }
        let kept = failures.sorted { ($0.value.last ?? .distantPast) > ($1.value.last ?? .distantPast) }
            .prefix(Self.maximumSubjects / 2)
        failures = Dictionary(kept.map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// Takes back a try that turned out right.
    mutating func succeeded(_ subjects: [Subject]) {
        for subject in subjects {
            _ = failures[subject]?.popLast()
            if failures[subject]?.isEmpty == true { failures[subject] = nil }
        }
    }

    private func recent(_ subject: Subject, now: Date) -> [Date] {
        (failures[subject] ?? []).filter { now.timeIntervalSince($0) < Self.windowSeconds }
    }
}
