// A machine that fails and is acknowledged, as publish profiles see it.
import Foundation
import MachineHealth
import TrendLog

@testable import Publishing

enum Machines {
    static let valve = LabelID("valve-plate-broken")

    static func vocabulary(faults: [LabelID] = [Samples.oil, valve]) throws -> LabelVocabulary {
        try LabelVocabulary(
            profile: "compressor",
            labels: [
                Label(id: LabelID("normal"), name: LocalizedName(["en": "Normal"]), kind: .normal, prompts: ["normal"])
            ]
                + faults.map {
                    Label(
                        id: $0,
                        name: $0 == Samples.oil ? Samples.oilName : LocalizedName(["en": "Valve"]),
                        kind: .fault,
                        prompts: ["fault"]
                    )
                }
        )
    }

    static func monitor(_ machine: String, faults: [LabelID] = [Samples.oil, valve]) throws -> MachineMonitor {
        MachineMonitor(
            machine: machine,
            vocabulary: try vocabulary(faults: faults),
            rules: TrendRules(),
            startingAt: Samples.start
        )
    }

    /// A window that says the machine is failing, or well; windows follow each other every 5 s.
    static func window(_ machine: String, _ number: Int, failing: Bool) -> Observation {
        let start = Samples.start.addingTimeInterval(Double(number) * 5)
        return Observation(
            machine: machine,
            start: start,
            end: start.addingTimeInterval(10),
            scores: [
                LabelScore(label: LabelID("normal"), confidence: failing ? 0.05 : 0.9),
                LabelScore(label: Samples.oil, confidence: failing ? 0.9 : 0.05),
                LabelScore(label: valve, confidence: 0.05),
            ],
            levelDBFS: -20,
            missingFraction: 0,
            quality: .good
        )
    }

    static func picture(_ monitor: MachineMonitor, at time: Date = Samples.start) -> MachinePicture {
        MachinePicture(monitor, stream: StreamStatus(droppedChunks: 2), model: "tiny@1234abcd", time: time)
    }

    /// A machine with an unacknowledged alarm, heard at present.
    static func failing(_ machine: String = "compressor-2") throws -> MachineMonitor {
        var monitor = try monitor(machine)
        _ = monitor.streamRestored(at: Samples.start)
        for number in 0..<3 { _ = monitor.observe(window(machine, number, failing: true)) }
        return monitor
    }
}
