// From the way to the broker to findings: every step that can fail, its place and its remedy.
import Foundation
import MQTT
import Testing

@testable import EdgeService

@Suite struct BrokerCheckTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let plain = BrokerAddress(host: "broker.plant", port: 1883)
    private static let encrypted = BrokerAddress(host: "broker.plant", port: 8883, usesTLS: true)

    private func findings(_ change: (inout BrokerFacts) -> Void, usesTLS: Bool = false) -> [DoctorFinding] {
        var facts = BrokerFacts(address: usesTLS ? Self.encrypted : Self.plain)
        facts.resolution = .addresses(["10.0.0.7"])
        facts.reach = .open(address: "10.0.0.7")
        change(&facts)
        return BrokerCheck(facts: facts, now: Self.now).findings
    }

    @Test func aBrokerThatLetsUsInIsFine() {
        let found = findings { facts in
            facts.connection = .accepted(.v5)
            facts.username = "edge"
            facts.grantedFilterCount = 2
        }
        #expect(found.map(\.status) == [.ok, .ok, .ok])
        #expect(found[0].found.contains("10.0.0.7"))
        #expect(found[1].found == "connected as edge, MQTT 5")
        #expect(found[2].found == "2 audio topics granted")
    }

    @Test func anOldProtocolIsARemark() {
        let found = findings { $0.connection = .accepted(.v311) }
        #expect(found.map(\.status) == [.ok, .remark])
        #expect(found[1].found.contains("3.1.1"))
    }

    @Test func stepsAreToldOneAtATime() {
        let unknown = findings { facts in
            facts.resolution = .failed(reason: "Name or service not known")
            facts.reach = nil
        }
        #expect(unknown.map(\.status) == [.problem])
        #expect(unknown[0].subject == "name broker.plant" && unknown[0].remedy?.contains("broker.url") == true)
        let closed = findings { $0.reach = .failed(reason: "10.0.0.7: Connection refused") }
        #expect(closed.map(\.status) == [.problem])
        #expect(closed[0].found.contains("Connection refused") && closed[0].remedy?.contains("firewall") == true)
        let mute = findings { $0.connection = .failed(reason: "closed the connection without an answer") }
        #expect(mute.map(\.status) == [.ok, .problem])
        #expect(mute[1].remedy?.contains("mqtts://") == true)
    }

    @Test(arguments: [
        ("Not authorized", "user and password", "broker.password_file"),
        ("Connection Refused: bad user name or password.", "user and password", "broker.password_file"),
        (
            "a protocol error occurred; OpenSSL Error[0]: tlsv13 alert certificate required", "client certificate",
            "cert_file"
        ),
        ("certificate verify failed", "certificate", "broker.ca_file"),
        ("host name verification failed.", "certificate", "broker.url"),
        ("Banned", "MQTT", "broker's log"),
    ])
    func refusalsNameTheirCause(reason: String, subject: String, remedy: String) throws {
        let found = findings { $0.connection = .refused(reason: reason) }
        let last = try #require(found.last)
        #expect(last.status == .problem && last.subject == subject)
        #expect(last.found == reason)
        #expect(last.remedy?.contains(remedy) == true)
    }

    @Test(arguments: [
        (10, "has expired (2027-01-14)", "renew"), (9, "not valid yet", "clock"),
        (19, "signed by CN = CA", "broker.ca_file"),
        (20, "none of the system's authorities", "broker.ca_file"),
        (62, "not for the host name broker.plant", "broker.url"),
        (64, "not for the host name broker.plant", "broker.url"), (23, "revoked (code 23)", "renewed"),
    ])
    func certificatesAreToldOnce(code: Int, found text: String, remedy: String) throws {
        let found = findings(
            { facts in
                facts.certificate = CertificateFacts(
                    verifyCode: code,
                    verifyText: "revoked",
                    subject: "CN = b",
                    issuer: "CN = CA",
                    validUntil: Self.now.addingTimeInterval(-86_400)
                )
                facts.connection = .refused(reason: "certificate verify failed")
            },
            usesTLS: true
        )
        // What libmosquitto says of the same trouble is not told a second time.
        #expect(found.map(\.status) == [.ok, .problem])
        #expect(found[1].found.contains(text), "\(found[1].found)")
        #expect(found[1].remedy?.contains(remedy) == true)
    }

    @Test(arguments: [(29.0, DoctorFinding.Status.remark), (31.0, .ok)])
    func aCertificateThatEndsSoonIsARemark(days: Double, status: DoctorFinding.Status) {
        let found = findings(
            { facts in
                facts.certificate = CertificateFacts(
                    verifyCode: 0,
                    verifyText: "ok",
                    validUntil: Self.now.addingTimeInterval(days * 86_400)
                )
                facts.connection = .accepted(.v5)
            },
            usesTLS: true
        )
        #expect(found.map(\.status) == [.ok, status, .ok])
    }

    @Test func aRefusedSubscriptionNamesFilterAndUser() throws {
        let found = findings { facts in
            facts.connection = .accepted(.v5)
            facts.username = "edge"
            facts.refusedFilters = ["hall/+/sound": "Not authorized"]
            facts.grantedFilterCount = 3
        }
        let last = try #require(found.last)
        #expect(last.status == .problem && last.subject == "subscription hall/+/sound")
        #expect(last.remedy?.contains("the user edge") == true)
    }

    @Test func whatOpenSSLPrintsIsRead() throws {
        let text = """
            Certificate chain
             0 s:CN = 127.0.0.1
               i:CN = plant CA
               v:NotBefore: Nov  7 06:14:57 2026 GMT; NotAfter: Nov  9 06:14:57 2026 GMT
             1 s:CN = plant CA
               v:NotBefore: Nov 27 06:14:55 2026 GMT; NotAfter: Nov 29 06:14:55 2036 GMT
            -----BEGIN CERTIFICATE-----
            subject=CN = 127.0.0.1
            issuer=CN = plant CA
                Verify return code: 10 (certificate has expired)
            """
        let facts = try #require(CertificateFacts(sessionText: text))
        #expect(facts.verifyCode == 10 && facts.verifyText == "certificate has expired")
        #expect(facts.subject == "CN = 127.0.0.1" && facts.issuer == "CN = plant CA")
        #expect(facts.validUntil?.formatted(.iso8601) == "2026-11-09T06:14:57Z")
        #expect(CertificateFacts(sessionText: "connect:errno=111") == nil)
        #expect(CertificateFacts(sessionText: text.replacingOccurrences(of: "BEGIN", with: "NO")) == nil)
    }
}
