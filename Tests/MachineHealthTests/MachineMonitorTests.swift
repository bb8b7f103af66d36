// A machine's whole life: raise, acknowledge, clear, come back, fall silent.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct MachineMonitorTests {
    private func run(_ monitor: inout MachineMonitor, _ forms: String, from first: Double = 0) -> [HealthAction] {
        Support.windows(forms, from: first).flatMap { monitor.observe($0) }
    }

    private func alarmID(_ monitor: MachineMonitor, _ label: LabelID = Support.oil) throws -> UUID {
        try #require(monitor.records.first { $0.label == label }?.alarmID)
    }

    @Test func aFaultIsRaisedWithItsWindows() throws {
        var monitor = try Support.monitor()
        let actions = run(&monitor, "N90 O76 O80 O99")
        let event = try #require(actions.events.first)
        #expect(actions.events.count == 1)
        #expect(event.type == .faultRaised)
        #expect(event.machine == "c1")
        #expect(event.label == Support.oil)
        #expect(event.confidence == 0.99)
        #expect(event.consecutive == 3)
        #expect(event.windows.map(\.confidence) == [0.76, 0.80, 0.99])
        #expect(event.windows.map(\.start) == [Support.time(1), Support.time(2), Support.time(3)])
        #expect(event.severity == .warning)
        #expect(event.time == Support.time(5))
        #expect(
            event.message
                == "c1: Bearing lacking oil in 3 consecutive windows (0.76, 0.80, 0.99; needed more than 0.75)"
        )
        let transition = try #require(actions.transitions.first)
        #expect(transition.from == .normal)
        #expect(transition.to == .unackActive)
        #expect(transition.alarmID == event.alarmID)
        #expect(transition.replacedAlarmID == nil)
        #expect(event.id != event.alarmID)
        let record = try #require(monitor.records.first { $0.label == Support.oil })
        #expect(record.state == .unackActive)
        #expect(record.since == Support.time(5))
        #expect(record.confidence == 0.99)
        #expect(record.consecutive == 3)
        #expect(record.required == 3)
        #expect(record.quality == .good)
        #expect(monitor.health.grade == .warning)
        #expect(monitor.health.standingAlarms.map(\.alarmID) == [event.alarmID])
    }

    @Test func aNearMissIsAnEventInWords() throws {
        var monitor = try Support.monitor()
        let actions = run(&monitor, "O80 O80 O71")
        #expect(actions.nearMisses.count == 1)
        let event = try #require(actions.events.first)
        #expect(event.type == .nearMiss)
        #expect(event.message == "c1: Bearing lacking oil nearly: 2 of 3; the third was 0.71, needed 0.75")
        #expect(event.alarmID == nil)
        #expect(event.windows.count == 2)
        #expect(actions.transitions.isEmpty)
    }

    @Test func acknowledgedThenCleared() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "O80 O80 O80")
        let id = try alarmID(monitor)
        let actions = try monitor.acknowledge(alarmID: id, user: "anna", comment: "on it", at: Support.time(4)).get()
        let event = try #require(actions.events.first)
        #expect(event.type == .acknowledged)
        #expect(event.user == "anna")
        #expect(event.comment == "on it")
        #expect(event.message == "c1: Bearing lacking oil acknowledged by anna: \"on it\"")
        #expect(event.time == Support.time(4))
        #expect(actions.transitions.first?.user == "anna")
        #expect(actions.transitions.first?.to == .ackActive)
        #expect(actions.records.map(\.state) == [.ackActive])
        #expect(actions.states.first?.standingAlarms.first?.state == .ackActive)
        #expect(monitor.health.grade == .warning)
        let cleared = run(&monitor, "N90 N90 N90", from: 3)
        #expect(cleared.events.map(\.type) == [.faultCleared])
        #expect(
            cleared.events.first?.message == "c1: Bearing lacking oil is over: 3 windows in a row below 0.65; "
                + "the alarm was acknowledged and is normal again"
        )
        #expect(cleared.events.first?.alarmID == id)
        #expect(cleared.transitions.map(\.to) == [.normal])
        #expect(monitor.health.standingAlarms.isEmpty)
        #expect(monitor.health.grade == .normal)
    }

    @Test func clearedThenAcknowledged() throws {
        var monitor = try Support.monitor()
        let cleared = run(&monitor, "O80 O80 O80 N90 N90 N90")
        #expect(cleared.transitions.map(\.to) == [.unackActive, .rtnUnack])
        #expect(cleared.events.last?.message.hasSuffix("the alarm still waits for an acknowledgement") == true)
        #expect(monitor.health.grade == .normal)
        #expect(monitor.health.standingAlarms.map(\.state) == [.rtnUnack])
        let id = try alarmID(monitor)
        let actions = try monitor.acknowledge(alarmID: id, user: "anna", at: Support.time(9)).get()
        #expect(actions.transitions.map(\.to) == [.normal])
        #expect(actions.events.first?.message.hasSuffix("acknowledged by anna; the fault was over before") == true)
        #expect(monitor.health.standingAlarms.isEmpty)
    }

    @Test func aLateAcknowledgementDoesNotHitANewerAlarm() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "O80 O80 O80 N90 N90 N90")
        let first = try alarmID(monitor)
        let again = run(&monitor, "O80 O80 O80", from: 6)
        let second = try alarmID(monitor)
        #expect(first != second)
        #expect(again.transitions.first?.replacedAlarmID == first)
        #expect(again.transitions.first?.from == .rtnUnack)
        #expect(again.events.first?.message.contains("before its earlier alarm was acknowledged") == true)
        let before = monitor.snapshot
        let result = monitor.acknowledge(alarmID: first, user: "anna", at: Support.time(12))
        guard case .failure(let refusal) = result else {
            Issue.record("the late acknowledgement was taken")
            return
        }
        #expect(refusal.refusal == nil)
        #expect(refusal.reason.contains(first.uuidString.lowercased()))
        #expect(refusal.reason.contains(second.uuidString.lowercased()))
        #expect(monitor.snapshot == before)
        #expect(throws: Never.self) {
            try monitor.acknowledge(alarmID: second, user: "anna", at: Support.time(12)).get()
        }
    }

    @Test func acknowledgingTwiceIsRefusedWithTheReason() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "O80 O80 O80")
        let id = try alarmID(monitor)
        _ = try monitor.acknowledge(alarmID: id, user: "anna", at: Support.time(4)).get()
        #expect(monitor.acknowledge(alarmID: id, user: "bob", at: Support.time(5)).refusal == .alreadyAcknowledged)
        _ = run(&monitor, "N90 N90 N90", from: 3)
        #expect(monitor.acknowledge(alarmID: id, user: "bob", at: Support.time(9)).refusal == .notStanding)
    }

    @Test func aDeadMicrophoneIsAnEventAndStaleNeverAClear() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "O80 O80 O80 N90 N90")
        let lost = monitor.streamLost(at: Support.time(8))
        #expect(lost.events.map(\.type) == [.streamLost])
        #expect(lost.transitions.isEmpty)
        #expect(lost.records.allSatisfy { $0.quality == .stale })
        #expect(lost.records.count == 2)
        #expect(lost.states.first?.grade == .offline)
        #expect(lost.states.first?.quality == .stale)
        #expect(lost.states.first?.isOnline == false)
        #expect(lost.states.first?.standingAlarms.count == 1)
        #expect(monitor.streamLost(at: Support.time(9)).isEmpty)
        let silence = monitor.tick(now: Support.time(400))
        #expect(silence.events.isEmpty)
        #expect(monitor.records.first { $0.label == Support.oil }?.state == .unackActive)
        let restored = monitor.streamRestored(at: Support.time(500))
        #expect(restored.events.map(\.type) == [.streamRestored])
        #expect(restored.events.first?.message == "c1 is heard again after 41m")
        #expect(monitor.health.grade == .unknown)
        #expect(monitor.health.quality == .stale)
        #expect(monitor.streamRestored(at: Support.time(501)).isEmpty)
        #expect(run(&monitor, "N90 N90", from: 502).transitions.isEmpty)
        #expect(monitor.health.quality == .good)
        #expect(run(&monitor, "N90", from: 504).transitions.map(\.to) == [.rtnUnack])
    }

    @Test func aShortInterruptionCostsNoRun() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "O80 O80")
        _ = monitor.streamLost(at: Support.time(4))
        _ = monitor.streamRestored(at: Support.time(6))
        #expect(run(&monitor, "O80", from: 7).transitions.map(\.to) == [.unackActive])
    }

    @Test func windowsStillInTheQueueDoNotRestoreALostStream() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "N90")
        _ = monitor.streamLost(at: Support.time(4))
        _ = run(&monitor, "N90", from: 1)
        #expect(monitor.health.grade == .offline)
        #expect(monitor.health.quality == .stale)
    }

    @Test func aMachineThatNeverSpokeSaysSo() throws {
        var monitor = try Support.monitor()
        #expect(monitor.health.grade == .unknown)
        #expect(monitor.health.health == nil)
        let event = try #require(monitor.streamLost(at: Support.time(10)).events.first)
        #expect(event.message.contains("has not been heard since monitoring began"))
        var other = try Support.monitor()
        let actions = other.streamRestored(at: Support.time(1))
        #expect(actions.events.isEmpty)
        #expect(actions.states.first?.isOnline == true)
        #expect(actions.states.first?.grade == .unknown)
    }

    @Test func staleByTimeIsUnknownAndGoodAgainWithTheNextWindow() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "N90")
        #expect(monitor.health.grade == .normal)
        #expect(monitor.tick(now: Support.time(10)).isEmpty)
        let stale = monitor.tick(now: Support.time(30))
        #expect(stale.states.first?.grade == .unknown)
        #expect(stale.records.allSatisfy { $0.quality == .stale })
        #expect(monitor.tick(now: Support.time(31)).isEmpty)
        let heard = run(&monitor, "N90", from: 40)
        #expect(heard.states.first?.grade == .normal)
        #expect(heard.records.allSatisfy { $0.quality == .good })
    }

    @Test(arguments: [("N50", 14), ("X90", 14), ("I", 13)])
    func whatSaysNothingAboutTheMachineIsNotNormal(form: String, windows: Int) throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "N90")
        for index in 1..<windows { _ = monitor.observe(Support.window(Double(index), Substring(form))) }
        #expect(monitor.health.grade == (form == "I" ? .normal : .unknown))
        if form == "I" { _ = monitor.observe(Support.window(Double(windows), "I")) }
        #expect(monitor.health.grade == .unknown)
        _ = run(&monitor, "N90", from: 20)
        #expect(monitor.health.grade == .normal)
    }

    @Test func healthFollowsTheFormula() throws {
        var monitor = try Support.monitor()
        _ = monitor.observe(Support.window(0, [(Support.normal, 0.9), (Support.oil, 0.1)]))
        // Load 0.7 x 0.1.
        #expect(monitor.health.health == 93)
        _ = monitor.observe(Support.window(1, [(Support.oil, 0.8), (Support.valve, 0.2)]))
        // Load 0.07 + 0.3 x (0.7 x 0.8 + 1 x 0.2 - 0.07) = 0.277.
        #expect(monitor.health.health == 72)
        _ = monitor.observe(Support.window(2, [(Support.normal, 0.5), (Support.oil, 0.5)]))
        #expect(monitor.health.health == 72)
        for index in 3...5 {
            _ = monitor.observe(Support.window(Double(index), [(Support.valve, 0.76), (Support.normal, 0.24)]))
        }
        #expect(monitor.health.grade == .critical)
        #expect((monitor.health.health ?? 100) <= 25)
    }

    @Test func theWorstActiveAlarmDecidesTheGradeAndComesFirst() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "O80 O80 O80 V80 V80 V80o10")
        #expect(monitor.health.grade == .critical)
        #expect(monitor.health.standingAlarms.map(\.label) == [Support.valve, Support.oil])
        #expect(monitor.health.standingAlarms.map(\.state) == [.unackActive, .rtnUnack])
    }

    @Test func unchangedValuesAreNotEmitted() throws {
        var monitor = try Support.monitor()
        _ = run(&monitor, "N90")
        #expect(run(&monitor, "N90", from: 1).isEmpty)
        #expect(monitor.observe(Support.window(1, "N90")).isEmpty)
        #expect(!run(&monitor, "N91", from: 2).isEmpty)
    }

    @Test func digitalSilenceHasAShownLevel() throws {
        var monitor = try Support.monitor()
        let window = Support.window(0, "N90")
        for (level, shown) in [(-Double.infinity, -160.0), (-12, -12)] {
            _ = monitor.observe(
                Observation(
                    machine: "c1",
                    start: window.start.addingTimeInterval(shown + 200),
                    end: window.end.addingTimeInterval(shown + 200),
                    scores: window.scores,
                    levelDBFS: level,
                    missingFraction: 0,
                    quality: .good
                )
            )
            #expect(monitor.health.levelDBFS == shown)
        }
        #expect(throws: Never.self) { try JSONEncoder().encode(monitor.snapshot) }
    }
}

extension Result where Failure == AlarmOrderRefusal {
    fileprivate var refusal: AlarmRefusal? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal.refusal
    }
}
