// A fan, generator a: blade pass, air, motor; unbalance, a rubbing blade, a bearing lacking grease, a clogged filter.
// Fan noise and rotating stall: W. Neise, "Review of fan noise generation mechanisms and control methods", 1992.

import Foundation

enum FanModal {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [2, 4, 4, 6], draw: &draws.individual)
        let bearing = RollingBearing(draw: &draws.individual)
        // Every other fan hangs on a belt.
        let shaftHz = drive.shaftHz * (draws.individual.chance(0.5) ? 1 : draws.individual.uniform(0.6, 1.3))
        let blades = Double(draws.individual.integer(5, 13))
        let layers =
            air(shaftHz: shaftHz, blades: blades, &draws) + clogging(&draws)
            + mechanics(drive, bearing, shaftHz: shaftHz, &draws)
        return LayeredMachine(
            kinematics: Kinematics(
                shaftHz: shaftHz,
                pass: .turns(blades),
                twiceSupplyHz: 2 * drive.supplyHz,
                ballPassOuter: bearing.ballPassOuter
            ),
            // A throttled impeller moves less air and runs up a little.
            speed: Response(1, .init(.filterClogged, 0.012)),
            speedWander: 0.001_5,
            layers: layers,
            isCasingSerial: false,
            draws: &draws
        )
    }

    private static func air(shaftHz: Double, blades: Double, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let flowHz = own.logUniform(300, 1_200)
        return [
            LockedTone(
                .turns(blades),
                harmonics: harmonicSeries(5, slope: own.uniform(0.35, 0.6), draw: &own),
                level: Response(own.uniform(-9, -3), .init(.filterClogged, -5)),
                modulation: RotatingModulation(
                    .turns(1),
                    depth: Response(own.uniform(0.03, 0.12), .init(.unbalance, 0.6), .init(.bladeRubbing, 0.1)),
                    phaseDepth: Response(0, .init(.unbalance, 0.1)),
                    take: &draws.take
                ),
                shaftHz: shaftHz,
                take: &draws.take
            ),
            BandNoise(
                bands: [(flowHz, 0.5, 0), (flowHz * own.uniform(2.6, 4), 0.5, own.uniform(-10, -5))],
                level: Response(own.uniform(-6, -2), .init(.filterClogged, -6)),
                modulation: RotatingModulation(
                    .turns(1),
                    depth: Response(own.uniform(0.02, 0.08), .init(.unbalance, 0.35)),
                    take: &draws.take
                ),
                gustDepth: Response(0.05, .init(.filterClogged, 0.25)),
                gustSeconds: 0.3,
                take: &draws.take
            ),
        ]
    }

    /// Too little air: cells of stalled flow creep around the wheel, and what air there is whistles through the rest.
    private static func clogging(_ draws: inout RecipeDraws) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        return [
            BandNoise(
                bands: [(own.logUniform(110, 260), 0.9, 0), (own.logUniform(300, 600), 0.8, -5)],
                level: Response(only: .filterClogged, own.uniform(-2, 3)),
                modulation: RotatingModulation(
                    .turns(own.uniform(0.25, 0.7)),
                    depth: Response(own.uniform(0.6, 0.95)),
                    sharpness: 2,
                    take: &draws.take
                ),
                gustDepth: Response(0.3),
                gustSeconds: 0.4,
                take: &draws.take
            ),
            BandNoise(
                bands: [(own.logUniform(900, 2_600), own.uniform(6, 14), 0)],
                level: Response(only: .filterClogged, own.uniform(-9, -3)),
                gustDepth: Response(0.3),
                gustSeconds: 0.6,
                take: &draws.take
            ),
        ]
    }

    private static func mechanics(
        _ drive: InductionDrive,
        _ bearing: RollingBearing,
        shaftHz: Double,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        let housing = RingingImpacts.ModeShape.bank(6, hz: 600...5_500, decaySeconds: 0.002...0.008, draw: &own)
        let loose = RingingImpacts.ModeShape.bank(5, hz: 180...1_400, decaySeconds: 0.004...0.015, draw: &own)
        let raceway = RingingImpacts.ModeShape.bank(4, hz: 2_500...8_500, decaySeconds: 0.000_6...0.002, draw: &own)
        return [
            LockedTone(
                drive.pull,
                harmonics: harmonicSeries(5, slope: own.uniform(0.35, 0.6), draw: &own),
                level: Response(own.uniform(-24, -16)),
                shaftHz: shaftHz,
                take: &draws.take
            ),
            // Unbalance: the force of one turn, and the frame and guards that answer it once a turn.
            LockedTone(
                .turns(1),
                harmonics: harmonicSeries(7, slope: 0.6, draw: &own),
                level: Response(own.uniform(-26, -19), .init(.unbalance, 25)),
                shaftHz: shaftHz,
                take: &draws.take
            ),
            RingingImpacts(
                StrikeClock(.turns(1), jitter: Response(0.02), scatter: Response(0.25), take: &draws.take),
                modes: loose,
                level: Response(only: .unbalance, own.uniform(-8, -2), exponent: 0.9),
                take: &draws.take
            ),
            // Rubbing: a scrape over part of the turn, with a blow where it begins.
            BandNoise(
                bands: [(own.logUniform(1_800, 4_500), 0.8, 0), (own.logUniform(5_000, 9_000), 0.9, -5)],
                level: Response(only: .bladeRubbing, own.uniform(-4, 2)),
                modulation: RotatingModulation(
                    .turns(1),
                    depth: Response(0.98),
                    sharpness: own.uniform(8, 24),
                    take: &draws.take
                ),
                take: &draws.take
            ),
            RingingImpacts(
                StrikeClock(.turns(1), jitter: Response(0.003), scatter: Response(0.3), take: &draws.take),
                modes: housing,
                level: Response(only: .bladeRubbing, own.uniform(-6, 0)),
                take: &draws.take
            ),
            // A dry bearing rustles under load, crackles at the ball pass, and squeals.
            BandNoise(
                bands: [(own.logUniform(3_000, 6_000), 0.6, 0), (own.logUniform(7_000, 11_000), 0.7, -4)],
                level: Response(only: .bearingLackingGrease, own.uniform(-4, 2)),
                modulation: RotatingModulation(.turns(1), depth: Response(own.uniform(0.4, 0.7)), take: &draws.take),
                gustDepth: Response(0.2),
                gustSeconds: 0.2,
                take: &draws.take
            ),
            RingingImpacts(
                StrikeClock(
                    bearing.ballPassOuter,
                    jitter: Response(0.04),
                    scatter: Response(0.6),
                    take: &draws.take
                ),
                modes: raceway,
                level: Response(only: .bearingLackingGrease, own.uniform(-6, 0)),
                take: &draws.take
            ),
            LockedTone(
                .hertz(own.logUniform(1_700, 5_000)),
                harmonics: [1, 0.5, 0.2],
                level: Response(only: .bearingLackingGrease, own.uniform(-14, -6)),
                modulation: RotatingModulation(.turns(1), depth: Response(0.5), take: &draws.take),
                stickSlip: .bearingLackingGrease,
                shaftHz: shaftHz,
                take: &draws.take
            ),
        ]
    }
}
