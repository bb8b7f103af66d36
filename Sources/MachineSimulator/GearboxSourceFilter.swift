// A single-stage gearbox, generator b: mesh lines with sidebands written out, blows and scuffing as shaped noise.

import Foundation

enum GearboxSourceFilter {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [4, 4, 6], draw: &draws.individual)
        let pinion = Double(draws.individual.integer(17, 31))
        let mesh = Rate.turns(pinion)
        let output = Rate.turns(pinion / Double(draws.individual.integer(40, 97)))
        let layers = lines(drive, mesh: mesh, output: output, &draws) + noises(mesh: mesh, output: output, &draws)
        return LayeredMachine(
            kinematics: Kinematics(shaftHz: drive.shaftHz, pass: mesh, twiceSupplyHz: 2 * drive.supplyHz),
            speed: Response(1),
            speedWander: 0.001,
            layers: layers,
            isCasingSerial: true,
            draws: &draws
        )
    }

    private static func lines(
        _ drive: InductionDrive,
        mesh: Rate,
        output: Rate,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        let meshDB = draws.individual.uniform(-7, -2)
        let humDB = draws.individual.uniform(-22, -15)
        let twiceDB = draws.individual.uniform(-32, -26)
        var partials: [WanderingPartials.Partial] = []
        for order in 1...7 {
            let lower = 6.5 * Double(order - 1) + draws.individual.uniform(-2, 2)
            let wear = min(26, 3 + 3.6 * Double(order - 1))
            let skew = order == 2 ? 14.0 : 0
            partials.append(
                WanderingPartials.Partial(
                    rate: Double(order) * mesh,
                    level: Response(
                        meshDB - lower,
                        .init(.gearsWorn, wear),
                        .init(.misalignment, skew),
                        .init(.gearsLackingOil, 2)
                    )
                )
            )
            guard order < 4 else { continue }
            // Sidebands of a worn flank at the pinion's turns, of misalignment at twice the turns.
            for side in [-2.0, -1, 1, 2] {
                let own = draws.individual.uniform(-3, 3) - 5 * (abs(side) - 1)
                partials.append(
                    WanderingPartials.Partial(
                        rate: Double(order) * mesh + .turns(side),
                        level: Response(
                            meshDB - lower - 30 + own,
                            .init(.gearsWorn, wear + 22),
                            .init(.toothBroken, 10),
                            .init(.misalignment, abs(side) == 2 ? skew + 20 : 6)
                        )
                    )
                )
            }
            partials.append(
                WanderingPartials.Partial(
                    rate: Double(order) * mesh + output,
                    level: Response(meshDB - lower - 32, .init(.gearsWorn, wear + 12))
                )
            )
        }
        partials += partialSeries(drive.pull, count: 4, fallDB: 5, draw: &draws.individual) { Response(humDB + $0) }
        partials += partialSeries(.turns(2), count: 5, fallDB: 3, draw: &draws.individual) {
            Response(twiceDB + $0, .init(.misalignment, 25))
        }
        return [WanderingPartials(partials, jitter: 0.000_4, flutter: 0.1, take: &draws.take)]
    }

    private static func noises(mesh: Rate, output: Rate, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        [
            DuctTurbulence(
                hz: draws.individual.logUniform(150, 400)...draws.individual.logUniform(1_200, 3_500),
                ductHz: draws.individual.logUniform(200, 700),
                resonance: draws.individual.uniform(0.1, 0.5),
                level: Response(draws.individual.uniform(-12, -7), .init(.gearsLackingOil, 2)),
                take: &draws.take
            ),
            ShapedBursts(
                StrikeClock(.turns(1), jitter: Response(0.001_5), scatter: Response(0.2), take: &draws.take),
                decaySeconds: draws.individual.logUniform(0.002, 0.007),
                formants: formantSet(4, hz: 450...5_000, draw: &draws.individual),
                level: Response(only: .toothBroken, draws.individual.uniform(-1, 4)),
                take: &draws.take
            ),
            ShapedBursts(
                StrikeClock(mesh, jitter: Response(0.05), scatter: Response(0.7), take: &draws.take),
                decaySeconds: draws.individual.logUniform(0.000_5, 0.001_2),
                formants: formantSet(3, hz: 1_800...9_000, draw: &draws.individual),
                level: Response(only: .gearsLackingOil, draws.individual.uniform(-4, 1)),
                modulation: RotatingModulation(output, depth: Response(0.4), take: &draws.take),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 2_000...10_000,
                ductHz: draws.individual.logUniform(1_500, 4_000),
                resonance: 0.2,
                level: Response(only: .gearsLackingOil, draws.individual.uniform(-8, -3)),
                gustDepth: Response(0.25),
                take: &draws.take
            ),
            BandNoise(
                bands: [(draws.individual.logUniform(1_500, 4_500), 26, 0)],
                level: Response(only: .gearsLackingOil, draws.individual.uniform(-13, -6), exponent: 1),
                gustDepth: Response(0.9),
                gustSeconds: 0.4,
                take: &draws.take
            ),
        ]
    }
}
