// From sound to an alarm over a real broker, and from an operator back to the alarm.
import BrokerSupport
import Foundation
import MQTT
import MachineHealth
import Publishing
import Testing
import TrendLog

@Suite(.serialized) struct AlarmTests {
    @Test func aFaultThatRepeatsIsRaisedRetainedAndLogged() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-2")
            try await microphone.send(.tone, count: 2)
            let start = microphone.time
            try await microphone.send(.clicks, count: 3)

            let event = try await plant.first(
                "the event",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-2")
            ) { $0.type == .faultRaised }
            #expect(event.label == Plant.fault)
            #expect(event.name == "Bearing lacking oil")
            #expect(event.names["zh"] == "轴承缺油")
            #expect(event.consecutive == 3)
            #expect(event.severity == .warning)
            #expect(event.time == start.addingTimeInterval(6))
            #expect(event.windows.map(\.start) == [0, 2, 4].map { start.addingTimeInterval($0) })
            let heard = try Ears.found().faultConfidence
            #expect(event.windows.allSatisfy { abs($0.confidence - heard) < 0.01 })
            let alarmID = try #require(event.alarmID)

            let faultTopic = plant.topics.fault(machine: "compressor-2", label: LabelID(Plant.fault))
            _ = try await plant.first("the fault", FaultPayload.self, on: faultTopic) { $0.active }
            let retained = try await plant.retained(faultTopic)
            #expect(retained.retain)
            let fault = try PayloadCoder.decode(FaultPayload.self, from: retained.payload)
            #expect(fault.active)
            #expect(fault.state == .unackActive)
            #expect(fault.alarmID == alarmID)
            #expect(fault.consecutive == 3 && fault.required == 3)
            #expect(fault.quality == .good)

            let state = try await plant.first(
                "the state",
                StatePayload.self,
                on: plant.topics.state(machine: "compressor-2")
            ) { !$0.activeAlarms.isEmpty }
            #expect(state.state == .warning)
            #expect(state.health.map { $0 <= 50 } == true)
            #expect(state.activeAlarms.map(\.alarmID) == [alarmID])
            #expect(state.stream.online)
            let other = try await plant.retained(plant.topics.state(machine: "compressor-1"))
            #expect(try PayloadCoder.decode(StatePayload.self, from: other.payload).activeAlarms.isEmpty)

            let reader = try TrendLogReader(url: plant.storeFile)
            let transitions = try await reader.transitions(machine: "compressor-2")
            #expect(transitions.map(\.to) == [.unackActive])
            #expect(transitions.first?.alarmID.uuidString.lowercased() == alarmID)
            #expect(try await reader.windows(machine: "compressor-2").count == 5)
            let events = try await reader.events(machine: "compressor-2")
            #expect(events.map { $0.id.uuidString.lowercased() }.contains(event.id))
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
    /// Raises the fault on a machine and returns the event.
    private func raise(
        _ plant: Plant,
        _ microphone: inout PlantMicrophone,
        skipping: Int = 0
    ) async throws -> EventPayload {
        try await microphone.send(.clicks, count: 3)
        return try await plant.first(
            "the raised event",
            EventPayload.self,
            on: plant.topics.event(machine: microphone.machine),
            skipping: skipping
        ) { $0.type == .faultRaised }
    }

    @Test func anOperatorAcknowledgesOverMQTT() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            let raised = try await raise(plant, &microphone)
            let id = try #require(raised.alarmID)
            let order = #"{"command":"acknowledge","alarm_id":"\#(id)","user":"Li 李","comment":"on my way"}"#

            let answer = try await plant.order("compressor-1", order)
            #expect(answer.ok, "\(answer.summary)")
            #expect(answer.alarmID == id)
            #expect(answer.machine == "compressor-1")
            let event = try await plant.first(
                "the acknowledgement",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1")
            ) { $0.type == .acknowledged }
            #expect(event.user == "Li 李")
            #expect(event.comment == "on my way")
            #expect(event.alarmID == id)
            let topic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
            _ = try await plant.first("ack_active", FaultPayload.self, on: topic) { $0.state == .ackActive }
            let steps = try await TrendLogReader(url: plant.storeFile).transitions(machine: "compressor-1")
            let step = try #require(steps.last)
            #expect(step.to == .ackActive)
            #expect(step.user == "Li 李")
            #expect(step.comment == "on my way")

            let again = try await plant.order("compressor-1", order)
            #expect(!again.ok)
            #expect(again.error?.contains("acknowledged before") == true)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func anOperatorAcknowledgesOnTheCommandLine() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            let id = try #require(try await raise(plant, &microphone).alarmID)

            let list = try await plant.command("alarms", "list")
            #expect(list.status == 0)
            #expect(list.output.contains(id))
            #expect(list.output.contains("轴承缺油"))
            let listed = try await plant.command("alarms", "list", "--json")
            let rows = try #require(JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]])
            #expect(rows.map { $0["alarm_id"] as? String } == [id])

            let short = String(id.prefix(8))
            let acknowledged = try await plant.command("alarms", "ack", short, "--user", "Wang", "--comment", "noted")
            #expect(acknowledged.status == 0, "\(acknowledged.errors)")
            #expect(acknowledged.output.contains("acknowledged by Wang"))
            let topic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
            _ = try await plant.first("ack_active", FaultPayload.self, on: topic) { $0.state == .ackActive }

            let again = try await plant.command("alarms", "ack", id)
            #expect(again.status == 1)
            #expect(again.output.contains("acknowledged before"))
            let unknown = try await plant.command("alarms", "ack", "ffffffff")
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("alarms list"))

            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
            let late = try await plant.command("alarms", "ack", id, "--timeout", "0.3")
            #expect(late.status == 1, "nobody is there to carry it out")
        }
    }

    /// The alarm went and came back: an acknowledgement of the first instance must not silence the second.
    @Test func anAcknowledgementThatComesTooLateIsRefused() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            let old = try #require(try await raise(plant, &microphone).alarmID)
            try await microphone.send(.tone, count: 2)
            let events = plant.topics.event(machine: "compressor-1")
            let cleared = try await plant.first("the end", EventPayload.self, on: events) { $0.type == .faultCleared }
            #expect(cleared.alarmID == old)
            let topic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
            let returned = try await plant.first("rtn_unack", FaultPayload.self, on: topic) { $0.state == .rtnUnack }
            #expect(!returned.active)
            #expect(returned.alarmID == old)
            let seen = plant.messages.values.count
            let new = try #require(try await raise(plant, &microphone, skipping: seen).alarmID)
            #expect(new != old)

            let late = try await plant.order("compressor-1", #"{"command":"acknowledge","alarm_id":"\#(old)"}"#)
            #expect(!late.ok)
            #expect(late.error?.contains(old) == true)
            let elsewhere = try await plant.order("compressor-2", #"{"command":"acknowledge","alarm_id":"\#(new)"}"#)
            #expect(!elsewhere.ok)
            #expect(elsewhere.error?.contains("compressor-2") == true)
            let right = try await plant.order("compressor-1", #"{"command":"acknowledge","alarm_id":"\#(new)"}"#)
            #expect(right.ok)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func commandsThatMakeNoSenseAreRefusedWithTheReason() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            let rows = [
                ("not json", "JSON object"), ("", "JSON object"), ("[1,2]", "JSON object"), ("{}", "no \"command\""),
                (#"{"command":"reboot"}"#, "no command \"reboot\""),
                (#"{"command":"shelve","alarm_id":"x"}"#, "one of \"seconds\""),
                (#"{"command":"acknowledge"}"#, "no \"alarm_id\""),
                (#"{"command":"acknowledge","alarm_id":"42"}"#, "no UUID"),
                (#"{"command":"acknowledge","alarm_id":7}"#, "not a text"),
            ]
            for (json, reason) in rows {
                let answer = try await plant.order("compressor-1", json)
                #expect(!answer.ok, "\(json)")
                #expect(answer.error?.contains(reason) == true, "\(json): \(answer.error ?? "")")
            }
            // Without a response topic the answer goes beside the command.
            try await plant.client.publish(
                topic: plant.topics.command(machine: "compressor-1"),
                payload: Data("x".utf8)
            )
            let result = try await plant.next(
                "the answer",
                CommandResult.self,
                on: plant.topics.commandResult(machine: "compressor-1")
            )
            #expect(!result.ok)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
