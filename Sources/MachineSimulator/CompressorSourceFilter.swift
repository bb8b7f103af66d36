// A reciprocating compressor, generator b: strokes as puffs of turbulence and bursts of noise, hum as wandering partials.

import Foundation

enum CompressorSourceFilter {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [2, 4, 4], draw: &draws.individual)
        let bearing = RollingBearing(draw: &draws.individual)
        let gearing = draws.individual.uniform(1.2, 2.4) * (drive.poles == 2 ? 2 : 1)
        let crank = Rate.turns(1 / gearing)
        let layers =
            strokes(crank: crank, &draws) + valves(crank: crank, &draws) + motor(drive, &draws)
            + bearings(bearing, &draws)
        return LayeredMachine(
            kinematics: Kinematics(
                shaftHz: drive.shaftHz,
                pass: crank,
                twiceSupplyHz: 2 * drive.supplyHz,
                polePass: drive.polePass(),
                ballPassOuter: bearing.ballPassOuter
            ),
            speed: Response(1, .init(.motorOverheating, -1.2 * drive.slip)),
            speedWander: 0.001_5,
            layers: layers,
            isCasingSerial: true,
            draws: &draws
        )
    }

    /// Pressure pulsation and the air that is drawn in and pushed out.
    private static func strokes(crank: Rate, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        let pulsationDB = draws.individual.uniform(-12, -5)
        let perTurn = draws.individual.chance(0.5) ? 2.0 : 1
        return [
            WanderingPartials(
                partialSeries(crank, count: 14, fallDB: draws.individual.uniform(1.5, 2.8), draw: &draws.individual) {
                    Response(pulsationDB + $0, .init(.valvePlateBroken, -3), .init(.motorOverheating, 2))
                },
                jitter: 0.002,
                flutter: 0.12,
                take: &draws.take
            ),
            DuctTurbulence(
                hz: draws.individual.logUniform(90, 250)...draws.individual.logUniform(700, 1_600),
                ductHz: draws.individual.logUniform(120, 500),
                resonance: draws.individual.uniform(0.2, 0.7),
                level: Response(draws.individual.uniform(-9, -4), .init(.valvePlateBroken, -2)),
                modulation: RotatingModulation(
                    perTurn * crank,
                    depth: Response(draws.individual.uniform(0.5, 0.9)),
                    sharpness: draws.individual.uniform(1, 2.5),
                    take: &draws.take
                ),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: draws.individual.logUniform(400, 900)...draws.individual.logUniform(1_800, 3_500),
                ductHz: draws.individual.logUniform(400, 1_200),
                resonance: draws.individual.uniform(0.1, 0.6),
                level: Response(draws.individual.uniform(-15, -9), .init(.valvePlateBroken, -3)),
                modulation: RotatingModulation(
                    perTurn * crank,
                    depth: Response(draws.individual.uniform(0.6, 0.95)),
                    sharpness: draws.individual.uniform(2, 5),
                    take: &draws.take
                ),
                take: &draws.take
            ),
        ]
    }

    /// Plates on their seats: short bursts each turn. A broken one seats unevenly, crumbles and lets gas blow back.
    private static func valves(crank: Rate, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        var layers: [any MachineLayer] = (0..<3).map { number in
            let broken = number == 0
            return ShapedBursts(
                StrikeClock(
                    crank,
                    jitter: Response(0.001, .init(.valvePlateBroken, broken ? 0.03 : 0.002)),
                    scatter: Response(0.12, .init(.valvePlateBroken, broken ? 0.6 : 0.05)),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.002, 0.007),
                formants: formantSet(3, hz: 350...3_500, draw: &draws.individual),
                level: Response(draws.individual.uniform(-12, -6), .init(.valvePlateBroken, broken ? -5 : 0)),
                take: &draws.take
            )
        }
        let sensitivity = draws.individual.uniform(-2, 3)
        layers.append(
            ShapedBursts(
                StrikeClock(
                    draws.individual.uniform(3, 6) * crank,
                    isRandom: true,
                    scatter: Response(0.6),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.000_8, 0.002),
                formants: formantSet(3, hz: 1_800...8_000, draw: &draws.individual),
                level: Response(only: .valvePlateBroken, sensitivity),
                modulation: RotatingModulation(crank, depth: Response(0.5), take: &draws.take),
                take: &draws.take
            )
        )
        layers.append(
            DuctTurbulence(
                hz: 1_400...draws.individual.logUniform(4_000, 7_000),
                ductHz: draws.individual.logUniform(700, 2_000),
                resonance: draws.individual.uniform(0.2, 0.6),
                level: Response(only: .valvePlateBroken, -6 + sensitivity),
                modulation: RotatingModulation(crank, depth: Response(0.95), sharpness: 3, take: &draws.take),
                take: &draws.take
            )
        )
        return layers
    }

    /// The pull of the field; a hot motor hums louder, in more partials, each split by the pole pass frequency.
    private static func motor(_ drive: InductionDrive, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        let humDB = draws.individual.uniform(-24, -17)
        let heat = draws.individual.uniform(16, 21)
        var partials = partialSeries(drive.pull, count: 8, fallDB: 4, draw: &draws.individual) {
            Response(humDB + $0, .init(.motorOverheating, heat - 0.35 * $0))
        }
        for order in 1...3 {
            for side in [-1.0, 1] {
                partials.append(
                    WanderingPartials.Partial(
                        rate: Double(order) * drive.pull + side * drive.polePass(),
                        level: Response(only: .motorOverheating, humDB + heat - 6 - 3 * Double(order))
                    )
                )
            }
        }
        return [
            WanderingPartials(partials, jitter: 0.000_05, flutter: 0.05, take: &draws.take),
            // The coil chatters against its slot in every half wave.
            ShapedBursts(
                StrikeClock(drive.pull, jitter: Response(0.0), scatter: Response(0.4), take: &draws.take),
                decaySeconds: 0.001_2,
                formants: formantSet(2, hz: 500...2_600, draw: &draws.individual),
                level: Response(only: .motorOverheating, draws.individual.uniform(-10, -5)),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 200...draws.individual.logUniform(1_200, 3_000),
                ductHz: draws.individual.logUniform(150, 600),
                resonance: draws.individual.uniform(0.1, 0.4),
                level: Response(draws.individual.uniform(-20, -13), .init(.motorOverheating, 7)),
                take: &draws.take
            ),
        ]
    }

    /// Metal on metal: random contacts of asperities under the load, a rustle above them, a squeak of narrow noise.
    private static func bearings(_ bearing: RollingBearing, _ draws: inout RecipeDraws) -> [any MachineLayer] {
        let sensitivity = draws.individual.uniform(-2, 3)
        return [
            ShapedBursts(
                StrikeClock(
                    draws.individual.uniform(4, 9) * bearing.ballPassOuter,
                    isRandom: true,
                    scatter: Response(0.8),
                    take: &draws.take
                ),
                decaySeconds: draws.individual.logUniform(0.000_4, 0.001_2),
                formants: formantSet(3, hz: 2_800...9_500, draw: &draws.individual),
                level: Response(only: .bearingLackingOil, sensitivity),
                modulation: RotatingModulation(.turns(1), depth: Response(0.6), take: &draws.take),
                take: &draws.take
            ),
            DuctTurbulence(
                hz: 2_500...12_000,
                ductHz: draws.individual.logUniform(1_500, 4_000),
                resonance: 0.2,
                level: Response(
                    draws.individual.uniform(-40, -34),
                    .init(.bearingLackingOil, 36 + sensitivity, exponent: 0.5)
                ),
                modulation: RotatingModulation(bearing.cage, depth: Response(0.4), take: &draws.take),
                gustDepth: Response(0.1, .init(.bearingLackingOil, 0.2)),
                take: &draws.take
            ),
            BandNoise(
                bands: [(draws.individual.logUniform(2_000, 5_200), 28, 0)],
                level: Response(only: .bearingLackingOil, draws.individual.uniform(-14, -6), exponent: 1),
                modulation: RotatingModulation(.turns(1), depth: Response(0.7), take: &draws.take),
                gustDepth: Response(0.9),
                gustSeconds: 0.4,
                take: &draws.take
            ),
        ]
    }
}
