// Chunks in, windows out, for every machine: decoding and resampling on one thread of their own.
import Acquisition
import Foundation
import Logging
import Publishing
import Synchronization

/// What the intake knows of each machine's stream; read by whoever publishes it.
final class StreamBoard: Sendable {
    private let entries = Mutex<[String: StreamStatus]>([:])

    func set(_ machine: String, _ status: StreamStatus) {
        entries.withLock { $0[machine] = status }
    }

    subscript(machine: String) -> StreamStatus {
        entries.withLock { $0[machine] ?? StreamStatus() }
    }
}

/// Something about a stream the health desk has to know.
enum StreamNews: Sendable {
    case heard(machine: String, at: Date)
    case lost(machine: String, at: Date)
    /// The hop of all machines is stretched more, or less, than before.
    case stretched
}

/// The intake of all machines.
actor IntakeRoom {
    private struct Seat {
        var intake: MachineIntake
        let inbox: MachineInbox
        /// Its place among the machines when windows are thinned.
        let turn: Int
        /// Silence after which the stream counts as lost.
        let lostAfterSeconds: Double
        var waitingSince: Date
        var isLost = false
        var lastComplaint: [String: Date] = [:]
    }

    private static let complaintIntervalSeconds = 60.0

    private let thread = WorkerThread(name: "intake")
    private let scheduler: WindowScheduler<WindowJob>
    private let board: StreamBoard
    private let gauge: LoadGauge
    private let now: @Sendable () -> Date
    private let tell: @Sendable (StreamNews) -> Void
    private let hear: @Sendable (String, AudioFrame) -> Void
    private let logger: Logger
    private var seats: [String: Seat] = [:]
    private var seatedCount = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        scheduler: WindowScheduler<WindowJob>,
        board: StreamBoard,
        gauge: LoadGauge,
        now: @escaping @Sendable () -> Date,
        logger: Logger,
        hear: @escaping @Sendable (String, AudioFrame) -> Void = { _, _ in },
        tell: @escaping @Sendable (StreamNews) -> Void
    ) {
        self.scheduler = scheduler
        self.board = board
        self.gauge = gauge
        self.now = now
        self.hear = hear
        self.tell = tell
        self.logger = logger
    }

    /// Begins to take a machine's chunks; a machine that is there already starts its windows anew.
    func seat(_ machine: String, config: MachineAudioConfig, inbox: MachineInbox, lostAfterSeconds: Double) {
        let turn = seats[machine]?.turn ?? seatedCount
        if seats[machine] == nil { seatedCount += 1 }
        seats[machine] = Seat(
            intake: MachineIntake(machine: machine, config: config),
            inbox: inbox,
            turn: turn,
            lostAfterSeconds: lostAfterSeconds,
            waitingSince: now()
        )
    }

    /// Forgets a machine.
    func unseat(_ machine: String) {
        seats[machine] = nil
    }

    /// Takes chunks from an inbox until it is finished.
    nonisolated func serve(_ inbox: MachineInbox) async {
        for await chunk in inbox { await accept(chunk) }
    }

    /// Once a second: lets go of chunks that waited too long, and notices silence and overload.
    func tick() {
        let time = now()
        let oldest = scheduler.firstWaiting().map(\.received).min()
        let former = gauge.tick(
            longestWaitSeconds: oldest.map { time.timeIntervalSince($0) } ?? 0,
            machineCount: seats.count
        )
        if let former, gauge.factor > former {
            // What waits is thinned alike, or it would be judged long after it was heard.
            let turns = seats.mapValues(\.turn)
            scheduler.drop { job in
                let window = job.window
                return window.isClassifiable
                    && !gauge.takes(sequenceNumber: window.sequenceNumber, turn: turns[window.machine] ?? 0)
            }
        }
        for machine in seats.keys {
            guard let result = seats[machine]?.intake.tick(now: time) else { continue }
            handle(result, machine: machine, received: time)
            noticeSilence(machine, at: time)
        }
        if former != nil { tell(.stretched) }
    }

    /// The last call: the thread ends when everything before it is done.
    func close() {
        thread.stop()
    }

    private func accept(_ chunk: AudioChunk) {
        let machine = chunk.machine
        guard seats[machine] != nil else { return }
        if let drops = seats[machine]?.inbox.takeDrops(), drops.chunks > 0 {
            seats[machine]?.intake.noteDroppedByQueue(chunkCount: drops.chunks)
            complain(machine, "queue", "\(drops.chunks) chunks dropped: they arrive faster than they can be decoded")
        }
        guard let result = seats[machine]?.intake.accept(chunk, now: now()) else { return }
        if result.refusal == nil, seats[machine]?.isLost == true || seats[machine]?.intake.counters.acceptedChunks == 1
        {
            seats[machine]?.isLost = false
            tell(.heard(machine: machine, at: chunk.arrival))
        }
        handle(result, machine: machine, received: chunk.arrival)
    }

    private func handle(_ result: IntakeResult, machine: String, received: Date) {
        for frame in result.frames { hear(machine, frame) }
        if let refusal = result.refusal { complain(machine, "\(refusal.reason)", "chunk refused: \(refusal.message)") }
        for notice in result.notices { complain(machine, "\(notice)", "\(notice)") }
        for window in result.windows where isTaken(window) {
            if !scheduler.submit(WindowJob(window: window, received: received), machine: machine) {
                complain(
                    machine,
                    "overload",
                    "a window was dropped: windows come faster than this box can classify them"
                )
            }
        }
        post(machine)
    }

    /// Under overload every machine's windows are thinned alike. One with too much missing costs nothing and passes.
    private func isTaken(_ window: AudioWindow) -> Bool {
        guard window.isClassifiable else { return true }
        return gauge.admits(sequenceNumber: window.sequenceNumber, turn: seats[window.machine]?.turn ?? 0)
    }

    private func noticeSilence(_ machine: String, at time: Date) {
        guard let seat = seats[machine], !seat.isLost else { return }
        let silence = seat.intake.silenceSeconds(now: time) ?? time.timeIntervalSince(seat.waitingSince)
        guard silence > seat.lostAfterSeconds else { return }
        seats[machine]?.isLost = true
        tell(.lost(machine: machine, at: time))
    }

    private func post(_ machine: String) {
        guard let counters = seats[machine]?.intake.counters else { return }
        let dropped =
            counters.refusedChunkTotal + counters.lateChunks + counters.droppedByQueueChunks
            + scheduler.dropped(machine: machine)
        board.set(
            machine,
            StreamStatus(
                droppedChunks: dropped,
                lastChunk: counters.lastChunkTime,
                hopStretch: gauge.factor,
                gaps: counters.gaps
            )
        )
    }

    /// One line per machine, kind and minute: a broken sender must not fill the disk with its log.
    private func complain(_ machine: String, _ kind: String, _ message: String) {
        let time = now()
        if let last = seats[machine]?.lastComplaint[kind], time.timeIntervalSince(last) < Self.complaintIntervalSeconds
        {
            return
        }
        if let count = seats[machine]?.lastComplaint.count, count > 100 { seats[machine]?.lastComplaint = [:] }
        seats[machine]?.lastComplaint[kind] = time
        logger.warning("\(machine): \(message)")
    }
}
