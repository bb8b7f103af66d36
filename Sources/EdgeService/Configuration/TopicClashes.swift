// Topics that would give one message to two machines, or the service its own messages.
import MQTT

/// Whether two filters can match the same topic.
enum TopicOverlap {
    /// Whether a message exists that both filters would receive.
    static func overlap(_ left: some Sequence<Substring>, _ right: some Sequence<Substring>) -> Bool {
        var left = left.makeIterator()
        var right = right.makeIterator()
        while true {
            switch (left.next(), right.next()) {
            case (nil, nil): return true
            case ("#", _), (_, "#"): return true
            case (nil, _), (_, nil): return false
            case (let one?, let other?):
                if one != other, one != "+", other != "+" { return false }
            }
        }
    }

    static func levels(_ filter: String) -> [Substring] {
        filter.split(separator: "/", omittingEmptySubsequences: false)
    }
}

struct TopicClashes {
    let site: String
    let problems: ProblemList

    /// Checks every machine's topic by itself, against the service's own topics, and against the other machines'.
    func check(_ machines: [MachineReading.Result]) {
        var plain: [String: MachineReading.Result] = [:]
        var wild: [(levels: [Substring], result: MachineReading.Result)] = []
        for result in machines where isUsable(result) {
            let topic = result.machine.topic
            let levels = TopicOverlap.levels(topic)
            let isWild = levels.contains("+") || levels.contains("#")
            let clash =
                isWild
                ? plain.values.sorted { $0.topicPlace.line < $1.topicPlace.line }
                    .first { TopicOverlap.overlap(levels, TopicOverlap.levels($0.machine.topic)) }
                : plain[topic]
            if let other = clash ?? wild.first(where: { TopicOverlap.overlap(levels, $0.levels) })?.result {
                report(result, clashesWith: other)
            }
            if isWild { wild.append((levels, result)) } else if plain[topic] == nil { plain[topic] = result }
        }
    }

    private func isUsable(_ result: MachineReading.Result) -> Bool {
        let topic = result.machine.topic
        do {
            _ = try TopicFilter(topic)
        } catch {
            problems.add(result.topicPlace, error.description)
            return false
        }
        if topic.hasPrefix("$") {
            problems.add(
                result.topicPlace,
                "found \"\(topic)\": topics that begin with $ are the broker's own or shared subscriptions, which would "
                    + "scatter a stream; use a plain topic filter"
            )
            return false
        }
        let levels = TopicOverlap.levels(topic)
        for own in ownTopics where TopicOverlap.overlap(levels, TopicOverlap.levels(own)) {
            problems.add(
                result.topicPlace,
                "\"\(topic)\" would also receive what the service itself publishes or takes as commands (\(own)); "
                    + "name the audio topic, such as ausculta/\(site)/\(result.machine.id)/audio"
            )
            return false
        }
        return true
    }

    private var ownTopics: [String] {
        ["window", "state", "event", "cmd", "cmd/result", "fault/+"].map { "ausculta/\(site)/+/\($0)" }
            + ["ausculta/\(site)/_node/+/status"]
    }

    private func report(_ result: MachineReading.Result, clashesWith other: MachineReading.Result) {
        let same = result.machine.topic == other.machine.topic
        let what = same ? "is also the topic" : "also receives messages of \"\(other.machine.topic)\", the topic"
        problems.add(
            result.topicPlace,
            "\"\(result.machine.topic)\" \(what) of machine \(other.machine.id) (line \(other.topicPlace.line)); a chunk "
                + "can belong to one machine only, give each its own topic"
        )
    }
}
