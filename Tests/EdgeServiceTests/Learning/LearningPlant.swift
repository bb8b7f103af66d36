// A plant for tests of learning: a real trend log, synthetic embeddings, the learning room, and no model at all.
import AudioFeatures
import CLAP
import Foundation
import Logging
import MachineHealth
import Publishing
import Synchronization
import TrendLog

@testable import EdgeService

/// Numbers that are the same on every run (SplitMix64).
struct PlantNoise: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func values(_ count: Int, spread: Float) -> [Float] {
        (0..<count).map { _ in Float.random(in: -spread...spread, using: &self) }
    }
}

/// Machines whose sounds are points of a small space.
final class LearningPlant: Sendable {
    static let model = "tiny@1234"
    static let start = Date(timeIntervalSince1970: 1_795_341_600)
    static let width = 8
    static let labels = ["normal", "oil", "valve"].map { LabelID($0) }

    /// Centres of sounds: what is healthy, two faults, and one nobody listed.
    enum Sound: Int, CaseIterable {
        case healthy, oil, valve, strange

        var centre: [Float] {
            var vector = [Float](repeating: 0.6, count: LearningPlant.width)
            vector[rawValue] = 1.6
            return vector
        }
    }

    let folder: URL
    let store: TrendLogStore
    let judges = WindowJudges()
    let room: LearningRoom
    let configuration: ServiceConfiguration
    private let told = Mutexed([HealthEvent]())
    private let clock = Mutexed(LearningPlant.start)
    private let running: Task<Void, Never>

    /// - Parameters:
    ///   - folder: of an earlier plant, to start again where it ended; nil for a new one.
    ///   - model: what results are signed with.
    init(
        machines: [String] = ["pump-1", "pump-2"],
        enrolment: String = "{}",
        folder: URL? = nil,
        model: String = LearningPlant.model
    ) async throws {
        self.folder =
            folder
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-learning-\(UUID().uuidString)")
        let parsed = try ServiceConfiguration.parse(
            Self.yaml(machines, enrolment: enrolment),
            file: self.folder.appendingPathComponent("a.yaml").path
        )
        configuration = parsed
        store = try TrendLogStore(url: self.folder.appendingPathComponent("trend.sqlite"))
        try await store.register(
            machines.map { machine in
                MachineRegistration(
                    machine: machine,
                    site: "plant1",
                    profile: "pump",
                    labels: parsed.vocabularies["pump"]?.labels ?? []
                )
            }
        )
        room = LearningRoom(
            store: store,
            judges: judges,
            model: model,
            now: { [clock] in clock.value },
            logger: Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() },
            tell: { [told] event in told.change { $0.append(event) } }
        )
        await room.take(parsed, judges: Self.judges(machines))
        running = Task { [room] in await room.run() }
    }

    var events: [HealthEvent] { told.value }

    func setNow(_ time: Date) { clock.change { $0 = time } }

    /// Lets the room finish and gives the store up, as a service that stops does.
    func stop() async throws {
        room.close()
        await running.value
        try store.close()
    }

    /// Stops and deletes everything.
    func leave() async throws {
        try await stop()
        try FileManager.default.removeItem(at: folder)
    }

    /// Runs a test in a plant of its own.
    static func with<Value>(
        machines: [String] = ["pump-1", "pump-2"],
        enrolment: String = "{}",
        _ body: (LearningPlant) async throws -> Value
    ) async throws -> Value {
        let plant = try await LearningPlant(machines: machines, enrolment: enrolment)
        do {
            let value = try await body(plant)
            try await plant.leave()
            return value
        } catch {
            try? await plant.leave()
            throw error
        }
    }

    /// Stores windows of a sound, two seconds each, one after the other.
    func hear(
        _ sound: Sound,
        _ machine: String = "pump-1",
        count: Int,
        from seconds: Double = 0,
        spread: Float = 0.05,
        levelDBFS: Double = -24,
        hopSeconds: Double = 2,
        model: String = LearningPlant.model
    ) async throws {
        var noise = PlantNoise(seed: UInt64(sound.rawValue * 1_000) + UInt64(seconds))
        for index in 0..<count {
            let embedding = Self.unit(zip(sound.centre, noise.values(Self.width, spread: spread)).map { $0 + $1 })
            var descriptor = [Float](repeating: -30, count: AcousticDescriptor.valueCount)
            for place in 0..<64 { descriptor[place] += Float.random(in: -1...1, using: &noise) }
            descriptor[sound.rawValue] += sound == .healthy ? 0 : 20
            // The share of clipped samples and the constant part.
            descriptor[191] = 0
            descriptor[192] = 0
            let start = Self.start.addingTimeInterval(seconds + Double(index) * hopSeconds)
            let judgement = try judges[machine]?.judge(embedding: embedding, descriptor: descriptor)
            let observation = Observation(
                machine: machine,
                start: start,
                end: start.addingTimeInterval(2),
                scores: judgement?.scores ?? [],
                levelDBFS: levelDBFS,
                missingFraction: 0,
                quality: .good,
                rawScores: judgement?.rawScores ?? [],
                novelty: judgement?.novelty
            )
            try await store.commit(
                WindowCommit(
                    window: WindowRecord(
                        observation: observation,
                        verdict: .undetermined,
                        model: model,
                        latencyMS: 1,
                        embedding: embedding,
                        descriptor: SoundDescriptor(version: AcousticDescriptor.currentVersion, values: descriptor)
                    )
                )
            )
        }
    }

    /// Gives a command as it arrives on a machine's topic.
    func order(_ json: String, on machine: String? = "pump-1") async throws -> CommandResult {
        let command = try OperatorCommand(json: Data(json.utf8))
        return await withCheckedContinuation { continuation in
            room.give(.command(command, machine: machine, reply: { continuation.resume(returning: $0) }))
        }
    }

    /// Enrols what was heard between two times, in seconds after the start.
    func enrol(_ since: Double, _ until: Double, more: String = "", on machine: String = "pump-1") async throws
        -> CommandResult
    {
        let (from, to) = (Self.text(since), Self.text(until))
        return try await order(
            #"{"command":"enroll","since":"\#(from)","until":"\#(to)","user":"mei"\#(more)}"#,
            on: machine
        )
    }

    /// Teaches the window at a time, in seconds after the start.
    func teach(_ seconds: Double, _ label: String, on machine: String = "pump-1") async throws -> CommandResult {
        try await order(
            #"{"command":"teach","start":"\#(Self.text(seconds))","label":"\#(label)","user":"mei"}"#,
            on: machine
        )
    }

    /// Waits until what was handed in before is done.
    func settle() async throws {
        _ = try await order(#"{"command":"enroll_confirm","version":9999}"#)
    }

    /// A fresh window of a sound, not stored.
    static func window(_ sound: Sound, seed: UInt64 = 99) -> (embedding: [Float], descriptor: [Float]) {
        var noise = PlantNoise(seed: seed)
        let embedding = unit(zip(sound.centre, noise.values(width, spread: 0.05)).map { $0 + $1 })
        var descriptor = [Float](repeating: -30, count: AcousticDescriptor.valueCount)
        for place in 0..<64 { descriptor[place] += Float.random(in: -1...1, using: &noise) }
        descriptor[sound.rawValue] += sound == .healthy ? 0 : 20
        descriptor[191] = 0
        descriptor[192] = 0
        return (embedding, descriptor)
    }

    static func text(_ seconds: Double) -> String { RFC3339.text(start.addingTimeInterval(seconds)) }

    static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }

    /// Text that is nearly always for the first label.
    static func judges(_ machines: [String]) -> [String: WindowJudge] {
        let directions = Sound.allCases.prefix(3).map { sound -> [Float] in
            var vector = sound.centre
            if sound != .healthy { vector[0] = -0.2 }
            return unit(vector)
        }
        let head = ZeroShotHead(labelEmbeddings: directions, scale: 10)
        return Dictionary(
            machines.map { ($0, WindowJudge(labels: labels, head: head, gain: .none)) }
        ) { first, _ in first }
    }

    private static func yaml(_ machines: [String], enrolment: String) -> String {
        let rows = machines.map { "  - {id: \($0), profile: pump, window: {length: 2s, hop: 2s}}" }
        return """
            site: plant1
            node: edge-1
            enrolment: \(enrolment)
            labels:
              pump:
                - {id: normal, name: Normal, kind: normal, prompts: [a pump]}
                - {id: oil, name: Oil, kind: fault, prompts: [a dry pump]}
                - {id: valve, name: Valve, kind: fault, prompts: [a broken valve]}
            machines:
            \(rows.joined(separator: "\n"))
            """
    }
}

/// A value shared between threads.
final class Mutexed<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func change(_ body: (inout Value) -> Void) {
        state.withLock { value in body(&value) }
    }
}
