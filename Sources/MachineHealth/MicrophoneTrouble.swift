// What is wrong with the microphone rather than with the machine.

/// A window that says something about the microphone and nothing about the machine.
public enum MicrophoneTrouble: String, Hashable, Sendable, Codable, CaseIterable {
    /// No sound at all: unplugged, muted, dead.
    case silence
    /// Driven to full scale.
    case clipping
    /// A constant voltage beside or instead of sound.
    case constantOffset = "constant_offset"
    /// Nothing but the supply's frequency and its multiples: a broken shield or ground.
    case mainsHum = "mains_hum"
    /// Far louder or quieter than this machine ever was: moved, covered, another gain.
    case levelJump = "level_jump"
}
