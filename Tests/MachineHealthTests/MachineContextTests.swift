// Signals beside the sound: what values say, what several come to, and which alarms they suppress.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct MachineContextTests {
    private static let run = ContextSignal(name: "run", states: ["1": .running, "0": .stopped, "OFF": .stopped])
    private static let door = ContextSignal(name: "door", states: ["open": .disturbed, "*": .undisturbed])
    private static let policy = ContextPolicy(signals: [run, door], settleSeconds: 30)

    @Test(arguments: [
        ("1", ContextEffect.running), ("0", .stopped), ("1.0", .running), ("0.0", .stopped), ("off", .stopped),
        ("2", nil), ("", nil), ("nan", nil),
    ])
    func aValueIsLookedUp(value: String, effect: ContextEffect?) {
        #expect(Self.run.effect(of: value) == effect)
    }

    @Test(arguments: [
        ("12.5", ContextEffect.running), ("5", .running), ("4.99", .stopped), ("-1", .stopped), ("fault", nil),
        ("inf", nil),
    ])
    func aLoadHasALimit(value: String, effect: ContextEffect?) {
        #expect(ContextSignal(name: "load", stoppedBelow: 5).effect(of: value) == effect)
    }

    @Test func everyOtherValueHasAStar() {
        #expect(Self.door.effect(of: "open") == .disturbed)
        #expect(Self.door.effect(of: "ajar") == .undisturbed)
    }

    /// Seconds and what happens then: a signal's effect; expected cause after it.
    @Test func startsSettleAndStopsHold() {
        var context = MachineContext()
        func at(_ seconds: Double) -> Date { Support.beginning.addingTimeInterval(seconds) }
        func take(_ effect: ContextEffect?, _ signal: String, _ seconds: Double) -> SuppressionCause? {
            context.take(effect, of: signal, at: at(seconds), policy: Self.policy)
            return context.cause
        }
        func wait(_ seconds: Double) -> SuppressionCause? {
            context.follow(to: at(seconds), policy: Self.policy)
            return context.cause
        }
        #expect(context.cause == nil)
        #expect(take(.running, "run", 0) == nil)
        #expect(take(.stopped, "run", 10) == .machineStopped)
        #expect(wait(5_000) == .machineStopped)
        #expect(take(.running, "run", 5_001) == .machineStarting)
        #expect(wait(5_030) == .machineStarting)
        #expect(wait(5_031) == nil)
        #expect(take(.disturbed, "door", 5_040) == .disturbed)
        #expect(take(.undisturbed, "door", 5_050) == .disturbed)
        #expect(wait(5_080) == nil)
        #expect(take(.stopped, "run", 5_090) == .machineStopped)
        #expect(take(.disturbed, "door", 5_091) == .machineStopped)
        #expect(take(.running, "run", 5_092) == .disturbed)
        #expect(take(.undisturbed, "door", 5_093) == .disturbed)
        #expect(take(.stopped, "run", 5_094) == .machineStopped)
        #expect(take(nil, "run", 5_095) == .machineStarting)
        #expect(wait(0) == nil, "a clock set back holds nobody silent")
    }

    @Test func anOldValueSaysNothing() {
        let policy = ContextPolicy(
            signals: [ContextSignal(name: "run", states: ["0": .stopped], staleAfterSeconds: 60)],
            settleSeconds: 0
        )
        var context = MachineContext()
        context.take(.stopped, of: "run", at: Support.beginning, policy: policy)
        context.follow(to: Support.beginning.addingTimeInterval(60), policy: policy)
        #expect(context.cause == .machineStopped)
        context.follow(to: Support.beginning.addingTimeInterval(61), policy: policy)
        #expect(context.cause == nil)
    }

    private func monitor() throws -> MachineMonitor {
        let rules = TrendRules(
            machine: TrendRule(staleAfterSeconds: 1e9),
            labels: [Support.valve: TrendRule(alarm: AlarmRule(followsContext: false))]
        )
        return try Support.monitor(rules: rules, context: Self.policy)
    }

    @Test func aStoppedMachineRaisesNothing() throws {
        var monitor = try monitor()
        let stopped = monitor.take("0", ofSignal: "run", at: Support.time(0))
        #expect(stopped.events.map(\.type) == [.alarmsSuppressed])
        #expect(stopped.events.first?.message == "c1 is stopped: its alarms are suppressed")
        #expect(stopped.transitions.map(\.label) == [Support.oil])
        #expect(stopped.states.first?.suppression == .machineStopped)
        #expect(monitor.health.standingAlarms.isEmpty)
        #expect(monitor.take("0", ofSignal: "run", at: Support.time(0)).isEmpty)
        #expect(monitor.take("0", ofSignal: "unknown", at: Support.time(0)).isEmpty)
        let hidden = Support.windows("O80 O80 O80 N90 N90 N90").flatMap { monitor.observe($0) }
        #expect(hidden.events.map(\.type) == [.faultHidden])
        let other = Support.windows("V80 V80 V80", from: 6).flatMap { monitor.observe($0) }
        #expect(other.transitions.map(\.to) == [.unackActive], "a label may not follow the context")
        let starting = monitor.take("1", ofSignal: "run", at: Support.time(20))
        #expect(starting.events.isEmpty && starting.transitions.isEmpty)
        #expect(starting.states.first?.suppression == .machineStarting)
        #expect(starting.records.first?.hiding?.suppression?.cause == .machineStarting)
        #expect(monitor.tick(now: Support.time(25)).isEmpty)
        let free = monitor.tick(now: Support.time(26))
        #expect(free.events.map(\.type) == [.alarmsReleased])
        #expect(free.transitions.map(\.to) == [.normal])
        #expect(monitor.health.suppression == nil)
    }

    @Test func aFaultThatOutlastsTheStartIsRaised() throws {
        var monitor = try monitor()
        _ = monitor.take("0", ofSignal: "run", at: Support.time(0))
        _ = monitor.take("1", ofSignal: "run", at: Support.time(1))
        #expect(Support.windows("O80 O80 O80", from: 1).flatMap { monitor.observe($0) }.transitions.isEmpty)
        let free = monitor.tick(now: Support.time(7))
        #expect(free.events.map(\.type) == [.alarmsReleased, .faultRaised])
        #expect(free.transitions.map(\.to) == [.unackActive])
        #expect(free.events.last?.windows.count == 3)
    }

    @Test func anAlarmThatStoodComesBackWithTheMachine() throws {
        var monitor = try monitor()
        _ = Support.windows("O80 O80 O80").flatMap { monitor.observe($0) }
        let id = monitor.records.first?.alarmID
        _ = monitor.take("0", ofSignal: "run", at: Support.time(5))
        #expect(monitor.records.first?.state == .suppressed)
        #expect(monitor.health.standingAlarms.map(\.state) == [.suppressed])
        let data = try JSONEncoder().encode(monitor.snapshot)
        var next = try self.monitor()
        _ = try next.restore(JSONDecoder().decode(MachineMonitorSnapshot.self, from: data))
        _ = next.take("1", ofSignal: "run", at: Support.time(100))
        let back = next.tick(now: Support.time(106))
        #expect(back.transitions.map(\.to) == [.unackActive])
        #expect(back.transitions.map(\.alarmID) == [id])
    }
}
