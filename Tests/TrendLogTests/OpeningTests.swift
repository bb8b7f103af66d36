// Opening: one writer, any number of readers, and files that are not what they should be.
import Foundation
import GRDB
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: opening")
struct OpeningTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a second writer is refused and told who holds the store; after closing it is welcome")
    func secondWriter() async throws {
        let first = try TrendLogStore(url: folder.store)
        #expect(TrendLogStore.writer(of: folder.store)?.processID == getpid())
        let error = await trendLogError { _ = try TrendLogStore(url: folder.store) }
        #expect(error?.code == .alreadyInUse)
        #expect(error?.description.contains("process (\(getpid()))") ?? false)
        #expect(error?.description.contains(folder.store.path) ?? false)
        // The refused one has not harmed the first.
        try await first.commit(WindowCommit(window: Samples.window(at: Samples.start)))
        try first.close()
        #expect(TrendLogStore.writer(of: folder.store) == nil)
        let second = try TrendLogStore(url: folder.store)
        #expect(try await second.reader.machine("compressor-2").windows == 1)
    }

    @Test("a reader works beside the writer, after it and without it")
    func readers() async throws {
        let store = try TrendLogStore(url: folder.store)
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start)))
        let beside = try TrendLogReader(url: folder.store)
        #expect(try await beside.machines().map(\.windows) == [1])
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start.addingTimeInterval(5))))
        #expect(try await beside.machines().map(\.windows) == [2])
        try store.close()
        #expect(try await beside.machines().map(\.windows) == [2])
        let after = try TrendLogReader(url: folder.store)
        #expect(try await after.machines().map(\.windows) == [2])
        #expect(try await after.status().schema == Schema.migrator.migrations.last)
    }

    @Test("a reader changes nothing in the folder it reads")
    func readersLeaveNoTrace() async throws {
        let store = try TrendLogStore(url: folder.store)
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start)))
        try store.close()
        let before = try Data(contentsOf: folder.store)
        do {
            let reader = try TrendLogReader(url: folder.store)
            _ = try await reader.machines()
        }
        #expect(try Data(contentsOf: folder.store) == before)
    }

    @Test("a missing file is an error that names it, and is not made by reading")
    func missing() async throws {
        let error = await trendLogError { _ = try TrendLogReader(url: folder.store) }
        #expect(error?.code == .notFound)
        #expect(error?.description.contains(folder.store.path) ?? false)
        #expect(!FileManager.default.fileExists(atPath: folder.store.path))
        let client = await trendLogError { _ = try TrendLogCommandClient(url: folder.store) }
        #expect(client?.code == .notFound)
    }

    @Test("the folder is made where it is missing; a file in its place is an error")
    func folders() async throws {
        let deep = folder.url.appendingPathComponent("a/b/trend.sqlite")
        try TrendLogStore(url: deep).close()
        #expect(FileManager.default.fileExists(atPath: deep.path))
        let file = folder.url.appendingPathComponent("file")
        try Data("x".utf8).write(to: file)
        let error = await trendLogError { _ = try TrendLogStore(url: file.appendingPathComponent("trend.sqlite")) }
        #expect(error?.code == .cannotOpen)
    }

    @Test("files that are no trend logs are refused and left alone", arguments: ["text", "random", "database"])
    func foreign(kind: String) async throws {
        switch kind {
        case "text": try Data("machine,label\ncompressor-1,normal\n".utf8).write(to: folder.store)
        case "random":
            var generator = SystemRandomNumberGenerator()
            try Data((0..<20_000).map { _ in UInt8.random(in: 0...255, using: &generator) }).write(to: folder.store)
        default:
            let queue = try DatabaseQueue(path: folder.store.path)
            try await queue.write { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
            try queue.close()
        }
        let before = try Data(contentsOf: folder.store)
        let error = await trendLogError { _ = try TrendLogReader(url: folder.store) }
        #expect(error?.code == .damaged)
        if kind != "database" {
            let writer = await trendLogError { _ = try TrendLogStore(url: folder.store) }
            #expect(writer?.code == .damaged)
            // The lock is free again after a failed opening.
            #expect(TrendLogStore.writer(of: folder.store) == nil)
        }
        #expect(try Data(contentsOf: folder.store) == before)
    }

    @Test("a file of a newer version is refused by writers and readers, with both versions named")
    func newer() async throws {
        try TrendLogStore(url: folder.store).close()
        let queue = try DatabaseQueue(path: folder.store.path)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9-from-the-future')") }
        try queue.close()
        for error in [
            await trendLogError { _ = try TrendLogStore(url: folder.store) },
            await trendLogError { _ = try TrendLogReader(url: folder.store) },
        ] {
            #expect(error?.code == .newerSchema)
            #expect(error?.description.contains("9-from-the-future") ?? false)
            #expect(error?.description.contains(Schema.migrator.migrations.last ?? "?") ?? false)
        }
    }

    @Test("a store of the first schema is brought up to date and keeps its rows")
    func firstSchema() async throws {
        let queue = try DatabaseQueue(path: folder.store.path)
        let schema = try String(contentsOf: Fixtures.folder.appendingPathComponent("schema-1.sql"), encoding: .utf8)
        let rows = try String(contentsOf: Fixtures.folder.appendingPathComponent("rows-1.sql"), encoding: .utf8)
        try await queue.write { try $0.execute(sql: schema + rows) }
        try queue.close()
        let store = try TrendLogStore(url: folder.store)
        let window = try #require(try await store.reader.latestWindow(machine: "compressor-2"))
        #expect(window.top == Samples.oil)
        #expect(window.scores.map(\.confidence) == [0.125, 0.875])
        #expect(try await store.reader.alarms().map(\.state) == [.unackActive])
        #expect(try await store.reader.events().map(\.message) == ["three in a row"])
        #expect(try await store.pendingMessages(target: "json", topic: "t/event", limit: 9).map(\.attempts) == [2])
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start)))
        #expect(try await store.reader.status().schema == Schema.migrator.migrations.last)
    }

    @Test("a store of the second schema keeps its decisions and sums, and takes novelty from then on")
    func secondSchema() async throws {
        let queue = try DatabaseQueue(path: folder.store.path)
        let files = ["schema-2.sql", "rows-1.sql", "rows-2.sql"]
        let sql = try files.map {
            try String(contentsOf: Fixtures.folder.appendingPathComponent($0), encoding: .utf8)
        }
        try await queue.write { try $0.execute(sql: sql.joined()) }
        try queue.close()
        let store = try TrendLogStore(url: folder.store)
        let old = try #require(try await store.reader.latestWindow(machine: "compressor-2"))
        #expect(old.novelty == nil && old.trouble == nil && old.rawScores.isEmpty)
        #expect(try await store.reader.decisions().map(\.embedding) == [[1, 0.5]])
        #expect(try await store.reader.banks().isEmpty)
        let hour = Date(millisecondsSince1970: 1_795_338_000_000)
        let record = Samples.heard(
            at: old.start.addingTimeInterval(60),
            novelty: Novelty(score: 7, limit: 4, share: 1),
            labels: [Samples.normal, Samples.oil],
            scores: [0.25, 0.75]
        )
        try await store.commit(WindowCommit(window: record))
        let series = try await store.reader.series(
            machine: "compressor-2",
            since: hour,
            until: hour.addingTimeInterval(3_600),
            bucketSeconds: 3_600
        )
        // One row of sums from before the migration, one window after it.
        #expect(series.buckets.map(\.windows) == [2])
        #expect(series.buckets.map(\.novelty) == [NoveltySummary(windows: 1, mean: 7, maximum: 7, limit: 4, novel: 1)])
    }

    @Test(
        "released migrations stay as they were released",
        arguments: [
            ("1-first", "schema-1.sql"), ("2-evidence", "schema-2.sql"), ("3-detection", "schema-3.sql"),
            ("4-alarms", "schema-4.sql"),
        ]
    )
    func frozen(migration: String, file: String) async throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: migration)
        let statements = try await queue.read { db in
            try String.fetchAll(
                db,
                sql:
                    "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
            )
        }
        let applied = Schema.migrator.migrations.prefix { $0 != migration } + [migration]
        let notes = applied.map { "INSERT INTO grdb_migrations (identifier) VALUES ('\($0)');\n" }
        try Fixtures.expectGolden(statements.joined(separator: "\n") + "\n" + notes.joined(), file)
    }
}
