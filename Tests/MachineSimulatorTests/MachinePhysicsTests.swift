// The physics of pumps, fans, gearboxes and motors: each fault shows where the textbooks say, in both generators.

import Testing

@testable import MachineSimulator

@Suite("Physics of the machines")
struct MachinePhysicsTests {
    private typealias Statistics = SpectralStatistics

    private func pass(_ machine: LayeredMachine) -> Double {
        machine.kinematics.pass?.hz(shaftHz: machine.kinematics.shaftHz) ?? 0
    }

    /// Level of a band, dB.
    private func bandDB(_ samples: [Float], _ centreHz: Double, q: Double = 0.7) -> Double {
        Statistics.decibels(Statistics.rms(Statistics.band(samples, centreHz: centreHz, q: q)))
    }

    @Test(
        "Blade pass, vane pass and mesh are lines where kinematics puts them",
        arguments: [MachineKind.fan, .pump, .gearbox],
        SoundGenerator.allCases
    )
    func passLine(kind: MachineKind, generator: SoundGenerator) {
        let machine = Maker(kind: kind, generator: generator).machine(2)
        let samples = machine.sound(seconds: 0.4)
        let line = pass(machine)
        let level = [-0.004, 0, 0.004].map { Statistics.toneShareDB(samples, frequencyHz: line * (1 + $0)) }.max() ?? 0
        let beside = [0.87, 0.93, 1.07, 1.13].map { Statistics.toneShareDB(samples, frequencyHz: line * $0) }
        #expect(beside.allSatisfy { $0 < level - 6 }, "line \(level) dB, beside it \(beside)")
    }

    @Test("An outer race defect draws its ball pass frequency in the envelope", arguments: SoundGenerator.allCases)
    func outerRace(generator: SoundGenerator) {
        let machine = Maker(kind: .motor, generator: generator).machine(4)
        let hz = machine.kinematics.ballPassOuter?.hz(shaftHz: machine.kinematics.shaftHz) ?? 0
        let lines = [0, 0.4, 1].map { severity -> Double in
            let samples = machine.sound(MachineCondition(state: .bearingOuterRace, severity: severity), seconds: 0.5)
            return Statistics.envelopeLine(Statistics.envelope(samples, centreHz: 5_000, q: 0.6), frequencyHz: hz)
        }
        #expect(lines[1] > 2 * lines[0] || lines[1] > 0.5, "healthy, some, much: \(lines)")
        #expect(lines[2] > 3 * lines[0] && lines[2] > 0.4, "healthy, some, much: \(lines)")
    }

    @Test("A broken rotor bar lets the hum swell at the pole pass frequency", arguments: SoundGenerator.allCases)
    func rotorBar(generator: SoundGenerator) {
        let machine = Maker(kind: .motor, generator: generator).machine(1)
        let hz = machine.kinematics.twiceSupplyHz ?? 0
        let swells = [0, 0.4, 1].map { severity in
            Statistics.swell(
                machine.sound(MachineCondition(state: .rotorBarBroken, severity: severity), seconds: 0.9),
                frequencyHz: hz
            )
        }
        #expect(swells[1] > swells[0] + 0.05 && swells[2] > swells[1], "whole, cracked, broken: \(swells)")
        #expect(swells[2] > 0.2, "whole, cracked, broken: \(swells)")
    }

    @Test("Worn gears raise mesh harmonics and the sidebands of the shaft", arguments: SoundGenerator.allCases)
    func wornGears(generator: SoundGenerator) {
        let machine = Maker(kind: .gearbox, generator: generator).machine(6)
        let mesh = pass(machine)
        let shaftHz = machine.kinematics.shaftHz
        func energy(_ samples: [Float], _ lines: [Double]) -> Double {
            lines.reduce(0) { sum, hz in
                let best = [-0.002, 0, 0.002].map { Statistics.toneShareDB(samples, frequencyHz: hz * (1 + $0)) }.max()
                return sum + amplitude(dB: 2 * (best ?? -120))
            }.squareRoot() * Statistics.rms(samples)
        }
        let found = [0, 0.4, 1].map { severity -> (sidebands: Double, harmonics: Double) in
            let samples = machine.sound(MachineCondition(state: .gearsWorn, severity: severity), seconds: 0.4)
            return (
                energy(samples, [mesh - shaftHz, mesh + shaftHz]), energy(samples, [3, 4, 5].map { $0 * mesh })
            )
        }
        #expect(found[2].sidebands > 2 * found[0].sidebands, "\(found)")
        #expect(found[2].harmonics > 3 * found[0].harmonics, "\(found)")
        #expect(found[1].harmonics > found[0].harmonics && found[2].harmonics > found[1].harmonics, "\(found)")
    }

    @Test("A broken tooth and a rubbing blade strike once a turn", arguments: SoundGenerator.allCases)
    func oncePerTurn(generator: SoundGenerator) {
        for (kind, fault, centreHz) in [
            (MachineKind.gearbox, MachineState.toothBroken, 2_500.0), (.fan, .bladeRubbing, 4_000),
        ] {
            let machine = Maker(kind: kind, generator: generator).machine(5)
            let lines = [0, 1].map { severity in
                Statistics.envelopeLine(
                    Statistics.envelope(
                        machine.sound(MachineCondition(state: fault, severity: severity), seconds: 0.5),
                        centreHz: centreHz,
                        q: 0.7
                    ),
                    frequencyHz: machine.kinematics.shaftHz
                )
            }
            #expect(lines[1] > 2 * lines[0] && lines[1] > 0.3, "\(fault), whole and broken: \(lines)")
        }
    }

    @Test("Noise rises with severity in the band a fault belongs to", arguments: SoundGenerator.allCases)
    func bandsRise(generator: SoundGenerator) {
        let cases: [(kind: MachineKind, fault: MachineState, centreHz: Double, riseDB: Double)] = [
            (.pump, .cavitation, 6_000, 6), (.pump, .sealLeaking, 7_000, 6), (.pump, .bearingWorn, 4_000, 6),
            (.pump, .couplingLoose, 900, 2), (.fan, .bearingLackingGrease, 6_000, 5),
            (.gearbox, .gearsLackingOil, 5_000, 6), (.motor, .foundationLoose, 500, 3),
        ]
        var machines: [MachineKind: LayeredMachine] = [:]
        for (kind, fault, centreHz, riseDB) in cases {
            let machine = machines[kind] ?? Maker(kind: kind, generator: generator).machine(12)
            machines[kind] = machine
            let levels = [0, 0.4, 1].map {
                bandDB(machine.sound(MachineCondition(state: fault, severity: $0), seconds: 0.2), centreHz)
            }
            #expect(levels[0] < levels[1] && levels[1] < levels[2], "\(fault): \(levels)")
            #expect(levels[2] > levels[0] + riseDB, "\(fault): \(levels)")
        }
    }

    @Test("Tones rise and fall with the faults that touch them", arguments: SoundGenerator.allCases)
    func tonesMove(generator: SoundGenerator) {
        func toneDB(_ machine: LayeredMachine, _ fault: MachineState, _ severity: Double, _ hz: Double) -> Double {
            let samples = machine.sound(MachineCondition(state: fault, severity: severity), seconds: 0.3)
            return Statistics.toneShareDB(samples, frequencyHz: hz) + Statistics.decibels(Statistics.rms(samples))
        }
        let fan = Maker(kind: .fan, generator: generator).machine(7)
        let turn = [0, 0.4, 1].map { toneDB(fan, .unbalance, $0, fan.kinematics.shaftHz) }
        #expect(turn[0] < turn[1] && turn[1] < turn[2] && turn[2] > turn[0] + 10, "unbalance: \(turn)")

        let pump = Maker(kind: .pump, generator: generator).machine(7)
        let vane = [0, 1].map { toneDB(pump, .runningDry, $0, pass(pump)) }
        #expect(vane[1] < vane[0] - 5, "running dry: \(vane)")

        let gearbox = Maker(kind: .gearbox, generator: generator).machine(7)
        let second = [0, 0.4, 1].map { toneDB(gearbox, .misalignment, $0, 2 * pass(gearbox)) }
        #expect(second[0] < second[1] + 1 && second[2] > second[0] + 4, "misalignment: \(second)")

        let motor = Maker(kind: .motor, generator: generator).machine(7)
        let hum = [0, 0.4, 1].map { toneDB(motor, .motorOverheating, $0, 6 * (motor.kinematics.twiceSupplyHz ?? 0)) }
        #expect(hum[0] < hum[1] && hum[1] < hum[2] && hum[2] > hum[0] + 8, "overheating: \(hum)")
    }

    @Test("The second compressor shows the first one's faults: hiss when dry, clicks when broken, hum when hot")
    func secondCompressor() {
        let machine = Maker(kind: .compressor, generator: .sourceFilter).machine(3)
        func sound(_ fault: MachineState, _ severity: Double) -> [Float] {
            machine.sound(MachineCondition(state: fault, severity: severity), seconds: 0.3)
        }
        let dry = [0, 0.4, 1].map { bandDB(sound(.bearingLackingOil, $0), 6_000) }
        #expect(dry[0] < dry[1] && dry[1] < dry[2] && dry[2] > dry[0] + 5, "dry: \(dry)")
        let broken = [0, 1].map { bandDB(sound(.valvePlateBroken, $0), 4_500) }
        #expect(broken[1] > broken[0] + 2, "broken: \(broken)")
        let humHz = machine.kinematics.twiceSupplyHz ?? 0
        let hot = [0, 0.4, 1].map { severity -> Double in
            let samples = sound(.motorOverheating, severity)
            return Statistics.toneShareDB(samples, frequencyHz: humHz) + Statistics.decibels(Statistics.rms(samples))
        }
        #expect(hot[0] < hot[1] && hot[1] < hot[2] && hot[2] > hot[0] + 8, "hot: \(hot)")
    }
}
