// A centrifugal pump, generator a: vane pass, motor hum, flow; cavitation, worn bearing, air, leaking seal, loose coupling.
// Cavitation noise: C. Brennen, "Cavitation and Bubble Dynamics"; bubbles ring as M. Minnaert found in 1933.

import Foundation

enum PumpModal {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [2, 2, 4], draw: &draws.individual)
        let bearing = RollingBearing(draw: &draws.individual)
        let vanes = Double(draws.individual.integer(5, 8))
        let layers =
            hydraulics(drive, vanes: vanes, &draws) + cavitation(vanes: vanes, &draws) + air(&draws)
            + mechanics(drive, bearing, &draws)
        return LayeredMachine(
            kinematics: Kinematics(
                shaftHz: drive.shaftHz,
                pass: .turns(vanes),
                twiceSupplyHz: 2 * drive.supplyHz,
                polePass: drive.polePass(),
                ballPassOuter: bearing.ballPassOuter
            ),
            // Without water the motor has little to do and slips less.
            speed: Response(1, .init(.runningDry, 0.6 * drive.slip)),
            speedWander: 0.0008,
            layers: layers,
            isCasingSerial: false,
            draws: &draws
        )
    }

    private static func hydraulics(
        _ drive: InductionDrive,
        vanes: Double,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let flowHz = own.logUniform(250, 900)
        return [
            LockedTone(
                .turns(vanes),
                harmonics: harmonicSeries(4, slope: own.uniform(0.3, 0.55), draw: &own),
                level: Response(own.uniform(-9, -3), .init(.runningDry, -14), .init(.cavitation, -3)),
                modulation: RotatingModulation(
                    .turns(1),
                    depth: Response(own.uniform(0.03, 0.15), .init(.couplingLoose, 0.3)),
                    take: &draws.take
                ),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            LockedTone(
                drive.pull,
                harmonics: harmonicSeries(6, slope: own.uniform(0.35, 0.6), draw: &own),
                level: Response(own.uniform(-18, -11), .init(.runningDry, -2)),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            BandNoise(
                bands: [(flowHz, 0.5, 0), (flowHz * own.uniform(2.5, 4), 0.6, own.uniform(-12, -6))],
                level: Response(own.uniform(-8, -3), .init(.runningDry, -12), .init(.cavitation, 2)),
                gustDepth: Response(0.06, .init(.runningDry, 0.4)),
                gustSeconds: 0.4,
                take: &draws.take
            ),
        ]
    }

    /// Vapour bubbles that collapse in the pressure behind the vanes: thousands of tiny hard blows.
    private static func cavitation(vanes: Double, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let sensitivity = own.uniform(-2, 3)
        let depth = own.uniform(0.3, 0.7)
        return [
            RingingImpacts(
                StrikeClock(
                    .hertz(own.logUniform(700, 2_400)),
                    isRandom: true,
                    scatter: Response(0.7),
                    take: &draws.take
                ),
                modes: RingingImpacts.ModeShape.bank(
                    6,
                    hz: 1_800...11_000,
                    decaySeconds: 0.000_15...0.000_7,
                    draw: &own
                ),
                level: Response(only: .cavitation, -2 + sensitivity),
                modulation: RotatingModulation(.turns(vanes), depth: Response(depth), take: &draws.take),
                take: &draws.take
            ),
            BandNoise(
                bands: [(own.logUniform(2_500, 5_000), 0.5, 0), (own.logUniform(7_000, 11_000), 0.6, -4)],
                level: Response(only: .cavitation, -7 + sensitivity),
                modulation: RotatingModulation(.turns(1), depth: Response(0.3 * depth), take: &draws.take),
                gustDepth: Response(0.35),
                gustSeconds: 0.08,
                take: &draws.take
            ),
        ]
    }

    /// Air in the line: slugs that gurgle, bubbles that ring low and long, and a dry seal that starts to sing.
    private static func air(_ draws: inout RecipeDraws) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let sensitivity = own.uniform(-2, 2)
        return [
            RingingImpacts(
                StrikeClock(
                    .hertz(own.logUniform(15, 45)),
                    isRandom: true,
                    scatter: Response(0.6),
                    take: &draws.take
                ),
                modes: RingingImpacts.ModeShape.bank(5, hz: 220...1_100, decaySeconds: 0.008...0.03, draw: &own),
                level: Response(only: .runningDry, -3 + sensitivity),
                take: &draws.take
            ),
            BandNoise(
                bands: [(own.logUniform(300, 700), 0.9, 0), (own.logUniform(900, 2_000), 0.9, -6)],
                level: Response(only: .runningDry, -5 + sensitivity),
                gustDepth: Response(0.9),
                gustSeconds: own.uniform(0.1, 0.3),
                take: &draws.take
            ),
            LockedTone(
                .hertz(own.logUniform(1_800, 4_500)),
                harmonics: [1, 0.4, 0.2],
                level: Response(only: .runningDry, own.uniform(-14, -6)),
                stickSlip: .runningDry,
                shaftHz: 1,
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
        let bearingModes = RingingImpacts.ModeShape.bank(
            5,
            hz: 1_600...7_500,
            decaySeconds: 0.000_8...0.003,
            draw: &own
        )
        let couplingModes = RingingImpacts.ModeShape.bank(6, hz: 280...2_600, decaySeconds: 0.003...0.012, draw: &own)
        return [
            RingingImpacts(
                StrikeClock(
                    bearing.ballPassOuter,
                    jitter: Response(0.012),
                    scatter: Response(0.3),
                    take: &draws.take
                ),
                modes: bearingModes,
                level: Response(only: .bearingWorn, own.uniform(-5, 1)),
                modulation: RotatingModulation(bearing.cage, depth: Response(0.35), take: &draws.take),
                take: &draws.take
            ),
            BandNoise(
                bands: [(own.logUniform(1_500, 3_500), 0.8, 0), (own.logUniform(4_000, 8_000), 0.8, -5)],
                level: Response(own.uniform(-34, -26), .init(.bearingWorn, 20)),
                modulation: RotatingModulation(.turns(1), depth: Response(own.uniform(0.2, 0.5)), take: &draws.take),
                take: &draws.take
            ),
            // A jet through a gap does not know of the shaft: steady, high, with a sputter.
            BandNoise(
                bands: [(own.logUniform(3_500, 6_500), 1, 0), (own.logUniform(7_500, 12_000), 0.9, -3)],
                level: Response(only: .sealLeaking, own.uniform(-2, 4)),
                gustDepth: Response(0.12),
                gustSeconds: 0.05,
                take: &draws.take
            ),
            RingingImpacts(
                StrikeClock(
                    .turns(own.chance(0.5) ? 2 : 1),
                    jitter: Response(0.05),
                    scatter: Response(0.5),
                    take: &draws.take
                ),
                modes: couplingModes,
                level: Response(only: .couplingLoose, own.uniform(-2, 4)),
                take: &draws.take
            ),
            LockedTone(
                .turns(1),
                harmonics: harmonicSeries(6, slope: 0.7, draw: &own),
                level: Response(own.uniform(-24, -17), .init(.couplingLoose, 12)),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
        ]
    }
}
