// Enrolment as the service carries it out: what is heard, kept, refused, taken back, proposed, and found after a restart.
import Detection
import Foundation
import MachineHealth
import Publishing
import Testing
import TrendLog

@testable import EdgeService

@Suite struct EnrolmentRoomTests {
    private func novelty(_ plant: LearningPlant, _ sound: LearningPlant.Sound, seed: UInt64 = 99) throws -> Novelty? {
        let window = LearningPlant.window(sound, seed: seed)
        return try plant.judges["pump-1"]?.judge(embedding: window.embedding, descriptor: window.descriptor).novelty
    }

    private func isNovel(_ plant: LearningPlant, _ sound: LearningPlant.Sound) throws -> Bool? {
        try novelty(plant, sound)?.isNovel
    }

    @Test func whatWasHeardBecomesNormalAtOnce() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.healthy, count: 60)
            #expect(try novelty(plant, .healthy) == nil)
            let result = try await plant.enrol(0, 120, more: #","comment":"after the oil change""#)
            try #require(result.ok, "\(result.summary)")
            #expect(result.machine == "pump-1")
            let answer = try #require(result.enrolment)
            #expect(answer.version == 1 && answer.activeVersion == 1 && answer.standing == "active")
            let report = try #require(answer.report)
            #expect(report.windowsHeard == 60 && report.windowsUsed == 60)
            #expect(report.states.map(\.points) == [60])
            #expect(report.findings.map(\.code) == ["one_sitting"] && !report.isRefused)
            #expect(report.findings.first?.text.en.contains("within 2 minutes") == true)

            let healthy = try #require(try novelty(plant, .healthy))
            #expect(!healthy.isNovel)
            #expect(healthy.limit == report.states[0].limit)
            for sound in [LearningPlant.Sound.oil, .valve, .strange] {
                #expect(try isNovel(plant, sound) == true)
            }
            #expect(plant.judges["pump-2"]?.normalSound == nil)
            #expect(plant.events.map(\.type) == [.enrolled])
            #expect(plant.events.map(\.user) == ["mei"])
            let stored = try #require(try await plant.store.reader.activeBank(machine: "pump-1"))
            #expect(stored.user == "mei")
            #expect(stored.comment == "after the oil change")
            #expect(try PayloadCoder.decode(EnrolmentReport.self, from: stored.report) == report)
        }
    }

    @Test func theBankKeepsWhichWindowsWereHeardTogether() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.healthy, count: 60)
            try #require(try await plant.enrol(0, 120).ok)
            let data = try #require(try await plant.store.reader.bankData(machine: "pump-1", version: 1))
            let bank = try NormalBank(encoded: data)
            #expect(bank.states.map(\.blocks) == [TimeBlocks.contiguous(60)])
        }
    }

    @Test func aDayIsNoSitting() async throws {
        try await LearningPlant.with { plant in
            // A window every five minutes for five hours.
            try await plant.hear(.healthy, count: 60, hopSeconds: 300)
            let report = try #require(try await plant.enrol(0, 18_000).enrolment?.report)
            #expect(report.windowsUsed == 60)
            #expect(report.findings.isEmpty)
        }
    }

    @Test func overlappingWindowsAreLookedAtOnce() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.healthy, count: 160, hopSeconds: 0.5)
            let report = try #require(try await plant.enrol(0, 100).enrolment?.report)
            #expect(report.windowsHeard == 160)
            #expect(report.windowsLookedAt == 40)
        }
    }

    /// What a refusal says and what it leaves alone.
    @Test(arguments: ["few", "silent", "frozen", "nothing", "other model"])
    func badStretchesAreRefusedWithWhatToDo(kind: String) async throws {
        try await LearningPlant.with { plant in
            let reason: String
            switch kind {
            case "few":
                try await plant.hear(.healthy, count: 12)
                reason = "listen longer"
            case "silent":
                try await plant.hear(.healthy, count: 40)
                try await plant.hear(.healthy, count: 20, from: 80, levelDBFS: -90)
                reason = "silent"
            case "frozen":
                try await plant.hear(.healthy, count: 60, spread: 0)
                reason = "almost the same sound"
            case "other model":
                try await plant.hear(.healthy, count: 60, model: "other@5678")
                reason = "listen longer"
            default: reason = "listen longer"
            }
            let result = try await plant.enrol(0, 120)
            #expect(!result.ok)
            #expect(result.error?.contains(reason) == true, "\(result.summary)")
            #expect(result.enrolment?.version == nil)
            #expect(result.enrolment?.report?.isRefused == true)
            #expect(plant.judges["pump-1"]?.normalSound == nil)
            #expect(try await plant.store.reader.banks().isEmpty)
            #expect(plant.events.isEmpty)
        }
    }

    @Test func aFewStrangersAreLeftOut() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.healthy, count: 60)
            try await plant.hear(.strange, count: 2, from: 120)
            let report = try #require(try await plant.enrol(0, 200).enrolment?.report)
            #expect(report.findings.map(\.code) == ["outliers", "one_sitting"])
            #expect(report.windowsLookedAt == 62 && report.windowsUsed == 60)
            #expect(try isNovel(plant, .strange) == true)
        }
    }

    /// Version by version, there and back, the scores are the same to the last bit; a restart changes nothing either.
    @Test func undoAndRestartRestoreBitForBit() async throws {
        let plant = try await LearningPlant()
        try await plant.hear(.healthy, count: 60)
        try await plant.hear(.oil, count: 60, from: 200)
        #expect(try await plant.enrol(0, 120).ok)
        let first = try #require(try novelty(plant, .valve))
        #expect(try await plant.enrol(200, 320).ok)
        let second = try #require(try novelty(plant, .valve))
        #expect(first != second)
        #expect(try isNovel(plant, .oil) == false)

        try await plant.stop()
        let again = try await LearningPlant(folder: plant.folder)
        #expect(try novelty(again, .valve) == second)
        #expect(again.judges["pump-1"]?.normalSound?.version == 2)
        let undone = try await again.order(#"{"command":"enroll_undo","user":"li"}"#)
        #expect(undone.ok, "\(undone.summary)")
        #expect(undone.enrolment?.version == 2 && undone.enrolment?.standing == "undone")
        #expect(undone.enrolment?.activeVersion == 1)
        #expect(try novelty(again, .valve) == first)
        let gone = try await again.order(#"{"command":"enroll_undo","user":"li"}"#)
        #expect(gone.ok && gone.enrolment?.activeVersion == nil)
        #expect(try novelty(again, .valve) == nil)
        let nothing = try await again.order(#"{"command":"enroll_undo"}"#)
        #expect(!nothing.ok)
        #expect(again.events.map(\.type) == [.enrolmentUndone, .enrolmentUndone])
        try await again.leave()
    }

    @Test func operatingStatesStandBesideEachOther() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.healthy, count: 60)
            try await plant.hear(.oil, count: 60, from: 200)
            #expect(try await plant.enrol(0, 120, more: #","state":"idle""#).ok)
            let idle = try #require(try novelty(plant, .healthy))
            #expect(idle.state == "idle")
            let both = try await plant.enrol(200, 320, more: #","state":"full""#)
            #expect(both.enrolment?.report?.states.map(\.name) == ["full", "idle"])
            // The state that was there is untouched.
            #expect(try novelty(plant, .healthy) == idle)
            #expect(try novelty(plant, .oil)?.state == "full")
            #expect(try isNovel(plant, .oil) == false)
            // Without a state all is enrolled anew.
            let single = try await plant.enrol(0, 120)
            #expect(single.enrolment?.report?.states.map(\.name) == [""])
        }
    }

    @Test func aBankOfAnotherModelIsNotUsed() async throws {
        let plant = try await LearningPlant()
        try await plant.hear(.healthy, count: 60)
        #expect(try await plant.enrol(0, 120).ok)
        try await plant.stop()
        let other = try await LearningPlant(folder: plant.folder, model: "other@5678")
        #expect(other.judges["pump-1"]?.normalSound == nil)
        try await other.stop()
        let back = try await LearningPlant(folder: plant.folder)
        #expect(back.judges["pump-1"]?.normalSound?.version == 1)
        try await back.leave()
    }

    @Test func aReloadKeepsWhatWasLearned() async throws {
        try await LearningPlant.with { plant in
            try await plant.hear(.healthy, count: 60)
            #expect(try await plant.enrol(0, 120).ok)
            let before = try #require(try novelty(plant, .valve))
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let fresh = LearningPlant.judges(["pump-1", "pump-2"])
                plant.room.give(.reload(plant.configuration, fresh) { continuation.resume() })
            }
            #expect(try novelty(plant, .valve) == before)
        }
    }

    @Test func aNewMachineIsProposedOnceAndWorksWhenConfirmed() async throws {
        let settings = "{automatic: true, after: 2m}"
        try await LearningPlant.with(machines: ["pump-1"], enrolment: settings) { plant in
            try await plant.hear(.healthy, count: 59)
            plant.room.give(.proposals)
            try await plant.settle()
            #expect(try await plant.store.reader.banks().isEmpty)
            try await plant.hear(.healthy, count: 1, from: 118)
            plant.setNow(LearningPlant.start.addingTimeInterval(600))
            plant.room.give(.proposals)
            try await plant.settle()
            let proposed = try await plant.store.reader.banks()
            #expect(proposed.map(\.state) == [.proposed])
            #expect(proposed.map(\.user) == ["ausculta"])
            #expect(plant.events.map(\.type) == [.enrolmentProposed])
            #expect(plant.judges["pump-1"]?.normalSound == nil)

            let confirmed = try await plant.order(#"{"command":"enroll_confirm","user":"li"}"#)
            #expect(confirmed.ok && confirmed.enrolment?.standing == "active")
            #expect(try isNovel(plant, .strange) == true)
            plant.setNow(LearningPlant.start.addingTimeInterval(6_000))
            plant.room.give(.proposals)
            try await plant.settle()
            #expect(try await plant.store.reader.banks().count == 1)
        }
    }

    @Test func aProposalThatWasTurnedDownIsNotMadeAgain() async throws {
        let settings = "{automatic: true, after: 2m}"
        try await LearningPlant.with(machines: ["pump-1"], enrolment: settings) { plant in
            try await plant.hear(.healthy, count: 60)
            plant.room.give(.proposals)
            try await plant.settle()
            #expect(try await plant.order(#"{"command":"enroll_undo","user":"li"}"#).ok)
            try await plant.hear(.healthy, count: 60, from: 300)
            plant.setNow(LearningPlant.start.addingTimeInterval(6_000))
            plant.room.give(.proposals)
            try await plant.settle()
            #expect(try await plant.store.reader.banks().map(\.state) == [.undone])
        }
    }

    @Test func withoutTheSettingNothingIsProposed() async throws {
        try await LearningPlant.with(machines: ["pump-1"], enrolment: "{after: 1m}") { plant in
            try await plant.hear(.healthy, count: 60)
            plant.room.give(.proposals)
            try await plant.settle()
            #expect(try await plant.store.reader.banks().isEmpty)
        }
    }

    @Test func ordersThatMakeNoSenseAreRefused() async throws {
        try await LearningPlant.with { plant in
            let stranger = try await plant.order(#"{"command":"enroll_undo","machine":"pump-9"}"#, on: nil)
            #expect(stranger.error?.contains("pump-1, pump-2") == true)
            let nobody = try await plant.order(#"{"command":"enroll_undo"}"#, on: nil)
            #expect(nobody.error?.contains("machine") == true)
            let torn = try await plant.order(#"{"command":"enroll_undo","machine":"pump-2"}"#, on: "pump-1")
            #expect(torn.error?.contains("pump-2") == true && !torn.ok)
            #expect(try await !plant.order(#"{"command":"enroll_confirm"}"#).ok)
        }
    }
}
