// A stretch of a machine's sound that was kept: why, from when to when, and in which file.
import Foundation
import MachineHealth

/// Why a clip was kept.
public enum ClipReason: String, Sendable, Codable, CaseIterable {
    case alarm
    case nearMiss = "near_miss"
    case review
    case manual

    /// The reason shown for a clip that serves several: the lower, the weightier.
    var order: Int {
        switch self {
        case .alarm: 0
        case .nearMiss: 1
        case .manual: 2
        case .review: 3
        }
    }
}

/// One thing a clip bears witness to.
public struct ClipCause: Hashable, Sendable {
    /// Why.
    public let reason: ClipReason
    /// The fault label, or the one on top of a window under review.
    public let label: LabelID?
    /// The alarm instance.
    public let alarmID: UUID?
    /// Start of the first window concerned.
    public let start: Date
    /// End of the last window concerned.
    public let end: Date

    /// Makes a cause.
    public init(reason: ClipReason, label: LabelID? = nil, alarmID: UUID? = nil, start: Date, end: Date) {
        self.reason = reason
        self.label = label
        self.alarmID = alarmID
        self.start = start
        self.end = end
    }
}

/// A kept clip.
public struct ClipRecord: Hashable, Sendable {
    /// Its id, also its file's name.
    public let id: UUID
    /// The machine.
    public let machine: String
    /// First sample's time.
    public let start: Date
    /// Time just after the last sample.
    public let end: Date
    /// Frames per second; mono.
    public let sampleRateHz: Int
    /// Seconds inside it that never arrived and are silent.
    public let missingSeconds: Double
    /// Size of the file.
    public let bytes: Int64
    /// The file, relative to the folder of clips.
    public let file: String
    /// When it was written.
    public let created: Date
    /// What it bears witness to, at least one.
    public let causes: [ClipCause]

    /// Makes a record.
    public init(
        id: UUID,
        machine: String,
        start: Date,
        end: Date,
        sampleRateHz: Int,
        missingSeconds: Double = 0,
        bytes: Int64,
        file: String,
        created: Date,
        causes: [ClipCause]
    ) {
        self.id = id
        self.machine = machine
        self.start = start
        self.end = end
        self.sampleRateHz = sampleRateHz
        self.missingSeconds = missingSeconds
        self.bytes = bytes
        self.file = file
        self.created = created
        self.causes = causes
    }

    /// The weightiest cause: an alarm before a near miss before what a person asked for.
    public var mainCause: ClipCause? {
        causes.min { ($0.reason.order, $0.start) < ($1.reason.order, $1.start) }
    }
}

/// What retention and the search for orphans have to know of a clip.
public struct ClipFile: Hashable, Sendable {
    /// Its id.
    public let id: UUID
    /// The file, relative to the folder of clips.
    public let file: String
    /// First sample's time.
    public let start: Date
    /// Size of the file.
    public let bytes: Int64
    /// Whether an alarm that is not normal needs it: such a clip is never deleted.
    public let isProtected: Bool

    /// Makes an entry.
    public init(id: UUID, file: String, start: Date, bytes: Int64, isProtected: Bool) {
        self.id = id
        self.file = file
        self.start = start
        self.bytes = bytes
        self.isProtected = isProtected
    }
}

/// How much is kept.
public struct ClipTotals: Hashable, Sendable, Codable {
    /// Clips.
    public let count: Int
    /// Their files' bytes.
    public let bytes: Int64

    /// Makes totals.
    public init(count: Int, bytes: Int64) {
        self.count = count
        self.bytes = bytes
    }
}
