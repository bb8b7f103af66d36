// One particular compressor: sizes, speeds, resonances and gains drawn from its seed.
// Orders of magnitude follow small reciprocating compressors (0.5-4 kW induction motor, one or two cylinders).

import Foundation

/// Everything that makes a compressor this compressor and no other. Levels are dB re the machine's nominal sound.
struct CompressorIndividual: Sendable {
    // Motor
    let supplyHz: Double
    let poles: Int
    let ratedSlip: Double
    let rotorSlots: Int
    let humHarmonics: [(amplitude: Double, phase: Double)]
    let looseHarmonics: [(amplitude: Double, phase: Double)]
    let humLevelDB: Double
    let slotLevelDB: Double
    let windingModes: [Mode]
    let heatSensitivityDB: Double

    // Crank drive and cylinders
    let driveRatio: Double
    let speedRipple: Double
    let cylinders: [Cylinder]
    let damagedCylinder: Int
    let pulsationHarmonics: [(amplitude: Double, phase: Double)]
    let pulsationLevelDB: Double
    let valveLevelDB: Double
    let valveHardnessHz: Double
    let valveModes: [Mode]
    let fragmentModes: [Mode]
    let suctionFlowHz: Double
    let suctionFlowLevelDB: Double
    let dischargeFlowHz: Double
    let dischargeFlowLevelDB: Double
    let leakHz: Double
    let leakSensitivityDB: Double

    // Bearings
    let ballPassRatio: Double
    let bearingResonancesHz: [Double]
    let bearingQ: Double
    let bearingLevelDB: Double
    let loadZoneDepth: Double
    let burstDecaySeconds: Double
    let frictionSensitivityDB: Double
    let squealHz: Double
    let squealLevelDB: Double

    // Fan and structure
    let fanBlades: Int
    let fanToneLevelDB: Double
    let fanFlowHz: Double
    let fanFlowLevelDB: Double
    let structureModes: [(frequencyHz: Double, q: Double, gain: Double)]

    /// Valve timing of one cylinder, in shares of a crank turn, and its strength.
    struct Cylinder: Sendable {
        let offset: Double
        let strength: Double
        /// Suction opens and closes, discharge opens and closes.
        let eventPhases: [Double]
        let eventStrengths: [Double]
    }

    init(seed: UInt64) {
        var draw = SeededRandom(seed: seed, stream: 1)

        supplyHz = draw.chance(0.7) ? 50 : 60
        poles = draw.chance(0.75) ? 4 : 2
        ratedSlip = draw.uniform(0.012, 0.035)
        rotorSlots = [22, 26, 28, 33, 34, 44][draw.integer(0, 5)]
        let steepness = draw.uniform(0.35, 0.6)
        humHarmonics = (0..<8).map { order in
            (pow(steepness, Double(order)) * draw.logUniform(0.5, 2), draw.uniform())
        }
        let looseSteepness = draw.uniform(0.82, 0.9)
        looseHarmonics = (0..<22).map { order in
            (pow(looseSteepness, Double(order)) * draw.logUniform(0.5, 2), draw.uniform())
        }
        humLevelDB = draw.uniform(-25, -17)
        slotLevelDB = draw.uniform(-38, -27)
        windingModes = (0..<4).map { _ in
            Mode(
                frequencyHz: draw.logUniform(500, 2_600),
                decaySeconds: draw.logUniform(0.002, 0.006),
                gain: draw.logUniform(0.4, 1)
            )
        }
        heatSensitivityDB = draw.uniform(-2.5, 3)

        // A two-pole motor always drives by belt: pistons of this size stay below about 1,500 strokes a minute.
        driveRatio = poles == 4 && draw.chance(0.5) ? 1 : draw.uniform(1.5, 2.6) * (poles == 2 ? 2 : 1)
        speedRipple = draw.uniform(0.004, 0.02)
        let count = draw.chance(0.5) ? 2 : 1
        let suctionOpen = draw.uniform(0.05, 0.12)
        let suctionClose = draw.uniform(0.48, 0.54)
        let dischargeOpen = draw.uniform(0.76, 0.87)
        let dischargeClose = draw.uniform(0.97, 1.02)
        cylinders = (0..<count).map { index in
            Cylinder(
                offset: Double(index) / Double(count) + draw.uniform(-0.02, 0.02),
                strength: draw.logUniform(0.8, 1.25),
                eventPhases: [suctionOpen, suctionClose, dischargeOpen, dischargeClose].map {
                    $0 + draw.uniform(-0.01, 0.01)
                },
                eventStrengths: [0.5, 1, 0.7, 0.9].map { $0 * draw.logUniform(0.6, 1.6) }
            )
        }
        damagedCylinder = draw.integer(0, count - 1)
        let pulsationSlope = draw.uniform(0.62, 0.8)
        pulsationHarmonics = (0..<18).map { order in
            (pow(pulsationSlope, Double(order)) * draw.logUniform(0.6, 1.6), draw.uniform())
        }
        pulsationLevelDB = draw.uniform(-7, 1)
        valveLevelDB = draw.uniform(-13, -5)
        valveHardnessHz = draw.logUniform(1_200, 3_500)
        valveModes = (0..<6).map { _ in
            Mode(
                frequencyHz: draw.logUniform(350, 5_000),
                decaySeconds: draw.logUniform(0.0015, 0.008),
                gain: draw.logUniform(0.35, 1)
            )
        }
        fragmentModes = (0..<4).map { _ in
            Mode(
                frequencyHz: draw.logUniform(1_800, 8_500),
                decaySeconds: draw.logUniform(0.0006, 0.003),
                gain: draw.logUniform(0.4, 1)
            )
        }
        suctionFlowHz = draw.logUniform(250, 900)
        suctionFlowLevelDB = draw.uniform(-15, -8)
        dischargeFlowHz = draw.logUniform(700, 2_500)
        dischargeFlowLevelDB = draw.uniform(-21, -13)
        leakHz = draw.logUniform(1_800, 5_000)
        leakSensitivityDB = draw.uniform(-3, 3)

        let balls = Double(draw.integer(7, 10))
        ballPassRatio = balls * 0.5 * (1 - draw.uniform(0.18, 0.26))
        bearingResonancesHz = (0..<3).map { _ in draw.logUniform(2_800, 9_500) }
        bearingQ = draw.uniform(1.5, 4)
        bearingLevelDB = draw.uniform(-42, -33)
        loadZoneDepth = draw.uniform(0.4, 0.9)
        burstDecaySeconds = draw.logUniform(0.001, 0.004)
        frictionSensitivityDB = draw.uniform(-2.5, 3)
        squealHz = draw.logUniform(1_900, 5_200)
        squealLevelDB = draw.uniform(-16, -7)

        fanBlades = draw.integer(5, 11)
        fanToneLevelDB = draw.uniform(-34, -22)
        fanFlowHz = draw.logUniform(350, 1_400)
        fanFlowLevelDB = draw.uniform(-24, -14)
        structureModes = (0..<5).map { _ in
            (draw.logUniform(110, 4_500), draw.uniform(3, 12), draw.logUniform(0.3, 1.6))
        }
    }

    /// Rotor speed for a slip, turns a second.
    func shaftHz(slip: Double) -> Double {
        2 * supplyHz / Double(poles) * (1 - slip)
    }
}
