// Which machines exist in the simulator, which are only named, and what an unusable request is told.

/// A family of machines. Only some have a physical model; `isAvailable` says which.
public enum MachineKind: String, Sendable, CaseIterable, Codable {
    case compressor
    case pump
    case fan
    case gearbox
    case motor

    /// Whether this version can make the sound of such a machine.
    public var isAvailable: Bool { self == .compressor }

    public static var available: [MachineKind] { allCases.filter(\.isAvailable) }
}

/// A simulation that cannot be made as asked, with what can be.
public struct SimulationError: Error, Equatable, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    static func unavailable(_ kind: MachineKind) -> SimulationError {
        let names = MachineKind.available.map(\.rawValue).joined(separator: ", ")
        return SimulationError(
            "machine kind '\(kind.rawValue)': there is no simulated \(kind.rawValue) yet; available: \(names)"
        )
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
