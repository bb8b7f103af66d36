// Topics become machines, answers become a file, and the file is one the service takes.
import AudioFeatures
import Foundation
import Testing

@testable import EdgeService

@Suite struct FirstConfigurationTests {
    private func heard(_ topic: String, recognised: Int = 1, raw: PCMFormat? = nil) -> HeardTopic {
        var heard = HeardTopic(topic: topic)
        heard.chunks = 1
        heard.recognised = recognised
        heard.rawFormat = raw
        heard.format = raw?.description ?? "wav, 48000 Hz, 1 channel"
        return heard
    }

    // MARK: - Machines

    @Test func topicsBecomeMachines() {
        let raw = PCMFormat(encoding: .s24le, sampleRateHz: 16_000, channelCount: 2)
        let topics = [
            heard("ausculta/plant1/pump-1/audio"), heard("ausculta/plant1/pump-2/audio", recognised: 0),
            heard("ausculta/plant1/pump-1/state", recognised: 0), heard("hall-c/pump-1/sound", raw: raw),
            heard("factory/fan 7/raw/audio"), heard("ausculta/plant2/gear-1/audio"), heard("audio"),
        ]
        #expect(MachineProposals.site(of: topics) == "plant1")
        let machines = MachineProposals.machines(from: topics, site: "plant1")
        #expect(machines.map(\.id) == ["audio", "pump-1", "pump-2", "fan-7", "pump-1-2"])
        #expect(machines.map(\.topic) == ["audio", nil, nil, "factory/fan 7/raw/audio", "hall-c/pump-1/sound"])
        #expect(machines.map(\.format) == [nil, nil, nil, nil, raw])
        #expect(machines[2].heard.contains("not readable"))
        #expect(MachineProposals.machines(from: topics, site: "plant2").map(\.id).contains("gear-1"))
        #expect(MachineProposals.site(of: [heard("hall-c/pump-1/sound")]) == nil)
    }

    @Test func aMachineOfTheUsualFormWithATakenIdKeepsItsTopic() {
        let machines = MachineProposals.machines(
            from: [heard("a/pump-1"), heard("ausculta/plant1/pump-1/audio")],
            site: "plant1"
        )
        #expect(machines.map(\.id) == ["pump-1", "pump-1-2"])
        #expect(machines.map(\.topic) == ["a/pump-1", "ausculta/plant1/pump-1/audio"])
    }

    // MARK: - File

    @Test func theFileIsOneTheServiceTakes() throws {
        try ConfigurationSupport.withFolder { folder in
            let password = folder.appendingPathComponent("pass \"word\"")
            try Data("secret\n".utf8).write(to: password)
            let raw = PCMFormat(encoding: .s16be, sampleRateHz: 16_000, channelCount: 2)
            let first = FirstConfiguration(
                site: "on",
                brokerURL: "mqtt://broker.plant:1884",
                username: "edge: #1",
                passwordFile: password.path,
                machines: MachineProposals.machines(
                    from: [heard("ausculta/on/1e3/audio"), heard("hall \"c\"/pump 1\\2/sound", raw: raw)],
                    site: "on"
                )
            )
            let read = try first.checked(file: folder.appendingPathComponent("ausculta.yaml").path)
            #expect(read.site == "on")
            #expect(read.broker.address.description == "mqtt://broker.plant:1884")
            #expect(read.broker.username == "edge: #1" && read.broker.passwordFile == password.path)
            #expect(read.machines.map(\.id) == ["1e3", "pump-1-2"])
            #expect(read.machines.map(\.topic) == ["ausculta/on/1e3/audio", "hall \"c\"/pump 1\\2/sound"])
            #expect(read.machines.map(\.format) == [nil, raw])
            let labels = try DefaultVocabulary.vocabulary().labels
            #expect(read.vocabulary(of: read.machines[0])?.labels == labels)
        }
    }

    @Test func withoutMachinesItIsRefused() throws {
        #expect(throws: ConfigurationErrors.self) { _ = try FirstConfiguration().checked(file: "/tmp/ausculta.yaml") }
    }

    // MARK: - Questions

    /// Answers in the order of the questions; an empty one takes the proposal.
    private final class Person {
        var answers: [String]
        private(set) var questions: [String] = []
        private(set) var told: [String] = []

        init(_ answers: [String]) { self.answers = answers }

        var dialogue: FirstQuestions {
            FirstQuestions(
                ask: { question, proposal in
                    self.questions.append("\(question) [\(proposal)]")
                    let answer = self.answers.isEmpty ? "" : self.answers.removeFirst()
                    return answer.isEmpty ? proposal : answer
                },
                tell: { self.told.append($0) }
            )
        }
    }

    @Test func enterTakesEveryProposal() {
        let person = Person([])
        var first = FirstConfiguration()
        person.dialogue.broker(&first)
        person.dialogue.plant(&first) { site in [MachineProposal(id: "\(site)-pump"), MachineProposal(id: "fan")] }
        #expect(first.brokerURL == "mqtt://localhost:1883" && first.username == nil && first.site == "plant1")
        #expect(first.machines.map(\.id) == ["plant1-pump", "fan"])
        // No user, no password; no TLS, no authority.
        #expect(person.questions.count == 4)
    }

    @Test func wrongAnswersAreAskedForAgain() throws {
        try ConfigurationSupport.withFolder { folder in
            let file = folder.appendingPathComponent("password")
            try Data("secret\n".utf8).write(to: file)
            let person = Person([
                "ws://broker", "mqtts://me:secret@broker", "mqtts://broker", "edge", "/nowhere/at-all", file.path, "",
            ])
            var first = FirstConfiguration()
            person.dialogue.broker(&first)
            #expect(first.brokerURL == "mqtts://broker" && first.username == "edge")
            #expect(first.passwordFile == file.path && first.authorityFile == nil)
            #expect(person.told.count == 3)
            #expect(person.told[0].contains("WebSockets") && person.told[2].contains("/nowhere/at-all"))

            let second = Person(["plant 7", "plant7", "pump-1, pump-1", "_x", "pump-1, extra"])
            second.dialogue.plant(&first) { _ in [MachineProposal(id: "pump-1"), MachineProposal(id: "pump-2")] }
            #expect(first.site == "plant7")
            #expect(first.machines.map(\.id) == ["pump-1", "extra"])
        }
    }

    @Test func whoNeverAnswersWellGetsTheProposal() {
        let person = Person([String](repeating: "http://broker", count: 20))
        var first = FirstConfiguration()
        person.dialogue.broker(&first)
        #expect(first.brokerURL == "mqtt://localhost:1883")
    }
}
