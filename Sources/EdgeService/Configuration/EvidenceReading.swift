// The section `evidence`: how much sound is remembered and kept.
import Evidence

enum EvidenceReading {
    static func settings(_ node: ConfigurationNode?) -> EvidenceSettings {
        var settings = EvidenceSettings()
        let section = node.flatMap {
            ConfigurationSection(
                $0,
                keys: ConfigurationKeys.evidence,
                expected: "a section such as {seconds: 60s, before: 10s, after: 10s, retain: 30d}"
            )
        }
        guard let section else { return settings }
        if let capture = section["capture"]?.boolean() { settings.isOn = capture }
        if let seconds = section["seconds"]?.seconds(5...600, "5s to 10m") { settings.ringSeconds = seconds }
        if let before = section["before"]?.seconds(0...600, "0s to evidence.seconds") {
            settings.beforeSeconds = before
        }
        if let after = section["after"]?.seconds(0...300, "0s to 5m") { settings.afterSeconds = after }
        if let retain = section["retain"]?.seconds(3_600...3_153_600_000, "1h to 36500d") {
            settings.retainSeconds = retain
        }
        if let bytes = section["max_size"]?.bytes(1_000_000...1_000_000_000_000_000, "1MB to 1000TB") {
            settings.maxBytes = bytes
        }
        if let clips = section["max_clips"]?.integer(1...1_000_000, "clips") { settings.maxClips = clips }
        if settings.beforeSeconds > settings.ringSeconds {
            let place = section["before"] ?? section["seconds"] ?? section.source
            place.report(
                "\(settings.beforeSeconds) s before a window are wanted, but only evidence.seconds = "
                    + "\(settings.ringSeconds) s are remembered; lengthen seconds or shorten before"
            )
        }
        return settings
    }
}
