// Keeps the sound of what happened: waits for the tail, writes the file, notes the row, tidies up.
import AudioFeatures
import Foundation
import Logging
import TrendLog

/// What happened to clips since start.
public struct EvidenceCounters: Hashable, Sendable {
    /// Clips written.
    public var written = 0
    /// Clips lost because the disk or the trend log did not take them.
    public var failed = 0
    /// Requests for which nothing was remembered.
    public var empty = 0
    /// Clips deleted by retention.
    public var expired = 0
    /// The last failure in words; nil after a success.
    public var lastFailure: String?
}

/// Why a clip was not deleted.
public enum ClipDeletion: Hashable, Sendable {
    case deleted
    case unknown
    /// An alarm that is not normal needs it.
    case protected
}

/// Clips of one service: requests in, files and rows out.
///
/// `sound` is fed by the intake; requests may come from anywhere. Encoding runs on a thread of its own.
public actor EvidenceKeeper {
    /// How long the tail of a clip is waited for beyond its due time, by the service's clock.
    static let graceSeconds = 45.0

    /// The machines' recent sound.
    public nonisolated let sound: RecentSound
    /// Where clips lie.
    public nonisolated let folder: ClipFolder
    /// The trend log with their rows.
    public nonisolated let store: TrendLogStore

    private let queue = WorkQueue(label: "evidence")
    /// What people ask to see and hear waits for itself, never a clip for it.
    private let drawing = WorkQueue(label: "evidence-drawing")
    private let due: AsyncStream<UUID>
    private let dueInput: AsyncStream<UUID>.Continuation
    private let now: @Sendable () -> Date
    private let logger: Logger
    private var settings: EvidenceSettings
    private var planner = ClipPlanner()
    private var deadlines: [UUID: Date] = [:]
    /// Causes that came while their clip was being written.
    private var writing: [UUID: [ClipCause]] = [:]
    private var lastComplaint: Date?
    /// What happened since start.
    public private(set) var counters = EvidenceCounters()

    /// Makes a keeper; nothing is captured before `reconfigure`.
    public init(
        settings: EvidenceSettings,
        store: TrendLogStore,
        logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.settings = settings
        self.store = store
        self.logger = logger
        self.now = now
        folder = ClipFolder(storeFile: store.url)
        (due, dueInput) = AsyncStream.makeStream()
        sound = RecentSound(seconds: settings.ringSeconds) { [dueInput] id in dueInput.yield(id) }
    }

    /// Takes over settings and says whose sound is remembered. Clips already begun are finished as planned.
    public func reconfigure(_ settings: EvidenceSettings, capturing machines: Set<String>) {
        self.settings = settings
        sound.capture(settings.isOn ? machines : [], seconds: settings.ringSeconds)
    }

    /// Brings files and rows together after whatever ended the last run. Call it before `run`.
    public func tidy() async {
        do {
            let clips = try await store.reader.clipFiles()
            let folder = folder
            let missing = try await queue.run { clips.filter { !folder.holds($0.file) } }
            try await store.forgetClips(missing.map(\.id))
            let known = Set(clips.map(\.file)).subtracting(missing.map(\.file))
            let deleted = try await queue.run { folder.deleteOrphans(known: known) }
            guard let deleted else {
                logger.warning("\(folder.root.path) holds the clips of another trend log; nothing is tidied away there")
                return
            }
            if !missing.isEmpty || deleted > 0 {
                logger.notice(
                    "clips: \(missing.count) rows without a file and \(deleted) files without a row were removed"
                )
            }
        } catch {
            logger.error("clips: \(error)")
        }
    }

    /// Writes clips as they are complete, until `close`.
    public func run() async {
        for await id in due { await write(id) }
    }

    /// Keeps the sound around some windows.
    ///
    /// - Returns: the clip's id; nil where the machine's sound is not remembered.
    @discardableResult
    public func keep(_ request: ClipRequest) async -> UUID? {
        guard settings.isOn, sound.isCaptured(request.machine) else { return nil }
        switch planner.plan(request, settings: settings) {
        case .open(let id, let from, let to):
            setDeadline(id, machine: request.machine, to: to)
            if sound.watch(id, machine: request.machine, from: from, to: to) { dueInput.yield(id) }
            return id
        case .extend(let id, let to):
            setDeadline(id, machine: request.machine, to: to)
            if sound.extend(id, to: to) { dueInput.yield(id) }
            return id
        case .share(let id):
            if planner.waiting[id] != nil { return id }
            if writing[id] != nil {
                writing[id]?.append(request.cause)
                return id
            }
            await note(request.cause, of: id)
            return id
        }
    }

    /// Once a second: clips whose tail does not come are closed with what there is.
    public func tick() {
        let time = now()
        for (id, deadline) in deadlines where time >= deadline { dueInput.yield(id) }
    }

    /// Closes every clip that waits, writes them and ends `run`. Nothing may be asked of the keeper after it.
    ///
    /// - Parameter running: the task that executes `run`.
    public func close(_ running: Task<Void, Never>?) async {
        for id in planner.waiting.keys { dueInput.yield(id) }
        dueInput.finish()
        await running?.value
    }

    /// Deletes what the settings do not keep.
    public func enforceRetention() async {
        do {
            let surplus = ClipRetention.surplus(try await store.reader.clipFiles(), settings: settings, now: now())
            for start in stride(from: 0, to: surplus.count, by: 200) {
                let part = Array(surplus[start..<min(start + 200, surplus.count)])
                let gone = Set(try await store.deleteClips(part.map(\.id)))
                let folder = folder
                try await queue.run { for clip in part where gone.contains(clip.id) { folder.delete(clip.file) } }
                for id in gone { planner.forget(id) }
                counters.expired += gone.count
            }
            try await store.deleteExpiredReviewItems(before: now().addingTimeInterval(-settings.retainSeconds))
        } catch {
            logger.error("retention of clips: \(error)")
        }
    }

    /// Deletes one clip.
    public func delete(_ id: UUID) async throws -> ClipDeletion {
        guard let clip = try await store.reader.clip(id) else { return .unknown }
        guard try await store.deleteClips([id]).contains(id) else { return .protected }
        planner.forget(id)
        let folder = folder
        try await queue.run { folder.delete(clip.file) }
        return .deleted
    }

    /// The spectrogram of a clip: from its file, made at the first request.
    public nonisolated func spectrogram(of clip: ClipRecord) async throws -> Data {
        let folder = folder
        return try await drawing.run {
            guard let cache = folder.pictureURL(clip.file) else {
                throw EvidenceError(path: clip.file, found: "no name of a clip", remedy: "delete the clip")
            }
            if let data = try? Data(contentsOf: cache), !data.isEmpty { return data }
            let picture = try SpectrogramPicture.png(of: try Self.sound(of: clip, in: folder))
            // A disk that does not take it costs the next request time, nothing else.
            try? folder.write(picture, to: cache)
            return picture
        }
    }

    /// A clip as WAV.
    public nonisolated func wav(of clip: ClipRecord) async throws -> Data {
        let folder = folder
        return try await drawing.run { try AudioEncoder.encode(try Self.sound(of: clip, in: folder), as: .wav) }
    }

    /// The spectrogram of a stretch of recent sound.
    public nonisolated func spectrogram(of stretch: SoundStretch) async throws -> Data {
        try await drawing.run { try SpectrogramPicture.png(of: Self.buffer(stretch)) }
    }

    /// A stretch of recent sound as a file in memory.
    public nonisolated func encode(_ stretch: SoundStretch, as format: AudioFileFormat) async throws -> Data {
        try await drawing.run { try AudioEncoder.encode(Self.buffer(stretch), as: format) }
    }

    // MARK: - Parts

    private static func buffer(_ stretch: SoundStretch) -> AudioBuffer {
        AudioBuffer(samples: stretch.floats, sampleRateHz: stretch.sampleRateHz)
    }

    private static func sound(of clip: ClipRecord, in folder: ClipFolder) throws -> AudioBuffer {
        guard let url = folder.url(clip.file), FileManager.default.fileExists(atPath: url.path) else {
            throw EvidenceError(path: clip.file, found: "the clip's file is gone", remedy: "delete the clip")
        }
        return try AudioFileReader(path: url.path).readAll(selection: .average)
    }

    private func setDeadline(_ id: UUID, machine: String, to end: Date) {
        let rest = max(0, end.timeIntervalSince(sound.newest(machine) ?? end))
        deadlines[id] = now().addingTimeInterval(rest + Self.graceSeconds)
    }

    private func write(_ id: UUID) async {
        guard let plan = planner.close(id) else { return }
        deadlines[id] = nil
        writing[id] = []
        let blocks = sound.take(id)
        let folder = folder
        let file = ClipFolder.relativePath(machine: plan.machine, start: plan.from, id: id)
        do {
            let (stretch, bytes) = try await queue.run { () -> (SoundStretch?, Int64) in
                guard let stretch = SoundStretch(blocks, from: plan.from, to: plan.to) else { return (nil, 0) }
                return (stretch, try folder.write(stretch, to: file))
            }
            guard let stretch else {
                counters.empty += 1
                planner.forget(id)
                writing[id] = nil
                return
            }
            do {
                try await store.insert(
                    ClipRecord(
                        id: id,
                        machine: plan.machine,
                        start: stretch.start,
                        end: stretch.end,
                        sampleRateHz: stretch.sampleRateHz,
                        missingSeconds: stretch.missingSeconds,
                        bytes: bytes,
                        file: file,
                        created: now(),
                        causes: plan.causes
                    )
                )
            } catch {
                _ = try? await queue.run { folder.delete(file) }
                throw error
            }
            planner.settle(id, from: stretch.start, to: stretch.end)
            counters.written += 1
            counters.lastFailure = nil
            for cause in writing.removeValue(forKey: id) ?? [] { await note(cause, of: id) }
            let length = String(format: "%.0f", stretch.end.timeIntervalSince(stretch.start))
            logger.info("\(plan.machine): \(length) s of sound are kept in \(file)")
            await enforceRetention()
        } catch {
            writing[id] = nil
            planner.forget(id)
            counters.failed += 1
            counters.lastFailure = "\(error)"
            complain("\(plan.machine): a clip is lost (\(counters.failed) since start): \(error)")
        }
    }

    private func note(_ cause: ClipCause, of id: UUID) async {
        do {
            try await store.add(cause, toClip: id)
        } catch {
            logger.error("clip \(id): \(error)")
        }
    }

    /// One line a minute: a full disk must not be filled further by its log.
    private func complain(_ message: String) {
        let time = now()
        if let last = lastComplaint, (0..<60).contains(time.timeIntervalSince(last)) { return }
        lastComplaint = time
        logger.error("\(message)")
    }
}
