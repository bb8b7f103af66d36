// What the configuration says, as each room is told it.
import Acquisition
import AudioFeatures
import Foundation
import MQTT
import Publishing
import Testing

@testable import EdgeService

@Suite struct WiringTests {
    private func configuration(_ extra: String = "", machine: String = "") throws -> ServiceConfiguration {
        let text = ConfigurationSupport.minimal(
            replacing: "{id: pump-1, profile: pump}",
            with: "{id: pump-1, profile: pump\(machine)}"
        )
        return try ServiceConfiguration.parse(text + "\n" + extra, file: "/etc/ausculta/test.yaml")
    }

    @Test func theBrokerGetsAWillThatSaysOffline() throws {
        let configuration = try configuration("broker: {url: \"mqtt://broker:1884\"}")
        let settings = try configuration.mqtt(topics: TopicScheme(site: configuration.site), version: "1.2.3")
        #expect(settings.broker == BrokerAddress(host: "broker", port: 1884))
        #expect(settings.clientID == "ausculta-plant1-edge-1")
        let will = try #require(settings.will())
        #expect(will.topic == "ausculta/plant1/_node/edge-1/status")
        #expect(will.retain)
        #expect(will.qos == .atLeastOnce)
        let status = try PayloadCoder.decode(NodeStatusPayload.self, from: will.payload)
        #expect(status.status == .offline)
        #expect(status.version == "1.2.3")
    }

    /// With the service's id and will a sender would throw the service out, or declare it dead.
    @Test func aSenderHasAnIDOfItsOwnAndNoWill() throws {
        let configuration = try configuration()
        let (one, two) = (try configuration.senderMQTT(), try configuration.senderMQTT())
        #expect(one.will() == nil)
        #expect(one.clientID != two.clientID)
        #expect(one.clientID != configuration.broker.clientID)
        #expect(one.broker == configuration.broker.address)
    }

    @Test func aMachinesSoundIsTakenAsConfigured() throws {
        let configuration = try configuration(
            "intake: {max_payload: 2MiB, queue: 5}",
            machine: ", window: {length: 8s, hop: 4s}, format: {encoding: s24le, rate: 32000, channels: 4}, channel: 3"
        )
        let machine = try #require(configuration.machine("pump-1"))
        let audio = try machine.audio(intake: configuration.intake)
        #expect(audio.window == (try WindowSpec(lengthSeconds: 8, hopSeconds: 4)))
        #expect(audio.rawFormat == PCMFormat(encoding: .s24le, sampleRateHz: 32_000, channelCount: 4))
        #expect(audio.channel == .channel(3))
        #expect(audio.limits.maxPayloadBytes == 2 << 20)
        #expect(audio.limits.maxDurationSeconds == AudioLimits.chunk.maxDurationSeconds)
    }

    @Test(arguments: [
        (", window: {length: 8s, hop: 5s}", false), (", topic: hall/sound", false), (", channel: 2", false),
        (", format: {encoding: s16le, rate: 8000}", false), (", rule: {stale_after: 2m}", false),
        (", rule: {consecutive: 5}", true), (", gain: fixed", true), (", name: The old one", true),
    ])
    func onlyWhatConcernsItsSoundStartsAMachineAnew(change: String, isTheSame: Bool) throws {
        let before = try #require(try configuration().machine("pump-1"))
        let after = try #require(try configuration(machine: change).machine("pump-1"))
        #expect(after.hearsLike(before) == isTheSame)
    }
}
