// What differs between two configurations, in plain words, and whether it can change while the service runs.
import AudioFeatures
import Evidence
import Foundation
import MachineHealth

/// One difference.
public struct ConfigurationChange: Hashable, Sendable, Codable, CustomStringConvertible {
    /// When it takes effect.
    public enum Effect: String, Hashable, Sendable, Codable {
        /// With a reload (SIGHUP).
        case live
        /// Only after a restart; a reload leaves the running value.
        case restart
    }

    /// When it takes effect.
    public let effect: Effect
    /// The key or machine it is about ("broker", "machine compressor-3").
    public let subject: String
    /// The difference in words.
    public let text: String

    public var description: String {
        "\(subject): \(text)" + (effect == .restart ? " (takes effect after a restart)" : "")
    }
}

extension ServiceConfiguration {
    /// The differences from an old to a new configuration; empty when they do the same.
    ///
    /// Labels, rules, machines, names, intake and retention change live; site, node, broker, model, the trend log's path
    /// and the HTTP listener need a restart.
    public static func diff(_ old: ServiceConfiguration, _ new: ServiceConfiguration) -> [ConfigurationChange] {
        var list = ChangeList()
        list.compare("site", old.site, new.site, .restart)
        list.compare("node", old.node, new.node, .restart)
        list.compareBroker(old.broker, new.broker)
        list.compare("model.path", old.model.path ?? "built in", new.model.path ?? "built in", .restart)
        list.compare("model.cache", old.model.cache ?? "default", new.model.cache ?? "default", .restart)
        list.compare("model.threads", old.model.threads.text, new.model.threads.text, .restart)
        list.compare("model.precision", old.model.precision.rawValue, new.model.precision.rawValue, .restart)
        list.compare("store.path", old.store.path, new.store.path, .restart)
        list.compare("store.retain", old.store.retainSeconds.duration, new.store.retainSeconds.duration, .live)
        list.compare("store.max_size", "\(old.store.maxSizeBytes) bytes", "\(new.store.maxSizeBytes) bytes", .live)
        list.compareHTTP(old.http, new.http)
        list.compareEvidence(old.evidence, new.evidence)
        list.compareTrend(old.trend, new.trend)
        list.compareEnrolment(old.enrolment, new.enrolment)
        list.comparePublish(old.publish, new.publish)
        list.compare(
            "intake.max_payload",
            "\(old.intake.maxPayloadBytes) bytes",
            "\(new.intake.maxPayloadBytes) bytes",
            .live
        )
        list.compare("intake.queue", "\(old.intake.queueChunks)", "\(new.intake.queueChunks)", .live)
        list.compare("log.level", old.logLevel, new.logLevel, .live)
        list.compare("language", old.language, new.language, .live)
        list.compareProfiles(old.vocabularies, new.vocabularies)
        list.compareMachines(old, new)
        return list.changes
    }
}

private struct ChangeList {
    var changes: [ConfigurationChange] = []

    mutating func add(_ subject: String, _ text: String, _ effect: ConfigurationChange.Effect = .live) {
        changes.append(ConfigurationChange(effect: effect, subject: subject, text: text))
    }

    mutating func compare(_ subject: String, _ old: String, _ new: String, _ effect: ConfigurationChange.Effect) {
        if old != new { add(subject, "\(old) -> \(new)", effect) }
    }

    mutating func compareBroker(_ old: BrokerConfiguration, _ new: BrokerConfiguration) {
        compare("broker.url", "\(old.address)", "\(new.address)", .restart)
        compare("broker.username", old.username ?? "none", new.username ?? "none", .restart)
        compare("broker.password_file", old.passwordFile ?? "none", new.passwordFile ?? "none", .restart)
        compare("broker.ca_file", old.caFile ?? "the system's", new.caFile ?? "the system's", .restart)
        compare("broker.cert_file", old.certificateFile ?? "none", new.certificateFile ?? "none", .restart)
        compare("broker.key_file", old.keyFile ?? "none", new.keyFile ?? "none", .restart)
        compare("broker.client_id", old.clientID, new.clientID, .restart)
        compare("broker.keep_alive", "\(old.keepAliveSeconds) s", "\(new.keepAliveSeconds) s", .restart)
    }

    mutating func compareHTTP(_ old: HTTPConfiguration, _ new: HTTPConfiguration) {
        compare("http.listen", old.listenText, new.listenText, .restart)
        compare("http.users_file", old.usersFile ?? "none", new.usersFile ?? "none", .restart)
        compare("http.proxy_header", old.proxyHeader ?? "none", new.proxyHeader ?? "none", .restart)
        compare("http.proxy_role_header", old.proxyRoleHeader ?? "none", new.proxyRoleHeader ?? "none", .restart)
        compare("http.trusted_proxies", old.trustedProxies.text, new.trustedProxies.text, .restart)
        compare("http.hosts", old.hosts.text, new.hosts.text, .restart)
    }

    mutating func compareEvidence(_ old: EvidenceSettings, _ new: EvidenceSettings) {
        compare("evidence.capture", "\(old.isOn)", "\(new.isOn)", .live)
        compare("evidence.seconds", old.ringSeconds.duration, new.ringSeconds.duration, .live)
        compare("evidence.before", old.beforeSeconds.duration, new.beforeSeconds.duration, .live)
        compare("evidence.after", old.afterSeconds.duration, new.afterSeconds.duration, .live)
        compare("evidence.retain", old.retainSeconds.duration, new.retainSeconds.duration, .live)
        compare("evidence.max_size", "\(old.maxBytes) bytes", "\(new.maxBytes) bytes", .live)
        compare("evidence.max_clips", "\(old.maxClips)", "\(new.maxClips)", .live)
    }

    mutating func comparePublish(_ old: PublishConfiguration, _ new: PublishConfiguration) {
        compare("publish.json", "\(old.tellsJSON)", "\(new.tellsJSON)", .restart)
        compare("publish.tags", old.tagPrefix ?? "off", new.tagPrefix ?? "off", .restart)
        compare("publish.home_assistant", old.homeAssistantPrefix ?? "off", new.homeAssistantPrefix ?? "off", .restart)
        let (was, willBe) = (old.sparkplug, new.sparkplug)
        let name = { (node: SparkplugConfiguration?) in node.map { "\($0.name.group)/\($0.name.node)" } ?? "off" }
        compare("publish.sparkplug", name(was), name(willBe), .restart)
        guard let was, let willBe else { return }
        compare("publish.sparkplug.primary_host", was.primaryHost ?? "none", willBe.primaryHost ?? "none", .restart)
        compare("publish.sparkplug.stored_events", "\(was.storedEvents)", "\(willBe.storedEvents)", .restart)
        if was.broker != willBe.broker { add("publish.sparkplug.broker", "changed", .restart) }
    }

    mutating func compareTrend(_ old: TrendSettings, _ new: TrendSettings) {
        compare("trend.follow", "\(old.isOn)", "\(new.isOn)", .live)
        compare("trend.warn", "\(old.warns)", "\(new.warns)", .live)
        compare("trend.memory", old.memorySeconds.duration, new.memorySeconds.duration, .live)
        compare("trend.history", old.historySeconds.duration, new.historySeconds.duration, .live)
        compare("trend.warn_within", old.warnWithinSeconds.duration, new.warnWithinSeconds.duration, .live)
    }

    mutating func compareEnrolment(_ old: EnrolmentSettings, _ new: EnrolmentSettings) {
        compare("enrolment.automatic", "\(old.isAutomatic)", "\(new.isAutomatic)", .live)
        compare("enrolment.after", old.afterSeconds.duration, new.afterSeconds.duration, .live)
        compare("enrolment.capacity", "\(old.capacity)", "\(new.capacity)", .live)
    }

    mutating func compareProfiles(_ old: [String: LabelVocabulary], _ new: [String: LabelVocabulary]) {
        for profile in Set(old.keys).union(new.keys).sorted() {
            switch (old[profile], new[profile]) {
            case (nil, _): add("labels.\(profile)", "new profile")
            case (_, nil): add("labels.\(profile)", "profile removed")
            case (let old?, let new?):
                for label in old.labels where new[label.id] == nil {
                    add("labels.\(profile).\(label.id)", "label removed; a standing alarm of it cannot clear any more")
                }
                for label in new.labels {
                    guard let before = old[label.id] else {
                        add("labels.\(profile).\(label.id)", "new label")
                        continue
                    }
                    if before.prompts != label.prompts { add("labels.\(profile).\(label.id)", "prompts changed") }
                    if before.prior != label.prior { add("labels.\(profile).\(label.id)", "prior changed") }
                    if before.name != label.name { add("labels.\(profile).\(label.id)", "name changed") }
                    compare("labels.\(profile).\(label.id)", before.kind.rawValue, label.kind.rawValue, .live)
                    compare("labels.\(profile).\(label.id)", before.severity.rawValue, label.severity.rawValue, .live)
                    if before.priority != label.priority { add("labels.\(profile).\(label.id)", "priority changed") }
                    if before.action != label.action { add("labels.\(profile).\(label.id)", "action changed") }
                }
                let kept = old.labels.map(\.id).filter { new[$0] != nil }
                if kept != new.labels.map(\.id).filter({ old[$0] != nil }) {
                    add("labels.\(profile)", "order of labels changed")
                }
            }
        }
    }

    mutating func compareMachines(_ old: ServiceConfiguration, _ new: ServiceConfiguration) {
        for machine in old.machines where new.machine(machine.id) == nil {
            add("machine \(machine.id)", "removed; its history stays in the trend log")
        }
        for machine in new.machines {
            let subject = "machine \(machine.id)"
            guard let before = old.machine(machine.id) else {
                add(subject, "added, listening to \(machine.topic)")
                continue
            }
            if before.name != machine.name { add(subject, "name changed") }
            compare(subject, "profile \(before.profile)", "profile \(machine.profile)", .live)
            compare(subject, "topic \(before.topic)", "topic \(machine.topic)", .live)
            compare(
                subject,
                before.format.map { "format \($0)" } ?? "no raw format",
                machine.format.map { "format \($0)" } ?? "no raw format",
                .live
            )
            compare(subject, before.channel.text, machine.channel.text, .live)
            compare(subject, "capture \(before.capturesSound)", "capture \(machine.capturesSound)", .live)
            compare(subject, "gain \(before.gain.rawValue)", "gain \(machine.gain.rawValue)", .live)
            compare(
                subject,
                "windows of \(before.windowLengthSeconds.duration)",
                "windows of \(machine.windowLengthSeconds.duration)",
                .live
            )
            compare(subject, "hop \(before.hopSeconds.duration)", "hop \(machine.hopSeconds.duration)", .live)
            if before.context != machine.context { add(subject, "context changed") }
            compareRules(subject, before, machine, new.vocabulary(of: machine))
        }
    }

    private mutating func compareRules(
        _ subject: String,
        _ old: MachineConfiguration,
        _ new: MachineConfiguration,
        _ vocabulary: LabelVocabulary?
    ) {
        let general = Self.differences(old.rules.machine, new.rules.machine)
        let change = Self.differences(old.rules.changed, new.rules.changed)
        if !change.isEmpty { add(subject, "rule: \(change.joined(separator: ", "))") }
        if !general.isEmpty { add(subject, "rule: \(general.joined(separator: ", "))") }
        for label in vocabulary?.faults.map(\.id) ?? [] {
            let own = Self.differences(old.rules[label], new.rules[label])
            if !own.isEmpty, own != general { add(subject, "rule of \(label): \(own.joined(separator: ", "))") }
        }
    }

    private static func differences(_ old: TrendRule, _ new: TrendRule) -> [String] {
        let pairs: [(TrendRuleProblem.Key, String, String)] = [
            (.validAbove, "\(old.validAbove)", "\(new.validAbove)"),
            (.confidence, "\(old.confidence)", "\(new.confidence)"),
            (.consecutive, "\(old.consecutive)", "\(new.consecutive)"),
            (.clearAfter, "\(old.clearAfter)", "\(new.clearAfter)"),
            (.clearBelow, "\(old.clearBelow)", "\(new.clearBelow)"),
            (.staleAfter, old.staleAfterSeconds.duration, new.staleAfterSeconds.duration),
            (.within, old.within.map { "\($0)" } ?? "none", new.within.map { "\($0)" } ?? "none"),
        ]
        var texts = pairs.filter { $0.1 != $0.2 }.map { "\($0.0.rawValue) \($0.1) -> \($0.2)" }
        if old.noveltyGuard != new.noveltyGuard {
            texts.append("novelty_guard \(old.noveltyGuard) -> \(new.noveltyGuard)")
        }
        if old.alarm != new.alarm { texts += differences(old.alarm, new.alarm) }
        return texts
    }

    private static func differences(_ old: AlarmRule, _ new: AlarmRule) -> [String] {
        let pairs = [
            ("latching", "\(old.isLatching)", "\(new.isLatching)"),
            ("shelve_max", old.shelveMaxSeconds.duration, new.shelveMaxSeconds.duration),
            ("realarm_after", old.realarmAfterSeconds?.duration ?? "none", new.realarmAfterSeconds?.duration ?? "none"),
            (
                "escalate_after", old.escalateAfterSeconds?.duration ?? "none",
                new.escalateAfterSeconds?.duration ?? "none"
            ),
            ("suppressible", "\(old.followsContext)", "\(new.followsContext)"),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) -> \($0.2)" }
    }

    private static func differences(_ old: ChangeRule, _ new: ChangeRule) -> [String] {
        let pairs = [
            ("consecutive", old.consecutive, new.consecutive), ("clear_after", old.clearAfter, new.clearAfter),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { "changed.\($0.0) \($0.1) -> \($0.2)" }
    }
}

extension Double {
    /// A duration as the configuration writes it, in the largest unit that fits.
    fileprivate var duration: String {
        let unit = [("d", 86_400.0), ("h", 3_600), ("m", 60)].first {
            self >= $0.1 && truncatingRemainder(dividingBy: $0.1) == 0
        }
        let value = self / (unit?.1 ?? 1)
        return (value == value.rounded() ? String(Int(value)) : String(value)) + (unit?.0 ?? "s")
    }
}

extension ChannelSelection {
    fileprivate var text: String {
        switch self {
        case .average: "average of channels"
        case .channel(let number): "channel \(number)"
        }
    }
}

extension [String] {
    fileprivate var text: String { isEmpty ? "none" : joined(separator: ", ") }
}

extension Int? {
    fileprivate var text: String { map { "\($0)" } ?? "one per core" }
}
