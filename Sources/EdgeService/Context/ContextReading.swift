// A machine's section `context`: its signals, each with a topic and what its values say.
import Acquisition
import MQTT
import MachineHealth

enum ContextReading {
    static let keys = ["settle", "signals"]
    static let signalKeys = ["name", "topic", "pointer", "states", "stopped_below", "stale_after"]
    private static let maximumSignals = 16
    private static let example = "{name: run, topic: plant1/compressor-1/run, states: {\"1\": running, \"0\": stopped}}"

    /// Reads the section; what has errors is left out after reporting.
    static func context(_ node: ConfigurationNode) -> ContextConfiguration {
        var context = ContextConfiguration()
        guard
            let section = ConfigurationSection(
                node,
                keys: keys,
                expected: "a section such as {settle: 30s, signals: [\(example)]}"
            )
        else { return context }
        if let settle = section["settle"]?.seconds(0...3_600, "0s to 1h") { context.settleSeconds = settle }
        let list = section.required("signals", "name at least one, such as \(example)")?
            .list(expected: "a list of signals, each \(example)", maximum: maximumSignals)
        if let list, list.isEmpty { section["signals"]?.report("lists no signal; add one such as \(example)") }
        var lines: [String: Int] = [:]
        for node in list ?? [] {
            guard let source = source(node) else { continue }
            if let line = lines[source.signal.name] {
                node.report("signal \(source.signal.name) is also on line \(line); give each its own name")
            }
            lines[source.signal.name] = node.place.line
            context.sources.append(source)
        }
        return context
    }

    private static func source(_ node: ConfigurationNode) -> ContextSource? {
        guard let section = ConfigurationSection(node, keys: signalKeys, expected: "a signal such as \(example)") else {
            return nil
        }
        let name = section.required("name", "give each signal a name such as run, load or door")?.identifier()
        let topic = section.required("topic", "name the MQTT topic it comes on").flatMap(topic)
        let pointer = section["pointer"].flatMap(pointer)
        let states = section["states"].map(states) ?? [:]
        let limit = section["stopped_below"].flatMap(number)
        let stale = section["stale_after"]?.seconds(1...31_536_000, "1s to 365d")
        if section["states"] == nil, section["stopped_below"] == nil {
            node.report(
                "says nothing of its values; add states, such as {\"1\": running, \"0\": stopped}, or stopped_below"
            )
        }
        guard let name, let topic else { return nil }
        return ContextSource(
            signal: ContextSignal(name: name, states: states, stoppedBelow: limit, staleAfterSeconds: stale),
            topic: topic,
            pointer: pointer
        )
    }

    private static func topic(_ node: ConfigurationNode) -> String? {
        guard let text = node.text(expected: "a topic such as plant1/compressor-1/run") else { return nil }
        do {
            try TopicName.validate(text)
        } catch {
            node.report("\(error)")
            return nil
        }
        return text
    }

    private static func pointer(_ node: ConfigurationNode) -> JSONPointer? {
        guard let text = node.text(expected: "a JSON pointer such as /running") else { return nil }
        do {
            return try JSONPointer(text)
        } catch {
            node.report(error.problem)
            return nil
        }
    }

    private static func number(_ node: ConfigurationNode) -> Double? {
        let expected = "a number such as 5"
        guard let text = node.text(expected: expected) else { return nil }
        guard let value = Double(text), value.isFinite else {
            node.report("found \(node.found), expected \(expected)")
            return nil
        }
        return value
    }

    private static func states(_ node: ConfigurationNode) -> [String: ContextEffect] {
        let expected = "values and what they say, such as {\"1\": running, \"0\": stopped}"
        guard let section = ConfigurationSection(node, expected: expected) else { return [:] }
        var states: [String: ContextEffect] = [:]
        var seen: Set<String> = []
        for key in section.keys {
            guard let value = key.text(expected: "a value"), let effect = section[value] else { continue }
            if !seen.insert(value.lowercased()).inserted {
                key.report("the value is there already, written otherwise; upper and lower case are the same")
            }
            states[value] = effect.choice(ContextEffect.self)
        }
        if section.keys.isEmpty { node.report("holds no value, expected \(expected)") }
        return states
    }
}
