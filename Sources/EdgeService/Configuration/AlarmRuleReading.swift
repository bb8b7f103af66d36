// The keys of a `rule` that say what becomes of an alarm once it is raised.
import MachineHealth

/// Those keys of one rule section, as far as they were written.
struct AlarmRuleLayer: Hashable {
    var isLatching: Bool?
    var shelveMaxSeconds: Double?
    var realarmAfterSeconds: Double?
    var escalateAfterSeconds: Double?
    var followsContext: Bool?

    init() {}

    /// Reads them from a rule section.
    init(_ section: ConfigurationSection) {
        isLatching = section["latching"]?.boolean()
        shelveMaxSeconds = section["shelve_max"]?.seconds(60...2_592_000, "1m to 30d")
        realarmAfterSeconds = section["realarm_after"]?.seconds(60...31_536_000, "1m to 365d")
        escalateAfterSeconds = section["escalate_after"]?.seconds(10...31_536_000, "10s to 365d")
        followsContext = section["suppressible"]?.boolean()
    }

    /// This layer with another on top of it.
    func overlaid(by other: AlarmRuleLayer) -> AlarmRuleLayer {
        var result = self
        result.isLatching = other.isLatching ?? isLatching
        result.shelveMaxSeconds = other.shelveMaxSeconds ?? shelveMaxSeconds
        result.realarmAfterSeconds = other.realarmAfterSeconds ?? realarmAfterSeconds
        result.escalateAfterSeconds = other.escalateAfterSeconds ?? escalateAfterSeconds
        result.followsContext = other.followsContext ?? followsContext
        return result
    }

    /// A rule with what this layer says on top of it.
    func applied(to base: AlarmRule) -> AlarmRule {
        AlarmRule(
            isLatching: isLatching ?? base.isLatching,
            shelveMaxSeconds: shelveMaxSeconds ?? base.shelveMaxSeconds,
            realarmAfterSeconds: realarmAfterSeconds ?? base.realarmAfterSeconds,
            escalateAfterSeconds: escalateAfterSeconds ?? base.escalateAfterSeconds,
            followsContext: followsContext ?? base.followsContext
        )
    }
}
