// A single-stage gearbox, generator a: mesh with shaft sidebands; a broken tooth, wear, misalignment, lack of oil.
// Mesh and sidebands: R. Randall, "A new method of modeling gear faults", J. Mech. Design 1982.

import Foundation

enum GearboxModal {
    static func machine(_ draws: inout RecipeDraws) -> LayeredMachine {
        let drive = InductionDrive(poles: [4, 4, 6], draw: &draws.individual)
        let pinion = Double(draws.individual.integer(17, 31))
        let wheel = Double(draws.individual.integer(40, 97))
        let mesh = Rate.turns(pinion)
        let output = Rate.turns(pinion / wheel)
        let layers =
            meshing(drive, mesh: mesh, output: output, &draws) + teeth(drive, mesh: mesh, output: output, &draws)
            + housing(drive, mesh: mesh, &draws)
        return LayeredMachine(
            kinematics: Kinematics(shaftHz: drive.shaftHz, pass: mesh, twiceSupplyHz: 2 * drive.supplyHz),
            speed: Response(1),
            speedWander: 0.001,
            layers: layers,
            isCasingSerial: false,
            draws: &draws
        )
    }

    /// The teeth in mesh; whatever is wrong with a shaft shows as sidebands at its turns.
    private static func meshing(
        _ drive: InductionDrive,
        mesh: Rate,
        output: Rate,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        return [
            LockedTone(
                mesh,
                harmonics: harmonicSeries(4, slope: own.uniform(0.3, 0.5), draw: &own),
                level: Response(own.uniform(-5, 0), .init(.gearsWorn, 3), .init(.gearsLackingOil, 2)),
                modulation: RotatingModulation(
                    .turns(1),
                    depth: Response(
                        own.uniform(0.03, 0.1),
                        .init(.gearsWorn, 0.5),
                        .init(.toothBroken, 0.2),
                        .init(.misalignment, 0.15)
                    ),
                    phaseDepth: Response(own.uniform(0.002, 0.01), .init(.gearsWorn, 0.06)),
                    take: &draws.take
                ),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            LockedTone(
                mesh,
                harmonics: [0.3] + harmonicSeries(9, slope: own.uniform(0.8, 0.9), draw: &own),
                level: Response(own.uniform(-30, -24), .init(.gearsWorn, 25)),
                modulation: RotatingModulation(
                    own.chance(0.5) ? .turns(1) : output,
                    depth: Response(0.3, .init(.gearsWorn, 0.4)),
                    take: &draws.take
                ),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            // Misaligned shafts press the flanks twice a turn and raise the second mesh harmonic.
            LockedTone(
                2 * mesh,
                harmonics: [1, 0.25],
                level: Response(own.uniform(-26, -20), .init(.misalignment, 22)),
                modulation: RotatingModulation(
                    .turns(2),
                    depth: Response(0.1, .init(.misalignment, 0.6)),
                    take: &draws.take
                ),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
            LockedTone(
                .turns(2),
                harmonics: harmonicSeries(6, slope: 0.65, draw: &own),
                level: Response(own.uniform(-32, -25), .init(.misalignment, 25)),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
        ]
    }

    private static func teeth(
        _ drive: InductionDrive,
        mesh: Rate,
        output: Rate,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        // The gap a missing tooth leaves falls on the next one, once a turn of its own shaft.
        let shapes = RingingImpacts.ModeShape.bank(7, hz: 450...5_000, decaySeconds: 0.002...0.009, draw: &own)
        return [
            RingingImpacts(
                StrikeClock(.turns(1), jitter: Response(0.001), scatter: Response(0.15), take: &draws.take),
                modes: shapes,
                level: Response(only: .toothBroken, own.uniform(-1, 4)),
                take: &draws.take
            ),
            // Flanks without a film scuff: noise that breathes with the mesh and the turn, and squeals.
            BandNoise(
                bands: [(own.logUniform(1_800, 3_500), 0.6, 0), (own.logUniform(4_500, 9_000), 0.6, -3)],
                level: Response(only: .gearsLackingOil, own.uniform(-3, 2)),
                modulation: RotatingModulation(mesh, depth: Response(own.uniform(0.5, 0.8)), take: &draws.take),
                gustDepth: Response(0.2),
                gustSeconds: 0.25,
                take: &draws.take
            ),
            LockedTone(
                .hertz(own.logUniform(1_500, 4_500)),
                harmonics: [1, 0.5, 0.3],
                level: Response(only: .gearsLackingOil, own.uniform(-13, -5)),
                modulation: RotatingModulation(output, depth: Response(0.6), take: &draws.take),
                stickSlip: .gearsLackingOil,
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
        ]
    }

    private static func housing(
        _ drive: InductionDrive,
        mesh: Rate,
        _ draws: inout RecipeDraws
    ) -> [any MachineLayer] {
        var own = draws.individual
        defer { draws.individual = own }
        return [
            BandNoise(
                bands: [(own.logUniform(300, 1_000), 0.5, 0), (own.logUniform(1_200, 3_000), 0.6, -8)],
                level: Response(own.uniform(-12, -6), .init(.gearsLackingOil, 2)),
                modulation: RotatingModulation(mesh, depth: Response(0.3), take: &draws.take),
                gustDepth: Response(0.05),
                take: &draws.take
            ),
            LockedTone(
                drive.pull,
                harmonics: harmonicSeries(6, slope: own.uniform(0.35, 0.6), draw: &own),
                level: Response(own.uniform(-22, -14)),
                shaftHz: drive.shaftHz,
                take: &draws.take
            ),
        ]
    }
}
