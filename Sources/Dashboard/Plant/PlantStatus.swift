// The service itself in facts: connection, queues, model, disk, process.
import Foundation
import TrendLog

/// The service at one moment.
public struct PlantStatus: Sendable {
    /// The connection to the broker.
    public struct Broker: Hashable, Sendable {
        /// Where the connection stands.
        public enum State: String, Sendable, Codable {
            case connected, connecting, disconnected, refused, stopped
        }

        /// Its address, without credentials.
        public var url: String
        public var state: State
        /// Why, where it is not connected.
        public var detail: String?
        /// Since when.
        public var since: Date

        public init(url: String, state: State, detail: String?, since: Date) {
            self.url = url
            self.state = state
            self.detail = detail
            self.since = since
        }
    }

    /// Windows judged since the service started.
    public struct Windows: Hashable, Sendable {
        public var total = 0
        /// Over the last minute.
        public var perSecond = 0.0
        /// Waiting for a worker.
        public var queued = 0
        /// Dropped because a machine's queue was full.
        public var dropped = 0
        /// The last ones' seconds from last sample to verdict.
        public var latencySeconds: [Double] = []
        /// The last ones' seconds in the model.
        public var inferenceSeconds: [Double] = []
        /// All of them.
        public var inference = Histogram(bounds: Histogram.inferenceBounds)
        /// One in so many is judged.
        public var hopStretch = 1

        public init() {}
    }

    /// The model in use.
    public struct Model: Hashable, Sendable {
        public var name: String
        public var signature: String
        public var instructionSet: String
        public var workers: Int
        public var embeddingDimension: Int
        /// Its card in Markdown.
        public var card: String?

        public init(
            name: String,
            signature: String,
            instructionSet: String,
            workers: Int,
            embeddingDimension: Int,
            card: String?
        ) {
            self.name = name
            self.signature = signature
            self.instructionSet = instructionSet
            self.workers = workers
            self.embeddingDimension = embeddingDimension
            self.card = card
        }
    }

    /// The trend log and the disk it lies on.
    public struct Store: Hashable, Sendable {
        public var path: String
        public var bytes: Int64
        /// Nil where the file system does not tell.
        public var freeBytes: Int64?
        public var retainSeconds: Double
        /// Commits that wait because it cannot be written.
        public var commitsWaiting: Int

        public init(path: String, bytes: Int64, freeBytes: Int64?, retainSeconds: Double, commitsWaiting: Int) {
            self.path = path
            self.bytes = bytes
            self.freeBytes = freeBytes
            self.retainSeconds = retainSeconds
            self.commitsWaiting = commitsWaiting
        }
    }

    /// Sound that was kept.
    public struct Clips: Hashable, Sendable {
        public var count: Int
        public var bytes: Int64

        public init(count: Int, bytes: Int64) {
            self.count = count
            self.bytes = bytes
        }
    }

    /// What became of the sound that was to be kept, since the service started.
    public struct Evidence: Hashable, Sendable {
        /// Clips written.
        public var written = 0
        /// Clips the disk or the trend log did not take, and what was left out in a rush.
        public var lost = 0
        /// Requests for which no sound was remembered any more.
        public var empty = 0
        /// Clips deleted for their age, or for room.
        public var expired = 0
        /// Why the last clip was lost; nil after one that was written.
        public var lastFailure: String?

        public init() {}
    }

    public var site: String
    public var node: String
    public var version: String
    public var started: Date
    public var now: Date
    /// "en" or "zh", where only one fits.
    public var language: String
    public var broker: Broker
    /// Nil where the trend log could not be read.
    public var outbox: OutboxStatus?
    /// Window messages that were not sent because the broker was away.
    public var liveMessagesLost: Int
    /// Chunks that wait to be decoded, by machine.
    public var queuedChunks: [String: Int]
    public var windows: Windows
    public var model: Model
    public var store: Store
    public var clips: Clips?
    public var evidence: Evidence
    public var residentBytes: Int64
    public var threads: Int

    public init(
        site: String,
        node: String,
        version: String,
        started: Date,
        now: Date,
        language: String,
        broker: Broker,
        outbox: OutboxStatus?,
        liveMessagesLost: Int,
        queuedChunks: [String: Int] = [:],
        windows: Windows,
        model: Model,
        store: Store,
        clips: Clips?,
        evidence: Evidence = Evidence(),
        residentBytes: Int64,
        threads: Int
    ) {
        self.site = site
        self.node = node
        self.version = version
        self.started = started
        self.now = now
        self.language = language
        self.broker = broker
        self.outbox = outbox
        self.liveMessagesLost = liveMessagesLost
        self.queuedChunks = queuedChunks
        self.windows = windows
        self.model = model
        self.store = store
        self.clips = clips
        self.evidence = evidence
        self.residentBytes = residentBytes
        self.threads = threads
    }
}
