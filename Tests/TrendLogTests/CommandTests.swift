// Commands from another process: taken once, answered, withdrawn when nobody takes them.
import Foundation
import Testing

@testable import TrendLog

@Suite("Trend log: commands", .timeLimit(.minutes(20)))
struct CommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a command is taken once, in order, and its answer comes back")
    func answered() async throws {
        let store = try TrendLogStore(url: folder.store)
        let url = folder.store
        #expect(try await store.takeCommands().isEmpty)
        let now = Samples.start
        async let first = TrendLogCommandClient(url: url).run(Data("one".utf8), at: now, timeout: .seconds(600))
        var taken: [StoredCommand] = []
        while taken.isEmpty {
            taken = try await store.takeCommands()
            await Task.yield()
        }
        #expect(taken.map { String(decoding: $0.command, as: UTF8.self) } == ["one"])
        #expect(taken.first?.created == now)
        #expect(try await store.takeCommands().isEmpty)
        try await store.answerCommand(try #require(taken.first).id, result: Data("done".utf8), at: now)
        #expect(try await first == Data("done".utf8))
        async let second = TrendLogCommandClient(url: url).run(Data("two".utf8), at: now, timeout: .seconds(600))
        taken = []
        while taken.isEmpty { taken = try await store.takeCommands() }
        #expect(taken.map { String(decoding: $0.command, as: UTF8.self) } == ["two"])
        try await store.answerCommand(try #require(taken.first).id, result: Data("too".utf8), at: now)
        #expect(try await second == Data("too".utf8))
    }

    @Test("a command that is being worked on is not handed out again when another comes")
    func takenOnce() async throws {
        let store = try TrendLogStore(url: folder.store)
        let url = folder.store
        let give: @Sendable (String) async throws -> Data = { text in
            try await TrendLogCommandClient(url: url).run(Data(text.utf8), at: Samples.start, timeout: .seconds(600))
        }
        var taken: [StoredCommand] = []
        async let first = give("one")
        while taken.count < 1 { taken += try await store.takeCommands() }
        async let second = give("two")
        while taken.count < 2 { taken += try await store.takeCommands() }
        #expect(taken.map { String(decoding: $0.command, as: UTF8.self) } == ["one", "two"])
        for command in taken { try await store.answerCommand(command.id, result: command.command, at: Samples.start) }
        #expect(try await [first, second] == [Data("one".utf8), Data("two".utf8)])
    }

    @Test("without a running service nothing is written and the text says so")
    func noService() async throws {
        try TrendLogStore(url: folder.store).close()
        let error = await trendLogError { _ = try TrendLogCommandClient(url: folder.store) }
        #expect(error?.code == .notFound)
        #expect(error?.description.contains("no service runs") ?? false)
        let store = try TrendLogStore(url: folder.store)
        #expect(try await store.takeCommands().isEmpty)
    }

    @Test("a command nobody takes is withdrawn and never acts later")
    func withdrawn() async throws {
        let store = try TrendLogStore(url: folder.store)
        let client = try TrendLogCommandClient(url: folder.store)
        let error = await trendLogError {
            _ = try await client.run(Data("x".utf8), at: Samples.start, timeout: .milliseconds(50))
        }
        #expect(error?.code == .busy)
        #expect(error?.description.contains("withdrawn") ?? false)
        #expect(try await store.takeCommands().isEmpty)
    }

    @Test("what a service that died left open is withdrawn at the next start, and its sender is told")
    func leftOpen() async throws {
        let store = try TrendLogStore(url: folder.store)
        let url = folder.store
        async let answer = TrendLogCommandClient(url: url).run(
            Data("x".utf8),
            at: Samples.start,
            timeout: .seconds(600)
        )
        while try await store.takeCommands().isEmpty { await Task.yield() }
        #expect(try await store.withdrawOpenCommands(result: Data("restarted".utf8), at: Samples.start) == 1)
        #expect(try await answer == Data("restarted".utf8))
        #expect(try await store.withdrawOpenCommands(result: Data(), at: Samples.start) == 0)
    }
}
