// Listens for a while: messages go from the network thread through a bounded buffer to one ear.
import Foundation
import MQTT

/// A listening of its own length. Make handlers, subscribe with them, then `listen` once.
struct SoundWatch: Sendable {
    /// Sound of every machine after which listening ends early.
    static let enoughSeconds = ChunkEar.stretchSeconds * Double(ChunkEar.maximumStretches)
    /// Messages that may wait; older ones are forgotten.
    private static let waitingMessages = 1_024

    private let maximumPayloadBytes: Int
    private let dropsCopies: Bool
    private let chunks: AsyncStream<ArrivedChunk>
    private let chunk: AsyncStream<ArrivedChunk>.Continuation

    init(maximumPayloadBytes: Int, dropsCopies: Bool) {
        self.maximumPayloadBytes = maximumPayloadBytes
        self.dropsCopies = dropsCopies
        (chunks, chunk) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.waitingMessages))
    }

    /// Takes a machine's messages.
    func handler(for machine: MachineConfiguration) -> @Sendable (MQTTMessage) -> Void {
        { [chunk] message in chunk.yield(ArrivedChunk(machine: machine, message: message, arrival: Date())) }
    }

    /// Takes messages of topics that `isWanted`.
    func handler(where isWanted: @escaping @Sendable (String) -> Bool) -> @Sendable (MQTTMessage) -> Void {
        { [chunk] message in
            guard isWanted(message.topic) else { return }
            chunk.yield(ArrivedChunk(machine: nil, message: message, arrival: Date()))
        }
    }

    /// Listens.
    ///
    /// - Parameters:
    ///   - seconds: at most.
    ///   - isEnough: asked after every message; ends the listening early.
    func listen(
        seconds: Double,
        isEnough: ([ChunkEar.Key: HeardTopic]) -> Bool
    ) async throws -> [ChunkEar.Key: HeardTopic] {
        let ear = try ChunkEar(maximumPayloadBytes: maximumPayloadBytes, dropsCopies: dropsCopies)
        let end = Task { [chunk] in
            try? await Task.sleep(for: .seconds(seconds))
            chunk.finish()
        }
        defer { end.cancel() }
        for await arrived in chunks {
            ear.take(arrived)
            if isEnough(ear.topics) { break }
        }
        ear.finish()
        return ear.topics
    }
}
