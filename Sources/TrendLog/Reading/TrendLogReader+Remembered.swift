// Windows together with what the model heard in them: what is needed to judge them anew.
import Foundation
import GRDB
import MachineHealth

/// A stored window and, where it was classified, its embedding and descriptor.
public struct RememberedWindow: Hashable, Sendable {
    /// The window as it was judged.
    public let window: StoredWindow
    /// What was heard; nil where nothing was kept.
    public let features: StoredFeatures?

    /// Makes a remembered window.
    public init(window: StoredWindow, features: StoredFeatures?) {
        self.window = window
        self.features = features
    }
}

extension TrendLogReader {
    /// A page of a machine's windows with their features, oldest first. Each page sees one consistent state, and nothing
    /// is held between pages.
    ///
    /// - Parameters:
    ///   - from: earliest start.
    ///   - until: latest start, exclusive.
    ///   - limit: at most so many; fewer mean that there are no more.
    public func remembered(machine: String, from: Date, until: Date, limit: Int = 500) async throws
        -> [RememberedWindow]
    {
        try await read { db in
            let id = try machineID(db, machine)
            let decoder = try WindowDecoder(db)
            let sql =
                WindowDecoder.select
                + " WHERE machine_id = ? AND start_ms >= ? AND start_ms < ? ORDER BY start_ms LIMIT ?"
            var windows: [StoredWindow] = []
            let rows = try Row.fetchCursor(
                db,
                sql: sql,
                arguments: [id, from.millisecondsSince1970, until.millisecondsSince1970, max(1, limit)]
            )
            while let row = try rows.next() { windows.append(decoder.window(row, machine: machine)) }
            guard let last = windows.last else { return [] }
            let features = try Self.features(db, machineID: id, from: from, through: last.start)
            return windows.map { RememberedWindow(window: $0, features: features[$0.start.millisecondsSince1970]) }
        }
    }

    private static func features(
        _ db: Database,
        machineID: Int64,
        from: Date,
        through: Date
    ) throws -> [Int64: StoredFeatures] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT start_ms, models.name AS model, embedding, descriptor_version, descriptor
                FROM features LEFT JOIN models ON models.id = features.model_id
                WHERE machine_id = ? AND start_ms BETWEEN ? AND ?
                """,
            arguments: [machineID, from.millisecondsSince1970, through.millisecondsSince1970]
        )
        var features: [Int64: StoredFeatures] = [:]
        while let row = try rows.next() {
            let start: Int64 = row["start_ms"]
            let embedding: Data? = row["embedding"]
            let descriptor: Data? = row["descriptor"]
            features[start] = StoredFeatures(
                start: Date(millisecondsSince1970: start),
                model: row["model"] ?? "",
                embedding: embedding.map(BinaryCodec.floats(float16Data:)),
                descriptor: descriptor.map {
                    SoundDescriptor(
                        version: row["descriptor_version"] ?? 0,
                        values: BinaryCodec.floats(float16Data: $0)
                    )
                }
            )
        }
        return features
    }
}
