// The whole way from a chunk to windows for one machine: one call in, windows out.
import AudioFeatures
import Foundation

/// What a call into the intake gave.
public struct IntakeResult: Hashable, Sendable {
    /// Windows completed, oldest first.
    public var windows: [AudioWindow] = []
    /// The frames they were cut from, in order: what this call added to the stream.
    public var frames: [AudioFrame] = []
    /// Why the chunk was refused; nil when it was taken (or dropped as duplicate or late, see the counters).
    public var refusal: ChunkRefusal?
    /// What else is worth a line in the log.
    public var notices: [IntakeNotice] = []

    /// An empty result.
    public init() {}
}

/// One machine's intake: recognise, decode, order, place in time, cut.
///
/// A value without clock or I/O: the same chunks with the same times give the same windows.
public struct MachineIntake: Sendable {
    /// The machine.
    public let machine: String
    /// Its configuration.
    public let config: MachineAudioConfig
    /// What happened so far.
    public private(set) var counters = AcquisitionCounters()

    private let decoder: AudioDecoder
    private let recognizer: PayloadRecognizer
    private var clock: SenderClock
    private var assembler: StreamAssembler
    private var cutter: WindowCutter

    /// Makes an intake.
    public init(machine: String, config: MachineAudioConfig) {
        self.machine = machine
        self.config = config
        decoder = AudioDecoder(limits: config.limits)
        recognizer = PayloadRecognizer(rawFormat: config.rawFormat)
        clock = SenderClock(trust: config.policy.clockTrust)
        assembler = StreamAssembler(policy: config.policy)
        cutter = WindowCutter(machine: machine, spec: config.window)
    }

    /// Takes one chunk.
    ///
    /// - Parameter now: the time of the call; ends waits for missing chunks.
    public mutating func accept(_ chunk: AudioChunk, now: Date) -> IntakeResult {
        var result = IntakeResult()
        counters.receivedChunks += 1
        counters.receivedBytes += chunk.payload.count
        counters.lastChunkTime = chunk.arrival

        let properties: ChunkProperties
        switch chunk.properties {
        case .success(let read):
            properties = read
        case .failure(let error):
            refuse(.malformedProperty, error.description, &result)
            return result
        }
        let (timestamp, clockNotice) = clock.judge(properties.timestamp, arrival: chunk.arrival)
        if let clockNotice { result.notices.append(clockNotice) }
        counters.clockOffsetSeconds = clock.offsetSeconds

        let position = StreamAssembler.Position(
            sequenceNumber: properties.sequenceNumber,
            timestamp: timestamp,
            arrival: chunk.arrival,
            fingerprint: chunk.fingerprint
        )
        let admission = assembler.admit(position)
        switch admission {
        case .duplicate: counters.duplicateChunks += 1
        case .late: counters.lateChunks += 1
        case .early: counters.reorderedChunks += 1
        case .next, .restart: break
        }
        if admission != .duplicate, admission != .late {
            let audio = decode(chunk, &result)
            // A refused chunk that the sender numbered still holds its place; one that it did not was never there.
            if audio != nil || properties.sequenceNumber != nil {
                let frames = assembler.insert(
                    position,
                    audio: audio,
                    admission: admission,
                    now: now,
                    notices: &result.notices
                )
                cut(frames, &result)
            }
        }
        finish(&result)
        return result
    }

    /// To be called now and then while no chunk arrives: lets go of chunks that waited too long for missing ones.
    public mutating func tick(now: Date) -> IntakeResult {
        var result = IntakeResult()
        cut(assembler.releaseOverdue(now: now, notices: &result.notices), &result)
        finish(&result)
        return result
    }

    /// Seconds since the last chunk arrived; nil before the first.
    public func silenceSeconds(now: Date) -> Double? {
        counters.lastChunkTime.map { now.timeIntervalSince($0) }
    }

    /// Chunks that came early and wait for the ones before them; bounded by the policy.
    public var waitingChunkCount: Int { assembler.waitingChunkCount }

    /// Counts chunks that a full inbox dropped.
    public mutating func noteDroppedByQueue(chunkCount: Int) {
        counters.droppedByQueueChunks += chunkCount
    }

    private mutating func decode(
        _ chunk: AudioChunk,
        _ result: inout IntakeResult
    ) -> (samples: [Float], sampleRateHz: Int)? {
        do throws(AudioDecodingError) {
            try config.limits.checkPayload(byteCount: chunk.payload.count, source: "payload")
            let format = try recognizer.recognize(chunk.payload, contentType: chunk.contentType)
            let audio = try decoder.decode(chunk.payload, as: format, selection: config.channel)
            counters.acceptedChunks += 1
            counters.acceptedSeconds += audio.buffer.durationSeconds
            if audio.isTruncated { result.notices.append(.truncatedChunk) }
            return (audio.buffer.samples, audio.buffer.sampleRateHz)
        } catch {
            refuse(.audio(error.code), error.description, &result)
            return nil
        }
    }

    private mutating func cut(_ frames: [AudioFrame], _ result: inout IntakeResult) {
        result.frames += frames
        for frame in frames {
            do throws(ResamplingError) {
                result.windows += try cutter.append(frame)
            } catch {
                refuse(.audio(.unsupportedSampleRate), error.description, &result)
            }
        }
    }

    private mutating func finish(_ result: inout IntakeResult) {
        for notice in result.notices { counters.count(notice) }
        for window in result.windows { counters.count(window) }
    }

    private mutating func refuse(_ reason: RefusalReason, _ message: String, _ result: inout IntakeResult) {
        let refusal = ChunkRefusal(machine: machine, reason: reason, message: message)
        counters.count(refusal)
        result.refusal = refusal
    }
}
