// Orders about alarms over a real broker and on the command line, the audit trail, and a machine's context.
import BrokerSupport
import Foundation
import MQTT
import MachineHealth
import Publishing
import Testing
import TrendLog

@Suite(.serialized) struct AlarmOrderTests {
    private func raise(_ plant: Plant, _ microphone: inout PlantMicrophone) async throws -> String {
        try await microphone.send(.clicks, count: 3)
        let events = plant.topics.event(machine: microphone.machine)
        let event = try await plant.first("the alarm", EventPayload.self, on: events) { $0.type == .faultRaised }
        return try #require(event.alarmID)
    }

    private func stop(_ service: Program) async throws {
        service.send(signal: SIGTERM)
        #expect(try await service.end().status == 0)
    }

    @Test func ordersByMQTTAndOnTheCommandLineAreCarriedOutAndAudited() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            let id = try await raise(plant, &microphone)
            let topic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))

            let order = #"{"command":"shelve","alarm_id":"\#(id)","seconds":3600,"user":"Li 李","comment":"works"}"#
            let shelved = try await plant.order("compressor-1", order)
            #expect(shelved.ok, "\(shelved.summary)")
            #expect(shelved.command == "shelve" && shelved.alarmID == id)
            let fault = try await plant.first("shelved", FaultPayload.self, on: topic) { $0.state == .shelved }
            #expect(!fault.active)
            #expect(fault.hidden?.condition == true)
            #expect(fault.hidden?.user == "Li 李")
            let tooLong = try await plant.order(
                "compressor-1",
                #"{"command":"shelve","alarm_id":"\#(id)","seconds":86400}"#
            )
            #expect(!tooLong.ok && tooLong.error?.contains("8h") == true)
            let hidden = try await plant.order(
                "compressor-1",
                #"{"command":"acknowledge","alarm_id":"\#(id)","user":" "}"#
            )
            #expect(!hidden.ok && hidden.error?.contains("shelved") == true)

            let back = try await plant.command("alarms", "unshelve", String(id.prefix(8)), "--user", "Wang")
            #expect(back.status == 0, "\(back.errors)")
            let seen = plant.messages.values.count
            let named = "compressor-1/\(Plant.fault)"
            let out = try await plant.command(
                "alarms",
                "out-of-service",
                named,
                "--user",
                "Wang",
                "--comment",
                "overhaul"
            )
            #expect(out.status == 0, "\(out.errors)")
            _ = try await plant.first("out", FaultPayload.self, on: topic, skipping: seen) { $0.state == .outOfService }
            let list = try await plant.command("alarms", "list")
            #expect(list.output.contains("out_of_service"))
            #expect(try await plant.command("alarms", "in-service", named, "--user", "Wang").status == 0)
            #expect(try await plant.command("alarms", "shelve", named, "--one-shot").status == 0)
            #expect(try await plant.command("alarms", "shelve", named).status == 64)
            let reset = try await plant.command("alarms", "reset", id, "--user", "")
            #expect(reset.status == 1 && reset.output.contains("shelved"))

            let audit = try await plant.command("alarms", "audit", "--json")
            let rows = try #require(JSONSerialization.jsonObject(with: Data(audit.output.utf8)) as? [[String: Any]])
            #expect(
                rows.compactMap { $0["command"] as? String } == [
                    "reset", "shelve", "in_service", "out_of_service", "unshelve", "acknowledge", "shelve", "shelve",
                ]
            )
            #expect(rows.compactMap { $0["ok"] as? Bool } == [false, true, true, true, true, false, false, true])
            // Who did not say is noted as who sent it.
            let (shell, sender) = (NSUserName(), "mqtt \(plant.topics.command(machine: "compressor-1"))")
            #expect(
                rows.compactMap { $0["user"] as? String } == [
                    shell, shell, "Wang", "Wang", "Wang", sender, sender, "Li 李",
                ]
            )
            let first = try #require(rows.last)
            #expect(first["user"] as? String == "Li 李")
            #expect(first["comment"] as? String == "works")
            #expect(first["origin"] as? String == "mqtt \(plant.topics.command(machine: "compressor-1"))")
            #expect(rows[4]["origin"] as? String == "command line")
            let stats = try await plant.command("alarms", "stats", "--json", "--machine", "compressor-1")
            let figures = try #require(JSONSerialization.jsonObject(with: Data(stats.output.utf8)) as? [String: Any])
            #expect((figures["alarms"] as? Int).map { $0 >= 1 } == true)
            try await stop(service)

            // What hides an alarm outlives a restart.
            let again = try await plant.serve()
            let kept = try await plant.retained(topic)
            #expect(try PayloadCoder.decode(FaultPayload.self, from: kept.payload).state == .shelved)
            try await stop(again)
        }
    }

    @Test func aStoppedMachineIsSuppressedByItsContext() async throws {
        try await Plant.with { plant in
            var settings = PlantSettings()
            let signal = "{name: run, topic: plc/run, pointer: /on, states: {\"true\": running, \"false\": stopped}}"
            settings.machineKeys = ", context: {settle: 0s, signals: [\(signal)]}"
            try plant.write(settings)
            // Retained, so that the service hears it whenever it comes.
            try await plant.client.publish(topic: "plc/run", payload: Data(#"{"on":false}"#.utf8), retain: true)
            let service = try await plant.serve()
            let events = plant.topics.event(machine: "compressor-1")
            _ = try await plant.first("suppressed", EventPayload.self, on: events) { $0.type == .alarmsSuppressed }
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 3)
            _ = try await plant.first("the hidden fault", EventPayload.self, on: events) { $0.type == .faultHidden }
            let topic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
            let retained = try await plant.first("the fault beneath", FaultPayload.self, on: topic) {
                $0.hidden?.condition == true
            }
            #expect(retained.state == .suppressed)
            #expect(retained.hidden?.suppressedBy == .machineStopped)
            let state = try await plant.first(
                "the state",
                StatePayload.self,
                on: plant.topics.state(machine: "compressor-1")
            ) { $0.suppressedBy != nil }
            #expect(state.suppressedBy == .machineStopped)
            try await plant.client.publish(topic: "plc/run", payload: Data(#"{"on":true}"#.utf8), retain: true)
            let raised = try await plant.first("the alarm", EventPayload.self, on: events) { $0.type == .faultRaised }
            #expect(raised.message.contains("suppressed"))

            // A reload takes the context away: the machine is followed as before.
            settings.machineKeys = ""
            try plant.write(settings)
            service.send(signal: SIGHUP)
            try await service.waitForLog("context changed")
            try await stop(service)
        }
    }
}
