// The rules of topics and filters, row by row.

import MQTT
import Testing

@Suite("MQTT: topics and filters")
struct TopicTests {
    @Test(
        "filters match as MQTT 5 section 4.7 says",
        arguments: [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/#", "sport", true),
            ("sport/#", "sports", false),
            ("#", "a/b/c", true),
            ("#", "/", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("+/tennis/#", "sport/tennis", true),
            ("a/+/c", "a//c", true),
            ("a/b", "a/b", true),
            ("a/b", "a/b/c", false),
            ("a/b/c", "a/b", false),
            ("a/b", "A/b", false),
            ("#", "$SYS/broker/uptime", false),
            ("+/broker/uptime", "$SYS/broker/uptime", false),
            ("$SYS/#", "$SYS/broker/uptime", true),
            ("$SYS/+/uptime", "$SYS/broker/uptime", true),
            ("$share/workers/plant/+/audio", "plant/pump/audio", true),
            ("$share/workers/plant/+/audio", "workers/plant/pump/audio", false),
            ("$share/workers//x", "/x", true),
            ("工厂/+/音频", "工厂/泵/音频", true),
            // A combining mark after the separator must not glue the levels together.
            ("a/+", "a/\u{0301}b", true),
        ]
    )
    func matching(filter: String, topic: String, expected: Bool) throws {
        #expect(try TopicFilter(filter).matches(topic) == expected)
        #expect(TopicFilter.matches(filter: filter, topic: topic) == expected)
    }

    @Test(
        "filters that MQTT forbids are refused",
        arguments: [
            ("", TopicError.Problem.empty), ("a/#/b", .misplacedHash), ("a#", .misplacedHash), ("#/a", .misplacedHash),
            ("a/b+", .misplacedPlus), ("+a/b", .misplacedPlus), ("++", .misplacedPlus),
            ("a\u{0}b", .controlCharacter(codePoint: 0)), ("a\nb", .controlCharacter(codePoint: 10)),
            ("$share/", .badSharedSubscription), ("$share/g", .badSharedSubscription),
            ("$share/g/", .badSharedSubscription), ("$share/+/a", .badSharedSubscription),
            ("$share//a", .badSharedSubscription),
            (String(repeating: "x", count: 65_536), .tooLong(bytes: 65_536)),
            (String(repeating: "/", count: 200), .tooDeep(levels: 201)),
        ]
    )
    func invalidFilters(text: String, problem: TopicError.Problem) {
        #expect(throws: TopicError(text: text, problem: problem)) { try TopicFilter(text) }
        #expect(!TopicFilter.matches(filter: text, topic: "a"))
    }

    @Test(
        "topics that nobody may publish to are refused",
        arguments: [
            ("", TopicError.Problem.empty), ("a/+/b", .wildcardInTopic("+")), ("a/#", .wildcardInTopic("#")),
            ("a\u{0}", .controlCharacter(codePoint: 0)), ("a\u{7F}", .controlCharacter(codePoint: 0x7F)),
            ("a\u{FFFF}", .controlCharacter(codePoint: 0xFFFF)),
            (String(repeating: "é", count: 32_768), .tooLong(bytes: 65_536)),
        ]
    )
    func invalidTopics(text: String, problem: TopicError.Problem) {
        let error = #expect(throws: TopicError.self) { try TopicName.validate(text) }
        #expect(error?.problem == problem)
        #expect(error?.description.contains("MQTT topic") == true)
    }

    @Test("usual topics pass", arguments: ["a", "/", "ausculta/plant1/compressor-2/fault/轴承缺油", "$SYS/x", "a b"])
    func validTopics(text: String) throws {
        try TopicName.validate(text)
    }
}
