// Whether every take is brought to the same level, or the microphone's gain stays as it was set on the healthy machine.

/// When background and gain of a simulated microphone were set.
public enum LevelSetup: String, Sendable, CaseIterable {
    /// On every take anew, in the condition it begins with: a corpus of recordings that are all equally loud, so that
    /// nobody learns a fault from the level of its recordings.
    case everyTake
    /// Once, on a stretch of the healthy machine, and left alone since, as with a microphone mounted beside it: takes of a
    /// healthy machine differ by what it does, and a fault that is louder is heard louder.
    case once
}

extension SimulationSettings {
    /// Seeds phases and noise of the take.
    var takeSeed: UInt64 {
        var mixer = individual &* 0x9E37_79B9_7F4A_7C15 &+ take
        return splitMix64(&mixer)
    }

    /// The stretch of life on which background and gain are set once: the same for all takes, the machine healthy.
    var atSetup: SimulationSettings {
        var setup = self
        setup.take = .max
        if case .machine(let kind, _) = source { setup.source = .machine(kind, .constant(MachineCondition())) }
        return setup
    }
}
