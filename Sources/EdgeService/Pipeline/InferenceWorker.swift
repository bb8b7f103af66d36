// Takes windows from the scheduler, one at a time, and turns each into scores; on a thread of its own.
import Acquisition
import Foundation
import Logging
import MachineHealth

/// A window waiting for inference.
struct WindowJob: Sendable {
    var window: AudioWindow
    /// When its last chunk arrived, by the service's clock.
    let received: Date
}

/// A window after inference, on its way to the health desk.
struct JudgedWindow: Sendable {
    let observation: Observation
    /// When its last chunk arrived, by the service's clock.
    let received: Date
    /// What was heard; nil where too much was missing.
    let heard: HeardWindow?
    /// How long the model took; nil where it was not asked.
    var inferenceSeconds: Double?
}

/// One inference worker. Several share a scheduler; each has its own thread, workspace and front end.
actor InferenceWorker {
    private let thread: WorkerThread
    private let listener: Listener
    private let judges: WindowJudges
    private let scheduler: WindowScheduler<WindowJob>
    private let gauge: LoadGauge
    private let logger: Logger

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        number: Int,
        model: SoundModel,
        judges: WindowJudges,
        scheduler: WindowScheduler<WindowJob>,
        gauge: LoadGauge,
        logger: Logger
    ) throws {
        thread = WorkerThread(name: "inference-\(number)")
        listener = try Listener(model: model)
        self.judges = judges
        self.scheduler = scheduler
        self.gauge = gauge
        self.logger = logger
    }

    /// Works until the scheduler is closed and empty.
    ///
    /// - Parameter deliver: takes each result; whoever is behind it tells the scheduler when the machine is done.
    func run(deliver: @Sendable (JudgedWindow) -> Void) async {
        while var job = await scheduler.next() {
            let begin = ContinuousClock.now
            var window = judge(&job)
            if window.heard != nil {
                let duration = ContinuousClock.now - begin
                gauge.judged(duration)
                window.inferenceSeconds = duration / .seconds(1)
            }
            deliver(window)
        }
        thread.stop()
    }

    private func judge(_ job: inout WindowJob) -> JudgedWindow {
        let samples = job.window.takeSamples()
        let window = job.window
        guard window.isClassifiable, let judge = judges[window.machine] else {
            return JudgedWindow(observation: incomplete(window), received: job.received, heard: nil)
        }
        do {
            let heard = try listener.hear(consume samples, gain: judge.gain)
            let judgement = try judge.judge(embedding: heard.embedding, descriptor: heard.descriptor.values)
            let observation = Observation(
                machine: window.machine,
                start: window.start,
                end: window.end,
                scores: judgement.scores,
                levelDBFS: heard.levelDBFS,
                missingFraction: window.missingFraction,
                quality: .good,
                rawScores: judgement.rawScores,
                novelty: judgement.novelty,
                trouble: judgement.trouble
            )
            return JudgedWindow(observation: observation, received: job.received, heard: heard)
        } catch {
            // Decoding refuses what the model could not take, so this is a defect; the machine's other windows go on.
            logger.error("\(window.machine): window at \(window.start) could not be heard: \(error)")
            return JudgedWindow(observation: incomplete(window), received: job.received, heard: nil)
        }
    }

    private func incomplete(_ window: AudioWindow) -> Observation {
        Observation(
            machine: window.machine,
            start: window.start,
            end: window.end,
            scores: [],
            levelDBFS: -160,
            missingFraction: window.missingFraction,
            quality: .incomplete
        )
    }
}
