// Takes messages one by one and keeps what is worth knowing of each topic; samples are dropped as soon as they are judged.
import Acquisition
import AudioFeatures
import Foundation
import MQTT

/// A message with where it came from and when.
struct ArrivedChunk: Sendable {
    /// How the machine's chunks are read; nil on topics that no machine claims.
    let machine: MachineConfiguration?
    let message: MQTTMessage
    let arrival: Date
}

/// Holds scratch memory and is not Sendable: whoever listens has one.
final class ChunkEar {
    /// A topic as heard by one machine, or by none.
    struct Key: Hashable, Sendable {
        let machine: String?
        let topic: String
    }

    /// Sound that is judged at once, as long as the shortest windows.
    static let stretchSeconds = 2.0
    /// Stretches judged per topic.
    static let maximumStretches = 5
    /// Topics remembered: somebody may listen to a whole broker.
    private static let maximumTopics = 5_000
    /// Reasons remembered per topic; each names the bytes it found.
    private static let maximumReasons = 8
    /// Less than this tells nothing about a microphone.
    private static let shortestSeconds = 0.5

    private struct Pending {
        var samples: [Float] = []
        var sampleRateHz = 0
        var lastPayload: Data?
    }

    private let decoder: AudioDecoder
    private let extractor: AcousticDescriptorExtractor
    private let dropsCopies: Bool
    private(set) var topics: [Key: HeardTopic] = [:]
    private var pending: [Key: Pending] = [:]

    /// - Parameter dropsCopies: a broker without subscription identifiers sends overlapping subscriptions twice.
    init(maximumPayloadBytes: Int, dropsCopies: Bool) throws {
        var limits = AudioLimits.chunk
        limits.maxPayloadBytes = maximumPayloadBytes
        decoder = AudioDecoder(limits: limits)
        extractor = try AcousticDescriptorExtractor()
        self.dropsCopies = dropsCopies
    }

    /// Takes in one message.
    func take(_ chunk: ArrivedChunk) {
        let message = chunk.message
        let key = Key(machine: chunk.machine?.id, topic: message.topic)
        guard topics[key] != nil || topics.count < Self.maximumTopics else { return }
        var heard = topics[key] ?? HeardTopic(topic: message.topic)
        var waiting = pending[key] ?? Pending()
        defer {
            topics[key] = heard
            pending[key] = waiting
        }
        if dropsCopies {
            if waiting.lastPayload == message.payload {
                // Only the one copy: digital silence is the same every time.
                waiting.lastPayload = nil
                return
            }
            waiting.lastPayload = message.payload
        }
        guard !message.retain else {
            heard.retainedChunks += 1
            return
        }
        heard.chunks += 1
        let timestamp = readProperties(message, into: &heard)
        do {
            let recognizer = PayloadRecognizer(rawFormat: chunk.machine?.format)
            let format = try recognizer.recognize(message.payload, contentType: message.contentType)
            let decoded = try decoder.decode(
                message.payload,
                as: format,
                selection: chunk.machine?.channel ?? .average
            )
            note(format, decoded, in: &heard)
            if let timestamp {
                let lag = chunk.arrival.timeIntervalSince(timestamp) - decoded.buffer.durationSeconds
                heard.lagsSeconds.append(lag)
            }
            append(decoded.buffer, to: &waiting, of: &heard)
        } catch {
            let reason = error.message
            guard heard.refusals[reason] != nil || heard.refusals.count < Self.maximumReasons else { return }
            heard.refusals[reason, default: 0] += 1
        }
    }

    /// Judges what was too short for a stretch, where nothing longer came.
    func finish() {
        for (key, waiting) in pending where topics[key]?.levelsDBFS.isEmpty == true {
            guard var heard = topics[key], waiting.sampleRateHz > 0,
                Double(waiting.samples.count) >= Self.shortestSeconds * Double(waiting.sampleRateHz)
            else { continue }
            judge(waiting.samples, rate: waiting.sampleRateHz, in: &heard)
            topics[key] = heard
        }
        pending = [:]
    }

    private func readProperties(_ message: MQTTMessage, into heard: inout HeardTopic) -> Date? {
        do {
            let properties = try ChunkProperties(userProperties: message.userProperties.map { ($0.name, $0.value) })
            if properties.sequenceNumber != nil { heard.numbered += 1 }
            if properties.timestamp != nil { heard.stamped += 1 }
            return properties.timestamp
        } catch {
            heard.propertyProblem = "\(error)"
            return nil
        }
    }

    private func note(_ format: PayloadFormat, _ decoded: DecodedAudio, in heard: inout HeardTopic) {
        heard.recognised += 1
        heard.seconds += decoded.buffer.durationSeconds
        switch format {
        case .container(let container):
            heard.format =
                "\(container.rawValue), \(decoded.buffer.sampleRateHz) Hz, \(decoded.sourceChannelCount) "
                + (decoded.sourceChannelCount == 1 ? "channel" : "channels")
            heard.rawFormat = nil
        case .raw(let format):
            heard.format = format.description
            heard.rawFormat = format
        }
    }

    private func append(_ buffer: AudioBuffer, to waiting: inout Pending, of heard: inout HeardTopic) {
        guard heard.levelsDBFS.count < Self.maximumStretches else {
            waiting.samples = []
            return
        }
        if waiting.sampleRateHz != buffer.sampleRateHz {
            waiting.sampleRateHz = buffer.sampleRateHz
            waiting.samples = []
        }
        waiting.samples += buffer.samples
        let stretch = Int(Self.stretchSeconds * Double(buffer.sampleRateHz))
        var start = 0
        while waiting.samples.count - start >= stretch, heard.levelsDBFS.count < Self.maximumStretches {
            judge(Array(waiting.samples[start..<(start + stretch)]), rate: buffer.sampleRateHz, in: &heard)
            start += stretch
        }
        waiting.samples.removeFirst(start)
    }

    private func judge(_ samples: [Float], rate: Int, in heard: inout HeardTopic) {
        guard let sound = try? StreamingResampler.resample(samples, from: rate),
            let descriptor = try? extractor.descriptor(of: sound)
        else { return }
        heard.levelsDBFS.append(descriptor.rmsDBFS)
        heard.troubles.append(MicrophoneCheck().trouble(descriptor))
    }
}
