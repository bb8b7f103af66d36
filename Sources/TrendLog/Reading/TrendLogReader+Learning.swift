// What learning reads: windows with their embeddings, cheap looks at what was heard, and the stored calibrations.
import Foundation
import GRDB
import MachineHealth

/// A window as learning wants it.
public struct LearningWindow: Hashable, Sendable {
    /// First sample's time.
    public let start: Date
    /// Time just after the last sample.
    public let end: Date
    /// RMS level in dB relative to full scale.
    public let levelDBFS: Double
    /// What was wrong with the microphone; nil where it was well.
    public let trouble: MicrophoneTrouble?
    /// The label on top when it was judged.
    public let top: LabelID?
    /// L2-normalised embedding, to Float16 precision.
    public let embedding: [Float]
    /// Classical description, to Float16 precision; nil where none was stored.
    public let descriptor: SoundDescriptor?

    /// Makes a window.
    public init(
        start: Date,
        end: Date,
        levelDBFS: Double,
        trouble: MicrophoneTrouble?,
        top: LabelID?,
        embedding: [Float],
        descriptor: SoundDescriptor?
    ) {
        self.start = start
        self.end = end
        self.levelDBFS = levelDBFS
        self.trouble = trouble
        self.top = top
        self.embedding = embedding
        self.descriptor = descriptor
    }
}

/// What one model heard of a machine in a stretch of time, without the sounds themselves.
public struct HeardStretch: Hashable, Sendable {
    /// Classified windows with an embedding.
    public let windows: Int
    /// Start of the first of them.
    public let start: Date
    /// End of the last.
    public let end: Date
}

extension TrendLogReader {
    /// Classified windows of one model with their embeddings, oldest first.
    ///
    /// - Parameters:
    ///   - model: as results are signed with; windows of others are left out.
    ///   - since: earliest start.
    ///   - until: latest end.
    ///   - every: of the range's windows every so many-th is read, counted from the newest; 1 for all.
    ///   - limit: at most so many, the newest of these.
    public func learningWindows(
        machine: String,
        model: String,
        since: Date? = nil,
        until: Date? = nil,
        every: Int = 1,
        limit: Int
    ) async throws -> [LearningWindow] {
        try await read { db in
            let vocabularies = try Vocabularies.fetch(db)
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT features.start_ms, end_ms, level_dbfs, trouble, vocabulary_id, top, embedding,
                        descriptor_version, descriptor
                    FROM features JOIN observations USING (machine_id, start_ms)
                    JOIN models ON models.id = features.model_id
                    WHERE features.machine_id = ? AND features.start_ms >= ? AND end_ms <= ? AND models.name = ?
                        AND quality = 'good' AND embedding IS NOT NULL
                    ORDER BY features.start_ms DESC LIMIT ?
                    """,
                arguments: [
                    try machineID(db, machine), since?.millisecondsSince1970 ?? .min,
                    until?.millisecondsSince1970 ?? .max, model, every > 1 ? -1 : max(0, limit),
                ]
            )
            var windows: [LearningWindow] = []
            var place = 0
            while windows.count < max(0, limit), let row = try rows.next() {
                defer { place += 1 }
                // Columns of a row that is passed over are never read.
                guard place.isMultiple(of: max(1, every)) else { continue }
                let (trouble, vocabulary, top): (String?, Int64?, Int?) = (row[3], row[4], row[5])
                let embedding: Data = row[6]
                let descriptor: Data? = row[8]
                let labels = vocabulary.flatMap { vocabularies[$0] } ?? []
                windows.append(
                    LearningWindow(
                        start: Date(millisecondsSince1970: row[0]),
                        end: Date(millisecondsSince1970: row[1]),
                        levelDBFS: row[2],
                        trouble: trouble.flatMap(MicrophoneTrouble.init(rawValue:)),
                        top: top.flatMap { labels.indices.contains($0) ? labels[$0] : nil },
                        embedding: BinaryCodec.floats(float16Data: embedding),
                        descriptor: descriptor.map {
                            SoundDescriptor(version: row[7] ?? 0, values: BinaryCodec.floats(float16Data: $0))
                        }
                    )
                )
            }
            return windows.reversed()
        }
    }

    /// The newest windows that one model heard, as far back as `limit` goes.
    ///
    /// - Parameters:
    ///   - model: nil for any.
    ///   - since: earliest start.
    ///   - until: latest end.
    /// - Returns: nil where there is none.
    public func heard(
        machine: String,
        model: String? = nil,
        since: Date? = nil,
        until: Date? = nil,
        limit: Int = 100_000
    ) async throws -> HeardStretch? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), min(start_ms), max(end_ms) FROM (
                        SELECT features.start_ms AS start_ms, end_ms
                        FROM features JOIN observations USING (machine_id, start_ms)
                        LEFT JOIN models ON models.id = features.model_id
                        WHERE features.machine_id = ?1 AND features.start_ms >= ?2 AND (?3 IS NULL OR models.name = ?3)
                            AND end_ms <= ?5 AND quality = 'good' AND embedding IS NOT NULL
                        ORDER BY features.start_ms DESC LIMIT ?4)
                    """,
                arguments: [
                    try machineID(db, machine), since?.millisecondsSince1970 ?? Int64.min, model, max(0, limit),
                    until?.millisecondsSince1970 ?? Int64.max,
                ]
            )
            guard let row, let start = row[1] as Int64?, let end = row[2] as Int64? else { return nil }
            return HeardStretch(
                windows: row[0],
                start: Date(millisecondsSince1970: start),
                end: Date(millisecondsSince1970: end)
            )
        }
    }

    /// The calibration learned last for a profile; nil where none ever was.
    public func calibration(profile: String) async throws -> CalibrationRecord? {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: CalibrationRecord.select + " WHERE profile = ? ORDER BY sequence DESC LIMIT 1",
                arguments: [profile]
            ).flatMap(CalibrationRecord.init(row:))
        }
    }

    /// The calibration learned last for every profile that has one.
    public func calibrations() async throws -> [CalibrationRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: CalibrationRecord.select + """
                     WHERE sequence IN (SELECT max(sequence) FROM calibrations GROUP BY profile) ORDER BY profile
                    """
            ).compactMap(CalibrationRecord.init(row:))
        }
    }
}
