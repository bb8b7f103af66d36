// Whether the pipeline advances: each stage has done something lately, or has nothing to do. Pure; the watchdog asks it.

/// Follows the stages' progress. A stage that has work and gets none of it done stands still once that lasts longer than
/// the patience.
struct PipelinePulse: Sendable {
    /// The part of the pipeline that stands still.
    enum Stage: String, CaseIterable, Sendable {
        case intake
        case inference
        case healthDesk = "health desk"
    }

    /// How long a stage may be at one piece of work, in seconds.
    let patienceSeconds: Double

    private var last: PipelineProgress
    private var movedAtSeconds: [Stage: Double]

    /// - Parameter seconds: the time, by any clock that only goes forward.
    init(patienceSeconds: Double, progress: PipelineProgress, atSeconds seconds: Double) {
        self.patienceSeconds = patienceSeconds
        last = progress
        movedAtSeconds = Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, seconds) })
    }

    /// Takes note of the progress so far.
    ///
    /// - Returns: the stages that stand still, in the order of the way of a window; none where the pipeline advances.
    mutating func take(_ progress: PipelineProgress, atSeconds seconds: Double) -> [Stage] {
        if progress.intakeRounds != last.intakeRounds { movedAtSeconds[.intake] = seconds }
        if progress.deskInputs != last.deskInputs { movedAtSeconds[.healthDesk] = seconds }
        // Without a window that waits there is nothing to judge, and nothing to be late with.
        if progress.windowsJudged != last.windowsJudged || progress.windowsWaiting == 0 {
            movedAtSeconds[.inference] = seconds
        }
        last = progress
        return Stage.allCases.filter { seconds - (movedAtSeconds[$0] ?? seconds) > patienceSeconds }
    }
}
