// Slow degradation: courses, time scale, and a sound that gets steadily worse.

import Testing

@testable import MachineSimulator

@Suite("Degradation")
struct DegradationScheduleTests {
    private let dry = MachineCondition(state: .bearingLackingOil)

    @Test("Linear and accelerating courses")
    func courses() {
        var schedule = DegradationSchedule(from: MachineCondition(), to: dry, startSeconds: 10, durationSeconds: 100)
        #expect(schedule.condition(soundSeconds: 0).oilLoss == 0)
        #expect(schedule.condition(soundSeconds: 10).oilLoss == 0)
        #expect(abs(schedule.condition(soundSeconds: 60).oilLoss - 0.5) < 1e-12)
        #expect(schedule.condition(soundSeconds: 1_000) == dry)
        schedule.course = .accelerating
        #expect(abs(schedule.condition(soundSeconds: 60).oilLoss - 0.25) < 1e-12)
    }

    @Test("Three days pass in five minutes")
    func timeScale() {
        let schedule = DegradationSchedule(
            from: MachineCondition(),
            to: dry,
            durationSeconds: 3 * 86_400,
            timeScale: 3 * 86_400 / 300
        )
        #expect(abs(schedule.condition(soundSeconds: 150).oilLoss - 0.5) < 1e-9)
        #expect(schedule.condition(soundSeconds: 300) == dry)
    }

    @Test("The stream tells its condition and sounds worse and worse")
    func streamed() throws {
        let schedule = DegradationSchedule(from: MachineCondition(), to: dry, durationSeconds: 2)
        var microphone = try SimulatedMicrophone(
            SimulationSettings(source: .machine(.compressor, schedule), individual: 4, snrDB: 30)
        )
        var shares: [Double] = []
        for quarter in 0..<4 {
            #expect(abs(microphone.condition.oilLoss - Double(quarter) / 4) < 1e-9)
            shares.append(
                SpectralStatistics.bandShareDB(microphone.render(frames: 24_000), centreHz: 6_000, q: 0.5)
            )
        }
        #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 + 0.5 }, "by quarter: \(shares)")
        #expect(shares[3] > shares[0] + 5, "by quarter: \(shares)")
    }

    @Test("The worst fault names the condition")
    func worst() {
        #expect(MachineCondition().worst.state == .normal)
        let mixed = MachineCondition(oilLoss: 0.2, valveDamage: 0.6, motorHeat: 0.1)
        #expect(mixed.worst.state == .valvePlateBroken)
        #expect(mixed.worst.severity == 0.6)
    }
}
