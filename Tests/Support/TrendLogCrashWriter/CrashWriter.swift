// A process to be killed: opens a store and commits windows with events until someone ends it.
import Foundation
import MachineHealth
import TrendLog

/// Usage: TrendLogCrashWriter STORE. Prints an event's id after its commit has returned, one a line.
@main
struct CrashWriter {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { exit(64) }
        let store: TrendLogStore
        do {
            store = try TrendLogStore(url: URL(fileURLWithPath: CommandLine.arguments[1]))
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(2)
        }
        let label = LabelID("bearing-lacking-oil")
        for number in 0... {
            let start = Date(timeIntervalSince1970: 1_800_000_000 + Double(number) * 5)
            let end = start.addingTimeInterval(10)
            let event = HealthEvent(
                id: UUID(),
                type: .faultRaised,
                machine: "compressor-2",
                label: label,
                confidence: 0.9,
                time: end,
                message: "event \(number)"
            )
            let observation = Observation(
                machine: "compressor-2",
                start: start,
                end: end,
                scores: [LabelScore(label: label, confidence: 0.9)],
                levelDBFS: -30,
                missingFraction: 0,
                quality: .good
            )
            let payload = Data("{\"id\":\"\(event.id.text)\"}".utf8)
            try await store.commit(
                WindowCommit(
                    window: WindowRecord(
                        observation: observation,
                        verdict: .label(label),
                        model: "test",
                        latencyMS: 1,
                        embedding: [Float](repeating: 0.1, count: 512)
                    ),
                    events: [
                        EventRecord(
                            event: event,
                            payload: payload,
                            deliveries: [OutboxDelivery(target: "json", topic: "a/event", payload: payload)]
                        )
                    ]
                )
            )
            try FileHandle.standardOutput.write(contentsOf: Data("\(event.id.text)\n".utf8))
        }
    }
}
