// Streams recordings as a machine: at the pace of real time, or as fast as the service keeps up.
import AudioFeatures
import Foundation
import MQTT

/// How fast recordings are sent.
public enum SendingPace: Sendable {
    /// A second of sound a second, stamped with the present time.
    case realTime
    /// As fast as results come back; without stamps, the receiver counts samples.
    case fast
}

/// What a sender has done so far.
public struct SendingProgress: Sendable {
    /// The recording being sent.
    public var source: String
    /// Seconds of sound sent, over all recordings.
    public var seconds: Double
    /// Chunks sent.
    public var chunks: Int
    /// Windows the service has answered with.
    public var windows: Int
}

/// Sends recordings one after the other as one machine's stream.
public struct RecordingSender: Sendable {

    private let client: MQTTClient
    private let topic: String
    private let windowTopic: String
    private let format: ChunkFormat
    private let chunkSeconds: Double
    private let pace: SendingPace

    /// - Parameters:
    ///   - topic: where the machine's audio goes.
    ///   - windowTopic: where the service tells the machine's windows.
    ///   - chunkSeconds: sound per message, 0.1 to 30.
    public init(
        client: MQTTClient,
        topic: String,
        windowTopic: String,
        format: ChunkFormat,
        chunkSeconds: Double,
        pace: SendingPace
    ) {
        self.client = client
        self.topic = topic
        self.windowTopic = windowTopic
        self.format = format
        self.chunkSeconds = chunkSeconds
        self.pace = pace
    }

    /// Sends every recording; a cancelled task stops between two chunks.
    ///
    /// - Parameters:
    ///   - failed: told of a recording that cannot be read; the others are still sent.
    ///   - progress: called after every chunk.
    /// - Returns: what was sent.
    @discardableResult
    public func send(
        _ sources: [RecordingSource],
        failed: (RecordingSource, any Error) -> Void,
        progress: (SendingProgress) -> Void = { _ in }
    ) async throws -> SendingProgress {
        let echo = try await WindowEcho(client: client, topic: windowTopic)
        defer { echo.cancel() }
        let started = Date()
        let clock = ContinuousClock()
        let startInstant = clock.now
        var sender = ChunkSender(client: client, topic: topic, format: format, startedAt: started)
        var done = SendingProgress(source: "", seconds: 0, chunks: 0, windows: 0)
        var waitsForResults = pace == .fast
        for source in sources {
            done.source = source.name
            do {
                let blocks = try source.open()
                let frameCount = max(1, Int(chunkSeconds * Double(blocks.sampleRateHz)))
                while let block = try blocks.next(maxFrameCount: frameCount) {
                    try Task.checkCancellation()
                    let end = done.seconds + block.durationSeconds
                    switch pace {
                    case .realTime:
                        // A microphone's chunk is complete at its end, not at its beginning.
                        try await clock.sleep(until: startInstant + .seconds(end))
                        try await sender.send(block, timestamp: started.addingTimeInterval(done.seconds))
                    case .fast:
                        if waitsForResults { waitsForResults = await echo.waitForTurn(sentSeconds: done.seconds) }
                        try await sender.send(block, timestamp: nil)
                    }
                    done.seconds = end
                    done.chunks = sender.chunkCount
                    done.windows = echo.windowCount
                    progress(done)
                }
            } catch let error as AudioDecodingError {
                failed(source, error)
            }
        }
        if pace == .fast, waitsForResults { await echo.waitForRest(sentSeconds: done.seconds) }
        done.windows = echo.windowCount
        return done
    }
}
