// From stored windows to a bank of normal sound, or to the reason why not. A value without I/O.
import AudioFeatures
import Detection
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// What an enrolment came to.
struct EnrolmentOutcome: Sendable {
    /// What was found.
    let report: EnrolmentReport
    /// The bank and what scores windows with it; nil where the enrolment was refused.
    let made: (bank: NormalBank, sound: NormalSound)?
}

/// Makes banks of one machine.
struct EnrolmentMaker: Sendable {
    /// Windows read of a stretch, spread over all of it.
    static let mostWindowsRead = 6_000
    /// Windows counted in a stretch, the newest: five weeks at one every 5 s. What is older is not looked at.
    static let mostWindowsCounted = 600_000
    /// Windows looked at, spread over the stretch: comparing each with each takes time with the square of them.
    private static let mostWindowsLookedAt = 1_000
    /// Share of its length by which a window may overlap the one before it. Overlapping windows resemble each other more
    /// than two moments of the machine do, and a bank of them would find every new window strange.
    private static let overlapAllowed = 0.1
    /// A stretch shorter than this is one sitting: half a shift, in which few machines show all they do.
    private static let oneSittingSeconds = 4 * 3_600.0

    /// The machine.
    let machine: String
    /// The operating state; empty where the machine has only one.
    let state: String
    /// Points kept over all states.
    let capacity: Int
    /// What the checks insist on.
    var rules = EnrolmentRules()

    /// Makes a bank.
    ///
    /// - Parameters:
    ///   - windows: of one model, oldest first.
    ///   - heard: windows stored in the stretch.
    ///   - since: start of the stretch.
    ///   - until: its end.
    ///   - present: the bank in use; its other operating states are kept where one state is enrolled.
    /// - Throws: `DetectionError` for stored values that are no numbers or do not fit together.
    func make(
        _ windows: [LearningWindow],
        heard: Int,
        since: Date,
        until: Date,
        extending present: NormalBank?
    ) throws(DetectionError) -> EnrolmentOutcome {
        var report = EnrolmentReport(
            machine: machine,
            state: state,
            since: since,
            until: until,
            windowsHeard: heard
        )
        if heard > windows.count {
            report.findings.append(Self.longStretch(windows.count, of: heard))
        }
        let apart = Self.withoutOverlap(windows)
        let troubled = apart.filter { Self.spoils($0.trouble) }
        if !troubled.isEmpty {
            let share = Double(troubled.count) / Double(apart.count)
            report.findings.append(
                Self.trouble(troubled.count, of: apart.count, isRefused: share > rules.refusedShare)
            )
        }
        let looked = Self.spread(
            Self.described(apart.filter { !Self.spoils($0.trouble) }),
            limit: Self.mostWindowsLookedAt
        )
        report.windowsLookedAt = looked.count
        let findings = try EnrolmentCheck.findings(looked.map(\.checked), rules: rules)
        report.findings += findings.map(EnrolmentReport.Finding.init)
        let leftOut = Set(findings.flatMap(\.windows))
        let used = looked.indices.filter { !leftOut.contains($0) }.map { looked[$0].normal }.inBlocksOfTime()
        if used.count < rules.fewestWindows, looked.count >= rules.fewestWindows, !report.isRefused {
            let few = EnrolmentFinding.tooFewWindows(found: used.count, needed: rules.fewestWindows)
            report.findings.append(EnrolmentReport.Finding(few))
        }
        guard !report.isRefused else { return EnrolmentOutcome(report: report, made: nil) }
        if state.isEmpty, let first = looked.first, let last = looked.last {
            let seconds = last.end.timeIntervalSince(first.start)
            if seconds < Self.oneSittingSeconds { report.findings.append(oneSitting(minutes: seconds / 60)) }
        }
        let bank: NormalBank
        if let present, !state.isEmpty {
            bank = try present.replacing(state: state, with: used, capacity: capacity)
        } else {
            bank = try NormalBank(windows: [state: used], capacity: capacity)
        }
        let sound = try NormalSound(bank, version: 0)
        report.windowsUsed = used.count
        report.bytes = bank.encodedBytes
        report.states = bank.states.map { state in
            EnrolmentReport.State(
                name: state.name,
                points: state.points,
                windows: state.windowsHeard,
                limit: sound.limit(of: state.name) ?? 0
            )
        }
        return EnrolmentOutcome(report: report, made: (bank, sound))
    }

    /// Trouble that makes a window unfit to stand for the machine. A jump of the level does not: after maintenance, or
    /// with the microphone moved, that is the very reason to enrol anew.
    private static func spoils(_ trouble: MicrophoneTrouble?) -> Bool {
        switch trouble {
        case .constantOffset, .mainsHum: true
        case .silence, .clipping, .levelJump, nil: false
        }
    }

    private static func withoutOverlap(_ windows: [LearningWindow]) -> [LearningWindow] {
        var apart: [LearningWindow] = []
        for window in windows.sorted(by: { $0.start < $1.start }) {
            let allowed = window.end.timeIntervalSince(window.start) * overlapAllowed
            if let last = apart.last, window.start < last.end.addingTimeInterval(-allowed) { continue }
            apart.append(window)
        }
        return apart
    }

    /// Those with a descriptor of the present layout; all of them, without, where none has one.
    private static func described(_ windows: [LearningWindow]) -> [LearningWindow] {
        let described = windows.filter { $0.descriptor?.version == AcousticDescriptor.currentVersion }
        return described.isEmpty ? windows : described
    }

    private static func spread(_ windows: [LearningWindow], limit: Int) -> [LearningWindow] {
        guard windows.count > limit else { return windows }
        return (0..<limit).map { windows[$0 * windows.count / limit] }
    }

    private static func trouble(_ count: Int, of total: Int, isRefused: Bool) -> EnrolmentReport.Finding {
        EnrolmentReport.Finding(
            code: "trouble",
            isRefusal: isRefused,
            windows: count,
            text: BilingualSentence(
                en: "\(count) of \(total) windows say something about the microphone only (mains hum, a constant "
                    + "voltage); check its cable and supply.",
                zh: "\(total) 个窗口中有 \(count) 个只反映麦克风问题（工频嗡声、直流偏置）；请检查线缆和供电。"
            )
        )
    }

    private func oneSitting(minutes: Double) -> EnrolmentReport.Finding {
        let minutes = Int(minutes.rounded(.up))
        return EnrolmentReport.Finding(
            code: "one_sitting",
            isRefusal: false,
            windows: 0,
            text: BilingualSentence(
                en:
                    "All of it was heard within \(minutes) minutes; what the machine does at other hours will sound new. "
                    + "Once a day of it is stored, `ausculta enroll \(machine) --since 24h` hears all of that.",
                zh: "全部声音来自 \(minutes) 分钟之内；设备在其他时段的声音会被视为异常。存满一天后，可用 "
                    + "`ausculta enroll \(machine) --since 24h` 听取全天。"
            )
        )
    }

    private static func longStretch(_ count: Int, of total: Int) -> EnrolmentReport.Finding {
        EnrolmentReport.Finding(
            code: "long_stretch",
            isRefusal: false,
            windows: 0,
            text: BilingualSentence(
                en: "The stretch holds \(total) windows; \(count) of them, spread over it, were read.",
                zh: "该时段共有 \(total) 个窗口；从中均匀读取了 \(count) 个。"
            )
        )
    }
}

extension LearningWindow {
    fileprivate var checked: EnrolmentWindow {
        EnrolmentWindow(
            embedding: embedding,
            levelDBFS: levelDBFS,
            clippedFraction: acoustic?.clippedShare ?? 0
        )
    }

    fileprivate var normal: NormalWindow {
        NormalWindow(embedding: embedding, descriptor: acoustic?.values ?? [])
    }

    /// Nil for another layout.
    private var acoustic: AcousticDescriptor? {
        descriptor.flatMap { try? AcousticDescriptor(values: $0.values, version: $0.version) }
    }
}

extension EnrolmentReport.Finding {
    init(_ finding: EnrolmentFinding) {
        let code =
            switch finding {
            case .tooFewWindows: "too_few_windows"
            case .silence: "silence"
            case .clipping: "clipping"
            case .tooLittleVariety: "too_little_variety"
            case .outliers: "outliers"
            }
        self.init(
            code: code,
            isRefusal: finding.isRefusal,
            windows: finding.windows.count,
            text: BilingualSentence(finding.text)
        )
    }
}

extension BilingualSentence {
    init(_ text: BilingualText) { self.init(en: text.english, zh: text.chinese) }
}
