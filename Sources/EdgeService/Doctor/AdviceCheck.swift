// Configurations that are valid and could be better: labels, enrolment, secrets, open doors, kept sound.
import Dashboard
import Foundation
import MachineHealth

/// Judges a valid configuration.
struct AdviceCheck: Sendable {
    let configuration: ServiceConfiguration
    /// Machines whose normal sound is enrolled; nil where the trend log could not tell.
    var enrolledMachines: Set<String>?
    /// Permissions of the files with secrets, by path; absent where a file cannot be looked at.
    var fileModes: [String: UInt16] = [:]

    var findings: [DoctorFinding] {
        let machines = configuration.machines.count == 1 ? "1 machine" : "\(configuration.machines.count) machines"
        let valid = DoctorFinding.ok(
            .configuration,
            "file",
            "\(configuration.file.path) is valid: site \(configuration.site), node \(configuration.node), \(machines)"
        )
        return [[valid], labels, enrolment, secrets, broker, dashboard, evidence].flatMap { $0 }
    }

    /// Reads the permissions of the files with secrets.
    static func modes(of configuration: ServiceConfiguration) -> [String: UInt16] {
        var modes: [String: UInt16] = [:]
        for path in secretFiles(configuration).map({ $0.path }) {
            var status = stat()
            if stat(path, &status) == 0 { modes[path] = UInt16(truncatingIfNeeded: status.st_mode & 0o777) }
        }
        return modes
    }

    private static func secretFiles(_ configuration: ServiceConfiguration) -> [(key: String, path: String)] {
        let files = [
            ("broker.password_file", configuration.broker.passwordFile),
            ("broker.key_file", configuration.broker.keyFile),
            ("http.users_file", configuration.http.usersFile),
        ]
        return files.compactMap { key, path in path.map { (key, $0) } }
    }

    // MARK: - What is heard

    private var labels: [DoctorFinding] {
        let used = Set(configuration.machines.map(\.profile))
        return configuration.vocabularies.filter { used.contains($0.key) }.sorted { $0.key < $1.key }
            .flatMap { profile, vocabulary -> [DoctorFinding] in
                var findings: [DoctorFinding] = []
                if !vocabulary.labels.contains(where: { $0.kind == .anchor }) {
                    findings.append(
                        .remark(
                            .configuration,
                            "labels.\(profile)",
                            "no label of kind anchor: sounds that are none of the labels still go to one of them",
                            "add a catch-all such as {id: other, kind: anchor, prompts: [the sound of something else]}"
                        )
                    )
                }
                if vocabulary.faults.isEmpty {
                    findings.append(
                        .remark(
                            .configuration,
                            "labels.\(profile)",
                            "no label of kind fault: these machines never raise an alarm by a label",
                            "add the faults that the machines can have"
                        )
                    )
                }
                return findings
            }
    }

    private var enrolment: [DoctorFinding] {
        guard let enrolledMachines, !configuration.enrolment.isAutomatic else { return [] }
        let missing = configuration.machines.map(\.id).filter { !enrolledMachines.contains($0) }
        guard let first = missing.first else { return [] }
        let names = missing.count <= 5 ? missing.joined(separator: ", ") : "\(missing.count) machines"
        return [
            .remark(
                .configuration,
                "enrolment",
                "\(names): no normal sound is enrolled, so what no label names stays unseen",
                "ausculta enroll \(first) --since 24h after a day of running well, or enrolment: {automatic: true}"
            )
        ]
    }

    // MARK: - Secrets and doors

    private var secrets: [DoctorFinding] {
        Self.secretFiles(configuration).compactMap { key, path in
            guard let mode = fileModes[path], mode & 0o004 != 0 else { return nil }
            return .problem(
                .configuration,
                key,
                "everyone on this box can read \(path) (mode \(String(mode, radix: 8)))",
                "chmod o-rwx \(path), and give it to the service's user; change what was in it"
            )
        }
    }

    private var broker: [DoctorFinding] {
        let address = configuration.broker.address
        guard !address.usesTLS, !DashboardSettings.isLoopback(address.host) else { return [] }
        let secret = configuration.broker.passwordFile == nil ? "sound and alarms travel" : "the password travels"
        return [
            .remark(
                .configuration,
                "broker.url",
                "\(address) is not encrypted: \(secret) through the plant's network in the clear",
                "give the broker a TLS listener, and write mqtts:// with ca_file"
            )
        ]
    }

    private var dashboard: [DoctorFinding] {
        let http = configuration.http
        guard http.isOn, !DashboardSettings.isLoopback(http.host), http.proxyHeader == nil else { return [] }
        return [
            .remark(
                .configuration,
                "http.listen",
                "the dashboard answers on \(http.host) without TLS: passwords of operators travel in the clear",
                "listen on 127.0.0.1 and let a reverse proxy with TLS stand before it (proxy_header, trusted_proxies)"
            )
        ]
    }

    private var evidence: [DoctorFinding] {
        let evidence = configuration.evidence
        guard evidence.isOn, configuration.machines.contains(where: \.capturesSound) else {
            return [
                .remark(
                    .configuration,
                    "evidence.capture",
                    "no sound is kept: nobody can listen to what raised an alarm",
                    "evidence: {capture: true}, where the plant's rules allow it"
                )
            ]
        }
        guard evidence.retainSeconds > configuration.store.retainSeconds else { return [] }
        return [
            .remark(
                .configuration,
                "evidence.retain",
                "clips are kept for \(Quantities.text(seconds: evidence.retainSeconds)), the trend log for "
                    + "\(Quantities.text(seconds: configuration.store.retainSeconds)): clips would outlive what they show",
                "set store.retain to at least evidence.retain"
            )
        ]
    }
}
