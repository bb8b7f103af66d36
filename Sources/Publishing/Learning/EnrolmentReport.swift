// What an enrolment found and made: stored with the bank, answered to whoever ordered it, shown on pages.
import Foundation

/// A sentence in both languages of the product.
public struct BilingualSentence: Hashable, Sendable, Codable {
    /// In English.
    public var en: String
    /// In Chinese.
    public var zh: String

    /// Makes a sentence.
    public init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }
}

/// The report of one enrolment.
public struct EnrolmentReport: Hashable, Sendable, Codable {
    /// One thing to know about it.
    public struct Finding: Hashable, Sendable, Codable {
        /// A short name: `too_few_windows`, `silence`, `clipping`, `too_little_variety`, `outliers`, `trouble`,
        /// `other_model`, `long_stretch`, `one_sitting`.
        public var code: String
        /// Whether the enrolment was refused for it.
        public var isRefusal: Bool
        /// Windows that were left out for it.
        public var windows: Int
        /// What was found and what to do.
        public var text: BilingualSentence

        enum CodingKeys: String, CodingKey {
            case code, windows, text
            case isRefusal = "refusal"
        }

        /// Makes a finding.
        public init(code: String, isRefusal: Bool, windows: Int, text: BilingualSentence) {
            self.code = code
            self.isRefusal = isRefusal
            self.windows = windows
            self.text = text
        }
    }

    /// An operating state of the bank that was made.
    public struct State: Hashable, Sendable, Codable {
        /// Its name; empty where the machine has only one.
        public var name: String
        /// Points kept.
        public var points: Int
        /// Windows they stand for.
        public var windows: Int
        /// Novelty above which a window is not this machine's normal sound.
        public var limit: Double

        /// Makes a state.
        public init(name: String, points: Int, windows: Int, limit: Double) {
            self.name = name
            self.points = points
            self.windows = windows
            self.limit = limit
        }
    }

    /// The machine.
    public var machine: String
    /// The operating state enrolled; empty where the machine has only one.
    public var state: String
    /// Start of the stretch listened to.
    public var since: Date
    /// Its end.
    public var until: Date
    /// Windows stored in it.
    public var windowsHeard: Int
    /// Windows looked at: those that do not overlap, at most some thousand.
    public var windowsLookedAt: Int
    /// Windows that were used.
    public var windowsUsed: Int
    /// What was found.
    public var findings: [Finding]
    /// The bank's operating states; empty where the enrolment was refused.
    public var states: [State]
    /// Size of the bank as it is stored.
    public var bytes: Int

    enum CodingKeys: String, CodingKey {
        case machine, state, since, until, findings, states, bytes
        case windowsHeard = "windows_heard"
        case windowsLookedAt = "windows_looked_at"
        case windowsUsed = "windows_used"
    }

    /// Makes a report.
    public init(
        machine: String,
        state: String,
        since: Date,
        until: Date,
        windowsHeard: Int,
        windowsLookedAt: Int = 0,
        windowsUsed: Int = 0,
        findings: [Finding] = [],
        states: [State] = [],
        bytes: Int = 0
    ) {
        self.machine = machine
        self.state = state
        self.since = since
        self.until = until
        self.windowsHeard = windowsHeard
        self.windowsLookedAt = windowsLookedAt
        self.windowsUsed = windowsUsed
        self.findings = findings
        self.states = states
        self.bytes = bytes
    }

    /// Whether it came to no bank.
    public var isRefused: Bool { findings.contains { $0.isRefusal } }

    /// Lines for a terminal.
    public var lines: [String] {
        var lines = [
            "\(windowsHeard) windows were stored, \(windowsLookedAt) without overlap looked at, \(windowsUsed) used"
        ]
        lines += findings.map { ($0.isRefusal ? "refused: " : "note: ") + $0.text.en }
        lines += states.map { state in
            let name = state.name.isEmpty ? "" : "state \(state.name): "
            return "\(name)\(state.points) points for \(state.windows) windows, novelty limit "
                + String(format: "%.1f", state.limit)
        }
        return lines
    }
}

/// A version of a machine's normal sound, as an order on it is answered.
public struct EnrolmentAnswer: Hashable, Sendable, Codable {
    /// The version that was made, confirmed or taken back; null where none was.
    public var version: Int?
    /// Where it stands now: proposed, active, superseded or undone.
    public var standing: String?
    /// The version in use now; null where none is.
    public var activeVersion: Int?
    /// What the quality checks found; null for orders that made none.
    public var report: EnrolmentReport?

    enum CodingKeys: String, CodingKey {
        case version, standing, report
        case activeVersion = "active_version"
    }

    /// Makes an answer.
    public init(version: Int?, standing: String?, activeVersion: Int?, report: EnrolmentReport? = nil) {
        self.version = version
        self.standing = standing
        self.activeVersion = activeVersion
        self.report = report
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(standing, forKey: .standing)
        try container.encode(activeVersion, forKey: .activeVersion)
        try container.encode(report, forKey: .report)
    }
}
