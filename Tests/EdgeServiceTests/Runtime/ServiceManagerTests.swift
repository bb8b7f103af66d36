// The notify protocol: who wants to hear, what is said, and that it arrives at a real socket.
import Foundation
import Testing

@testable import EdgeService

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ServiceManagerTests {
    @Test(
        arguments: [
            ([:], nil),
            (["NOTIFY_SOCKET": ""], nil),
            (["NOTIFY_SOCKET": "@"], nil),
            (["NOTIFY_SOCKET": "vsock:2:1234"], nil),
            (["NOTIFY_SOCKET": "/run/notify"], "/run/notify"),
            (["NOTIFY_SOCKET": "@/org/notify"], "@/org/notify"),
        ] as [([String: String], String?)]
    )
    func whoWantsToHear(environment: [String: String], socket: String?) {
        #expect(ServiceManager(environment: environment)?.socketName == socket)
    }

    @Test(
        arguments: [
            ([:], nil),
            (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "soon"], nil),
            (["WATCHDOG_USEC": "30000000"], 30),
            (["WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "77"], 1.5),
            (["WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "78"], nil),
        ] as [([String: String], Double?)]
    )
    func signsOfLifeAreForTheProcessThatIsAsked(environment: [String: String], seconds: Double?) throws {
        let all = environment.merging(["NOTIFY_SOCKET": "/run/notify"]) { $1 }
        let manager = try #require(ServiceManager(environment: all, processID: 77))
        #expect(manager.watchdogSeconds == seconds)
    }

    @Test(
        arguments: [
            (.ready, "READY=1"), (.stopping, "STOPPING=1"), (.alive, "WATCHDOG=1"),
            (.reloading(monotonicMicroseconds: 12), "RELOADING=1\nMONOTONIC_USEC=12"),
            (.status("broker: connected"), "STATUS=broker: connected"),
            // A line break would begin another assignment.
            (.status("refused:\nREADY=1"), "STATUS=refused: READY=1"),
        ] as [(ServiceManager.Message, String)]
    )
    func whatIsSaid(message: ServiceManager.Message, text: String) {
        #expect(message.text == text)
    }

    @Test(arguments: [false, true])
    func messagesArriveAsOneDatagram(isAbstract: Bool) throws {
        let ear = try NotifySocket(isAbstract: isAbstract)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": ear.name]))
        try manager.tell(.ready, .status("listening"))
        try manager.tell(.alive)
        #expect(ear.receive() == "READY=1\nSTATUS=listening")
        #expect(ear.receive() == "WATCHDOG=1")
    }

    @Test func aSocketThatIsGoneIsAnErrorThatNamesIt() throws {
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": "/nowhere/notify"]))
        let error = #expect(throws: ServiceManagerError.self) { try manager.tell(.ready) }
        #expect(error?.description.contains("/nowhere/notify") == true)
    }

    @Test func aNameThatFitsNoAddressIsAnError() throws {
        let name = "/" + String(repeating: "n", count: 200)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name]))
        #expect(throws: ServiceManagerError.self) { try manager.tell(.ready) }
    }
}

/// A datagram socket that listens as a service manager does.
private final class NotifySocket {
    let name: String
    private let descriptor: Int32
    private let path: String?

    init(isAbstract: Bool) throws {
        let unique = "ausculta-\(UUID().uuidString)"
        name = isAbstract ? "@\(unique)" : "/tmp/\(unique)"
        path = isAbstract ? nil : name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(result == 0)
        // What was sent before is there already: a datagram between local sockets does not travel.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }
}
