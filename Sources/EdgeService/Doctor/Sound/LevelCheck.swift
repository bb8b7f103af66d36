// Whether each machine's microphone hears anything of use: silence, clipping, a constant offset, mains hum, a low level.
import Foundation
import MachineHealth

/// Judges the levels of what was heard.
struct LevelCheck: Sendable {
    /// RMS level below which a microphone hears little more than itself.
    static let faintDBFS = -65.0
    /// Level above which the next louder sound will be cut.
    static let loudDBFS = -3.0

    let machines: [HeardMachine]

    var findings: [DoctorFinding] {
        machines.flatMap { machine in
            machine.topics.compactMap { finding(machine.id, $0) }
        }
    }

    private func finding(_ machine: String, _ topic: HeardTopic) -> DoctorFinding? {
        guard let level = topic.levelDBFS else { return nil }
        let shown = String(format: "%.0f dBFS", level)
        let troubled = topic.troubles.compactMap { $0 }
        if let trouble = Self.most(troubled) {
            let words = Self.words(trouble)
            // What is there half of the time is no accident.
            if troubled.count * 2 > topic.troubles.count {
                return .problem(.microphone, machine, "\(words.found) (level \(shown))", words.remedy)
            }
            return .remark(
                .microphone,
                machine,
                "now and then \(words.found) (\(troubled.count) of \(topic.troubles.count) stretches, level \(shown))",
                words.remedy
            )
        }
        if level < Self.faintDBFS {
            return .remark(
                .microphone,
                machine,
                "very faint: \(shown)",
                "raise the microphone's gain or move it nearer to the machine"
            )
        }
        if level > Self.loudDBFS {
            return .remark(.microphone, machine, "very loud: \(shown)", "lower the microphone's gain before it clips")
        }
        return .ok(.microphone, machine, "level \(shown), no clipping, offset or hum")
    }

    private static func most(_ troubles: [MicrophoneTrouble]) -> MicrophoneTrouble? {
        MicrophoneTrouble.allCases.filter(troubles.contains).max { left, right in
            troubles.count { $0 == left } < troubles.count { $0 == right }
        }
    }

    private static func words(_ trouble: MicrophoneTrouble) -> (found: String, remedy: String) {
        switch trouble {
        case .silence:
            ("no sound at all", "check that the microphone is plugged in, not muted, and the right input is recorded")
        case .clipping:
            ("clipped: driven to full scale", "lower the microphone's gain until peaks stay below full scale")
        case .constantOffset:
            (
                "a constant offset instead of sound",
                "check the microphone's supply and wiring, or record through a high-pass filter"
            )
        case .mainsHum:
            (
                "mains hum and nothing else",
                "check shield and ground of the cable; use a balanced or a digital microphone"
            )
        case .levelJump:
            ("a level far from the usual", "check whether the microphone was moved, covered or set to another gain")
        }
    }
}
