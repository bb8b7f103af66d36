// Killed at any moment, the store holds every commit that had returned, whole, and lets the next writer in.
import Foundation
import GRDB
import Synchronization
import Testing

@testable import TrendLog

@Suite("Trend log: kill -9", .timeLimit(.minutes(20)))
struct CrashTests {
    /// The program that writes until it is killed, built beside the tests.
    private static var crashWriter: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("TrendLogCrashWriter")
    }

    @Test("no acknowledged event is lost and none is written by half", arguments: [1, 25, 120])
    func killed(afterEvents: Int) async throws {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = Self.crashWriter
        process.arguments = [folder.store.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()

        let lines = LineReader(output.fileHandleForReading)
        var acknowledged = await lines.read(atLeast: afterEvents)
        if afterEvents == 1 {
            // While it runs, a second writer is told its process id, and a reader reads.
            let error = await trendLogError { _ = try TrendLogStore(url: folder.store) }
            #expect(error?.code == .alreadyInUse)
            #expect(error?.description.contains("process \(process.processIdentifier) (TrendLogCrash") ?? false)
            #expect(try await TrendLogReader(url: folder.store).events(limit: 1).count == 1)
        }
        kill(process.processIdentifier, SIGKILL)
        acknowledged += await lines.read(atLeast: .max)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(acknowledged.count >= afterEvents)

        // A reader copes with what was left behind before any writer has cleaned up.
        let reader = try TrendLogReader(url: folder.store)
        #expect(try await reader.events(limit: .max).count >= acknowledged.count)

        let store = try TrendLogStore(url: folder.store)
        let kept = try await store.reader.events(limit: .max)
        let ids = kept.map(\.id.text)
        #expect(Array(ids.prefix(acknowledged.count)) == acknowledged)
        // The one whose acknowledgement the kill cut off may be there too.
        #expect(ids.count - acknowledged.count <= 1)
        #expect(kept.allSatisfy { $0.unsent == 1 })
        #expect(try await store.reader.machine("compressor-2").windows == ids.count)
        #expect(try await store.reader.features(machine: "compressor-2", limit: .max).count == ids.count)
        let check = try await store.reader.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        #expect(check == ["ok"])
    }
}

/// Reads whole lines from a pipe, off the cooperative pool.
private final class LineReader: Sendable {
    private let handle: FileHandle
    private let rest = Mutex(Data())

    init(_ handle: FileHandle) { self.handle = handle }

    /// Reads until so many lines are there, or to the end.
    func read(atLeast count: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: self.readBlocking(atLeast: count))
            }
        }
    }

    private func readBlocking(atLeast count: Int) -> [String] {
        var lines: [String] = []
        while lines.count < count {
            let data = handle.availableData
            guard !data.isEmpty else { break }
            rest.withLock { rest in
                rest.append(data)
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    lines.append(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest.removeSubrange(rest.startIndex...end)
                }
            }
        }
        return lines
    }
}
