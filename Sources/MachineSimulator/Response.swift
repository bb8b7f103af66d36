// How a quantity of a machine follows its faults, and how fast a thing turns or strikes when the shaft does.

import Foundation

/// A quantity with a healthy value that faults raise or lower, each in its own course.
struct Response: Sendable {
    /// What one fault at full severity adds, and how it gets there: below 1 early, above 1 late.
    struct Rise: Sendable {
        let fault: MachineState
        let by: Double
        let exponent: Double

        init(_ fault: MachineState, _ by: Double, exponent: Double = 0.7) {
            self.fault = fault
            self.by = by
            self.exponent = exponent
        }
    }

    private let healthy: Double
    private let rises: [Rise]
    private let isAbsentInHealth: Bool

    init(_ healthy: Double, _ rises: Rise...) {
        self.healthy = healthy
        self.rises = rises
        isAbsentInHealth = false
    }

    /// A level in dB that only a fault brings: absent in a healthy machine, from 30 dB below `levelDB` up to it.
    init(only fault: MachineState, _ levelDB: Double, exponent: Double = 0.5) {
        healthy = levelDB - 30
        rises = [Rise(fault, 30, exponent: exponent)]
        isAbsentInHealth = true
    }

    func value(_ condition: MachineCondition) -> Double {
        rises.reduce(healthy) { sum, rise in
            let severity = condition[rise.fault]
            return severity > 0 ? sum + rise.by * pow(severity, rise.exponent) : sum
        }
    }

    /// The value, a level in dB, as a factor; exactly 0 where there is nothing to hear.
    func amplitude(_ condition: MachineCondition) -> Double {
        if isAbsentInHealth, rises.allSatisfy({ condition[$0.fault] <= 0 }) { return 0 }
        return pow(10, value(condition) / 20)
    }
}

/// A frequency tied to the shaft: so many times a turn, and so many times a second besides. The electrical frequencies of
/// an induction motor fit too: with p pole pairs and supply f, twice the slip frequency is 2f less 2p times a turn.
struct Rate: Sendable, Equatable {
    var perTurn: Double
    var fixedHz: Double

    static func turns(_ perTurn: Double) -> Rate { Rate(perTurn: perTurn, fixedHz: 0) }
    static func hertz(_ hertz: Double) -> Rate { Rate(perTurn: 0, fixedHz: hertz) }

    static func + (left: Rate, right: Rate) -> Rate {
        Rate(perTurn: left.perTurn + right.perTurn, fixedHz: left.fixedHz + right.fixedHz)
    }

    static func * (factor: Double, rate: Rate) -> Rate {
        Rate(perTurn: factor * rate.perTurn, fixedHz: factor * rate.fixedHz)
    }

    /// Never negative: a mirrored line is heard at its absolute frequency.
    func hz(shaftHz: Double) -> Double { abs(perTurn * shaftHz + fixedHz) }
}

/// What a layer needs to know of the machine for one block.
struct MachineMoment: Sendable {
    let condition: MachineCondition
    let shaftHz: Double
}

/// One source of sound within a machine, 10 ms at a time.
protocol MachineLayer: Sendable {
    /// Adds one block (480 samples at 48 kHz).
    mutating func render(into output: UnsafeMutablePointer<Float>, moment: MachineMoment)
}

/// A smooth random course of unit variance: the load, the gusts, the drive of stick-slip.
struct Wander: Sendable {
    private var state: Double
    private let memory: Double

    /// - Parameter seconds: how long it remembers.
    init(seconds: Double, draw: inout SeededRandom) {
        memory = exp(-Rendering.blockSeconds / seconds)
        state = draw.gaussian()
    }

    /// The value one block later.
    mutating func next(_ draw: inout SeededRandom) -> Double {
        state = state * memory + sqrt(1 - memory * memory) * draw.gaussian()
        return state
    }
}
