// The sound of the scene: simulated compressors nobody trained on, healthy or slowly running out of oil.
import EdgeService
import Foundation
import MachineHealth
import MachineSimulator

/// One machine's story: healthy for a while, then perhaps three days of oil starvation.
struct Story: Hashable, Sendable {
    /// How severity grows: in proportion to time, or slowly first.
    enum Course: String, CaseIterable, Sendable {
        case healthy
        case linear
        case accelerating
    }

    static let day = 86_400.0
    static let starvationSeconds = 3 * day

    let individual: UInt64
    let course: Course
    /// Length of the healthy part.
    let healthySeconds: Double

    /// Length of the whole story.
    var seconds: Double { healthySeconds + (course == .healthy ? 0 : Self.starvationSeconds + 0.25 * Self.day) }

    /// Loss of oil, 0 to 1, some time into the story.
    func severity(at seconds: Double) -> Double {
        guard course != .healthy else { return 0 }
        let share = min(1, max(0, (seconds - healthySeconds) / Self.starvationSeconds))
        return course == .linear ? share : share * share
    }

    /// Ten seconds of sound, some time into the story.
    ///
    /// Every window is a stretch of life of its own. The hall gets louder by day: the machine is 20 dB above it at
    /// midnight, 16 dB at noon.
    func window(at seconds: Double, number: Int) throws -> [Float] {
        let snr = 18 + 2 * cos(2 * Double.pi * seconds / Self.day)
        var microphone = try SimulatedMicrophone(
            .machine(
                state: .bearingLackingOil,
                severity: severity(at: seconds),
                individual: individual,
                take: UInt64(number),
                snrDB: snr
            )
        )
        return microphone.render(frames: 480_000)
    }
}
