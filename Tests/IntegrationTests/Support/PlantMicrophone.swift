// A machine's microphone in a test: chunks of exactly one window each, stamped in the recent past, sent at once.
import AudioFeatures
import Foundation
import MQTT

/// Sends sound to a machine's topic. Every chunk is one window of the plant's configuration (2 s at 48 kHz), so a chunk
/// in gives a window out, and a test knows how many windows there must be.
struct PlantMicrophone {
    static let chunkSeconds = 2.0

    let plant: Plant
    let machine: String
    /// Time of the next chunk's first sample.
    private(set) var time: Date
    private var sequenceNumber: UInt64

    /// - Parameter secondsAgo: where in the past the stream begins; the service believes clocks within five minutes.
    init(_ plant: Plant, _ machine: String, secondsAgo: Double = 200) {
        self.plant = plant
        self.machine = machine
        let milliseconds = ((Date().timeIntervalSince1970 - secondsAgo) * 1_000).rounded()
        time = Date(timeIntervalSince1970: milliseconds / 1_000)
        sequenceNumber = UInt64(milliseconds)
    }

    /// Sends so many chunks of a sound.
    mutating func send(_ sound: TestSound, count: Int) async throws {
        let format = PCMFormat(encoding: .s16le, sampleRateHz: 48_000)
        let payload = format.encode(sound.samples(seconds: Self.chunkSeconds))
        for _ in 0..<count { try await send(payload, contentType: format.contentType) }
    }

    /// Sends one chunk of any bytes.
    mutating func send(_ payload: Data, contentType: String?) async throws {
        try await plant.client.publish(
            topic: plant.topics.audio(machine: machine),
            payload: payload,
            qos: .atLeastOnce,
            properties: MQTTProperties(
                contentType: contentType,
                userProperties: [
                    MQTTUserProperty("seq", String(sequenceNumber)),
                    MQTTUserProperty("ts", String(Int64((time.timeIntervalSince1970 * 1_000).rounded()))),
                ]
            )
        )
        sequenceNumber += 1
        time += Self.chunkSeconds
    }

    /// Lets time pass in the stream without sound.
    mutating func skip(seconds: Double) {
        time += seconds
    }
}
