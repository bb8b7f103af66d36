// Topics that break nothing, and commands that say what is wrong with them.
import Foundation
import MQTT
import MachineHealth
import Testing
import TrendLog

@testable import Publishing

@Suite("Publishing: topics and commands")
struct TopicAndCommandTests {
    @Test(
        "ids that would break the topic tree are refused",
        arguments: [
            ("", "empty"), ("a/b", "'/'"), ("a+", "'+'"), ("#", "'#'"), ("$SYS", "broker"), ("a\u{0}b", "control"),
            ("a\nb", "control"), (String(repeating: "x", count: 129), "129 bytes"), ("_node", "edge boxes"),
        ]
    )
    func refusedIDs(id: String, reason: String) {
        let error = #expect(throws: TopicNameError.self) { try TopicScheme.check(id, role: "machine") }
        #expect(error?.description.contains(reason) ?? false)
        #expect(error?.description.hasPrefix("machine id") ?? false)
    }

    @Test("ids of all languages are accepted", arguments: ["compressor-1", "压缩机 1", "Ünit_7.b"])
    func acceptedIDs(id: String) throws {
        try TopicScheme.check(id, role: "machine")
        try TopicName.validate(Samples.topics().state(machine: id))
    }

    @Test("a command topic names its machine, anything else none")
    func commandTopics() throws {
        let topics = try Samples.topics()
        #expect(topics.commandFilter == "ausculta/plant1/+/cmd")
        #expect(topics.machine(ofCommandTopic: topics.command(machine: "pump-1")) == "pump-1")
        for other in [
            topics.commandResult(machine: "pump-1"), "ausculta/plant2/pump-1/cmd", "ausculta/plant1//cmd", "cmd", "",
        ] {
            #expect(topics.machine(ofCommandTopic: other) == nil)
        }
    }

    @Test("an acknowledgement is read, trimmed, and written the same way")
    func acknowledge() throws {
        let json = """
            {"command":"acknowledge","alarm_id":"6F1D2C3B-0000-4000-8000-000000000001","user":" mei ","comment":"已派人\\n去看",
            "extra":[1,2]}
            """
        let command = try OperatorCommand(json: Data(json.utf8))
        #expect(command == .acknowledge(alarmID: Samples.alarmID, user: "mei", comment: "已派人\n去看"))
        #expect(try OperatorCommand(json: command.json()) == command)
        let bare = try OperatorCommand(
            json: Data(#"{"command":"acknowledge","alarm_id":"\#(Samples.alarmID.text)","user":"  "}"#.utf8)
        )
        #expect(bare == .acknowledge(alarmID: Samples.alarmID, user: nil, comment: nil))
    }

    @Test(
        "orders to learn are read and written the same way",
        arguments: [
            (
                #"{"command":"enroll","since":"2026-11-22T10:00:00+01:00","until":"2026-11-22T09:30:00Z","state":" idle "}"#,
                OperatorCommand.enroll(
                    EnrolmentOrder(
                        machine: nil,
                        since: Date(timeIntervalSince1970: 1_795_338_000),
                        until: Date(timeIntervalSince1970: 1_795_339_800),
                        state: "idle"
                    )
                )
            ),
            (
                #"{"command":"enroll_undo","machine":"pump-1","version":3,"user":"mei"}"#,
                .undoEnrolment(BankOrder(machine: "pump-1", version: 3, user: "mei"))
            ),
            (#"{"command":"enroll_confirm"}"#, .confirmEnrolment(BankOrder(machine: nil))),
            (
                #"{"command":"teach","start":"2026-11-22T09:00:00Z","label":"oil","comment":"dry"}"#,
                .teach(
                    TeachingOrder(
                        machine: nil,
                        time: Date(timeIntervalSince1970: 1_795_338_000),
                        label: "oil",
                        comment: "dry"
                    )
                )
            ),
            (
                #"{"command":"teach","machine":"pump-1","start":"2026-11-22T09:00:00Z","reject":"oil"}"#,
                .teach(
                    TeachingOrder(
                        machine: "pump-1",
                        time: Date(timeIntervalSince1970: 1_795_338_000),
                        label: "oil",
                        isRejection: true
                    )
                )
            ),
            (
                #"{"command":"teach_undo","decision_id":"6f1d2c3b-0000-4000-8000-000000000001"}"#,
                .undoTeaching(decisionID: Samples.alarmID, user: nil)
            ),
        ]
    )
    func learningOrders(json: String, expected: OperatorCommand) throws {
        let command = try OperatorCommand(json: Data(json.utf8))
        #expect(command == expected)
        #expect(command.isLearning)
        #expect(try OperatorCommand(json: command.json()) == command)
    }

    @Test(
        "orders about alarms",
        arguments: [
            (
                #"{"command":"shelve","alarm_id":"6f1d2c3b-0000-4000-8000-000000000001","seconds":3600,"user":"mei"}"#,
                AlarmCommand(.shelve(.seconds(3_600)), target: .instance(Samples.alarmID), user: "mei")
            ),
            (
                #"{"command":"shelve","machine":"pump-1","label":"oil","one_shot":true,"comment":"works"}"#,
                AlarmCommand(.shelve(.oneShot), machine: "pump-1", target: .label(LabelID("oil")), comment: "works")
            ),
            (#"{"command":"unshelve","label":"oil"}"#, AlarmCommand(.unshelve, target: .label(LabelID("oil")))),
            (
                #"{"command":"reset","alarm_id":"6f1d2c3b-0000-4000-8000-000000000001"}"#,
                AlarmCommand(.reset, target: .instance(Samples.alarmID))
            ),
            (
                #"{"command":"out_of_service","label":"oil"}"#,
                AlarmCommand(.outOfService, target: .label(LabelID("oil")))
            ),
            (#"{"command":"in_service","label":"oil"}"#, AlarmCommand(.inService, target: .label(LabelID("oil")))),
        ]
    )
    func alarmOrders(json: String, expected: AlarmCommand) throws {
        let command = try OperatorCommand(json: Data(json.utf8))
        #expect(command == .alarm(expected))
        #expect(!command.isLearning)
        #expect(command.name == expected.name)
        #expect(try OperatorCommand(json: command.json()) == command)
        let answer = CommandResult.done(command, machine: "pump-1", message: "done")
        #expect(answer.alarmID == expected.alarmID?.text)
    }

    @Test("an answer about learning carries its report, others do not")
    func learningAnswers() throws {
        let order = OperatorCommand.undoEnrolment(BankOrder(machine: "pump-1"))
        let answer = EnrolmentAnswer(version: 2, standing: "undone", activeVersion: nil)
        let result = CommandResult.done(order, machine: "pump-1", message: "taken back").adding(answer)
        let text = String(decoding: try result.json(), as: UTF8.self)
        #expect(text.contains(#""enrolment":{"active_version":null,"report":null,"standing":"undone","version":2}"#))
        #expect(try PayloadCoder.decode(CommandResult.self, from: result.json()) == result)
        let plain = CommandResult.done(order, machine: "pump-1", message: "done")
        #expect(!String(decoding: try plain.json(), as: UTF8.self).contains("enrolment"))
    }

    @Test(
        "what is no command is refused with the reason",
        arguments: [
            (#"{"command":"enroll"}"#, "no \"since\""),
            (#"{"command":"enroll","since":"yesterday"}"#, "no RFC 3339 time"),
            (
                #"{"command":"enroll","since":"2026-11-22T10:00:00Z","until":"2026-11-22T10:00:00Z"}"#,
                "not after"
            ),
            (#"{"command":"enroll_undo","version":"two"}"#, "not a whole number"),
            (#"{"command":"teach","label":"oil"}"#, "no \"start\""),
            (#"{"command":"teach","start":"2026-11-22T10:00:00Z"}"#, "one of \"label\""),
            (
                #"{"command":"teach","start":"2026-11-22T10:00:00Z","label":"a","reject":"b"}"#,
                "one of \"label\""
            ),
            (#"{"command":"teach_undo"}"#, "no \"decision_id\""),
            ("", "not a JSON object"), ("acknowledge", "not a JSON object"), ("[1]", "not a JSON object"),
            ("{}", "no \"command\""), (#"{"command":7}"#, "\"command\" is not a text"),
            (#"{"command":"shelve","alarm_id":"x"}"#, "one of \"seconds\""),
            (#"{"command":"shelve","alarm_id":"x","seconds":60}"#, "no UUID"),
            (#"{"command":"shelve","label":"oil","seconds":0}"#, "above 0"),
            (#"{"command":"shelve","label":"oil","seconds":60,"one_shot":true}"#, "one of \"seconds\""),
            (#"{"command":"shelve","label":"oil","seconds":"long"}"#, "not a number"),
            (#"{"command":"shelve","label":"oil","one_shot":1}"#, "not true or false"),
            (#"{"command":"unshelve"}"#, "no \"alarm_id\""),
            (
                #"{"command":"reset","label":"oil","alarm_id":"6f1d2c3b-0000-4000-8000-000000000001"}"#,
                "names the alarm twice"
            ),
            (#"{"command":"suppress","label":"oil"}"#, "context"),
            (#"{"command":"explode"}"#, "no command \"explode\""), (#"{"command":"acknowledge"}"#, "no \"alarm_id\""),
            (#"{"command":"acknowledge","alarm_id":"12"}"#, "no UUID"),
            (
                #"{"command":"acknowledge","alarm_id":"6f1d2c3b-0000-4000-8000-000000000001","user":"a\u0007"}"#,
                "control"
            ),
            (
                #"{"command":"acknowledge","alarm_id":"6f1d2c3b-0000-4000-8000-000000000001","user":"\#(String(repeating: "x", count: 201))"}"#,
                "201 characters"
            ),
            (String(repeating: " ", count: 70_000), "70000 bytes"),
        ]
    )
    func refusedCommands(json: String, reason: String) {
        let error = #expect(throws: OperatorCommandError.self) { try OperatorCommand(json: Data(json.utf8)) }
        #expect(error?.description.contains(reason) ?? false, "\(error?.description ?? "")")
    }

    @Test("answers go where the sender asked, except where they would be taken for commands")
    func replies() throws {
        let topics = try Samples.topics()
        let command = OperatorCommand.acknowledge(alarmID: Samples.alarmID, user: nil, comment: nil)
        let result = CommandResult.done(command, machine: "pump-1", message: "acknowledged")
        func reply(_ responseTopic: String?) throws -> OutgoingMessage {
            try result.reply(
                to: MQTTMessage(
                    topic: topics.command(machine: "pump-1"),
                    payload: Data(),
                    properties: MQTTProperties(responseTopic: responseTopic, correlationData: Data([7]))
                ),
                machine: "pump-1",
                topics: topics
            )
        }
        #expect(try reply("scada/answers").topic == "scada/answers")
        #expect(try reply("scada/answers").correlationData == Data([7]))
        for bad in [nil, "", "a/#", "ausculta/plant1/pump-2/cmd"] {
            #expect(try reply(bad).topic == "ausculta/plant1/pump-1/cmd/result")
        }
        let back = try PayloadCoder.decode(CommandResult.self, from: reply(nil).payload)
        #expect(back == result && back.ok && back.alarmID == Samples.alarmID.text)
        #expect(CommandResult.refused(nil, error: "no").summary == "refused: no")
    }
}
