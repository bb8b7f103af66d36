// One machine's microphone as the broker sees it: chunks with sequence numbers, times and a content type.
import AudioFeatures
import Foundation
import MQTT

/// How chunks are written on the wire.
public enum ChunkFormat: Sendable, Hashable, CustomStringConvertible {
    /// Raw samples, described by the content type.
    case raw(PCMFormat.Encoding)
    /// A container libsndfile writes.
    case file(AudioFileFormat)

    /// The format of a name such as "wav", "flac" or "s16le".
    public init?(name: String) {
        if let encoding = PCMFormat.Encoding(rawValue: name) {
            self = .raw(encoding)
        } else if let format = AudioFileFormat(rawValue: name) {
            self = .file(format)
        } else {
            return nil
        }
    }

    /// Every name `init(name:)` takes.
    public static var names: [String] {
        AudioFileFormat.allCases.map(\.rawValue) + PCMFormat.Encoding.allCases.map(\.rawValue)
    }

    public var description: String {
        switch self {
        case .raw(let encoding): encoding.rawValue
        case .file(let format): format.rawValue
        }
    }

    /// Payload and content type of a chunk.
    func encode(_ buffer: AudioBuffer) throws -> (payload: Data, contentType: String) {
        switch self {
        case .raw(let encoding):
            let format = PCMFormat(
                encoding: encoding,
                sampleRateHz: buffer.sampleRateHz,
                channelCount: buffer.channelCount
            )
            return (format.encode(buffer.samples), format.contentType)
        case .file(let format):
            return (try AudioEncoder.encode(buffer, as: format), format.contentType)
        }
    }
}

/// Sends one machine's chunks. Sequence numbers start at the present time in milliseconds, so that a sender that starts
/// again is never taken for a redelivery of its former self.
public struct ChunkSender {
    /// Where chunks go.
    public let topic: String
    /// How they are written.
    public let format: ChunkFormat
    /// Chunks sent so far.
    public private(set) var chunkCount = 0
    /// Bytes of payload sent so far.
    public private(set) var byteCount = 0

    private let client: MQTTClient
    private let firstSequenceNumber: UInt64

    /// - Parameter startedAt: gives the first sequence number.
    public init(client: MQTTClient, topic: String, format: ChunkFormat, startedAt: Date) {
        self.client = client
        self.topic = topic
        self.format = format
        firstSequenceNumber = UInt64(max(0, startedAt.timeIntervalSince1970 * 1_000))
    }

    /// Sends one chunk and returns when the broker has acknowledged it. A connection that is lost meanwhile is waited for,
    /// and the chunk is sent again with the same number.
    ///
    /// - Parameter timestamp: time of the first sample; nil leaves it to the receiver.
    public mutating func send(_ buffer: AudioBuffer, timestamp: Date?) async throws {
        let (payload, contentType) = try format.encode(buffer)
        var properties = [MQTTUserProperty("seq", String(firstSequenceNumber + UInt64(chunkCount)))]
        if let timestamp {
            properties.append(
                MQTTUserProperty("ts", String(Int64((timestamp.timeIntervalSince1970 * 1_000).rounded())))
            )
        }
        while true {
            do {
                try await client.publish(
                    topic: topic,
                    payload: payload,
                    qos: .atLeastOnce,
                    properties: MQTTProperties(contentType: contentType, userProperties: properties)
                )
                break
            } catch MQTTError.notConnected, MQTTError.connectionLost {
                try await client.waitUntilConnected(timeoutSeconds: 60)
            }
        }
        chunkCount += 1
        byteCount += payload.count
    }
}
