// The broker side of `ausculta simulate`: the simulated machine as a live stream.
import ArgumentParser
import AudioSending
import Foundation
import MachineSimulator

/// Streams a simulated machine to a broker until its time is over or Ctrl-C.
struct SimulateBroadcast {
    let machine: String
    let sending: SendingOptions
    let format: String
    let settings: SimulationSettings
    /// Nil sends until Ctrl-C.
    let durationSeconds: Double?

    func run() async throws {
        guard let chunkFormat = ChunkFormat(name: format) else {
            throw ValidationError("--format '\(format)': known are \(ChunkFormat.names.joined(separator: ", "))")
        }
        let (client, topic, _) = try await sending.connect(machine: machine)
        Console.remark("\(machine): simulated sound to \(topic); Ctrl-C stops")
        let sender = SimulatedSender(
            client: client,
            topic: topic,
            format: chunkFormat,
            settings: settings
        )
        var line = ProgressLine()
        let durationSeconds = durationSeconds
        _ = try await withInterruptCancelling {
            try await sender.run(durationSeconds: durationSeconds) { seconds, condition in
                let (state, severity) = condition.worst
                line.draw("\(Int(seconds)) s sent, now \(state.rawValue) \(Int((severity * 100).rounded())) %")
            }
        }
        line.clear()
        await client.stop()
    }
}
