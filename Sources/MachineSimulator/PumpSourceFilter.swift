// A centrifugal pump, generator b: turbulence in a pipe, wandering partials, bubbles as bursts of noise.

import Foundation

enum PumpSourceFilter {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [2, 2, 4], draw: &draws.individual)
        let bearing = RollingBearing(draw: &draws.individual)
        let vanes = Rate.turns(Double(draws.individual.integer(5, 8)))
        let layers = water(drive, vanes: vanes, &draws) + air(&draws) + mechanics(bearing, &draws)
        return LayeredMachine(
            kinematics: Kinematics(
                shaftHz: drive.shaftHz,
                pass: vanes,
                twiceSupplyHz: 2 * drive.supplyHz,
                ballPassOuter: bearing.ballPassOuter
            ),
            speed: Response(1, .init(.runningDry, 0.6 * drive.slip)),
            speedWander: 0.000_8,
            layers: layers,
            isCasingSerial: true,
            draws: &draws
        )
    }

    private static func water(
        _ drive: InductionDrive,
        vanes: Rate,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        let vaneDB = draws.individual.uniform(-11, -5)
        let humDB = draws.individual.uniform(-20, -13)
        let collapseDB = draws.individual.uniform(-2, 3)
        var partials = partialSeries(vanes, count: 4, fallDB: 5, draw: &draws.individual) {
            Response(vaneDB + $0, .init(.runningDry, -14), .init(.cavitation, -3))
        }
        partials += partialSeries(drive.pull, count: 5, fallDB: 5, draw: &draws.individual) { Response(humDB + $0) }
        partials += partialSeries(.turns(1), count: 5, fallDB: 3, draw: &draws.individual) {
            Response(-24 + $0, .init(.couplingLoose, 14))
        }
        return [
            WanderingPartials(partials, jitter: 0.000_3, flutter: 0.08, take: &draws.take),
            DuctTurbulence(
                hz: draws.individual.logUniform(80, 250)...draws.individual.logUniform(900, 2_200),
                ductHz: draws.individual.logUniform(100, 450),
                resonance: draws.individual.uniform(0.2, 0.7),
                level: Response(draws.individual.uniform(-8, -3), .init(.runningDry, -12), .init(.cavitation, 2)),
                gustDepth: Response(0.06, .init(.runningDry, 0.4)),
                take: &draws.take
            ),
            // Clouds of bubbles rather than bubbles: bursts that swarm when a vane comes by.
            ShapedBursts(
                StrikeClock(
                    .hertz(draws.individual.logUniform(250, 900)),
                    isRandom: true,
                    scatter: Response(0.9),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.000_3, 0.001),
                formants: formantSet(4, hz: 1_800...11_000, draw: &draws.individual),
                level: Response(only: .cavitation, collapseDB),
                modulation: RotatingModulation(vanes, depth: Response(0.5), take: &draws.take),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 2_000...9_000,
                ductHz: draws.individual.logUniform(800, 2_500),
                resonance: 0.3,
                level: Response(only: .cavitation, collapseDB - 5),
                gustDepth: Response(0.4),
                gustSeconds: 0.06,
                take: &draws.take
            ),
        ]
    }

    private static func air(_ draws: inout RecipeDraws) -> [any MachineLayer] {
        let airDB = draws.individual.uniform(-4, 0)
        return [
            ShapedBursts(
                StrikeClock(
                    .hertz(draws.individual.logUniform(12, 40)),
                    isRandom: true,
                    scatter: Response(0.7),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.008, 0.03),
                formants: formantSet(3, hz: 220...1_100, draw: &draws.individual).map { ($0.0, 6 + $0.1, $0.2) },
                level: Response(only: .runningDry, airDB),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 250...1_500,
                ductHz: draws.individual.logUniform(150, 500),
                resonance: 0.6,
                level: Response(only: .runningDry, airDB - 3),
                gustDepth: Response(0.9),
                gustSeconds: 0.2,
                take: &draws.take
            ),
            BandNoise(
                bands: [(draws.individual.logUniform(1_800, 4_500), 25, 0)],
                level: Response(only: .runningDry, draws.individual.uniform(-16, -8), exponent: 1.2),
                gustDepth: Response(1),
                gustSeconds: 0.5,
                take: &draws.take
            ),
        ]
    }

    private static func mechanics(_ bearing: RollingBearing, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        [
            ShapedBursts(
                StrikeClock(
                    bearing.ballPassOuter,
                    jitter: Response(0.015),
                    scatter: Response(0.35),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.000_6, 0.002),
                formants: formantSet(3, hz: 1_600...7_500, draw: &draws.individual),
                level: Response(only: .bearingWorn, draws.individual.uniform(-5, 1)),
                modulation: RotatingModulation(bearing.cage, depth: Response(0.35), take: &draws.take),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 1_500...7_000,
                ductHz: 3_000,
                resonance: 0.1,
                level: Response(draws.individual.uniform(-34, -27), .init(.bearingWorn, 20)),
                modulation: RotatingModulation(.turns(1), depth: Response(0.4), take: &draws.take),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 4_000...12_000,
                ductHz: draws.individual.logUniform(2_000, 6_000),
                resonance: draws.individual.uniform(0.1, 0.5),
                level: Response(only: .sealLeaking, draws.individual.uniform(-2, 4)),
                gustSeconds: 0.05,
                take: &draws.take
            ),
            ShapedBursts(
                StrikeClock(
                    .turns(draws.individual.chance(0.5) ? 2 : 1),
                    jitter: Response(0.06),
                    scatter: Response(0.5),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.003, 0.01),
                formants: formantSet(3, hz: 280...2_600, draw: &draws.individual),
                level: Response(only: .couplingLoose, draws.individual.uniform(-2, 4)),
                take: &draws.take
            ),
        ]
    }
}
