// What was heard on one topic while somebody listened: chunks, formats, sequence numbers, clocks and levels.
import AudioFeatures
import MachineHealth

/// A topic that was listened to.
struct HeardTopic: Hashable, Sendable {
    let topic: String
    /// Chunks that were sent while we listened.
    var chunks = 0
    /// Chunks that the broker had stored: sound of the past, which no sender should leave there.
    var retainedChunks = 0
    /// Chunks that are audio.
    var recognised = 0
    /// What they are, such as "wav" or "s16le, 16000 Hz, 1 channel".
    var format: String?
    /// The layout that the sender announced, where the payload has no header.
    var rawFormat: PCMFormat?
    /// Why chunks were no audio, with how often.
    var refusals: [String: Int] = [:]
    /// Chunks with a sequence number.
    var numbered = 0
    /// Chunks with a time.
    var stamped = 0
    /// What is wrong with `seq` or `ts`.
    var propertyProblem: String?
    /// By how much the chunks' ends lie behind this box's clock, seconds; below 0 the sender's clock is ahead.
    var lagsSeconds: [Double] = []
    /// Length of the audio.
    var seconds = 0.0
    /// RMS level of each stretch, dBFS.
    var levelsDBFS: [Double] = []
    /// What is wrong with the microphone in each stretch; nil where nothing is.
    var troubles: [MicrophoneTrouble?] = []

    /// The reason that was given most often.
    var commonRefusal: String? {
        refusals.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// The lag in the middle; nil where no chunk has a time.
    var lagSeconds: Double? { Self.median(lagsSeconds) }

    /// The level in the middle; nil where too little was heard.
    var levelDBFS: Double? { Self.median(levelsDBFS) }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}

/// A configured machine and what was heard of it.
struct HeardMachine: Hashable, Sendable {
    let id: String
    /// Its topic filter.
    let filter: String
    /// Whether the broker refused the subscription.
    var isRefused = false
    var topics: [HeardTopic] = []

    /// Chunks on all its topics.
    var chunks: Int { topics.reduce(0) { $0 + $1.chunks } }
}

/// What was heard at a site.
struct HeardPlant: Hashable, Sendable {
    /// How long was listened.
    let seconds: Double
    var machines: [HeardMachine]
    /// Topics with audio that belong to no configured machine.
    var unclaimed: [HeardTopic] = []
    /// Whether the broker let us see the site's other topics.
    var seesWholeSite = true
}
