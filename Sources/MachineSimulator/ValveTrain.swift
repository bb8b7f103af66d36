// Pistons and valves: pressure pulsation, flow noise opened and closed by the crank, valve plates hitting their seats.
// Reciprocating compressor valve noise and faults: W. Soedel, "Sound and Vibrations of Positive Displacement Compressors".

import Foundation

/// The sound of the cylinders; valve damage loses impacts, adds rattle and leaks on the compression stroke.
struct ValveTrain: Sendable {
    private let individual: CompressorIndividual
    private let suctionTable: Wavetable
    private let dischargeTable: Wavetable
    private let leakTable: Wavetable
    private let pulsationTable: Wavetable
    private var crank: Double
    private var pendingHits: [Hit] = []
    private var draw: SeededRandom
    private var noise: WhiteNoise
    private var suctionFilter: Biquad
    private var dischargeFilter: Biquad
    private var leakFilters: [Biquad]
    private var softening: OnePole
    private var valveModes: [Mode]
    private var fragmentModes: [Mode]
    private var plateExcitation = [Float](repeating: 0, count: Rendering.blockFrames)
    private var fragmentExcitation = [Float](repeating: 0, count: Rendering.blockFrames)
    private var rattleNoise: Float = 0
    private let hitAmplitude: Double
    private let suctionGain: Double
    private let dischargeGain: Double
    private let leakGain: Double

    /// An impact still to come within the next revolutions: at a crank position, of a plate or of a fragment.
    private struct Hit {
        var crankTurns: Double
        var strength: Double
        var isFragment: Bool
    }
    private var scheduledThroughTurn: Double

    init(individual: CompressorIndividual, draw: inout SeededRandom, seed: UInt64) {
        self.individual = individual
        let cylinders = individual.cylinders
        suctionTable = Self.flowTable(cylinders, from: 0, to: 1)
        dischargeTable = Self.flowTable(cylinders, from: 2, to: 3)
        let damaged = cylinders[individual.damagedCylinder]
        leakTable = Wavetable { phase in
            // Gas leaks back while this cylinder's pressure is up: the second half of its turn, strongest at the end.
            let local = Self.wrapped(phase - damaged.offset)
            return local > 0.5 ? pow(sin(.pi * (local - 0.5) / 0.56), 2) : 0
        }
        pulsationTable = Wavetable(harmonics: individual.pulsationHarmonics)
        crank = draw.uniform()
        scheduledThroughTurn = crank
        self.draw = SeededRandom(seed: seed, stream: 32)
        noise = WhiteNoise(seed: seed, stream: 31)
        suctionFilter = .bandPass(centreHz: individual.suctionFlowHz, q: 0.6)
        dischargeFilter = .bandPass(centreHz: individual.dischargeFlowHz, q: 0.7)
        leakFilters = [
            .bandPass(centreHz: individual.leakHz, q: 1), .bandPass(centreHz: individual.leakHz * 1.9, q: 1),
        ]
        softening = OnePole(cornerHz: individual.valveHardnessHz)
        valveModes = individual.valveModes
        fragmentModes = individual.fragmentModes

        // A hit of 1 rings with about the softened amplitude of each mode; scale the train of hits to its level.
        let turnsPerSecond = individual.shaftHz(slip: individual.ratedSlip) / individual.driveRatio
        let hitsPerSecond = turnsPerSecond * Double(cylinders.count) * 4
        let energyPerHit = 6 * 0.4 * 0.004 / 4
        let softened = 2 * .pi * individual.valveHardnessHz / Rendering.rateHz
        hitAmplitude = amplitude(dB: individual.valveLevelDB) / (sqrt(hitsPerSecond * energyPerHit) * sqrt(softened))
        suctionGain = Self.flowGain(individual.suctionFlowLevelDB, suctionTable, individual.suctionFlowHz, 0.6)
        dischargeGain = Self.flowGain(individual.dischargeFlowLevelDB, dischargeTable, individual.dischargeFlowHz, 0.7)
        leakGain = Self.flowGain(0, leakTable, individual.leakHz, 0.7)
    }

    private static func wrapped(_ phase: Double) -> Double { phase - phase.rounded(.down) }

    /// Flow through one kind of valve over a turn: open between two of the events of each cylinder.
    private static func flowTable(_ cylinders: [CompressorIndividual.Cylinder], from: Int, to: Int) -> Wavetable {
        Wavetable { phase in
            cylinders.reduce(0.04) { sum, cylinder in
                let opened = cylinder.eventPhases[from]
                let share = wrapped(phase - cylinder.offset - opened) / (cylinder.eventPhases[to] - opened)
                return sum + (share < 1 ? cylinder.strength * sin(.pi * share) : 0)
            }
        }
    }

    private static func flowGain(_ levelDB: Double, _ table: Wavetable, _ centreHz: Double, _ q: Double) -> Double {
        amplitude(dB: levelDB) / (sqrt(table.meanSquare) * bandPassNoiseRMS(centreHz: centreHz, q: q))
    }

    /// Adds one block.
    /// - Parameters:
    ///   - damage: of the valve plate, 0...1.
    ///   - heat: of the motor, 0...1: a laboured machine pulses harder.
    ///   - crankHz: turns of the crank a second.
    ///   - load: slow variation of the delivery, about 1.
    mutating func render(
        into output: UnsafeMutablePointer<Float>,
        damage: Double,
        heat: Double,
        crankHz: Double,
        load: Double
    ) {
        let ripple = 1 + individual.speedRipple * (1 + 2 * heat) * sin(2 * .pi * crank)
        let step = crankHz * ripple / Rendering.rateHz
        let start = crank
        crank += step * Double(Rendering.blockFrames)
        scheduleHits(from: start, through: crank + 0.1, damage: damage, crankHz: crankHz)
        placeHits(from: start, step: step)

        let pulsation = Float(amplitude(dB: individual.pulsationLevelDB + 3 * heat - 3 * damage) * load)
        let suction = Float(suctionGain * load)
        let discharge = Float(dischargeGain * load * (1 - 0.35 * damage))
        let leak =
            damage > 0
            ? Float(leakGain * amplitude(dB: -36 + (26 + individual.leakSensitivityDB) * pow(damage, 0.7))) : 0
        var phasor = Phasor(phase: start)
        suctionTable.withTable { suctionValues in
            dischargeTable.withTable { dischargeValues in
                leakTable.withTable { leakValues in
                    pulsationTable.withTable { pulsationValues in
                        for index in 0..<Rendering.blockFrames {
                            let phase = phasor.advance(step)
                            let white = noise.next()
                            var sum = pulsation * Wavetable.read(pulsationValues, phase)
                            sum += suctionFilter.process(white * suction * Wavetable.read(suctionValues, phase))
                            sum += dischargeFilter.process(white * discharge * Wavetable.read(dischargeValues, phase))
                            if leak > 0 {
                                let escaping = white * leak * Wavetable.read(leakValues, phase)
                                sum += leakFilters[0].process(escaping) + leakFilters[1].process(escaping)
                            }
                            output[index] += sum
                        }
                    }
                }
            }
        }
        renderImpacts(into: output)
    }

    /// Draws the impacts of the valve events up to a crank position.
    private mutating func scheduleHits(from start: Double, through turn: Double, damage: Double, crankHz: Double) {
        while scheduledThroughTurn < turn {
            let base = scheduledThroughTurn.rounded(.down)
            for (number, cylinder) in individual.cylinders.enumerated() {
                let hurt = number == individual.damagedCylinder ? damage : 0
                for (event, phase) in cylinder.eventPhases.enumerated() {
                    var strength = cylinder.strength * cylinder.eventStrengths[event] * exp(0.12 * draw.gaussian())
                    var position = base + cylinder.offset + phase + 0.002 * draw.gaussian()
                    if hurt > 0 {
                        // A cracked plate seats late, weakly or not at all, never twice the same.
                        position += hurt * 0.025 * draw.gaussian()
                        strength *= max(0, 1 - hurt * draw.uniform(0.1, 1.1)) + (draw.chance(0.25 * hurt) ? hurt : 0)
                        scheduleRattle(
                            after: position,
                            strength: cylinder.strength,
                            damage: hurt,
                            crankHz: crankHz,
                            from: start
                        )
                    }
                    if position > start {
                        pendingHits.append(Hit(crankTurns: position, strength: strength, isFragment: false))
                    }
                }
            }
            scheduledThroughTurn = base + 1
        }
    }

    /// Fragments bounce between seat and guard: a few hard clicks at shrinking intervals.
    private mutating func scheduleRattle(
        after turn: Double,
        strength: Double,
        damage: Double,
        crankHz: Double,
        from start: Double
    ) {
        var position = turn
        var click = strength * (0.15 + 0.75 * damage) * exp(0.4 * draw.gaussian())
        var gap = draw.uniform(0.003, 0.012)
        for _ in 0..<draw.poisson(3 * damage) {
            position += gap * crankHz
            if position > start {
                pendingHits.append(Hit(crankTurns: position, strength: click, isFragment: true))
            }
            click *= draw.uniform(0.6, 0.95)
            gap *= draw.uniform(0.6, 1)
        }
    }

    private mutating func placeHits(from start: Double, step: Double) {
        for index in 0..<Rendering.blockFrames {
            plateExcitation[index] = 0
            fragmentExcitation[index] = 0
        }
        let end = start + step * Double(Rendering.blockFrames)
        for hit in pendingHits where hit.crankTurns < end {
            let index = min(Rendering.blockFrames - 1, max(0, Int((hit.crankTurns - start) / step)))
            if hit.isFragment {
                fragmentExcitation[index] += Float(hit.strength * hitAmplitude * 0.28)
            } else {
                plateExcitation[index] += Float(hit.strength * hitAmplitude)
            }
        }
        pendingHits.removeAll { $0.crankTurns < end }
    }

    private mutating func renderImpacts(into output: UnsafeMutablePointer<Float>) {
        for index in 0..<Rendering.blockFrames {
            plateExcitation[index] = softening.process(plateExcitation[index])
            // Splinters do not only ring: each click carries a short burst of broadband noise.
            rattleNoise = rattleNoise * 0.985 + abs(fragmentExcitation[index]) * 0.5
            fragmentExcitation[index] += rattleNoise * noise.next() * 0.2
        }
        plateExcitation.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for index in valveModes.indices {
                valveModes[index].ring(base, into: output, count: Rendering.blockFrames)
            }
        }
        fragmentExcitation.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for index in fragmentModes.indices {
                fragmentModes[index].ring(base, into: output, count: Rendering.blockFrames)
            }
        }
    }
}
