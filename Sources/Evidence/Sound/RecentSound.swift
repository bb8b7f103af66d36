// The recent sound of every machine, and the stretches of it that somebody waits for.
import Foundation
import Synchronization

/// A ring per machine, fed by the intake.
///
/// Nothing here waits: feeding converts a chunk to 16 bits and hangs it into the ring, readers take references to chunks.
/// The lock is held for microseconds.
public final class RecentSound: Sendable {
    private struct Watch {
        let machine: String
        let from: Date
        var to: Date
        var blocks: [SoundBlock]
        var isComplete = false
    }

    private struct State {
        var seconds: Double
        var captured: Set<String> = []
        var rings: [String: SoundRing] = [:]
        var watches: [UUID: Watch] = [:]
    }

    private let state: Mutex<State>
    private let completed: @Sendable (UUID) -> Void

    /// Makes rings of so many seconds; no machine is captured yet.
    ///
    /// - Parameter completed: told, on the feeding thread, that a watched stretch is complete.
    public init(seconds: Double, completed: @escaping @Sendable (UUID) -> Void = { _ in }) {
        state = Mutex(State(seconds: seconds))
        self.completed = completed
    }

    /// Says whose sound is remembered, and how much. What is remembered of others goes at once.
    public func capture(_ machines: Set<String>, seconds: Double) {
        state.withLock { state in
            state.captured = machines
            state.seconds = seconds
            state.rings = state.rings.filter { machines.contains($0.key) }
            for machine in state.rings.keys { state.rings[machine]?.seconds = seconds }
            state.watches = state.watches.filter { machines.contains($0.value.machine) }
        }
    }

    /// Whether a machine's sound is remembered.
    public func isCaptured(_ machine: String) -> Bool { state.withLock { $0.captured.contains(machine) } }

    /// Takes a chunk of a machine; samples with full scale at ±1. Does nothing for a machine that is not captured.
    public func feed(_ machine: String, epoch: Int, position: Int, start: Date, sampleRateHz: Int, samples: [Float]) {
        guard isCaptured(machine) else { return }
        feed(
            machine,
            SoundBlock(
                epoch: epoch,
                position: position,
                start: start,
                sampleRateHz: sampleRateHz,
                fullScale: samples
            )
        )
    }

    /// Takes a chunk of a machine.
    public func feed(_ machine: String, _ block: SoundBlock) {
        let done = state.withLock { state -> [UUID] in
            guard state.captured.contains(machine) else { return [] }
            let steppedBack = state.rings[machine, default: SoundRing(seconds: state.seconds)].append(block)
            var done: [UUID] = []
            for (id, watch) in state.watches where watch.machine == machine && !watch.isComplete {
                if !steppedBack, block.end > watch.from, block.start < watch.to {
                    state.watches[id]?.blocks.append(block)
                }
                guard steppedBack || block.end >= watch.to else { continue }
                state.watches[id]?.isComplete = true
                done.append(id)
            }
            return done
        }
        for id in done { completed(id) }
    }

    /// Time just after a machine's newest sample.
    public func newest(_ machine: String) -> Date? { state.withLock { $0.rings[machine]?.end } }

    /// The last seconds of a machine; nil where nothing is remembered.
    public func latest(_ machine: String, seconds: Double) -> SoundStretch? {
        guard let ring = state.withLock({ $0.rings[machine] }), let end = ring.end else { return nil }
        let start = end.addingTimeInterval(-seconds)
        return SoundStretch(ring.blocks(from: start, to: end), from: start, to: end)
    }

    /// What is remembered of a stretch of time; nil where nothing is.
    public func stretch(_ machine: String, from: Date, to: Date) -> SoundStretch? {
        guard let ring = state.withLock({ $0.rings[machine] }) else { return nil }
        return SoundStretch(ring.blocks(from: from, to: to), from: from, to: to)
    }

    /// Bytes of samples held by rings.
    public var byteCount: Int {
        state.withLock { state in
            state.rings.values.reduce(0) { sum, ring in
                sum + ring.blocks.reduce(0) { $0 + $1.samples.count * MemoryLayout<Int16>.stride }
            }
        }
    }

    // MARK: - Watching

    /// Begins to hold a stretch: what the ring has of it, and what is still to come.
    ///
    /// - Returns: whether it is complete already.
    func watch(_ id: UUID, machine: String, from: Date, to: Date) -> Bool {
        state.withLock { state in
            guard state.captured.contains(machine) else { return true }
            let ring = state.rings[machine]
            var watch = Watch(machine: machine, from: from, to: to, blocks: ring?.blocks(from: from, to: to) ?? [])
            watch.isComplete = (ring?.end).map { $0 >= to } ?? false
            state.watches[id] = watch
            return watch.isComplete
        }
    }

    /// Lets a watched stretch end later. What came in between the old and the new end is taken from the ring.
    ///
    /// - Returns: whether it is complete already.
    func extend(_ id: UUID, to end: Date) -> Bool {
        state.withLock { state in
            guard var watch = state.watches[id], end > watch.to else { return state.watches[id]?.isComplete ?? true }
            let held = watch.blocks.last?.start ?? .distantPast
            let ring = state.rings[watch.machine]
            watch.blocks += (ring?.blocks(from: watch.to, to: end) ?? []).filter { $0.start > held }
            watch.to = end
            watch.isComplete = (ring?.end).map { $0 >= end } ?? false
            state.watches[id] = watch
            return watch.isComplete
        }
    }

    /// Ends a watch and hands out its chunks.
    func take(_ id: UUID) -> [SoundBlock] {
        state.withLock { $0.watches.removeValue(forKey: id)?.blocks ?? [] }
    }
}
