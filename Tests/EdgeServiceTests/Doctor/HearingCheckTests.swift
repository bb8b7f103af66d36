// What was heard at a site, judged: silent machines, unreadable chunks, unclaimed topics, levels.
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct HearingCheckTests {
    private func topic(_ name: String = "t", _ change: (inout HeardTopic) -> Void = { _ in }) -> HeardTopic {
        var topic = HeardTopic(topic: name)
        (topic.chunks, topic.recognised, topic.numbered, topic.stamped) = (5, 5, 5, 5)
        topic.seconds = 10
        topic.format = "wav, 48000 Hz, 1 channel"
        topic.levelsDBFS = [-20, -21, -22]
        topic.troubles = [nil, nil, nil]
        change(&topic)
        return topic
    }

    private func findings(_ topic: HeardTopic) -> [DoctorFinding] {
        let machine = HeardMachine(id: "pump-1", filter: "t", topics: [topic])
        return HearingCheck(heard: HeardPlant(seconds: 10, machines: [machine])).findings
    }

    private func level(_ topic: HeardTopic) -> DoctorFinding? {
        LevelCheck(machines: [HeardMachine(id: "pump-1", filter: "t", topics: [topic])]).findings.first
    }

    @Test func aMachineThatIsHeardIsFine() {
        #expect(
            findings(topic()) == [.ok(.machine, "pump-1", "5 chunks, 10 s of wav, 48000 Hz, 1 channel")]
        )
    }

    @Test func silentMachinesAreToldOneByOneAndManyTogether() {
        func silent(_ count: Int) -> [DoctorFinding] {
            let machines = (1...count).map { HeardMachine(id: "m\($0)", filter: "f\($0)") }
            return HearingCheck(heard: HeardPlant(seconds: 10, machines: machines)).findings
        }
        let few = silent(2)
        #expect(few.map(\.status) == [.problem, .problem])
        #expect(few.map(\.subject) == ["m1", "m2"])
        #expect(few[0].found == "silent: nothing came on f1 within 10 s")
        let many = silent(12)
        #expect(many.map(\.subject) == ["12 machines"])
        #expect(many[0].found.contains("m10 and 2 more"))
        // The refusal was told with the broker.
        let refused = HeardMachine(id: "m", filter: "f", isRefused: true)
        #expect(HearingCheck(heard: HeardPlant(seconds: 1, machines: [refused])).findings.isEmpty)
    }

    @Test func chunksNobodyCanReadAreAProblemWithTheirReason() {
        let none = findings(
            topic { topic in
                topic.recognised = 0
                topic.refusals = ["rare": 1, "no content type": 4]
            }
        )
        #expect(none.map(\.status) == [.problem])
        #expect(none[0].found.contains("none readable: no content type"))
        let some = findings(
            topic { topic in
                topic.recognised = 3
                topic.refusals = ["damaged": 2]
            }
        )
        #expect(some.map(\.status) == [.ok, .remark])
        #expect(some[1].found == "2 of 5 chunks not readable: damaged")
    }

    @Test func missingAndBrokenPropertiesAreTold() {
        let bare = findings(
            topic { topic in
                topic.numbered = 0
                topic.stamped = 4
            }
        )
        #expect(bare.map(\.status) == [.ok, .remark])
        #expect(bare[1].found.contains("seq and ts"))
        let broken = findings(topic { $0.propertyProblem = "user property seq is 'x'" })
        #expect(broken.map(\.status) == [.ok, .problem])
    }

    @Test func storedChunksAreARemark() {
        let found = findings(topic { $0.retainedChunks = 1 })
        #expect(found.map(\.status) == [.ok, .remark])
        #expect(found[1].remedy?.contains("mosquitto_pub -r -n -t t") == true)
    }

    @Test func unclaimedTopicsAreRemarks() {
        let topics = (1...12).map { topic("ausculta/plant1/m\($0)/audio") }
        let few = HearingCheck(heard: HeardPlant(seconds: 1, machines: [], unclaimed: [topics[0]])).findings
        #expect(few.map(\.status) == [.remark])
        #expect(few[0].subject == "ausculta/plant1/m1/audio" && few[0].remedy?.contains("add a machine") == true)
        let many = HearingCheck(heard: HeardPlant(seconds: 1, machines: [], unclaimed: topics)).findings
        #expect(many.count == 11 && many.last?.subject == "2 more topics")
        let blind = HearingCheck(heard: HeardPlant(seconds: 1, machines: [], seesWholeSite: false)).findings
        #expect(blind.map(\.status) == [.remark])
    }

    @Test(arguments: [
        (MicrophoneTrouble.silence, "no sound at all"), (.clipping, "clipped"), (.constantOffset, "constant offset"),
        (.mainsHum, "mains hum"), (.levelJump, "level"),
    ])
    func troubleMostOfTheTimeIsAProblem(trouble: MicrophoneTrouble, words: String) {
        let often = level(topic { $0.troubles = [trouble, trouble, nil] })
        #expect(often?.status == .problem && often?.found.contains(words) == true)
        #expect(often?.remedy?.isEmpty == false)
        let seldom = level(topic { $0.troubles = [trouble, nil, nil] })
        #expect(seldom?.status == .remark && seldom?.found.contains("1 of 3") == true)
    }

    @Test(arguments: [(-20.0, DoctorFinding.Status.ok), (-70, .remark), (-1, .remark)])
    func levelsFarOffAreRemarks(levelDBFS: Double, status: DoctorFinding.Status) {
        #expect(level(topic { $0.levelsDBFS = [levelDBFS] })?.status == status)
    }

    @Test func whereTooLittleWasHeardNothingIsSaidOfTheLevel() {
        #expect(level(topic { $0.levelsDBFS = [] }) == nil)
    }
}
