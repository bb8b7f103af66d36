// Broker URLs, settings and pauses: everything that needs no broker.

import Foundation
import MQTT
import Testing

@Suite("MQTT: configuration")
struct ConfigurationTests {
    @Test(
        "broker URLs",
        arguments: [
            ("mqtt://localhost", "localhost", 1883, false), ("mqtts://broker", "broker", 8883, true),
            ("mqtts://broker:8884/", "broker", 8884, true), ("tcp://10.0.0.1:1", "10.0.0.1", 1, false),
            ("ssl://b", "b", 8883, true), ("MQTT://Host:65535", "Host", 65_535, false),
            ("broker", "broker", 1883, false), ("broker:1884", "broker", 1884, false),
            (" 127.0.0.1:1884 ", "127.0.0.1", 1884, false), ("mqtt://[::1]:1883", "::1", 1883, false),
        ]
    )
    func addresses(url: String, host: String, port: Int, usesTLS: Bool) throws {
        let address = try BrokerAddress(url: url)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.usesTLS == usesTLS)
        #expect(try BrokerAddress(url: address.description) == address)
    }

    @Test(
        "URLs that cannot be a broker name themselves and the reason",
        arguments: [
            ("", "empty"), ("http://broker", "http"), ("ws://broker", "WebSockets"), ("mqtt://", "host"),
            ("mqtt://broker:0", "port"), ("mqtt://broker:70000", "port"), ("mqtt://broker:abc", "port"),
            ("mqtt://broker/topic", "path"), ("mqtt://broker?x=1", "query"),
        ]
    )
    func badAddresses(url: String, reason: String) {
        let error = #expect(throws: MQTTError.self) { try BrokerAddress(url: url) }
        #expect(error?.description.contains(reason) == true)
        #expect(error?.description.contains("'\(url)'") == true)
    }

    @Test("credentials in a URL are used and never shown")
    func credentials() throws {
        let address = try BrokerAddress(url: "mqtt://edge:p%40ss@broker")
        let configuration = MQTTConfiguration(broker: address)
        #expect(configuration.username == "edge")
        #expect(configuration.password == "p@ss")
        #expect(address.description == "mqtt://broker:1883")
    }

    @Test("settings that can never work are refused")
    func badSettings() throws {
        let plain = try BrokerAddress(url: "mqtt://broker")
        let secure = try BrokerAddress(url: "mqtts://broker")
        func refusal(_ address: BrokerAddress, _ change: (inout MQTTConfiguration) -> Void) -> String {
            var configuration = MQTTConfiguration(broker: address)
            change(&configuration)
            let error = #expect(throws: MQTTError.self) { try MQTTClient(configuration) }
            return error?.description ?? ""
        }
        #expect(refusal(plain) { $0.clientID = "" }.contains("client id"))
        #expect(refusal(plain) { $0.keepAliveSeconds = 3 }.contains("3 s"))
        #expect(refusal(plain) { $0.password = "x" }.contains("username"))
        #expect(refusal(plain) { $0.maximumInFlight = 0 }.contains("in flight"))
        #expect(refusal(plain) { $0.tls.caFile = "/etc/passwd" }.contains("mqtts"))
        #expect(refusal(secure) { $0.tls.caFile = "/nowhere/ca.pem" }.contains("/nowhere/ca.pem"))
        #expect(refusal(secure) { $0.tls.keyFile = "/etc/passwd" }.contains("certificate"))
        #expect(refusal(plain) { $0.will = { MQTTWill(topic: "a/#", payload: Data()) } }.contains("wildcard"))
    }

    @Test("pauses double up to the longest, with jitter, and start over after a stable connection only")
    func backOff() {
        var backOff = BackOff()
        let longest = (0..<12).map { _ in backOff.nextPauseSeconds(jitter: 1) }
        #expect(longest.prefix(4).elementsEqual([0.1, 0.2, 0.4, 0.8]))
        #expect(longest.suffix(3).elementsEqual([30, 30, 30]))
        backOff.connectionEnded(afterSeconds: 1)
        #expect(backOff.nextPauseSeconds(jitter: 0) == 15)
        backOff.connectionEnded(afterSeconds: 5)
        #expect(backOff.nextPauseSeconds(jitter: 0) == 0.05)
    }

    @Test("an absent broker is named with what to do")
    func errorTexts() {
        let text = LocalBrokerError.notInstalled(searched: ["/usr/sbin"]).description
        #expect(text.contains("apt-get install mosquitto"))
        #expect(text.contains("/usr/sbin"))
    }
}
