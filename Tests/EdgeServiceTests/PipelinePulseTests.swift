// The watchdog's judgement: a pipeline that advances, one that has nothing to do, and stages that stand still.
import Testing

@testable import EdgeService

@Suite struct PipelinePulseTests {
    /// One look a second at progress that `change` makes; the stages found standing, look by look.
    private func looks(
        seconds: Int,
        patience: Double = 10,
        _ change: (Int, inout PipelineProgress) -> Void
    ) -> [[PipelinePulse.Stage]] {
        var progress = PipelineProgress()
        var pulse = PipelinePulse(patienceSeconds: patience, progress: progress, atSeconds: 0)
        return (1...seconds).map { second in
            change(second, &progress)
            return pulse.take(progress, atSeconds: Double(second))
        }
    }

    @Test func anIdlePlantIsAlive() {
        let found = looks(seconds: 100) { _, progress in
            progress.intakeRounds += 1
            progress.deskInputs += 1
        }
        #expect(found.joined().isEmpty)
    }

    @Test func aSlowModelIsAliveAsLongAsWindowsComeOut() {
        let found = looks(seconds: 100) { second, progress in
            progress.intakeRounds += 1
            progress.deskInputs += 1
            progress.windowsWaiting = 4
            if second.isMultiple(of: 10) { progress.windowsJudged += 1 }
        }
        #expect(found.joined().isEmpty)
    }

    @Test(arguments: PipelinePulse.Stage.allCases)
    func aStageThatStandsIsNamedAfterThePatience(stage: PipelinePulse.Stage) {
        let found = looks(seconds: 30) { second, progress in
            let stands = second > 15
            if !stands || stage != .intake { progress.intakeRounds += 1 }
            if !stands || stage != .healthDesk { progress.deskInputs += 1 }
            progress.windowsWaiting = 1
            if !stands || stage != .inference { progress.windowsJudged += 1 }
        }
        let firstLook = found.firstIndex { !$0.isEmpty }
        // It last moved at second 15: 10 s of patience are over at second 26, the 26th look.
        #expect(firstLook == 25)
        #expect(Set(found.dropFirst(25)) == [[stage]])
    }

    @Test func aStageThatGoesOnIsAliveAgain() {
        let found = looks(seconds: 40) { second, progress in
            progress.intakeRounds += 1
            if second < 5 || second > 30 { progress.deskInputs += 1 }
        }
        #expect(found[20] == [.healthDesk])
        #expect(found[30].isEmpty)
    }

    @Test func stagesAreNamedInTheOrderOfAWindow() {
        let found = looks(seconds: 20) { _, progress in progress.windowsWaiting = 2 }
        #expect(found.last == [.intake, .inference, .healthDesk])
    }
}
