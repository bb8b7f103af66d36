// Trouble with the microphone says nothing about the machine, and is told by itself.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct MicrophoneTroubleTests {
    @Test(arguments: MicrophoneTrouble.allCases)
    func aTroubledWindowNeverSpeaksOfTheMachine(trouble: MicrophoneTrouble) throws {
        let scores = try Support.vocabulary().labels.map { ($0.id, $0.id == Support.normal ? 0.97 : 0.01) }
        var monitor = try Support.monitor()
        let verdict = monitor.verdict(on: Support.window(0, scores, trouble: trouble))
        #expect(verdict == .microphone(trouble))
        #expect(verdict.description == "microphone_\(trouble.rawValue)")
        for index in 0..<8 { _ = monitor.observe(Support.window(Double(index), scores, trouble: trouble)) }
        #expect(monitor.health.verdict == verdict.description)
        #expect(monitor.health.topLabel == nil && monitor.health.health == nil)
        #expect(monitor.health.grade == .unknown)
        #expect(monitor.health.trouble == trouble)
        #expect(monitor.tracker.state.isStale)
    }

    @Test func itIsToldOnceAndSoIsItsEnd() throws {
        var monitor = try Support.monitor()
        let all = Support.windows("N90 T T N90 T T T T T N90 N90 N90 N90").map { monitor.observe($0).events }
        let events = all.flatMap { $0 }
        #expect(events.map(\.type) == [.microphoneTrouble, .microphoneRestored])
        #expect(all[6].count == 1 && all[11].count == 1)
        #expect(
            events.first?.message
                == "c1: its microphone gives no sound at all; check its cable, power and mute (3 windows in a row, "
                + "-20 dBFS). Until it is well the machine is not judged and no alarm is cleared"
        )
        #expect(events.last?.message == "c1: its microphone is well again after 25s of silence")
        #expect(monitor.health.trouble == nil)
        #expect(monitor.health.grade == .normal)
    }

    @Test func anotherTroubleTakesItsPlace() throws {
        var monitor = try Support.monitor()
        let events = Support.windows("T T T C T C C C N90 N90 N90").flatMap { monitor.observe($0).events }
        #expect(events.map(\.type) == [.microphoneTrouble, .microphoneTrouble, .microphoneRestored])
        #expect(events[1].message.contains("full scale"))
        #expect(events[2].message.contains("clipping"))
    }

    @Test func missingSoundNeitherBeginsNorEndsIt() throws {
        var monitor = try Support.monitor()
        let all = Support.windows("T I T I T I I I N90 I N90 I N90").map { monitor.observe($0).events.map(\.type) }
        #expect(all[4] == [.microphoneTrouble] && all[12] == [.microphoneRestored])
        #expect(all.flatMap { $0 }.count == 2)
    }

    @Test func runsAndClearRunsGoOnAfterIt() throws {
        var monitor = try Support.monitor()
        let raising = Support.windows("O80 TN99 O80 T O80").flatMap { monitor.observe($0) }
        #expect(raising.transitions.map(\.to) == [.unackActive])
        #expect(raising.nearMisses.isEmpty)
        let clearing = Support.windows("N90 TO99 N90 T N90", from: 5).flatMap { monitor.observe($0) }
        #expect(clearing.transitions.map(\.to) == [.rtnUnack])
    }

    @Test func itGoesStaleLikeMissingSoundAndClearsNothing() throws {
        var monitor = try Support.monitor()
        _ = Support.windows("O80 O80 O80").map { monitor.observe($0) }
        let actions = (3..<40).flatMap { monitor.observe(Support.window(Double($0), "T")) }
        #expect(actions.transitions.isEmpty)
        #expect(monitor.health.quality == .stale)
        #expect(monitor.health.grade == .unknown)
        #expect(monitor.records.first?.state == .unackActive)
    }

    @Test func aMachineIsNotNormalWhileItsMicrophoneStands() throws {
        var monitor = try Support.monitor()
        _ = monitor.observe(Support.window(0, "N90"))
        #expect(monitor.health.grade == .normal)
        _ = Support.windows("T T T", from: 1).map { monitor.observe($0) }
        #expect(monitor.health.grade == .unknown)
        #expect(monitor.health.quality == .good)
    }

    @Test func aRestartContinuesTheCount() throws {
        var first = try Support.monitor()
        _ = Support.windows("N90 T T").map { first.observe($0) }
        var second = try Support.monitor(ids: NumberedIDs())
        let data = try JSONEncoder().encode(first.snapshot)
        _ = try second.restore(try JSONDecoder().decode(MachineMonitorSnapshot.self, from: data))
        #expect(second.observe(Support.window(3, "T")).events.map(\.type) == [.microphoneTrouble])
        // A snapshot of a version that did not watch it.
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object.removeValue(forKey: "microphone") != nil)
        let earlier = try JSONSerialization.data(withJSONObject: object)
        var third = try Support.monitor(ids: NumberedIDs())
        _ = try third.restore(try JSONDecoder().decode(MachineMonitorSnapshot.self, from: earlier))
        #expect(third.observe(Support.window(3, "T")).events.isEmpty)
    }
}
