// Encrypted connections to a real broker, with certificates made for the test.

import BrokerSupport
import Foundation
import MQTT
import Testing

@Suite("MQTT: TLS")
struct TLSTests {
    @Test("the right CA connects, and messages pass")
    func rightAuthority() async throws {
        try await PrivateBroker.with(.tls(clientCertificates: false)) { broker in
            let certificates = try #require(broker.certificates)
            let client = try MQTTClient(
                MQTTConfiguration(broker: broker.address, tls: MQTTTLS(caFile: certificates.caFile))
            )
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            try await client.subscribe(to: "secret") { inbox.put($0) }
            let payload = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0) })
            try await client.publish(topic: "secret", payload: payload)
            #expect(try await inbox.wait(count: 1).first?.payload == payload)
            await client.stop()
        }
    }

    @Test("a broker signed by a stranger, or by nobody the system knows, is refused", arguments: [true, false])
    func wrongAuthority(usesStranger: Bool) async throws {
        try await PrivateBroker.with(.tls(clientCertificates: false)) { broker in
            let certificates = try #require(broker.certificates)
            let tls = MQTTTLS(caFile: usesStranger ? certificates.strangerCAFile : nil)
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address, tls: tls))
            try client.start()
            try await client.waitForState("refused") { state in
                if case .refused(let reason) = state { reason.contains("certificate verify failed") } else { false }
            }
            await client.stop()
        }
    }

    @Test("a certificate for another host is refused, unless that is allowed for a trial", arguments: [false, true])
    func wrongHost(isAllowed: Bool) async throws {
        try await PrivateBroker.with(.tls(clientCertificates: false)) { broker in
            let certificates = try #require(broker.certificates)
            // The certificate names 127.0.0.1 only.
            let address = BrokerAddress(host: "localhost", port: broker.address.port, usesTLS: true)
            let tls = MQTTTLS(caFile: certificates.caFile, allowsWrongHostname: isAllowed)
            let client = try MQTTClient(MQTTConfiguration(broker: address, tls: tls))
            try client.start()
            try await client.waitForState("an answer") { state in
                switch state {
                case .connected: isAllowed
                case .refused: !isAllowed
                case .connecting, .disconnected, .stopped: false
                }
            }
            await client.stop()
        }
    }

    @Test("where the broker demands client certificates, one of its CA gets in and none stays out")
    func clientCertificates() async throws {
        try await PrivateBroker.with(.tls(clientCertificates: true)) { broker in
            let certificates = try #require(broker.certificates)
            let with = try MQTTClient(
                MQTTConfiguration(
                    broker: broker.address,
                    tls: MQTTTLS(
                        caFile: certificates.caFile,
                        certificateFile: certificates.clientCertificateFile,
                        keyFile: certificates.clientKeyFile
                    )
                )
            )
            try with.start()
            try await with.waitUntilConnected()
            await with.stop()

            let without = try MQTTClient(
                MQTTConfiguration(broker: broker.address, tls: MQTTTLS(caFile: certificates.caFile))
            )
            try without.start()
            let state = try await without.waitForState("refusal") { state in
                if case .refused = state { true } else { false }
            }
            #expect(state.description.contains("alert") || state.description.contains("certificate"))
            await without.stop()
        }
    }
}
