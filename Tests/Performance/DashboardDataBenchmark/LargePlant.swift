// The live half of the large plant: every machine heard a moment ago.
import Dashboard
import Foundation
import MachineHealth
import Publishing

/// A plant that stands still.
struct LargePlant: PlantSource {
    let machines: [LiveMachine]
    private let byID: [String: LiveMachine]

    init(_ store: LargeStore) throws {
        let vocabulary = try LabelVocabulary(profile: "compressor", labels: store.labels)
        machines = store.machines.map { id in
            let monitor = MachineMonitor(
                machine: id,
                vocabulary: vocabulary,
                rules: TrendRules(),
                startingAt: store.end
            )
            let description = MachineDescription(
                id: id,
                name: LocalizedName(["en": id, "zh": id]),
                vocabulary: vocabulary,
                rules: TrendRules(),
                windowLengthSeconds: 10,
                hopSeconds: 5,
                topic: "ausculta/plant1/\(id)/audio",
                keepsSound: false
            )
            return LiveMachine(description: description, monitor: monitor)
        }
        byID = Dictionary(machines.map { ($0.description.id, $0) }) { first, _ in first }
    }

    func machine(_ id: String) -> LiveMachine? { byID[id] }

    func status() async -> PlantStatus { fatalError("not measured") }

    func subscribe(windowsOf machine: String?) -> PlantMailbox { PlantMailbox(windowsOf: machine) }

    func unsubscribe(_ mailbox: PlantMailbox) {}

    func carryOut(_ command: OperatorCommand, from origin: CommandOrigin) async -> CommandResult {
        .refused(command, error: "nothing moves here")
    }
}
