// One message of audio as it arrived: the entrance of the house.
import Foundation

/// One chunk of a machine's audio, undecoded.
public struct AudioChunk: Hashable, Sendable {
    /// The machine it belongs to (from the topic).
    public let machine: String
    /// When it arrived here.
    public let arrival: Date
    /// The bytes as sent.
    public let payload: Data
    /// MQTT 5 content type.
    public let contentType: String?
    /// Sequence number and time of the sender, or why they cannot be read.
    public let properties: Result<ChunkProperties, ChunkPropertyError>

    /// Makes a chunk from a message with its MQTT 5 user properties.
    public init(
        machine: String,
        arrival: Date,
        payload: Data,
        contentType: String? = nil,
        userProperties: [(String, String)]
    ) {
        self.machine = machine
        self.arrival = arrival
        self.payload = payload
        self.contentType = contentType
        properties = Result { () throws(ChunkPropertyError) in try ChunkProperties(userProperties: userProperties) }
    }

    /// Makes a chunk with known sequence number and time.
    public init(
        machine: String,
        arrival: Date,
        payload: Data,
        contentType: String? = nil,
        sequenceNumber: UInt64? = nil,
        timestamp: Date? = nil
    ) {
        self.machine = machine
        self.arrival = arrival
        self.payload = payload
        self.contentType = contentType
        properties = .success(ChunkProperties(sequenceNumber: sequenceNumber, timestamp: timestamp))
    }

    /// Identifies a redelivery: the same bytes with the same properties, within one run of the program.
    var fingerprint: Int {
        var hasher = Hasher()
        payload.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(try? properties.get())
        return hasher.finalize()
    }
}
