// What a value on a machine's context topic says: running or stopped, disturbed or not.

/// What a signal says about a machine.
public enum ContextEffect: String, Hashable, Sendable, Codable, CaseIterable {
    case running
    case stopped
    /// Something beside the machine makes its sound worthless: an open door, a person.
    case disturbed
    case undisturbed
}

/// One signal beside the sound: how its values are read.
public struct ContextSignal: Hashable, Sendable, Codable {
    /// Its name, unique on the machine.
    public var name: String
    /// What each value says; "*" stands for every other one.
    public var states: [String: ContextEffect]
    /// For numbers such as a load: below it the machine is stopped, at or above it runs.
    public var stoppedBelow: Double?
    /// Seconds after which a value says nothing any more; nil for signals that are sent on change only.
    public var staleAfterSeconds: Double?

    /// Makes a signal.
    public init(
        name: String,
        states: [String: ContextEffect] = [:],
        stoppedBelow: Double? = nil,
        staleAfterSeconds: Double? = nil
    ) {
        self.name = name
        self.states = states
        self.stoppedBelow = stoppedBelow
        self.staleAfterSeconds = staleAfterSeconds
    }

    /// What a value says; nil where nothing: it is then as if the signal had not come.
    ///
    /// A value is looked up as it is, then whatever its case, then as a number ("1.0" finds "1"), then "*".
    public func effect(of value: String) -> ContextEffect? {
        if let effect = states[value] { return effect }
        let lowered = value.lowercased()
        if let (_, effect) = states.first(where: { $0.key.lowercased() == lowered }) { return effect }
        if let number = Double(value), number.isFinite {
            if let stoppedBelow { return number < stoppedBelow ? .stopped : .running }
            if let (_, effect) = states.first(where: { Double($0.key) == number }) { return effect }
        }
        return states["*"]
    }
}

/// The signals of a machine and how long its sound takes to settle.
public struct ContextPolicy: Hashable, Sendable, Codable {
    /// Its signals.
    public var signals: [ContextSignal]
    /// Seconds after a start, or after a disturbance, in which alarms stay suppressed.
    public var settleSeconds: Double

    /// Makes a policy; without signals nothing is suppressed.
    public init(signals: [ContextSignal] = [], settleSeconds: Double = 30) {
        self.signals = signals
        self.settleSeconds = settleSeconds
    }
}
