// Decides which stretch of sound becomes which clip: pure, no clock, no files.
import Foundation
import TrendLog

/// A wish to keep the sound around some windows.
public struct ClipRequest: Hashable, Sendable {
    /// The machine.
    public let machine: String
    /// What the clip bears witness to; its span is that of the windows concerned.
    public let cause: ClipCause

    /// Makes a request.
    public init(machine: String, cause: ClipCause) {
        self.machine = machine
        self.cause = cause
    }
}

/// A clip that is being waited for, or was written a short while ago.
struct PlannedClip: Hashable, Sendable {
    let id: UUID
    let machine: String
    var from: Date
    var to: Date
    var causes: [ClipCause]
}

/// Puts requests of one machine that overlap into one clip.
///
/// - One that overlaps a clip still waiting for its tail makes that clip longer, up to the longest length; beyond that a
///   new one begins.
/// - One whose windows lie inside a clip written a short while ago becomes a further cause of it. An alarm's clip is
///   shared only where it has the alarm's sound before and after as well.
struct ClipPlanner: Sendable {
    enum Step: Hashable, Sendable {
        /// A new clip of this span.
        case open(UUID, from: Date, to: Date)
        /// The clip that waits ends later than planned.
        case extend(UUID, to: Date)
        /// The clip that waits, or the written one, has one cause more.
        case share(UUID)
    }

    private static let rememberedPerMachine = 8

    private(set) var waiting: [UUID: PlannedClip] = [:]
    private var written: [String: [PlannedClip]] = [:]

    mutating func plan(_ request: ClipRequest, settings: EvidenceSettings, newID: UUID = UUID()) -> Step {
        let cause = request.cause
        let to = cause.end.addingTimeInterval(settings.afterSeconds)
        let from = max(
            cause.start.addingTimeInterval(-settings.beforeSeconds),
            to.addingTimeInterval(-settings.longestClipSeconds)
        )
        let candidates = waiting.values.filter { $0.machine == request.machine }.sorted { $0.to > $1.to }
        // A waiting clip cannot begin earlier than it does, unless what is missing is only sound before the windows.
        for clip in candidates where clip.from <= cause.start && from < clip.to {
            let end = max(clip.to, to)
            guard end.timeIntervalSince(clip.from) <= settings.longestClipSeconds else { continue }
            waiting[clip.id]?.causes.append(cause)
            guard end > clip.to else { return .share(clip.id) }
            waiting[clip.id]?.to = end
            return .extend(clip.id, to: end)
        }
        let (first, last) = cause.reason == .alarm ? (from, to) : (cause.start, cause.end)
        if let index = written[request.machine]?.firstIndex(where: { $0.from <= first && $0.to >= last }),
            let id = written[request.machine]?[index].id
        {
            written[request.machine]?[index].causes.append(cause)
            return .share(id)
        }
        waiting[newID] = PlannedClip(id: newID, machine: request.machine, from: from, to: to, causes: [cause])
        return .open(newID, from: from, to: to)
    }

    /// Ends the waiting for a clip; nil where it is not waited for (any more).
    mutating func close(_ id: UUID) -> PlannedClip? {
        guard let clip = waiting.removeValue(forKey: id) else { return nil }
        written[clip.machine, default: []].append(clip)
        if let count = written[clip.machine]?.count, count > Self.rememberedPerMachine {
            written[clip.machine]?.removeFirst(count - Self.rememberedPerMachine)
        }
        return clip
    }

    /// Notes what a clip holds after all: an ending stream gave less than was planned.
    mutating func settle(_ id: UUID, from: Date, to: Date) {
        for machine in written.keys {
            guard let index = written[machine]?.firstIndex(where: { $0.id == id }) else { continue }
            written[machine]?[index].from = from
            written[machine]?[index].to = to
        }
    }

    /// Forgets a clip that could not be written or was deleted.
    mutating func forget(_ id: UUID) {
        for machine in written.keys { written[machine]?.removeAll { $0.id == id } }
    }
}
