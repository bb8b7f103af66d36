// OpenSSL's words, as libmosquitto passes them on, and the remedies for them.
import Testing

@testable import MQTT

@Suite struct CertificateHintTests {
    private let broker = BrokerAddress(host: "broker.plant", usesTLS: true)

    @Test(arguments: [
        ("error:0A000086:SSL routines::certificate verify failed", "openssl s_client -connect broker.plant:8883"),
        ("error:0A000415:SSL routines::sslv3 alert certificate expired", "renew cert_file"),
        ("error:0A000418:SSL routines::tlsv1 alert unknown ca", "see cert_file"),
        ("error:0A00045C:SSL routines::tlsv13 alert certificate required", "give cert_file and key_file"),
    ])
    func aRefusalHasItsRemedy(words: String, remedy: String) {
        #expect(CertificateHint.remedy(for: words, broker: broker).contains(remedy))
    }

    @Test(arguments: [("broker.plant", "-verify_hostname broker.plant"), ("192.0.2.7", "-verify_ip 192.0.2.7")])
    func theCommandFitsTheHost(host: String, option: String) {
        let broker = BrokerAddress(host: host, usesTLS: true)
        #expect(CertificateHint.remedy(for: "certificate verify failed", broker: broker).contains(option))
    }

    @Test(arguments: ["", "Connection refused", "error:0A000126:SSL routines::unexpected eof while reading"])
    func otherWordsHaveNone(words: String) {
        #expect(CertificateHint.remedy(for: words, broker: broker).isEmpty)
    }
}
