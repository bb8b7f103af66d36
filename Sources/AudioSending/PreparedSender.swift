// A machine's microphone for load tests: chunks rendered beforehand, so that many senders cost next to nothing.
import AudioFeatures
import Foundation
import MQTT

/// Chunks ready to be sent, over and over.
public struct PreparedChunks: Sendable {
    /// Payloads of equal length.
    let payloads: [Data]
    let contentType: String
    let secondsPerChunk: Double

    /// Cuts mono samples into 16-bit chunks; a rest that fills no chunk is left out.
    public init(samples: [Float], sampleRateHz: Int, secondsPerChunk: Double) {
        let format = PCMFormat(encoding: .s16le, sampleRateHz: sampleRateHz, channelCount: 1)
        let frames = max(1, Int(secondsPerChunk * Double(sampleRateHz)))
        payloads = stride(from: 0, through: samples.count - frames, by: frames).map { start in
            format.encode(Array(samples[start..<start + frames]))
        }
        contentType = format.contentType
        self.secondsPerChunk = Double(frames) / Double(sampleRateHz)
    }
}

/// Sends prepared chunks at the pace of real time. Several machines may share a connection.
public struct PreparedSender: Sendable {
    private let client: MQTTClient
    private let topic: String
    private let chunks: PreparedChunks

    public init(client: MQTTClient, topic: String, chunks: PreparedChunks) {
        self.client = client
        self.topic = topic
        self.chunks = chunks
    }

    /// Sends until the task is cancelled.
    ///
    /// - Parameter offsetSeconds: when the first chunk begins, from now: machines do not start in step.
    public func run(offsetSeconds: Double) async throws {
        guard !chunks.payloads.isEmpty else { return }
        let clock = ContinuousClock()
        let startInstant = clock.now + .seconds(offsetSeconds)
        let start = Date().addingTimeInterval(offsetSeconds)
        let firstNumber = UInt64(max(0, start.timeIntervalSince1970 * 1_000))
        var count = 0
        while !Task.isCancelled {
            let begin = Double(count) * chunks.secondsPerChunk
            // A microphone's chunk is complete at its end.
            try await clock.sleep(until: startInstant + .seconds(begin + chunks.secondsPerChunk))
            let time = Int64((start.addingTimeInterval(begin).timeIntervalSince1970 * 1_000).rounded())
            try await client.publish(
                topic: topic,
                payload: chunks.payloads[count % chunks.payloads.count],
                qos: .atLeastOnce,
                properties: MQTTProperties(
                    contentType: chunks.contentType,
                    userProperties: [
                        MQTTUserProperty("seq", String(firstNumber + UInt64(count))),
                        MQTTUserProperty("ts", String(time)),
                    ]
                )
            )
            count += 1
        }
    }
}
