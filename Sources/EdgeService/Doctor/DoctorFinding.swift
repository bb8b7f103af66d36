// One thing the doctor looked at: what was checked, what was found, and what to do about it.

/// A finding of `ausculta doctor`.
public struct DoctorFinding: Hashable, Sendable, Encodable {
    /// How grave it is.
    public enum Status: String, Hashable, Sendable, Encodable, CaseIterable {
        /// As it should be.
        case ok
        /// Works, and could be better or may be meant so.
        case remark
        /// Keeps the service, or one of its machines, from working.
        case problem
    }

    /// What a finding is about.
    public enum Area: String, Hashable, Sendable, Encodable, CaseIterable {
        case configuration
        case broker
        case machine
        case microphone
        case clock
        case disk
        case trendLog = "trend_log"
        case model
        case processor
    }

    /// What it is about.
    public let area: Area
    /// How grave it is.
    public let status: Status
    /// What was checked: a machine, a topic, a file or a property, in a few words.
    public let subject: String
    /// What was found.
    public let found: String
    /// What to do; nil where nothing is to be done.
    public let remedy: String?

    /// As it should be.
    static func ok(_ area: Area, _ subject: String, _ found: String) -> DoctorFinding {
        DoctorFinding(area: area, status: .ok, subject: subject, found: found, remedy: nil)
    }

    /// Works, and could be better.
    static func remark(_ area: Area, _ subject: String, _ found: String, _ remedy: String) -> DoctorFinding {
        DoctorFinding(area: area, status: .remark, subject: subject, found: found, remedy: remedy)
    }

    /// Does not work.
    static func problem(_ area: Area, _ subject: String, _ found: String, _ remedy: String) -> DoctorFinding {
        DoctorFinding(area: area, status: .problem, subject: subject, found: found, remedy: remedy)
    }
}

/// Everything the doctor found, in the order in which it looked.
public struct DoctorReport: Hashable, Sendable, Encodable {
    /// The findings.
    public let findings: [DoctorFinding]

    /// Findings of one gravity.
    public func count(_ status: DoctorFinding.Status) -> Int { findings.count { $0.status == status } }

    /// Whether nothing is a problem.
    public var isHealthy: Bool { count(.problem) == 0 }

    private enum CodingKeys: String, CodingKey {
        case healthy, problems, remarks, findings
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isHealthy, forKey: .healthy)
        try container.encode(count(.problem), forKey: .problems)
        try container.encode(count(.remark), forKey: .remarks)
        try container.encode(findings, forKey: .findings)
    }
}
