// From the way to the broker to findings: the first step that fails is told with its remedy, later ones are not guessed at.
import Foundation
import MQTT

/// Judges what is known about the broker.
struct BrokerCheck: Sendable {
    /// A certificate that ends sooner is told before it ends.
    static let certificateNoticeDays = 30.0

    let facts: BrokerFacts
    let now: Date

    var findings: [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if case .failed(let reason) = facts.resolution {
            return [
                .problem(
                    .broker,
                    "name \(facts.address.host)",
                    "the name cannot be resolved: \(reason)",
                    "correct broker.url, or give the host an entry in the name service or in /etc/hosts"
                )
            ]
        }
        if case .failed(let reason) = facts.reach {
            return [
                .problem(
                    .broker,
                    "\(facts.address)",
                    "no TCP connection: \(reason)",
                    "start the broker (systemctl status mosquitto), check the port in broker.url, the broker's listener "
                        + "and the firewall between this box and it"
                )
            ]
        }
        if case .open(let address) = facts.reach {
            findings.append(.ok(.broker, "\(facts.address)", "reached at \(address), port \(facts.address.port)"))
        }
        let certificate = certificateFinding
        if let certificate { findings.append(certificate) }
        switch facts.connection {
        case nil: break
        case .accepted(let version): findings += accepted(version)
        case .refused(let reason):
            if certificate?.status != .problem { findings.append(refusal(reason)) }
        case .failed(let reason):
            if certificate?.status != .problem { findings.append(noBroker(reason)) }
        }
        return findings
    }

    // MARK: - Certificate

    private var certificateFinding: DoctorFinding? {
        guard let certificate = facts.certificate else { return nil }
        let name = certificate.subject.map { " of \($0)" } ?? ""
        let until = certificate.validUntil.map { Self.day($0) }
        func problem(_ found: String, _ remedy: String) -> DoctorFinding {
            .problem(.broker, "certificate", found, remedy)
        }
        switch certificate.verifyCode {
        case 0:
            let issuer = certificate.issuer.map { ", signed by \($0)" } ?? ""
            let found = "sound\(issuer)\(until.map { ", valid until \($0)" } ?? "")"
            guard let end = certificate.validUntil,
                end.timeIntervalSince(now) < Self.certificateNoticeDays * 86_400
            else { return .ok(.broker, "certificate", found) }
            return .remark(
                .broker,
                "certificate",
                found,
                "renew the broker's certificate before then; no box connects afterwards"
            )
        case 9:
            return problem(
                "the broker's certificate\(name) is not valid yet",
                "check this box's clock first (timedatectl); else the certificate was made with a wrong clock"
            )
        case 10:
            return problem(
                "the broker's certificate\(name) has expired\(until.map { " (\($0))" } ?? "")",
                "renew it at the broker and restart the broker; if the date is not past, mend this box's clock"
            )
        case 18, 19, 20, 21:
            let trusted = facts.hasAuthorities ? "the authorities in broker.ca_file" : "the system's authorities"
            return problem(
                "none of \(trusted) has signed the broker's certificate\(name)"
                    + "\(certificate.issuer.map { "; it was signed by \($0)" } ?? "")",
                "set broker.ca_file to the PEM file of the authority that signed it"
            )
        case 62, 64:
            return problem(
                "the broker's certificate\(name) is not for the host name \(facts.address.host)",
                "write the name that the certificate holds into broker.url, or have one made for this name"
            )
        default:
            return problem(
                "the broker's certificate\(name) is not accepted: \(certificate.verifyText) "
                    + "(code \(certificate.verifyCode))",
                "have the broker's certificate renewed, or correct broker.ca_file"
            )
        }
    }

    private static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }

    // MARK: - MQTT

    private func accepted(_ version: MQTTProtocolVersion) -> [DoctorFinding] {
        let user = facts.username.map { " as \($0)" } ?? ""
        var findings: [DoctorFinding] = []
        switch version {
        case .v5: findings.append(.ok(.broker, "MQTT", "connected\(user), MQTT 5"))
        case .v311:
            findings.append(
                .remark(
                    .broker,
                    "MQTT",
                    "connected\(user), but the broker speaks MQTT 3.1.1 only: chunks carry no content type, seq or ts",
                    "use a broker with MQTT 5 (mosquitto 2), or give every machine its format and live without gaps "
                        + "being seen"
                )
            )
        }
        for (filter, reason) in facts.refusedFilters.sorted(by: { $0.key < $1.key }) {
            findings.append(
                .problem(
                    .broker,
                    "subscription \(filter)",
                    "the broker refused it: \(reason)",
                    "let \(facts.username.map { "the user \($0)" } ?? "this client") read the topic in the broker's "
                        + "access rules"
                )
            )
        }
        if facts.refusedFilters.isEmpty, facts.grantedFilterCount > 0 {
            let count = facts.grantedFilterCount
            findings.append(
                .ok(.broker, "subscriptions", count == 1 ? "1 audio topic granted" : "\(count) audio topics granted")
            )
        }
        return findings
    }

    private func refusal(_ reason: String) -> DoctorFinding {
        let text = reason.lowercased()
        func problem(_ subject: String, _ remedy: String) -> DoctorFinding {
            .problem(.broker, subject, reason, remedy)
        }
        if text.contains("host name") {
            return problem("certificate", "write the name that the broker's certificate holds into broker.url")
        }
        if text.contains("certificate verify failed") {
            return problem(
                "certificate",
                "set broker.ca_file to the authority that signed the broker's certificate, and see whether it has expired"
            )
        }
        if text.contains("alert") || text.contains("certificate") {
            return problem(
                "client certificate",
                facts.hasClientCertificate
                    ? "have broker.cert_file renewed by an authority that the broker trusts (its cafile)"
                    : "the broker wants a client certificate: set broker.cert_file and broker.key_file"
            )
        }
        if text.contains("not authori") || text.contains("bad user") {
            return problem(
                "user and password",
                facts.username.map {
                    "correct broker.username (\($0)) or the first line of broker.password_file, or set the password at the "
                        + "broker: mosquitto_passwd FILE \($0)"
                } ?? "the broker lets nobody in without a user: set broker.username and broker.password_file"
            )
        }
        return problem("MQTT", "read the broker's log for the reason, and correct the section broker")
    }

    private func noBroker(_ reason: String) -> DoctorFinding {
        .problem(
            .broker,
            "MQTT",
            "the port is open, but nobody answers as a broker does: \(reason)",
            facts.address.usesTLS
                ? "check that the port is the broker's encrypted listener (usually 8883), else write mqtt:// in broker.url"
                : "check that the port is the broker's, and write mqtts:// in broker.url where its listener is encrypted"
        )
    }
}
