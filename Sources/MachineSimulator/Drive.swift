// The kinematics machines share: the induction motor that turns them and the rolling bearings they turn in.
// Bearing frequencies: R. Randall & J. Antoni, "Rolling element bearing diagnostics", MSSP 2011.

import Foundation

/// An induction motor at its rated load.
struct InductionDrive: Sendable {
    let supplyHz: Double
    let poles: Int
    let slip: Double

    init(poles choices: [Int], draw: inout SeededRandom) {
        supplyHz = draw.chance(0.7) ? 50 : 60
        poles = choices[draw.integer(0, choices.count - 1)]
        slip = draw.uniform(0.012, 0.035)
    }

    /// Turns a second.
    var shaftHz: Double { 2 * supplyHz / Double(poles) * (1 - slip) }

    /// The magnetic pull on the stator: twice the supply, whatever the shaft does.
    var pull: Rate { .hertz(2 * supplyHz) }

    /// Poles times slip speed, `gearing` being turns of the motor per turn of the machine's shaft.
    func polePass(gearing: Double = 1) -> Rate {
        Rate(perTurn: -Double(poles) * gearing, fixedHz: 2 * supplyHz)
    }
}

/// A rolling bearing, by the passes of its elements per turn of the shaft.
struct RollingBearing: Sendable {
    let elements: Int
    /// Element diameter over pitch diameter, times the cosine of the contact angle.
    let ratio: Double

    init(draw: inout SeededRandom) {
        elements = draw.integer(7, 12)
        ratio = draw.uniform(0.18, 0.28)
    }

    /// Elements over a spot on the outer race.
    var ballPassOuter: Rate { .turns(Double(elements) / 2 * (1 - ratio)) }
    /// Elements over a spot on the inner race.
    var ballPassInner: Rate { .turns(Double(elements) / 2 * (1 + ratio)) }
    /// Turns of the cage.
    var cage: Rate { .turns((1 - ratio) / 2) }
}

/// Amplitudes falling by a factor from harmonic to harmonic, each with its own luck.
func harmonicSeries(_ count: Int, slope: Double, draw: inout SeededRandom) -> [Double] {
    (0..<count).map { pow(slope, Double($0)) * draw.logUniform(0.6, 1.6) }
}

/// Partials at the multiples of a rate, falling by so many dB each, all following `level`.
func partialSeries(
    _ rate: Rate,
    count: Int,
    fallDB: Double,
    draw: inout SeededRandom,
    level: (Double) -> Response
) -> [WanderingPartials.Partial] {
    (1...count).map { order in
        let lower = fallDB * Double(order - 1) + draw.uniform(-3, 3)
        return WanderingPartials.Partial(rate: Double(order) * rate, level: level(-lower))
    }
}

/// Formants of a burst spread over a range, the first the strongest.
func formantSet(
    _ count: Int,
    hz: ClosedRange<Double>,
    draw: inout SeededRandom
) -> [(centreHz: Double, q: Double, levelDB: Double)] {
    (0..<count).map { number in
        (
            draw.logUniform(hz.lowerBound, hz.upperBound), draw.uniform(0.7, 3),
            number == 0 ? 0 : draw.uniform(-9, -1)
        )
    }
}
