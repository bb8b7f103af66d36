// A fan, generator b: turbulence in a duct, blade lines that wander, sidebands written out, scrapes as shaped noise.

import Foundation

enum FanSourceFilter {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [2, 4, 4, 6], draw: &draws.individual)
        let bearing = RollingBearing(draw: &draws.individual)
        let shaftHz = drive.shaftHz * (draws.individual.chance(0.5) ? 1 : draws.individual.uniform(0.6, 1.3))
        let blades = Rate.turns(Double(draws.individual.integer(5, 13)))
        let layers = lines(drive, blades: blades, &draws) + air(&draws) + mechanics(bearing, &draws)
        return LayeredMachine(
            kinematics: Kinematics(
                shaftHz: shaftHz,
                pass: blades,
                twiceSupplyHz: 2 * drive.supplyHz,
                ballPassOuter: bearing.ballPassOuter
            ),
            speed: Response(1, .init(.filterClogged, 0.012)),
            speedWander: 0.001_5,
            layers: layers,
            isCasingSerial: true,
            draws: &draws
        )
    }

    private static func lines(
        _ drive: InductionDrive,
        blades: Rate,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        let bladeDB = draws.individual.uniform(-11, -5)
        let humDB = draws.individual.uniform(-24, -17)
        let turnDB = draws.individual.uniform(-26, -20)
        var partials = partialSeries(blades, count: 5, fallDB: 4, draw: &draws.individual) {
            Response(bladeDB + $0, .init(.filterClogged, -5))
        }
        for order in 1...2 {
            for side in [-1.0, 1] {
                partials.append(
                    WanderingPartials.Partial(
                        rate: Double(order) * blades + .turns(side),
                        level: Response(bladeDB - 28 + draws.individual.uniform(-3, 3), .init(.unbalance, 20))
                    )
                )
            }
        }
        partials += partialSeries(drive.pull, count: 4, fallDB: 5, draw: &draws.individual) { Response(humDB + $0) }
        partials += partialSeries(.turns(1), count: 7, fallDB: 3.5, draw: &draws.individual) {
            Response(turnDB + $0, .init(.unbalance, 25))
        }
        return [WanderingPartials(partials, jitter: 0.000_6, flutter: 0.12, take: &draws.take)]
    }

    private static func air(_ draws: inout RecipeDraws) -> [any MachineLayer] {
        [
            DuctTurbulence(
                hz: draws.individual.logUniform(80, 300)...draws.individual.logUniform(1_000, 3_500),
                ductHz: draws.individual.logUniform(80, 400),
                resonance: draws.individual.uniform(0.1, 0.6),
                level: Response(draws.individual.uniform(-6, -2), .init(.filterClogged, -6)),
                modulation: RotatingModulation(
                    .turns(1),
                    depth: Response(0.04, .init(.unbalance, 0.35)),
                    take: &draws.take
                ),
                gustDepth: Response(0.05, .init(.filterClogged, 0.25)),
                take: &draws.take
            ),
            // Stall cells as slow thumps of noise, the narrow gap as a breathy whistle.
            ShapedBursts(
                StrikeClock(
                    .turns(draws.individual.uniform(0.25, 0.7)),
                    jitter: Response(0.12),
                    scatter: Response(0.3),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.03, 0.08),
                formants: formantSet(2, hz: 110...600, draw: &draws.individual),
                level: Response(only: .filterClogged, draws.individual.uniform(-2, 3)),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 800...2_800,
                ductHz: draws.individual.logUniform(900, 2_600),
                resonance: 0.88,
                level: Response(only: .filterClogged, draws.individual.uniform(-8, -2)),
                gustDepth: Response(0.3),
                take: &draws.take
            ),
        ]
    }

    private static func mechanics(_ bearing: RollingBearing, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        [
            ShapedBursts(
                StrikeClock(.turns(1), jitter: Response(0.03), scatter: Response(0.3), take: &draws.take),
                decaySeconds: draws.individual.logUniform(0.006, 0.015),
                formants: formantSet(3, hz: 180...1_400, draw: &draws.individual),
                level: Response(only: .unbalance, draws.individual.uniform(-8, -2), exponent: 0.9),
                take: &draws.take
            ),
            ShapedBursts(
                StrikeClock(.turns(1), jitter: Response(0.006), scatter: Response(0.25), take: &draws.take),
                decaySeconds: draws.individual.logUniform(0.004, 0.012),
                formants: formantSet(4, hz: 1_200...9_000, draw: &draws.individual),
                level: Response(only: .bladeRubbing, draws.individual.uniform(-3, 3)),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 3_000...12_000,
                ductHz: draws.individual.logUniform(1_500, 4_000),
                resonance: 0.2,
                level: Response(only: .bearingLackingGrease, draws.individual.uniform(-4, 2)),
                modulation: RotatingModulation(.turns(1), depth: Response(0.5), take: &draws.take),
                gustDepth: Response(0.25),
                take: &draws.take
            ),
            ShapedBursts(
                StrikeClock(
                    draws.individual.uniform(3, 7) * bearing.ballPassOuter,
                    isRandom: true,
                    scatter: Response(0.8),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.000_4, 0.001_2),
                formants: formantSet(3, hz: 2_500...9_000, draw: &draws.individual),
                level: Response(only: .bearingLackingGrease, draws.individual.uniform(-4, 2)),
                take: &draws.take
            ),
            BandNoise(
                bands: [(draws.individual.logUniform(1_800, 5_000), 28, 0)],
                level: Response(only: .bearingLackingGrease, draws.individual.uniform(-14, -6), exponent: 1),
                gustDepth: Response(0.9),
                gustSeconds: 0.4,
                take: &draws.take
            ),
        ]
    }
}
