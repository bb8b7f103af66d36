// A full or read-only disk: a clear error, nothing half written, and all well again when space returns.
import Foundation
import GRDB
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: a disk in trouble")
struct StorageTroubleTests {
    @Test("a full database refuses, keeps what it has and recovers")
    func full() async throws {
        let folder = try TemporaryFolder()
        let store = try TrendLogStore(url: folder.store)
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start), events: [Samples.event()]))
        // SQLite's own limit gives the very error a full disk gives.
        try await store.onWriter { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        let error = try await fillUntilRefused(store)
        #expect(error.code == .diskFull)
        #expect(error.isTransient)
        #expect(error.description.contains(folder.store.path))
        #expect(error.description.contains("free space"))
        let events = try await store.reader.events(limit: .max).count
        #expect(try await store.reader.outboxStatus().pending == events)
        try await store.onWriter { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try await store.commit(WindowCommit(events: [Samples.event()]))
        #expect(try await store.reader.events(limit: .max).count == events + 1)
    }

    @Test("a full file system likewise", .enabled(if: TinyFileSystem.isPossible, "needs the right to mount"))
    func fullFileSystem() async throws {
        let disk = try TinyFileSystem(kilobytes: 1_024)
        let store = try TrendLogStore(url: disk.url.appendingPathComponent("trend.sqlite"))
        let ballast = disk.url.appendingPathComponent("ballast")
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start), events: [Samples.event()]))
        try Data(count: 300_000).write(to: ballast)
        let error = try await fillUntilRefused(store)
        #expect(error.code == .diskFull)
        let events = try await store.reader.events(limit: .max)
        try FileManager.default.removeItem(at: ballast)
        try await store.commit(WindowCommit(events: [Samples.event()]))
        #expect(try await store.reader.events(limit: .max).count == events.count + 1)
        #expect(try await store.reader.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        try store.close()
    }

    @Test(
        "on a read-only file system the writer is refused and the reader reads",
        .enabled(if: TinyFileSystem.isPossible, "needs the right to mount")
    )
    func readOnlyFileSystem() async throws {
        let disk = try TinyFileSystem(kilobytes: 2_048)
        let url = disk.url.appendingPathComponent("trend log.sqlite")
        let store = try TrendLogStore(url: url)
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start)))
        try store.close()
        try disk.remountReadOnly()
        let reader = try TrendLogReader(url: url)
        #expect(try await reader.machine("compressor-2").windows == 1)
        let error = await trendLogError { _ = try TrendLogStore(url: url) }
        #expect(error?.code == .readOnly)
        #expect(error?.description.contains(url.path) ?? false)
        #expect(error?.isTransient ?? false)
    }

    private func fillUntilRefused(_ store: TrendLogStore) async throws -> TrendLogError {
        for number in 1...5_000 {
            let time = Samples.start.addingTimeInterval(Double(number) * 5)
            let commit = WindowCommit(
                window: Samples.window(at: time, embedding: [Float](repeating: 0.5, count: 512)),
                events: [Samples.event(time: time)]
            )
            do {
                try await store.commit(commit)
            } catch let error as TrendLogError {
                return error
            }
        }
        throw CancellationError()
    }
}

/// A file system of its own, as large as a test wants it.
private final class TinyFileSystem: Sendable {
    private let folder: TemporaryFolder
    let url: URL

    /// Whether this user may mount.
    static let isPossible: Bool = {
        guard getuid() == 0, let disk = try? TinyFileSystem(kilobytes: 64) else { return false }
        return FileManager.default.isWritableFile(atPath: disk.url.path)
    }()

    init(kilobytes: Int) throws {
        folder = try TemporaryFolder()
        url = folder.url.appendingPathComponent("disk")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "ausculta-test", url.path])
    }

    deinit { try? Self.run("umount", ["-l", url.path]) }

    func remountReadOnly() throws { try Self.run("mount", ["-o", "remount,ro", url.path]) }

    private static func run(_ tool: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
