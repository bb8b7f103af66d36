// Whether this box's clock can be believed, and whether the senders' clocks agree with it.
import Foundation

/// What is known about the clocks.
struct ClockFacts: Hashable, Sendable {
    /// This box's clock.
    var now: Date
    /// When the program was put on this disk; a clock before that is wrong.
    var installedAt: Date?
    /// Whether the system says that its clock follows a time server; nil where it does not say.
    var isSynchronised: Bool?
    /// By how many seconds each machine's chunks lie behind this clock; below 0 the sender is ahead.
    var lagsSeconds: [String: Double] = [:]

    /// Reads the system's clock and what it says about it.
    static func read(now: Date) -> ClockFacts {
        let files = FileManager.default
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        var facts = ClockFacts(now: now)
        facts.installedAt = (try? files.attributesOfItem(atPath: program))?[.modificationDate] as? Date
        // Kept by systemd-timesyncd; other time services say nothing there.
        if files.fileExists(atPath: "/run/systemd/timesync") {
            facts.isSynchronised = files.fileExists(atPath: "/run/systemd/timesync/synchronized")
        }
        return facts
    }
}

/// Judges the clocks.
struct ClockCheck: Sendable {
    /// A sender further away is not believed by the service: its chunks count from their arrival.
    static let believedSeconds = 300.0
    /// A sender further away is worth a look.
    static let noticedSeconds = 30.0

    let facts: ClockFacts

    var findings: [DoctorFinding] { [own] + senders }

    private var own: DoctorFinding {
        let time = facts.now.formatted(.iso8601)
        if let installed = facts.installedAt, facts.now < installed.addingTimeInterval(-1) {
            return .problem(
                .clock,
                "this box",
                "the clock says \(time), which is before this program was installed (\(installed.formatted(.iso8601)))",
                "set the clock (timedatectl set-ntp true) and give the box a time server it can reach"
            )
        }
        switch facts.isSynchronised {
        case true?: return .ok(.clock, "this box", "\(time), follows a time server")
        case false?:
            return .remark(
                .clock,
                "this box",
                "\(time), but the clock follows no time server",
                "timedatectl set-ntp true, and let the box reach a time server (NTP=… in /etc/systemd/timesyncd.conf)"
            )
        case nil: return .ok(.clock, "this box", "\(time); the system does not say whether it follows a time server")
        }
    }

    private var senders: [DoctorFinding] {
        let far = facts.lagsSeconds.filter { abs($0.value) > Self.noticedSeconds }.sorted { $0.key < $1.key }
        let told = far.map { machine, lag -> DoctorFinding in
            let amount = Quantities.text(seconds: abs(lag))
            let found =
                lag > 0 ? "its ts lies \(amount) behind this clock" : "its ts lies \(amount) ahead of this clock"
            guard abs(lag) > Self.believedSeconds else {
                return .remark(
                    .clock,
                    machine,
                    found,
                    "let sender and box follow the same time server; or the sender sends sound of the past"
                )
            }
            return .problem(
                .clock,
                machine,
                "\(found), more than the service believes (\(Quantities.text(seconds: Self.believedSeconds)))",
                "set the sender's clock, or leave ts out"
            )
        }
        guard told.isEmpty, !facts.lagsSeconds.isEmpty else { return told }
        let most = facts.lagsSeconds.values.map(abs).max() ?? 0
        return [.ok(.clock, "senders", "their ts agree with this clock within \(Quantities.text(seconds: most))")]
    }
}
