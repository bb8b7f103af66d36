// An induction motor, generator b: every line a partial of its own, sidebands written out, blows as bursts of noise.

import Foundation

enum MotorSourceFilter {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [2, 4, 4, 6], draw: &draws.individual)
        let bearing = RollingBearing(draw: &draws.individual)
        let layers = field(drive, &draws) + mechanics(drive, bearing, &draws)
        return LayeredMachine(
            kinematics: Kinematics(
                shaftHz: drive.shaftHz,
                twiceSupplyHz: 2 * drive.supplyHz,
                polePass: drive.polePass(),
                ballPassOuter: bearing.ballPassOuter
            ),
            speed: Response(1, .init(.motorOverheating, -0.9 * drive.slip), .init(.rotorBarBroken, -0.4 * drive.slip)),
            speedWander: 0.000_6,
            layers: layers,
            isCasingSerial: true,
            draws: &draws
        )
    }

    private static func field(_ drive: InductionDrive, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        let humDB = draws.individual.uniform(-8, -3)
        let slotDB = draws.individual.uniform(-24, -15)
        let heat = draws.individual.uniform(7, 11)
        let slots = Rate.turns(Double([22, 26, 28, 33, 34, 44][draws.individual.integer(0, 5)]))
        // Heat lifts the upper partials most: a buzz where there was a hum.
        var partials = partialSeries(drive.pull, count: 14, fallDB: 4.5, draw: &draws.individual) {
            Response(humDB + $0, .init(.motorOverheating, heat - 0.6 * $0), .init(.rotorBarBroken, 2))
        }
        var carriers = (1...3).map { (Double($0) * drive.pull, humDB - 4 * Double($0 - 1)) }
        for order in [-1.0, 0, 1] {
            carriers.append((slots + order * drive.pull, slotDB))
        }
        for carrier in carriers.dropFirst(3) {
            partials.append(
                WanderingPartials.Partial(
                    rate: carrier.0,
                    level: Response(carrier.1, .init(.rotorBarBroken, 8), .init(.motorOverheating, 3))
                )
            )
        }
        // Broken bars: the sidebands at once and twice the pole pass frequency, the lower ones stronger.
        for (number, carrier) in carriers.enumerated() {
            let rise = number < 3 ? 0.0 : 8
            for side in [-2.0, -1, 1, 2] {
                let lower = 3 + 5 * (abs(side) - 1) + (side > 0 ? draws.individual.uniform(0, 4) : 0)
                partials.append(
                    WanderingPartials.Partial(
                        rate: carrier.0 + side * drive.polePass(),
                        level: Response(only: .rotorBarBroken, carrier.1 + rise - lower)
                    )
                )
            }
        }
        return [
            WanderingPartials(partials, jitter: 0.000_02, flutter: 0.04, take: &draws.take),
            ShapedBursts(
                StrikeClock(drive.pull, jitter: Response(0.0), scatter: Response(0.5), take: &draws.take),
                decaySeconds: draws.individual.logUniform(0.000_8, 0.002),
                formants: formantSet(3, hz: 500...3_200, draw: &draws.individual),
                level: Response(only: .motorOverheating, draws.individual.uniform(-5, 1)),
                take: &draws.take
            ),
        ]
    }

    private static func mechanics(
        _ drive: InductionDrive,
        _ bearing: RollingBearing,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        let footDB = draws.individual.uniform(-2, 3)
        return [
            DuctTurbulence(
                hz: draws.individual.logUniform(120, 300)...draws.individual.logUniform(1_200, 3_500),
                ductHz: draws.individual.logUniform(150, 700),
                resonance: draws.individual.uniform(0.1, 0.5),
                level: Response(draws.individual.uniform(-10, -4), .init(.motorOverheating, 2)),
                take: &draws.take
            ),
            // Each pass over the spot is a short gush of noise in the housing's formants.
            ShapedBursts(
                StrikeClock(
                    bearing.ballPassOuter,
                    jitter: Response(0.012),
                    scatter: Response(0.2),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.000_6, 0.001_8),
                formants: formantSet(3, hz: 2_000...8_500, draw: &draws.individual),
                level: Response(only: .bearingOuterRace, draws.individual.uniform(-3, 3)),
                take: &draws.take
            ),
            WanderingPartials(
                partialSeries(.turns(0.5), count: 14, fallDB: 1.2, draw: &draws.individual) {
                    Response(only: .foundationLoose, -9 + footDB + $0)
                },
                jitter: 0.001,
                flutter: 0.2,
                take: &draws.take
            ),
            WanderingPartials(
                partialSeries(.turns(1), count: 3, fallDB: 6, draw: &draws.individual) { Response(-24 + $0) },
                jitter: 0.000_5,
                flutter: 0.1,
                take: &draws.take
            ),
            ShapedBursts(
                StrikeClock(.turns(1), jitter: Response(0.04), scatter: Response(0.5), take: &draws.take),
                decaySeconds: draws.individual.logUniform(0.006, 0.02),
                formants: formantSet(3, hz: 140...1_200, draw: &draws.individual),
                level: Response(only: .foundationLoose, footDB),
                take: &draws.take
            ),
        ]
    }
}
