// Counts what the stages of the pipeline have done, for whoever has to know that sound still becomes results.
import Synchronization

/// What the stages have done since the service started.
struct PipelineProgress: Hashable, Sendable {
    /// Rounds of the intake; one a second, whatever arrives.
    var intakeRounds = 0
    /// Inputs the health desk is done with; a tick a second at least.
    var deskInputs = 0
    /// Windows that left inference.
    var windowsJudged = 0
    /// Windows that wait for inference now.
    var windowsWaiting = 0
}

/// Counted by the stages, read by the watchdog.
final class PipelineMeter: Sendable {
    private let counts = Mutex(PipelineProgress())

    func intakeRound() { counts.withLock { $0.intakeRounds += 1 } }
    func deskInput() { counts.withLock { $0.deskInputs += 1 } }
    func windowJudged() { counts.withLock { $0.windowsJudged += 1 } }

    func progress(windowsWaiting: Int) -> PipelineProgress {
        var progress = counts.withLock { $0 }
        progress.windowsWaiting = windowsWaiting
        return progress
    }
}
