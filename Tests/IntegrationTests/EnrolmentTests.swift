// Enrolment and teaching over a real broker and on the command line: the running service carries them out.
import BrokerSupport
import Foundation
import MachineHealth
import Publishing
import Testing
import TrendLog

@Suite(.serialized) struct EnrolmentTests {
    private let machine = "compressor-1"

    private func newest(_ plant: Plant) async throws -> StoredWindow {
        try #require(try await TrendLogReader(url: plant.storeFile).latestWindow(machine: machine))
    }

    @Test func whatWasHeardIsEnrolledKeptAcrossARestartAndTakenBack() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, machine)
            let since = RFC3339.text(microphone.time)
            try await microphone.live(0..<34)
            let until = RFC3339.text(microphone.time)
            #expect(try await newest(plant).novelty == nil)

            let enrolled = try await plant.command(
                "enroll",
                machine,
                "--since",
                since,
                "--until",
                until,
                "--user",
                "mei",
                "--comment",
                "first day"
            )
            #expect(enrolled.status == 0, "\(enrolled.output)\(enrolled.errors)")
            #expect(enrolled.output.contains("version 1"))
            let event = try await plant.first(
                "the event",
                EventPayload.self,
                on: plant.topics.event(machine: machine)
            ) { $0.type == .enrolled }
            #expect(event.user == "mei")
            #expect(event.comment == "first day")
            try await microphone.live(34..<35)
            let healthy = try #require(try await newest(plant).novelty)
            let seen = plant.messages.values.count
            try await microphone.send(.clicks, count: 1)
            try await plant.windows(machine, count: 1, skipping: seen)
            let strange = try #require(try await newest(plant).novelty)
            #expect(strange.score > healthy.score)
            #expect(strange.isNovel)
            #expect(strange.limit == healthy.limit)

            let list = try await plant.command("enroll", "list", "--json")
            let rows = try #require(JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
            #expect(rows.map { $0["state"] as? String } == ["active"])
            #expect(rows.map { $0["user"] as? String } == ["mei"])
            #expect(try await plant.command("enroll", "show", machine).output.contains("novelty limit"))

            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
            let nobody = try await plant.command("enroll", "undo", machine)
            #expect(nobody.status == 1)
            #expect(nobody.errors.contains("no service runs"))

            let again = try await plant.serve()
            let before = plant.messages.values.count
            try await microphone.send(.clicks, count: 1)
            try await plant.windows(machine, count: 1, skipping: before)
            #expect(try await newest(plant).novelty == strange)

            let undone = try await plant.order(machine, #"{"command":"enroll_undo","user":"li"}"#)
            #expect(undone.ok, "\(undone.summary)")
            #expect(undone.enrolment?.version == 1 && undone.enrolment?.activeVersion == nil)
            let after = plant.messages.values.count
            try await microphone.send(.clicks, count: 1)
            try await plant.windows(machine, count: 1, skipping: after)
            #expect(try await newest(plant).novelty == nil)
            let refused = try await plant.command("enroll", machine, "--since", "1s")
            #expect(refused.status == 1)
            #expect(refused.output.contains("listen longer"), "\(refused.output)")
            again.send(signal: SIGTERM)
            #expect(try await again.end().status == 0)
        }
    }

    @Test func listeningFromNowOnEnrolsWhatComes() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, machine)
            // What came before is not part of it.
            try await microphone.live(100..<102)
            let listening = try Program(
                ["enroll", machine, "--for", "1m", "--json", "--config", plant.configurationFile.path]
            )
            try await listening.waitForLog("listening to \(machine)")
            let start = microphone.time
            try await microphone.live(0..<31)
            let result = try await listening.end()
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            let answer = try PayloadCoder.decode(CommandResult.self, from: Data(result.output.utf8))
            let report = try #require(answer.enrolment?.report)
            #expect(report.since == start)
            #expect(report.windowsHeard == 30)

            // Ended before its time, it leaves nothing behind.
            let impatient = try Program(
                ["enroll", machine, "--for", "1h", "--config", plant.configurationFile.path]
            )
            try await impatient.waitForLog("listening to \(machine)")
            impatient.send(signal: SIGINT)
            let ended = try await impatient.end()
            #expect(ended.status == 130)
            #expect(ended.errors.contains("nothing was enrolled"))
            #expect(try await TrendLogReader(url: plant.storeFile).banks().count == 1)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func aMachineHeardLongEnoughIsProposedAndConfirmed() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(extra: "enrolment: {automatic: true, after: 1m}"))
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, machine)
            try await microphone.live(0..<32)
            let proposal = try await plant.first(
                "the proposal",
                EventPayload.self,
                on: plant.topics.event(machine: machine)
            ) { $0.type == .enrolmentProposed }
            #expect(proposal.message.contains("enroll confirm"))
            #expect(try await newest(plant).novelty == nil)
            let confirmed = try await plant.command("enroll", "confirm", machine, "--user", "mei")
            #expect(confirmed.status == 0, "\(confirmed.output)\(confirmed.errors)")
            try await microphone.live(32..<33)
            #expect(try await newest(plant).novelty != nil)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func aTaughtWindowChangesWhatComesNextAndIsTakenBack() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, machine)
            let start = microphone.time
            try await microphone.send(.tone, count: 3)
            try await plant.windows(machine, count: 3)
            #expect(try await newest(plant).top == LabelID("normal"))

            let taught = try await plant.command(
                "teach",
                machine,
                "--at",
                RFC3339.text(start),
                "--label",
                Plant.fault,
                "--user",
                "mei",
                "--json"
            )
            #expect(taught.status == 0, "\(taught.output)\(taught.errors)")
            let answer = try PayloadCoder.decode(CommandResult.self, from: Data(taught.output.utf8))
            #expect(answer.teaching?.changed == 3 && answer.teaching?.windows == 3)
            var seen = plant.messages.values.count
            try await microphone.send(.tone, count: 1)
            try await plant.windows(machine, count: 1, skipping: seen)
            let window = try await newest(plant)
            #expect(window.top == LabelID(Plant.fault))
            #expect(window.rawScores.max { $0.confidence < $1.confidence }?.label == LabelID("normal"))

            let list = try await plant.command("teach", "list")
            #expect(list.output.contains(Plant.fault) && list.output.contains("mei"))
            #expect(try await plant.command("teach", "report").output.contains("20 decisions"))
            let id = try #require(answer.teaching?.decisionID)
            let undone = try await plant.command("teach", "undo", String(id.prefix(8)), "--user", "li")
            #expect(undone.status == 0, "\(undone.output)\(undone.errors)")
            seen = plant.messages.values.count
            try await microphone.send(.tone, count: 1)
            try await plant.windows(machine, count: 1, skipping: seen)
            #expect(try await newest(plant).top == LabelID("normal"))
            #expect(try await newest(plant).rawScores.isEmpty)
            let wrong = try await plant.command("teach", machine, "--at", RFC3339.text(start), "--label", "rust")
            #expect(wrong.status == 1)
            #expect(wrong.output.contains("has no label"))
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
