// Ports on 127.0.0.1: find a free one, and see whether somebody listens.

import Foundation
import Synchronization

/// Helpers for private servers on this host.
public enum Loopback {
    /// Ports handed out in this process: a broker that has not yet bound its port must not lose it to the next one.
    private static let handedOut = Mutex<Set<Int>>([])

    /// Below the range from which the kernel takes the local ends of outgoing connections.
    private static let candidates = 20_000..<32_000

    /// A port nobody listens on at this moment, and which this process has not been given before. Another process may
    /// still take it before it is used.
    public static func freePort() throws(LocalBrokerError) -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: candidates)
            let isNew = handedOut.withLock { $0.insert(port).inserted }
            if isNew, canBind(port) { return port }
        }
        throw .noFreePort(reason: "200 ports between 20000 and 32000 were tried and all are taken")
    }

    private static func canBind(_ port: Int) -> Bool {
        let descriptor = openSocket()
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = loopbackAddress(port: port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
    }

    /// True where a TCP connection to the port succeeds.
    public static func accepts(port: Int) -> Bool {
        let descriptor = openSocket()
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = loopbackAddress(port: port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
        }
    }

    private static func openSocket() -> Int32 {
        #if canImport(Darwin)
            socket(AF_INET, SOCK_STREAM, 0)
        #else
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
    }

    private static func loopbackAddress(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
