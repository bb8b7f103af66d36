// A real mosquitto for one test: open, with passwords, or with TLS and certificates made on the spot.

import Foundation
import MQTT

/// Wraps `LocalBroker` with the ways in that the tests need. Each has a port and a folder of its own.
public final class PrivateBroker: Sendable {
    /// Who may come in, and how.
    public enum Access: Sendable {
        case everybody
        /// User names and passwords.
        case passwords([String: String])
        /// TLS with a fresh CA; `clientCertificates` demands one from every client.
        case tls(clientCertificates: Bool)
        /// TLS with a fresh CA, by a certificate that ended yesterday.
        case expiredTLS
    }

    public let broker: LocalBroker
    /// The files of the TLS broker, nil for the others.
    public let certificates: TestCertificates?

    /// Writes the configuration. `extraLines` are further lines of mosquitto.conf, such as `max_packet_size 1000`.
    public init(
        _ access: Access = .everybody,
        isPersistent: Bool = false,
        extraLines: [String] = []
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-broker-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lines: [String]
        var certificates: TestCertificates?
        switch access {
        case .everybody:
            lines = ["allow_anonymous true"]
        case .passwords(let users):
            let file = folder.appendingPathComponent("passwords")
            try Self.writePasswords(users, to: file)
            lines = ["allow_anonymous false", "password_file \(file.path)"]
        case .tls, .expiredTLS:
            var demandsCertificates = false
            if case .tls(let clientCertificates) = access { demandsCertificates = clientCertificates }
            let isExpired = if case .expiredTLS = access { true } else { false }
            let made = try TestCertificates(in: folder, serverDays: isExpired ? -1 : 2)
            lines = ["allow_anonymous true", "cafile \(made.caFile)", "certfile \(made.serverCertificateFile)"]
            lines += ["keyfile \(made.serverKeyFile)", "require_certificate \(demandsCertificates)"]
            certificates = made
        }
        self.certificates = certificates
        broker = try LocalBroker(
            LocalBroker.Settings(lines: lines + extraLines, isPersistent: isPersistent, folder: folder)
        )
    }

    deinit { broker.stop() }

    /// The address clients use, with TLS where the broker wants it.
    public var address: BrokerAddress {
        BrokerAddress(host: "127.0.0.1", port: broker.port, usesTLS: certificates != nil)
    }

    public func start() async throws { try await broker.start(timeoutSeconds: 600) }
    public func restart() async throws { try await broker.restart(timeoutSeconds: 600) }
    public func stop() { broker.stop(removingFolder: false) }
    public func kill9() { broker.kill9() }

    /// Starts a broker, runs the test and takes the broker away again.
    public static func with<Result>(
        _ access: Access = .everybody,
        isPersistent: Bool = false,
        extraLines: [String] = [],
        _ body: (PrivateBroker) async throws -> Result
    ) async throws -> Result {
        let broker = try PrivateBroker(access, isPersistent: isPersistent, extraLines: extraLines)
        defer { broker.broker.stop() }
        try await broker.start()
        return try await body(broker)
    }

    private static func writePasswords(_ users: [String: String], to file: URL) throws {
        try Data().write(to: file)
        let folder = URL(fileURLWithPath: try LocalBroker.findExecutable()).deletingLastPathComponent()
        let candidates = [folder.path + "/mosquitto_passwd", "/usr/bin/mosquitto_passwd"]
        for (user, password) in users {
            try Tool.run("mosquitto_passwd", ["-b", file.path, user, password], candidates: candidates)
        }
    }
}
