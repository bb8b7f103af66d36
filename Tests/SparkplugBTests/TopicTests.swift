// The namespace, row by row.
import Testing

@testable import SparkplugB

@Suite("Sparkplug B: topics")
struct TopicTests {
    @Test(
        "topics read and write alike",
        arguments: [
            ("spBv1.0/plant1/NBIRTH/edge-1", .node(.nodeBirth, group: "plant1", node: "edge-1")),
            ("spBv1.0/plant1/NDEATH/edge-1", .node(.nodeDeath, group: "plant1", node: "edge-1")),
            ("spBv1.0/plant1/NDATA/edge-1", .node(.nodeData, group: "plant1", node: "edge-1")),
            ("spBv1.0/plant1/NCMD/edge-1", .node(.nodeCommand, group: "plant1", node: "edge-1")),
            (
                "spBv1.0/厂/DBIRTH/箱/泵 1",
                .device(.deviceBirth, group: "厂", node: "箱", device: "泵 1")
            ),
            (
                "spBv1.0/a/DCMD/b/\u{301}c",
                .device(.deviceCommand, group: "a", node: "b", device: "\u{301}c")
            ),
            ("spBv1.0/STATE/scada", .hostState(host: "scada")),
        ] as [(String, SparkplugTopic)]
    )
    func topics(text: String, topic: SparkplugTopic) {
        #expect(SparkplugTopic(text) == topic)
        #expect(topic.text == text)
    }

    @Test(
        "what is none of the namespace is none",
        arguments: [
            "spAv1.0/g/NBIRTH/n", "spBv1.0/g/NBIRTH", "spBv1.0/g/NBIRTH/n/d", "spBv1.0/g/DBIRTH/n", "spBv1.0//NBIRTH/n",
            "spBv1.0/g/nbirth/n", "spBv1.0/STATE", "STATE/scada", "", "/", "spBv1.0/g/DBIRTH/n/d/e",
        ]
    )
    func strangers(text: String) { #expect(SparkplugTopic(text) == nil) }

    @Test("ids that would break the namespace are refused", arguments: ["", "a/b", "a+", "#", "a\u{0}", "/\u{301}"])
    func badIDs(id: String) {
        #expect(throws: SparkplugNameError.self) { try EdgeNodeName(group: id, node: "n") }
        #expect(throws: SparkplugNameError.self) { try EdgeNodeName(group: "g", node: id) }
    }

    @Test("no group is called STATE, and no id is longer than a topic bears")
    func moreBadIDs() {
        #expect(throws: SparkplugNameError.self) { try EdgeNodeName(group: "STATE", node: "n") }
        #expect(throws: SparkplugNameError.self) {
            try EdgeNodeName(group: String(repeating: "x", count: 257), node: "n")
        }
    }

    @Test("a node names its topics")
    func nodeTopics() throws {
        let name = try EdgeNodeName(group: "plant1", node: "edge-1")
        #expect(name.topic(.nodeCommand) == "spBv1.0/plant1/NCMD/edge-1")
        #expect(name.topic(.deviceDeath, device: "pump") == "spBv1.0/plant1/DDEATH/edge-1/pump")
        #expect(name.deviceCommandFilter == "spBv1.0/plant1/DCMD/edge-1/+")
    }
}
