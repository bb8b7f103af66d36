// The section `enrolment`: whether machines enrol themselves, and how much is kept of their sound.

/// How normal sound is learned.
public struct EnrolmentSettings: Hashable, Sendable {
    /// Whether a machine without a bank gets a proposed one.
    public var isAutomatic = false
    /// Listening it takes before one is proposed: long enough to hear a machine in more than one mood. One stretch of half an
    /// hour does not stand for it (docs/detection-methods.md).
    public var afterSeconds = 21_600.0
    /// Points kept per machine, over all operating states.
    public var capacity = 256

    /// The defaults.
    public init() {}
}

enum EnrolmentReading {
    static func settings(_ node: ConfigurationNode?) -> EnrolmentSettings {
        var settings = EnrolmentSettings()
        let section = node.flatMap {
            ConfigurationSection(
                $0,
                keys: ConfigurationKeys.enrolment,
                expected: "a section such as {automatic: true, after: 6h, capacity: 256}"
            )
        }
        guard let section else { return settings }
        if let automatic = section["automatic"]?.boolean() { settings.isAutomatic = automatic }
        if let after = section["after"]?.seconds(60...604_800, "1m to 7d") { settings.afterSeconds = after }
        if let capacity = section["capacity"]?.integer(32...256, "points") { settings.capacity = capacity }
        return settings
    }
}
