// A simulated machine on the broker: its microphone, a chunk at a time, at the pace of real time.
import AudioFeatures
import Foundation
import MQTT
import MachineSimulator

/// Streams a simulated machine until the task is cancelled.
public struct SimulatedSender: Sendable {
    private let client: MQTTClient
    private let topic: String
    private let format: ChunkFormat
    private let chunkSeconds: Double
    private let settings: SimulationSettings

    /// - Parameter chunkSeconds: sound per message.
    public init(
        client: MQTTClient,
        topic: String,
        format: ChunkFormat = .raw(.s16le),
        chunkSeconds: Double = 1,
        settings: SimulationSettings
    ) {
        self.client = client
        self.topic = topic
        self.format = format
        self.chunkSeconds = chunkSeconds
        self.settings = settings
    }

    /// Sends chunks at the pace of real time.
    ///
    /// - Parameters:
    ///   - durationSeconds: nil for as long as the task lives.
    ///   - progress: the seconds sent and the machine's condition, after every chunk.
    public func run(
        durationSeconds: Double? = nil,
        progress: (Double, MachineCondition) -> Void = { _, _ in }
    ) async throws {
        var microphone = try SimulatedMicrophone(settings)
        let started = Date()
        let clock = ContinuousClock()
        let startInstant = clock.now
        var sender = ChunkSender(client: client, topic: topic, format: format, startedAt: started)
        let frames = max(1, Int(chunkSeconds * Double(settings.sampleRateHz)))
        var seconds = 0.0
        while durationSeconds.map({ seconds < $0 }) ?? true {
            let samples = microphone.render(frames: frames)
            let end = seconds + Double(frames) / Double(settings.sampleRateHz)
            try await clock.sleep(until: startInstant + .seconds(end))
            try await sender.send(
                AudioBuffer(samples: samples, sampleRateHz: settings.sampleRateHz),
                timestamp: started.addingTimeInterval(seconds)
            )
            seconds = end
            progress(seconds, microphone.condition)
        }
    }
}
