// The section `trend`: how long trends remember, how far they look back and when they warn.

enum TrendSectionReading {
    static func settings(_ node: ConfigurationNode?) -> TrendSettings {
        var settings = TrendSettings()
        let section = node.flatMap {
            ConfigurationSection(
                $0,
                keys: ConfigurationKeys.trend,
                expected: "a section such as {memory: 6h, history: 3d, warn_within: 7d}"
            )
        }
        guard let section else { return settings }
        if let follow = section["follow"]?.boolean() { settings.isOn = follow }
        if let warn = section["warn"]?.boolean() { settings.warns = warn }
        if let memory = section["memory"]?.seconds(60...31_536_000, "1m to 365d") { settings.memorySeconds = memory }
        if let history = section["history"]?.seconds(43_200...31_536_000, "12h to 365d") {
            settings.historySeconds = history
        }
        if let within = section["warn_within"]?.seconds(3_600...31_536_000, "1h to 365d") {
            settings.warnWithinSeconds = within
        }
        return settings
    }
}
