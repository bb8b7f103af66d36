// Good files: the minimal one with its defaults, a full one, and the example that ships.
import AudioFeatures
import CLAP
import Evidence
import Foundation
import MachineHealth
import MachineSimulator
import Testing

@testable import EdgeService

@Suite struct ConfigurationGoodFileTests {
    @Test func minimalFileHasTheDocumentedDefaults() throws {
        let configuration = try ServiceConfiguration.parse(ConfigurationSupport.minimal, file: "/etc/ausculta/a.yaml")
        #expect(configuration.site == "plant1")
        #expect(configuration.node == "edge-1")
        #expect(configuration.broker.address.description == "mqtt://localhost:1883")
        #expect(configuration.broker.clientID == "ausculta-plant1-edge-1")
        #expect(configuration.broker.keepAliveSeconds == 30)
        #expect(configuration.broker.username == nil)
        #expect(try configuration.broker.readPassword() == nil)
        #expect(configuration.model == ModelConfiguration(path: nil, cache: nil, threads: nil))
        #expect(configuration.store.path == "/etc/ausculta/ausculta.db")
        #expect(configuration.store.retainSeconds == 90 * 86_400)
        #expect(configuration.store.maxSizeBytes == 10_000_000_000)
        #expect(configuration.http == HTTPConfiguration(host: "127.0.0.1", port: 8_750))
        #expect(configuration.intake == IntakeConfiguration(maxPayloadBytes: 33_554_432, queueChunks: 64))
        #expect(configuration.evidence == EvidenceSettings())
        #expect(configuration.enrolment == EnrolmentSettings())
        #expect(!configuration.enrolment.isAutomatic)
        #expect(configuration.enrolment.afterSeconds == 21_600)
        #expect(configuration.logLevel == "info")
        #expect(configuration.language == "en")
        let machine = try #require(configuration.machines.first)
        #expect(machine.topic == "ausculta/plant1/pump-1/audio")
        #expect(machine.format == nil)
        #expect(machine.channel == .average)
        #expect(machine.gain == .auto)
        #expect(machine.capturesSound)
        #expect(machine.windowLengthSeconds == 10)
        #expect(machine.hopSeconds == 5)
        #expect(machine.rules == TrendRules(machine: TrendRule()))
        #expect(machine.name.text(in: "zh") == "pump-1")
        let vocabulary = try #require(configuration.vocabulary(of: machine))
        #expect(vocabulary.labels.map(\.id.rawValue) == ["normal", "cavitation"])
        #expect(vocabulary.name(of: LabelID("cavitation"), in: "zh") == "气蚀")
        #expect(vocabulary[LabelID("cavitation")]?.severity == .warning)
    }

    @Test func everyKeyIsUnderstood() throws {
        try ConfigurationSupport.withFolder { folder in
            for name in ["password", "ca.pem", "edge.pem", "edge.key"] {
                try "secret\nrest".write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
            }
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("model"),
                withIntermediateDirectories: true
            )
            try "{}".write(to: folder.appendingPathComponent("model/config.json"), atomically: true, encoding: .utf8)
            let yaml = """
                site: "2"
                node: box.7
                broker:
                  url: mqtts://broker.example
                  username: ears
                  password_file: password
                  ca_file: ./ca.pem
                  cert_file: edge.pem
                  key_file: edge.key
                  client_id: ears-7
                  keep_alive: 1m
                model: {path: ./model, cache: /var/models, threads: 2, precision: bfloat16}
                window: {length: 5s, hop: 2500ms}
                labels:
                  pump:
                    - {id: ok, name: OK, kind: anchor, prior: 20, prompts: [a pump]}
                    - {id: dry, name: Dry, kind: fault, severity: critical, prompts: [a dry pump], rule: {consecutive: 2}}
                    - {id: worn, name: Worn, kind: fault, severity: advisory, prompts: [a worn pump]}
                rule: {valid_above: 50 %, confidence: 80%, clear_below: 0.4, clear_after: 4, consecutive: 6, stale_after: 2m}
                defaults: {profile: pump, format: {encoding: f32le, rate: 48000, channels: 4}, channel: 3, gain: fixed, capture: off}
                machines:
                  - id: P1
                  - id: P2
                    name: {en: Second, zh: 二号}
                    topic: hall/+/p2
                    channel: average
                    gain: auto
                    capture: yes
                    window: {hop: 1h}
                    rule: {confidence: 0.9, stale_after: 3h}
                    labels: {dry: {rule: {clear_after: 1}}}
                store: {path: ../trend.db, retain: 2w, max_size: 500 MB}
                http: {listen: "[::1]:80"}
                evidence: {capture: on, seconds: 2m, before: 20s, after: 5s, retain: 2w, max_size: 5MB, max_clips: 7}
                enrolment: {automatic: yes, after: 2h, capacity: 64}
                intake: {max_payload: 1MiB, queue: 8}
                log: {level: debug}
                language: zh
                """
            let file = folder.appendingPathComponent("a.yaml")
            try yaml.write(to: file, atomically: true, encoding: .utf8)
            let configuration = try ServiceConfiguration.load(file.path)
            #expect(configuration.site == "2")
            #expect(configuration.vocabularies["pump"]?.labels.map(\.prior) == [20, 1, 1])
            #expect(configuration.enrolment.isAutomatic)
            #expect(configuration.enrolment.afterSeconds == 7_200)
            #expect(configuration.enrolment.capacity == 64)
            #expect(configuration.broker.address.port == 8_883)
            #expect(configuration.broker.address.usesTLS)
            #expect(try configuration.broker.readPassword() == "secret")
            #expect(configuration.broker.caFile == folder.appendingPathComponent("ca.pem").path)
            #expect(configuration.broker.keepAliveSeconds == 60)
            #expect(configuration.model.path == folder.appendingPathComponent("model").path)
            #expect(configuration.model.threads == 2)
            #expect(configuration.model.precision == .bfloat16)
            #expect(configuration.store.retainSeconds == 14 * 86_400)
            #expect(configuration.store.maxSizeBytes == 500_000_000)
            #expect(
                configuration.store.path == folder.deletingLastPathComponent().appendingPathComponent("trend.db").path
            )
            #expect(configuration.http == HTTPConfiguration(host: "::1", port: 80))
            #expect(
                configuration.evidence
                    == EvidenceSettings(
                        ringSeconds: 120,
                        beforeSeconds: 20,
                        afterSeconds: 5,
                        retainSeconds: 14 * 86_400,
                        maxBytes: 5_000_000,
                        maxClips: 7
                    )
            )
            #expect(configuration.machines.map(\.capturesSound) == [false, true])
            #expect(configuration.language == "zh")
            let first = try #require(configuration.machine("P1"))
            #expect(first.format == PCMFormat(encoding: .f32le, sampleRateHz: 48_000, channelCount: 4))
            #expect(first.channel == .channel(3))
            #expect(first.gain == .fixed)
            #expect(first.windowLengthSeconds == 5)
            #expect(first.hopSeconds == 2.5)
            let general = TrendRule(
                validAbove: 0.5,
                confidence: 0.8,
                consecutive: 6,
                clearAfter: 4,
                clearBelow: 0.4,
                staleAfterSeconds: 120
            )
            #expect(first.rules.machine == general)
            #expect(first.rules[LabelID("worn")] == general)
            #expect(first.rules[LabelID("dry")].consecutive == 2)
            #expect(first.rules[LabelID("dry")].confidence == 0.8)
            let second = try #require(configuration.machine("P2"))
            #expect(second.hopSeconds == 3_600)
            #expect(second.windowLengthSeconds == 5)
            #expect(second.rules[LabelID("worn")].confidence == 0.9)
            #expect(second.rules[LabelID("dry")].consecutive == 2)
            #expect(second.rules[LabelID("dry")].clearAfter == 1)
            #expect(second.rules[LabelID("dry")].confidence == 0.9)
            #expect(second.rules[LabelID("dry")].staleAfterSeconds == 10_800)
            #expect(second.channel == .average)
        }
    }

    @Test func rulesOfNOfMAndOfChangeAreMergedKeyByKey() throws {
        let configuration = try ServiceConfiguration.parse(
            """
            site: plant1
            labels:
              pump:
                - {id: ok, name: OK, kind: normal, prompts: [a pump]}
                - {id: dry, name: Dry, kind: fault, prompts: [a dry pump], rule: {within: 9, novelty_guard: off}}
                - {id: worn, name: Worn, kind: fault, prompts: [a worn pump]}
            rule: {within: 5, changed: {consecutive: 8}}
            machines:
              - {id: p1, profile: pump}
              - id: p2
                profile: pump
                rule: {consecutive: 4, novelty_guard: false, changed: {clear_after: 2}}
                labels: {dry: {rule: {novelty_guard: true}}}
            """,
            file: "/etc/ausculta/test.yaml"
        )
        let first = try #require(configuration.machine("p1")).rules
        #expect(first.machine == TrendRule(within: 5))
        #expect(first[LabelID("dry")] == TrendRule(within: 9, noveltyGuard: false))
        #expect(first.changed == ChangeRule(consecutive: 8, clearAfter: 5))
        #expect(first[.changed].consecutive == 8 && !first[.changed].isSpread)
        let second = try #require(configuration.machine("p2")).rules
        #expect(second[LabelID("worn")] == TrendRule(consecutive: 4, within: 5, noveltyGuard: false))
        #expect(second[LabelID("dry")] == TrendRule(consecutive: 4, within: 9))
        #expect(second.changed == ChangeRule(consecutive: 8, clearAfter: 2))
    }

    @Test func theExampleThatShipsIsGoodAndShowsEveryRoom() throws {
        let configuration = try ServiceConfiguration.load(ConfigurationSupport.exampleFile.path)
        #expect(configuration.machines.map(\.id) == ["compressor-1", "compressor-2", "compressor-3"])
        let third = try #require(configuration.machine("compressor-3"))
        #expect(third.rules[LabelID("valve-plate-broken")].consecutive == 1)
        #expect(third.rules[LabelID("bearing-lacking-oil")].consecutive == 5)
        #expect(third.rules.machine.staleAfterSeconds == 300)
        #expect(third.channel == .channel(2))
        #expect(configuration.vocabularies["compressor"]?.labels.count == 5)
    }

    /// Label ids are the simulator's states, so that scenes know a fault by its label.
    @Test(arguments: [MachineKind.pump, .fan, .gearbox, .motor])
    func theLabelProfilesNameEveryStateOfTheirKind(kind: MachineKind) throws {
        let file = ConfigurationSupport.exampleFile.deletingLastPathComponent()
            .appendingPathComponent("label-profiles.yaml")
        let labels = try #require(try ServiceConfiguration.load(file.path).vocabularies[kind.rawValue]).labels
        #expect(labels.map(\.id.rawValue) == kind.states.map(\.rawValue) + ["other"])
        #expect(labels.map(\.kind) == [.normal] + Array(repeating: .fault, count: labels.count - 2) + [.anchor])
        #expect(labels.allSatisfy { $0.prompts.count >= 2 && $0.name.bilingual.contains(" / ") })
    }

    @Test func theBuiltInLabelsAreThoseOfTheExample() throws {
        let example = try String(contentsOf: ConfigurationSupport.exampleFile, encoding: .utf8)
        #expect(example.contains("\n" + DefaultVocabulary.yaml))
        let vocabulary = try DefaultVocabulary.vocabulary()
        #expect(
            vocabulary.labels.map { $0.name.bilingual } == [
                "Normal running / 正常运行", "Bearing lacking oil / 轴承缺油", "Valve plate broken / 阀片破裂",
                "Motor overheating / 电机过热", "Other / 其他",
            ]
        )
        #expect(vocabulary.labels.map(\.kind) == [.normal, .fault, .fault, .fault, .anchor])
        #expect(
            try ServiceConfiguration.load(ConfigurationSupport.exampleFile.path).vocabularies["compressor"]
                == vocabulary
        )
    }

    @Test func everyKeyIsInTheReferenceAndTheExampleMentionsIt() throws {
        let reference = try String(
            contentsOf: ConfigurationSupport.repository.appendingPathComponent("docs/configuration.md"),
            encoding: .utf8
        )
        let example = try String(contentsOf: ConfigurationSupport.exampleFile, encoding: .utf8)
        let sections = [
            ConfigurationKeys.root, ConfigurationKeys.broker, ConfigurationKeys.model, ConfigurationKeys.window,
            ConfigurationKeys.label, ConfigurationKeys.rule, ConfigurationKeys.defaults, ConfigurationKeys.machine,
            ConfigurationKeys.format, ConfigurationKeys.store, ConfigurationKeys.http, ConfigurationKeys.intake,
            ConfigurationKeys.log, ConfigurationKeys.evidence, ConfigurationKeys.changed, ConfigurationKeys.trend,
            ConfigurationKeys.enrolment, ContextReading.keys, ContextReading.signalKeys,
            PublishReading.keys, PublishReading.sparkplugKeys, PublishReading.tagKeys,
        ]
        for key in sections.joined() {
            #expect(reference.contains("`\(key)`") || reference.contains(".\(key)`"), "\(key) is not in the reference")
            #expect(example.contains("\(key):"), "\(key) is not in the example")
        }
    }

    @Test func aliasesAndByteOrderMarkAreFine() throws {
        let yaml = "\u{FEFF}rule: &patient {consecutive: 9}\n" + ConfigurationSupport.minimal + "\n    rule: *patient"
        let text = yaml.replacingOccurrences(of: "{id: pump-1, profile: pump}", with: "id: pump-1\n    profile: pump")
        let configuration = try ServiceConfiguration.parse(text, file: "a.yaml")
        #expect(configuration.machines.first?.rules.machine.consecutive == 9)
    }

    @Test func theNodeIsTheComputersNameWhereItIsNotSet() throws {
        let yaml = ConfigurationSupport.minimal(replacing: "node: edge-1\n", with: "")
        let node = try ServiceConfiguration.parse(yaml, file: "a.yaml").node
        #expect(!node.isEmpty)
        // What was derived is as good as if it had been written.
        let written = ConfigurationSupport.minimal(replacing: "node: edge-1", with: "node: \(node)")
        #expect(try ServiceConfiguration.parse(written, file: "a.yaml").node == node)
    }

    @Test func staleTimeFollowsTheHopWhereItIsNotSet() throws {
        let yaml = ConfigurationSupport.minimal + "\nwindow: {hop: 10m}"
        let configuration = try ServiceConfiguration.parse(yaml, file: "a.yaml")
        #expect(configuration.machines.first?.rules.machine.staleAfterSeconds == 1_800)
    }
}
