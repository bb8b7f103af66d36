// Tells the service manager that started this process where the service stands: systemd's notify protocol.
// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The service manager that wants to hear from this process. Its protocol is one datagram a message, so nothing but a
/// socket is needed.
public struct ServiceManager: Sendable {
    /// Path of its socket, or the name of an abstract one after "@".
    let socketName: String
    /// Longest time it waits between two signs of life; nil where it expects none.
    let watchdogSeconds: Double?

    /// Nil where nobody asked to be told: not started by a service manager, or a unit without `Type=notify`.
    ///
    /// - Parameter processID: signs of life are wanted of this process only.
    public init?(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        processID: Int32 = ProcessInfo.processInfo.processIdentifier
    ) {
        guard let name = environment["NOTIFY_SOCKET"], name.count > 1, name.hasPrefix("/") || name.hasPrefix("@") else {
            return nil
        }
        socketName = name
        let isForAnother = environment["WATCHDOG_PID"].map { $0 != "\(processID)" } ?? false
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Double.init) ?? 0
        watchdogSeconds = microseconds > 0 && !isForAnother ? microseconds / 1e6 : nil
    }

    /// What it is told.
    enum Message: Hashable, Sendable {
        /// The start is complete.
        case ready
        /// The configuration is read again; `ready` ends it. The time is that of the monotonic clock.
        case reloading(monotonicMicroseconds: UInt64)
        case stopping
        /// A sign of life.
        case alive
        /// One line for people, shown by `systemctl status`.
        case status(String)

        /// The assignments that go on the wire.
        var text: String {
            switch self {
            case .ready: "READY=1"
            case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
            case .stopping: "STOPPING=1"
            case .alive: "WATCHDOG=1"
            case .status(let line): "STATUS=\(line.split(whereSeparator: \.isNewline).joined(separator: " "))"
            }
        }
    }

    /// Sends messages as one datagram.
    ///
    /// - Throws: `ServiceManagerError` where they could not be handed over.
    func tell(_ messages: Message...) throws(ServiceManagerError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketName.utf8)
        let isAbstract = name.first == UInt8(ascii: "@")
        if isAbstract { name[0] = 0 }
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < capacity else {
            throw ServiceManagerError(socket: socketName, reason: "its name is longer than \(capacity - 1) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        // An abstract name ends where the address does; a path ends with its zero.
        let prefix = MemoryLayout.size(ofValue: address) - capacity
        let length = socklen_t(prefix + name.count + (isAbstract ? 0 : 1))

        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw ServiceManagerError(socket: socketName, errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(messages.map(\.text).joined(separator: "\n").utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, length)
            }
        }
        guard sent == bytes.count else { throw ServiceManagerError(socket: socketName, errno: errno) }
    }
}

/// The service manager could not be told.
struct ServiceManagerError: Error, CustomStringConvertible, Sendable {
    let socket: String
    let reason: String

    init(socket: String, reason: String) {
        self.socket = socket
        self.reason = reason
    }

    init(socket: String, errno code: Int32) {
        self.init(socket: socket, reason: String(cString: strerror(code)))
    }

    var description: String {
        "the service manager cannot be told at \(socket): \(reason). Is NotifyAccess=main missing in the unit?"
    }
}
