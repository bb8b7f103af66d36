// Alarms with all that hides them, their instances in the list, and the audit trail, as rows.
import Foundation
import MachineHealth
import Testing

@testable import TrendLog

@Suite struct AlarmRowsTests {
    private static func withStore(_ body: (TrendLogStore) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await body(try TrendLogStore(url: folder.store))
        withExtendedLifetime(folder) {}
    }

    private static let alarmID = UUID()

    private static func hidden(_ state: AlarmState) throws -> AlarmRecord {
        var situation = AlarmSituation(state: .unackActive)
        let time = Samples.start
        switch state {
        case .shelved:
            let until = time.addingTimeInterval(3_600)
            _ = situation.cover(.shelf(AlarmShelf(since: time, until: until, user: "mei", comment: "works")))
        case .suppressed: _ = situation.cover(.suppression(AlarmSuppression(cause: .machineStopped, since: time)))
        default: _ = situation.cover(.outOfService(ServiceRemoval(since: time, user: "li")))
        }
        return AlarmRecord(
            machine: "compressor-2",
            label: Samples.oil,
            state: situation.state,
            alarmID: UUID(),
            since: time,
            confidence: 0.9,
            required: 3,
            severity: .warning,
            priority: .urgent,
            hiding: situation.hiding
        )
    }

    @Test(arguments: [AlarmState.shelved, .suppressed, .outOfService])
    func whatHidesAnAlarmIsReadBack(state: AlarmState) async throws {
        try await Self.withStore { store in
            let alarm = try Self.hidden(state)
            try await store.commit(WindowCommit(alarms: [alarm]))
            #expect(try await store.reader.alarms() == [alarm])
            #expect(try await store.reader.standingAlarmCount() == 1)
        }
    }

    @Test func aHiddenAlarmWithNothingBeneathDoesNotStand() async throws {
        try await Self.withStore { store in
            var situation = AlarmSituation()
            _ = situation.cover(.suppression(AlarmSuppression(cause: .machineStopped, since: Samples.start)))
            let alarm = AlarmRecord(
                machine: "compressor-2",
                label: Samples.oil,
                state: .suppressed,
                alarmID: UUID(),
                since: Samples.start,
                required: 3,
                severity: .warning,
                hiding: situation.hiding
            )
            try await store.commit(WindowCommit(alarms: [alarm]))
            #expect(try await store.reader.standingAlarmCount() == 0)
            #expect(try await store.reader.alarms() == [alarm])
        }
    }

    /// Raised, shelved, back from the shelf, acknowledged, asked again: two instances, each listed once.
    @Test func anInstanceIsListedOnceHoweverOftenItComesBack() async throws {
        try await Self.withStore { store in
            let (first, second) = (UUID(), UUID())
            func step(
                _ seconds: Double,
                _ from: AlarmState,
                _ to: AlarmState,
                _ id: UUID,
                replacing: UUID? = nil,
                user: String? = nil
            ) -> AlarmTransition {
                AlarmTransition(
                    machine: "compressor-2",
                    label: Samples.oil,
                    alarmID: id,
                    replacedAlarmID: replacing,
                    from: from,
                    to: to,
                    time: Samples.start.addingTimeInterval(seconds),
                    user: user
                )
            }
            let again = Samples.start.addingTimeInterval(400)
            let record = Samples.alarm(state: .unackActive, id: second, since: again)
            try await store.commit(
                WindowCommit(
                    alarms: [record],
                    transitions: [
                        step(0, .normal, .unackActive, first), step(60, .unackActive, .shelved, first, user: "mei"),
                        step(120, .shelved, .unackActive, first),
                        step(180, .unackActive, .ackActive, first, user: "mei"),
                        step(400, .ackActive, .unackActive, second, replacing: first),
                    ],
                    events: [
                        Samples.event(.faultRaised, time: Samples.start, alarmID: first, message: "raised"),
                        Samples.event(.faultRealarmed, time: again, alarmID: second, message: "again"),
                        Samples.event(.faultEscalated, time: again, alarmID: second, message: "worse"),
                    ]
                )
            )
            let listed = try await store.reader.alarmPage(AlarmFilter(), limit: 10).alarms
            #expect(listed.map(\.alarmID) == [second, first])
            #expect(listed.map(\.message) == ["again", "raised"])
            #expect(listed.map(\.raised) == [again, Samples.start])
            #expect(listed.map(\.cleared) == [nil, again])
            #expect(listed.map { $0.acknowledged?.user } == [nil, "mei"])
            #expect(
                try await store.reader.alarmPage(AlarmFilter(standing: .active), limit: 9).alarms.map(\.alarmID) == [
                    second
                ]
            )
            #expect(
                try await store.reader.alarmPage(AlarmFilter(standing: .past), limit: 9).alarms.map(\.alarmID) == [
                    first
                ]
            )
            let figures = try await store.reader.alarmStatistics(
                since: Samples.start,
                until: again.addingTimeInterval(1)
            )
            #expect(figures.count == 3)
            #expect(figures.acknowledgeMedianSeconds == 180)
        }
    }

    @Test func theAuditTrailIsReadNewestFirst() async throws {
        try await Self.withStore { store in
            func action(_ seconds: Double, _ machine: String?, done: Bool = true) -> OperatorAction {
                OperatorAction(
                    time: Samples.start.addingTimeInterval(seconds),
                    command: "shelve",
                    machine: machine,
                    label: Samples.oil,
                    alarmID: Self.alarmID,
                    user: "Li 李",
                    origin: "mqtt ausculta/plant1/compressor-2/cmd",
                    comment: "works",
                    isDone: done,
                    outcome: done ? "shelved" : "too long"
                )
            }
            let actions = [action(0, "compressor-2"), action(1, "pump-1", done: false), action(2, nil)]
            for action in actions { try await store.commit(WindowCommit(operatorActions: [action])) }
            let reader = store.reader
            #expect(try await reader.operatorActions() == actions.reversed())
            #expect(try await reader.operatorActions(machine: "pump-1") == [actions[1]])
            #expect(
                try await reader.operatorActions(since: Samples.start.addingTimeInterval(1), limit: 1) == [actions[2]]
            )
            let text = try AuditReport.json([actions[1]])
            #expect(
                text.contains(#""ok" : false"#) && text.contains(#""origin" : "mqtt ausculta/plant1/compressor-2/cmd""#)
            )
            let style = ReportStyle(timeZone: .gmt, width: 200, now: Samples.start)
            let lines = AuditReport.lines([actions[1]], style: style)
            #expect(lines.count == 2 && lines[1].contains("refused: too long") && lines[1].contains("Li 李"))
            try await store.enforce(RetentionPolicy(maximumAgeSeconds: 60), now: Samples.start.addingTimeInterval(61.5))
            #expect(try await reader.operatorActions() == [actions[2]])
        }
    }

    @Test func keyFiguresAreWritten() throws {
        let steps = (0..<12).map { index in
            AlarmTransition(
                machine: "compressor-2",
                label: Samples.oil,
                alarmID: UUID(),
                from: .normal,
                to: .unackActive,
                time: Samples.start.addingTimeInterval(Double(index) * 10)
            )
        }
        let until = Samples.start.addingTimeInterval(86_400)
        let figures = AlarmStatistics(steps: steps, records: [Samples.alarm()], since: Samples.start, until: until)
        let json = try AlarmStatisticsReport.json(figures)
        for words in [#""alarms" : 12"#, #""per_hour" : 0.5"#, #""steps_per_minute" : 7"#, #""unack_active" : 1"#] {
            #expect(json.contains(words), "\(json)")
        }
        let lines = AlarmStatisticsReport.lines(figures, style: ReportStyle(timeZone: .gmt, now: until))
        #expect(lines.contains { $0.hasPrefix("floods         1") })
        #expect(lines.contains { $0.hasPrefix("chattering     1") })
        #expect(lines.contains { $0.hasPrefix("alarms         12 in 24 h, 0.5 an hour, 12 in the busiest") })
    }
}
