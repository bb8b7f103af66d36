// A certificate authority, a server and a client certificate for one test, made by the openssl tool.

import Foundation

/// Files of a fresh little public key infrastructure; the server certificate is for 127.0.0.1.
public struct TestCertificates: Sendable {
    public let caFile: String
    public let serverCertificateFile: String
    public let serverKeyFile: String
    public let clientCertificateFile: String
    public let clientKeyFile: String
    /// Another authority that signed nothing here.
    public let strangerCAFile: String

    /// - Parameter serverDays: how long the server's certificate is valid from now on; below 0 it has expired.
    public init(in folder: URL, serverDays: Int = 2) throws {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try Self.makeAuthority("ausculta test CA", key: path("ca.key"), certificate: path("ca.pem"))
        try Self.makeAuthority("stranger CA", key: path("stranger.key"), certificate: path("stranger.pem"))
        for (name, subject) in [("server", "127.0.0.1"), ("client", "compressor-1")] {
            let extensions = path("\(name).ext")
            try Data("subjectAltName=IP:127.0.0.1\n".utf8).write(to: URL(fileURLWithPath: extensions))
            try Tool.run(
                "openssl",
                Self.newKey(path("\(name).key")) + [
                    "-new", "-subj", "/CN=\(subject)", "-out", path("\(name).csr"),
                ]
            )
            try Tool.run(
                "openssl",
                [
                    "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
                    "-CAcreateserial", "-days", name == "server" ? "\(serverDays)" : "2", "-extfile", extensions,
                    "-out",
                    path("\(name).pem"),
                ]
            )
        }
        caFile = path("ca.pem")
        strangerCAFile = path("stranger.pem")
        serverCertificateFile = path("server.pem")
        serverKeyFile = path("server.key")
        clientCertificateFile = path("client.pem")
        clientKeyFile = path("client.key")
    }

    private static func makeAuthority(_ name: String, key: String, certificate: String) throws {
        try Tool.run(
            "openssl",
            newKey(key) + ["-x509", "-days", "2", "-subj", "/CN=\(name)", "-out", certificate]
        )
    }

    /// Elliptic curve keys: made in milliseconds.
    private static func newKey(_ file: String) -> [String] {
        ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file]
    }
}
