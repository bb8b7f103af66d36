// A store, events to publish and publishers to publish them through.
import Foundation
import Logging
import MachineHealth
import Synchronization
import TrendLog

@testable import Publishing

/// A store in a folder that goes with the test.
final class TemporaryStore: Sendable {
    let url: URL
    let store: TrendLogStore

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-publishing-\(UUID().uuidString)")
        store = try TrendLogStore(url: url.appendingPathComponent("trend.sqlite"))
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

enum Samples {
    static let oil = LabelID("bearing-lacking-oil")
    static let oilName = LocalizedName(["en": "Bearing lacking oil", "zh": "轴承缺油"])
    /// 2026-11-22T10:00:00Z.
    static let start = Date(timeIntervalSince1970: 1_795_341_600)
    static let alarmID = UUID(uuid: (0x6F, 0x1D, 0x2C, 0x3B, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
    static let eventID = UUID(uuid: (0x6F, 0x1D, 0x2C, 0x3B, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 2))
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func topics(_ site: String = "plant1") throws -> TopicScheme { try TopicScheme(site: site) }

    static func event(
        _ number: Int = 0,
        machine: String = "compressor-2",
        id: UUID = UUID()
    ) -> HealthEvent {
        HealthEvent(
            id: id,
            type: .faultRaised,
            machine: machine,
            label: oil,
            confidence: 0.912345678,
            consecutive: 3,
            windows: (0..<3).map { EventWindow(start: start.addingTimeInterval(Double($0) * 5), confidence: 0.8) },
            severity: .warning,
            time: start.addingTimeInterval(Double(number)),
            alarmID: alarmID,
            message: "event \(number)"
        )
    }

    static func alarm(state: AlarmState = .unackActive) -> AlarmRecord {
        AlarmRecord(
            machine: "compressor-2",
            label: oil,
            state: state,
            alarmID: alarmID,
            since: start,
            confidence: 0.912345678,
            consecutive: 3,
            required: 3,
            severity: .warning
        )
    }

    static func window(machine: String = "compressor-2", at start: Date = start) -> WindowRecord {
        let observation = Observation(
            machine: machine,
            start: start,
            end: start.addingTimeInterval(10),
            scores: [
                LabelScore(label: LabelID("normal"), confidence: 0.08765432), LabelScore(label: oil, confidence: 0.9),
            ],
            levelDBFS: -.infinity,
            missingFraction: 0.01,
            quality: .good
        )
        return WindowRecord(
            observation: observation,
            verdict: .label(oil),
            model: "tiny@1234abcd",
            latencyMS: 41.27
        )
    }

    /// Commits events in one transaction each.
    static func commit(_ numbers: Range<Int>, machine: String = "compressor-2", to store: TrendLogStore) async throws {
        let profile = JSONProfile(topics: try topics())
        for number in numbers {
            let record = try profile.eventRecord(event(number, machine: machine), name: oilName)
            try await store.commit(WindowCommit(events: [record]))
        }
    }
}

/// What a publisher says when it does not publish.
struct Refusal: Error, Hashable {
    var scope: PublishFailureScope
}

/// A publisher in the process whose failures a test decides, for what a broker cannot be made to do at a given moment.
final class ScriptedPublisher: MessagePublisher {
    private struct State {
        var sent: [OutgoingMessage] = []
        var attempts: [OutgoingMessage] = []
        var observers: [AsyncStream<Bool>.Continuation] = []
        var isConnected: Bool
    }

    private let state: Mutex<State>
    private let decide: @Sendable (OutgoingMessage, Int) -> PublishFailureScope?
    let changes = AsyncStream.makeStream(of: Int.self)

    /// - Parameter decide: whether a message fails, given how often it was tried before.
    init(
        isConnected: Bool = true,
        decide: @escaping @Sendable (OutgoingMessage, Int) -> PublishFailureScope? = { _, _ in nil }
    ) {
        state = Mutex(State(isConnected: isConnected))
        self.decide = decide
    }

    var sent: [OutgoingMessage] { state.withLock { $0.sent } }
    var attempts: [OutgoingMessage] { state.withLock { $0.attempts } }

    func publish(_ message: OutgoingMessage) async throws {
        await Task.yield()
        try state.withLock { state in
            guard state.isConnected else { throw Refusal(scope: .connection) }
            let before = state.attempts.count { $0 == message }
            state.attempts.append(message)
            if let scope = decide(message, before) { throw Refusal(scope: scope) }
            state.sent.append(message)
            changes.continuation.yield(state.sent.count)
        }
    }

    func failureScope(of error: any Error) -> PublishFailureScope { (error as? Refusal)?.scope ?? .connection }

    var connectivity: AsyncStream<Bool> {
        let (stream, continuation) = AsyncStream.makeStream(of: Bool.self)
        state.withLock { state in
            continuation.yield(state.isConnected)
            state.observers.append(continuation)
        }
        return stream
    }

    func connect(_ isConnected: Bool) {
        state.withLock { state in
            state.isConnected = isConnected
            for observer in state.observers { observer.yield(isConnected) }
        }
    }

    /// Returns once so many messages were sent.
    func waitForSent(_ count: Int) async {
        if sent.count >= count { return }
        for await number in changes.stream where number >= count { return }
    }
}

/// Runs something beside a test and cancels it afterwards.
func running<Result: Sendable>(
    _ loop: @escaping @Sendable () async -> Void,
    _ body: () async throws -> Result
) async throws -> Result {
    let task = Task { await loop() }
    do {
        let result = try await body()
        task.cancel()
        await task.value
        return result
    } catch {
        task.cancel()
        throw error
    }
}
