// What is wrong with a machine and how badly, now and along a slow degradation.

import Foundation

/// How far each fault has come; all zero is a healthy machine. Each severity runs 0...1.
public struct MachineCondition: Sendable, Equatable {
    /// Severities above or below zero only: a fault of severity zero is no fault.
    private var severities: [MachineState: Double] = [:]

    /// A healthy machine.
    public init() {}

    /// A compressor with its three faults.
    public init(oilLoss: Double = 0, valveDamage: Double = 0, motorHeat: Double = 0) {
        self.oilLoss = oilLoss
        self.valveDamage = valveDamage
        self.motorHeat = motorHeat
    }

    /// A machine in one state with the given severity, 0...1 (`normal` has none).
    public init(state: MachineState, severity: Double = 1) {
        self[state] = severity
    }

    /// Severity of a fault, 0...1. `normal` has none, and setting it changes nothing.
    public subscript(fault: MachineState) -> Double {
        get { severities[fault] ?? 0 }
        set {
            guard fault != .normal else { return }
            severities[fault] = newValue == 0 ? nil : newValue
        }
    }

    /// Loss of lubricant in the bearings: 0 well oiled, 1 dry.
    public var oilLoss: Double {
        get { self[.bearingLackingOil] }
        set { self[.bearingLackingOil] = newValue }
    }

    /// Damage of a valve plate: 0 whole, 1 broken to pieces.
    public var valveDamage: Double {
        get { self[.valvePlateBroken] }
        set { self[.valvePlateBroken] = newValue }
    }

    /// Overload and overheating of the motor: 0 cool, 1 about to trip.
    public var motorHeat: Double {
        get { self[.motorOverheating] }
        set { self[.motorOverheating] = newValue }
    }

    /// The faults there are, in the order of `MachineState`.
    public var faults: [MachineState] {
        MachineState.allCases.filter { severities[$0] != nil }
    }

    /// The fault that has come furthest, and how far; `normal` and 0 for a machine without any.
    public var worst: (state: MachineState, severity: Double) {
        let faults = faults.map { ($0, self[$0]) }
        guard let worst = faults.max(by: { $0.1 < $1.1 }), worst.1 > 0 else { return (.normal, 0) }
        return worst
    }

    /// The condition a share of the way (0...1) towards another.
    public func moved(towards other: MachineCondition, by share: Double) -> MachineCondition {
        var moved = self
        for fault in Set(severities.keys).union(other.severities.keys) {
            moved[fault] = self[fault] + (other[fault] - self[fault]) * share
        }
        return moved
    }
}

/// How a machine's condition goes from one to another in machine time.
public struct DegradationSchedule: Sendable, Equatable {
    /// The shape of the way between the two conditions.
    public enum Course: String, Sendable, CaseIterable {
        case linear
        /// Slow at first, fast at the end, as wear that feeds itself.
        case accelerating
    }

    public var from: MachineCondition
    public var to: MachineCondition
    /// Machine time before the degradation starts.
    public var startSeconds: Double
    /// Machine time it takes.
    public var durationSeconds: Double
    public var course: Course
    /// Seconds of machine time that pass in one second of sound (86,400: a day a second).
    public var timeScale: Double

    public init(
        from: MachineCondition,
        to: MachineCondition,
        startSeconds: Double = 0,
        durationSeconds: Double,
        course: Course = .linear,
        timeScale: Double = 1
    ) {
        self.from = from
        self.to = to
        self.startSeconds = startSeconds
        self.durationSeconds = durationSeconds
        self.course = course
        self.timeScale = timeScale
    }

    /// A machine that stays as it is.
    public static func constant(_ condition: MachineCondition) -> DegradationSchedule {
        DegradationSchedule(from: condition, to: condition, durationSeconds: 0)
    }

    /// The condition after so many seconds of sound.
    public func condition(soundSeconds: Double) -> MachineCondition {
        let machineSeconds = soundSeconds * timeScale - startSeconds
        guard durationSeconds > 0 else { return machineSeconds >= 0 ? to : from }
        let share = min(1, max(0, machineSeconds / durationSeconds))
        return from.moved(towards: to, by: course == .linear ? share : share * share)
    }
}
