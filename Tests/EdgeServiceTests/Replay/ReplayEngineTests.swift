// Stored windows judged anew: which alarms come, move and go.
import Dashboard
import Foundation
import MachineHealth
import Testing
import TrendLog

@testable import EdgeService

@Suite struct ReplayEngineTests {
    private let start = ReplaySupport.start

    private func replay(
        _ store: TrendLogStore,
        _ change: WhatIf,
        since: Date? = nil,
        until: Date? = nil,
        machines: [String] = ["c1"]
    ) async throws -> ReplayDocument {
        try await ReplaySupport.engine(store, try ReplaySupport.configuration()).replay(
            machines: machines,
            since: since ?? start,
            until: until ?? start.addingTimeInterval(86_400),
            change: change
        )
    }

    /// The same configuration finds what the service found, from Float16 embeddings.
    @Test func withoutAChangeTheHistoryComesOutAgain() async throws {
        try await ReplaySupport.withStore { store in
            let calm = Array(repeating: 0.05, count: 20)
            try await ReplaySupport.hear(calm + [0.9, 0.9, 0.9, 0.9] + calm, in: store)
            let machine = try #require(try await replay(store, WhatIf()).machines.first)
            #expect(machine.windows.judged == 44)
            #expect(machine.windows.changed == 0)
            #expect(machine.windows.before == ["normal": 40, "dry": 4])
            #expect(machine.stored == ReplayStored(windowsDiffering: 0, alarmsDiffering: []))
            #expect(machine.alarms.map(\.change) == [.same])
            #expect(machine.alarms.first?.after?.raised == start.addingTimeInterval(22 * 5 + 10))
            #expect(machine.alarms.first?.after?.cleared == start.addingTimeInterval(26 * 5 + 10))
        }
    }

    @Test(
        arguments: [
            ("consecutive=4", ReplayAlarmChange.Change.later, 5.0), ("consecutive: 2", .earlier, -5),
            ("{\"consecutive\":5}", .later, 10), ("consecutive=7", .gone, nil), ("confidence=0.95", .gone, nil),
            ("clear_after=2", .same, 0),
        ] as [(String, ReplayAlarmChange.Change, Double?)]
    )
    func aRuleMovesAnAlarm(rule: String, change: ReplayAlarmChange.Change, shift: Double?) async throws {
        try await ReplaySupport.withStore { store in
            let calm = Array(repeating: 0.05, count: 20)
            try await ReplaySupport.hear(calm + Array(repeating: 0.9, count: 6) + calm, in: store)
            let document = try await replay(store, WhatIf(rule: rule))
            let alarm = try #require(document.machines.first?.alarms.first)
            #expect(alarm.change == change)
            #expect(alarm.shiftS == shift)
            #expect(document.machines.first?.alarms.count == 1)
            #expect(document.changes.count == 1, "\(document.changes)")
        }
    }

    /// Two of three, then the third with the lower threshold: an alarm the service never raised.
    @Test func aRuleBringsAnAlarm() async throws {
        try await ReplaySupport.withStore { store in
            try await ReplaySupport.hear([0.05, 0.9, 0.9, 0.73, 0.05, 0.05], in: store)
            let machine = try #require(try await replay(store, WhatIf(rule: "confidence=0.71")).machines.first)
            #expect(machine.alarms.map(\.change) == [.new])
            #expect(machine.nearMisses.before == 1)
            #expect(machine.nearMisses.after == 0)
        }
    }

    @Test func otherLabelsMoveWindows() async throws {
        try await ReplaySupport.withStore { store in
            try await ReplaySupport.hear(Array(repeating: 0.9, count: 10) + [0.05, 0.05], in: store)
            // Without the fault label, whatever was dry is the nearest of what is left.
            let machine = try #require(
                try await replay(store, WhatIf(labels: .phrases(["Normal running", "Other"]))).machines.first
            )
            #expect(machine.alarms.map(\.change) == [.gone])
            #expect(machine.windows.changed == 10)
            #expect(machine.windows.moves.map(\.from) == ["dry"])
            #expect(machine.windows.after["dry"] == nil)
        }
    }

    /// What was heard with another model is counted, said and left out.
    @Test func windowsOfAnotherModelAreLeftOut() async throws {
        try await ReplaySupport.withStore { store in
            let next = try await ReplaySupport.hear([0.9, 0.9, 0.9, 0.9], in: store, model: "other@ffff")
            try await ReplaySupport.hear([0.05, 0.05], from: next, in: store, model: ReplaySupport.model + "+bf16")
            let document = try await replay(store, WhatIf())
            let machine = try #require(document.machines.first)
            #expect(machine.windows.otherModel == 4)
            #expect(machine.windows.judged == 2, "other arithmetic is the same model")
            #expect(machine.stored.alarmsDiffering.map(\.change) == [.gone])
            #expect(document.notes.contains { $0.hasPrefix("4 windows were heard with another model") })
        }
    }

    /// An alarm that stood before the range is there at its start, neither new nor moved.
    @Test func anAlarmThatStoodBeforeTheRangeIsTheSame() async throws {
        try await ReplaySupport.withStore { store in
            try await ReplaySupport.hear(Array(repeating: 0.9, count: 60), in: store)
            let since = start.addingTimeInterval(200)
            let machine = try #require(
                try await replay(store, WhatIf(rule: "consecutive=5"), since: since).machines.first
            )
            #expect(machine.alarms.map(\.change) == [.same])
            #expect(machine.windows.judged == 20)
            #expect(machine.stored.alarmsDiffering.isEmpty)
        }
    }

    /// More windows than a page, so that pages join without a gap or a window twice.
    @Test func pagesJoin() async throws {
        try await ReplaySupport.withStore { store in
            var confidences = Array(repeating: 0.05, count: 1_203)
            // A run across the border of the first two pages.
            for index in 498...501 { confidences[index] = 0.9 }
            try await ReplaySupport.hear(confidences, in: store)
            var shares: [Double] = []
            let document = try await ReplaySupport.engine(store, try ReplaySupport.configuration()).replay(
                machines: ["c1"],
                since: start,
                until: start.addingTimeInterval(1_203 * 5),
                change: WhatIf()
            ) { shares.append($0.doneSeconds / $0.totalSeconds) }
            let machine = try #require(document.machines.first)
            #expect(machine.windows.judged == 1_203)
            #expect(machine.alarms.map(\.change) == [.same])
            #expect(machine.stored.alarmsDiffering.isEmpty)
            #expect(shares.count == 2)
            #expect(shares == shares.sorted())
            #expect(shares.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test func aCancelledReplayEnds() async throws {
        try await ReplaySupport.withStore { store in
            try await ReplaySupport.hear([0.05], in: store)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await replay(store, WhatIf())
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func aDeadlineEndsIt() async throws {
        try await ReplaySupport.withStore { store in
            try await ReplaySupport.hear([0.05], in: store)
            let engine = ReplaySupport.engine(store, try ReplaySupport.configuration())
            await #expect(throws: ReplayRefusal.self) {
                try await engine.replay(
                    machines: ["c1"],
                    since: start,
                    until: start.addingTimeInterval(60),
                    change: WhatIf(),
                    deadline: .now - .seconds(1)
                )
            }
        }
    }

    @Test(arguments: ["c2", "nowhere"])
    func machinesWithoutWindowsAreRefused(machine: String) async throws {
        try await ReplaySupport.withStore { store in
            try await ReplaySupport.hear([0.05], in: store)
            await #expect(throws: ReplayRefusal.self) { try await replay(store, WhatIf(), machines: [machine]) }
        }
    }

    /// A hundred quiet minutes: the fault never wins, the normal label always does.
    @Test func labelsAreAdvisedByWhatWasHeard() async throws {
        try await ReplaySupport.withStore { store in
            try await ReplaySupport.hear(Array(repeating: 0.05, count: 300), in: store)
            let machine = try #require(try await replay(store, WhatIf()).machines.first)
            #expect(machine.advice.map(\.kind) == [.alwaysWins, .neverWins, .neverWins])
            #expect(machine.advice.map(\.labels) == [["Normal running"], ["Bearing lacking oil"], ["Other"]])
            let twins = try await replay(store, WhatIf(labels: .phrases(["normal", "dry", "drier", "other"])))
            #expect(twins.machines.first?.advice.first?.kind == .nearIdentical)
            #expect(twins.machines.first?.advice.first?.labels == ["Bearing lacking oil", "drier"])
        }
    }

    @Test func theReportSaysWhatMoved() async throws {
        try await ReplaySupport.withStore { store in
            let calm = Array(repeating: 0.05, count: 3)
            try await ReplaySupport.hear(calm + Array(repeating: 0.9, count: 6) + calm, in: store)
            let document = try await replay(store, WhatIf(rule: "consecutive=4"))
            let lines = ReplayReport(document, style: ReportStyle(timeZone: .gmt, now: start)).lines
            #expect(lines.contains("c1: 12 windows judged anew, 0 would read differently"))
            #expect(lines.contains("  alarms: 1 later"))
            #expect(
                lines.contains(
                    "    dry: 5 s later; as configured raised 2026-11-22 10:00:35, over 2026-11-22 10:01:05, "
                        + "with the change raised 2026-11-22 10:00:40, over 2026-11-22 10:01:05"
                )
            )
        }
    }
}
