// An induction motor, generator a: magnetic hum, slot lines, cooling air; race defect, broken bar, heat, loose feet.
// Rotor bars and slot lines: W. Thomson & M. Fenger, "Current signature analysis to detect induction motor faults", 2001.

import Foundation

enum MotorModal {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [2, 4, 4, 6], draw: &draws.individual)
        let bearing = RollingBearing(draw: &draws.individual)
        let layers = magnetics(drive, &draws) + heat(drive, &draws) + mechanics(drive, bearing, &draws)
        return LayeredMachine(
            kinematics: Kinematics(
                shaftHz: drive.shaftHz,
                twiceSupplyHz: 2 * drive.supplyHz,
                polePass: drive.polePass(),
                ballPassOuter: bearing.ballPassOuter
            ),
            // Hot windings and missing bars weaken the field: more slip for the same torque.
            speed: Response(1, .init(.motorOverheating, -0.8 * drive.slip), .init(.rotorBarBroken, -0.3 * drive.slip)),
            speedWander: 0.000_6,
            layers: layers,
            isCasingSerial: false,
            draws: &draws
        )
    }

    /// Hum and slot lines; a broken bar lets both swell at the pole pass frequency.
    private static func magnetics(_ drive: InductionDrive, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let slots = Double([22, 26, 28, 33, 34, 44][own.integer(0, 5)])
        func polePass(_ take: inout SeededRandom) -> RotatingModulation {
            RotatingModulation(
                drive.polePass(),
                depth: Response(0.02, .init(.rotorBarBroken, 0.85), .init(.motorOverheating, 0.12)),
                phaseDepth: Response(0, .init(.rotorBarBroken, 0.06)),
                take: &take
            )
        }
        var layers: [any MachineLayer] = [
            LockedTone(
                drive.pull,
                harmonics: harmonicSeries(8, slope: own.uniform(0.35, 0.6), draw: &own),
                level: Response(own.uniform(-8, -3), .init(.motorOverheating, 8), .init(.rotorBarBroken, 4)),
                modulation: polePass(&draws.take),
                shaftHz: drive.shaftHz,
                take: &draws.take
            )
        ]
        let slotDB = own.uniform(-22, -14)
        for order in -1...1 {
            layers.append(
                LockedTone(
                    .turns(slots) + Double(order) * drive.pull,
                    harmonics: [1],
                    level: Response(
                        slotDB + own.uniform(-3, 3),
                        .init(.rotorBarBroken, 9),
                        .init(.motorOverheating, 3)
                    ),
                    modulation: polePass(&draws.take),
                    shaftHz: drive.shaftHz,
                    take: &draws.take
                )
            )
        }
        return layers
    }

    /// Overheated: a loosened winding buzzes with many harmonics of the pull and chatters in its slots.
    private static func heat(_ drive: InductionDrive, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let sensitivity = own.uniform(-2, 3)
        return [
            LockedTone(
                drive.pull,
                harmonics: harmonicSeries(24, slope: own.uniform(0.82, 0.9), draw: &own),
                level: Response(only: .motorOverheating, 2 + sensitivity),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            RingingImpacts(
                StrikeClock(drive.pull, jitter: Response(0.0), scatter: Response(0.5), take: &draws.take),
                modes: RingingImpacts.ModeShape.bank(5, hz: 500...3_000, decaySeconds: 0.001_5...0.005, draw: &own),
                level: Response(only: .motorOverheating, -4 + sensitivity),
                take: &draws.take
            ),
        ]
    }

    private static func mechanics(
        _ drive: InductionDrive,
        _ bearing: RollingBearing,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let flowHz = own.logUniform(350, 1_400)
        let race = RingingImpacts.ModeShape.bank(5, hz: 2_000...8_500, decaySeconds: 0.000_8...0.003, draw: &own)
        let frame = RingingImpacts.ModeShape.bank(6, hz: 140...1_300, decaySeconds: 0.005...0.02, draw: &own)
        return [
            BandNoise(
                bands: [(flowHz, 0.5, 0), (flowHz * own.uniform(2.6, 4), 0.5, own.uniform(-10, -5))],
                level: Response(own.uniform(-10, -4), .init(.motorOverheating, 2)),
                gustDepth: Response(0.04),
                take: &draws.take
            ),
            LockedTone(
                .turns(Double(own.integer(5, 11))),
                harmonics: harmonicSeries(4, slope: 0.4, draw: &own),
                level: Response(own.uniform(-26, -16)),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            // A spot on the outer race stands still in the load zone: all blows alike, apart from slip.
            RingingImpacts(
                StrikeClock(
                    bearing.ballPassOuter,
                    jitter: Response(0.01),
                    scatter: Response(0.15),
                    take: &draws.take
                ),
                modes: race,
                level: Response(only: .bearingOuterRace, own.uniform(-3, 3)),
                take: &draws.take
            ),
            // Loose feet: half and whole multiples of the turn, and the frame that knocks on its bed.
            LockedTone(
                .turns(0.5),
                harmonics: harmonicSeries(18, slope: own.uniform(0.8, 0.9), draw: &own),
                level: Response(own.uniform(-34, -27), .init(.foundationLoose, 31)),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            RingingImpacts(
                StrikeClock(.turns(1), jitter: Response(0.03), scatter: Response(0.45), take: &draws.take),
                modes: frame,
                level: Response(only: .foundationLoose, own.uniform(-1, 4)),
                take: &draws.take
            ),
        ]
    }
}
