// The section `http: {desk: …}`: what the listening desk takes before it refuses.
import Dashboard

struct DeskReading {
    static let keys = ["max_upload", "max_duration", "running", "waiting"]

    static func limits(_ node: ConfigurationNode?) -> DeskLimits {
        var limits = DeskLimits()
        guard let node,
            let section = ConfigurationSection(
                node,
                keys: keys,
                expected: "a section such as {max_upload: 64MiB, max_duration: 30m, running: 2, waiting: 4}"
            )
        else { return limits }
        if let bytes = section["max_upload"]?.bytes(1_048_576...262_144_000, "1MiB to 250MiB") {
            limits.uploadBytes = bytes
            limits.jsonSoundBytes = min(limits.jsonSoundBytes, bytes)
        }
        if let seconds = section["max_duration"]?.seconds(10...86_400, "10s to 24h") {
            limits.durationSeconds = seconds
        }
        if let count = section["running"]?.integer(1...16, "sounds") { limits.running = count }
        if let count = section["waiting"]?.integer(0...100, "sounds") { limits.waiting = count }
        return limits
    }
}
