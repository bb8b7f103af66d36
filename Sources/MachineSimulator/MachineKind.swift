// Which machines exist in the simulator, who makes their sound, and what an unusable request is told.

/// A family of machines. `states` says what each can be in.
public enum MachineKind: String, Sendable, CaseIterable, Codable {
    case compressor
    case pump
    case fan
    case gearbox
    case motor
}

/// Two makers of the same machines and faults that share kinematics and nothing else, so that whoever learns the sound of
/// a fault from one can be tried on the other.
public enum SoundGenerator: String, Sendable, CaseIterable, Codable {
    /// Shaft-locked waveforms and impacts that ring in banks of vibration modes.
    case modal = "a"
    /// Partials that wander each for itself, bursts of noise and turbulence through filters.
    case sourceFilter = "b"
}

/// A simulation that cannot be made as asked, with what can be.
public struct SimulationError: Error, Equatable, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    static func foreign(_ fault: MachineState, to kind: MachineKind) -> SimulationError {
        let names = kind.states.map(\.rawValue).joined(separator: ", ")
        return SimulationError("state '\(fault.rawValue)': not one of a \(kind.rawValue)'s; its states are \(names)")
    }

    static func rate(_ found: Int) -> SimulationError {
        let rates = SimulationSettings.sampleRatesHz.map(String.init).joined(separator: ", ")
        return SimulationError(
            "sample rate \(found) Hz: the simulated microphone offers \(rates) Hz; choose one of these"
        )
    }

    static func value(_ name: String, found: Double, expected: String) -> SimulationError {
        SimulationError("\(name): found \(found), expected \(expected)")
    }
}
