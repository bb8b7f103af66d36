// Name service, TCP handshake and TLS handshake, each looked at by itself: MQTT's own errors do not tell them apart.
import Foundation
import MQTT
import ModelStore
import Synchronization

/// The steps below MQTT.
enum BrokerKnock {
    /// Longest wait for one address.
    private static let tcpSeconds = 5
    private static let tlsSeconds = 10.0

    /// Resolves the name and shakes hands over TCP.
    static func reach(_ address: BrokerAddress) async -> (BrokerFacts.Resolution, BrokerFacts.Reach?) {
        await withCheckedContinuation { waiter in
            // A thread of its own: both calls block, and the cooperative pool is no place for that.
            Thread.detachNewThread { waiter.resume(returning: reachBlocking(address)) }
        }
    }

    private static func reachBlocking(_ address: BrokerAddress) -> (BrokerFacts.Resolution, BrokerFacts.Reach?) {
        var hints = addrinfo()
        #if canImport(Darwin)
            hints.ai_socktype = SOCK_STREAM
        #else
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, "\(address.port)", &hints, &list)
        guard code == 0, let first = list else {
            return (.failed(reason: String(cString: gai_strerror(code))), nil)
        }
        defer { freeaddrinfo(first) }
        var names: [String] = []
        var reason = "no address to connect to"
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let entry = next {
            next = entry.pointee.ai_next
            let name = numericName(entry.pointee)
            names.append(name)
            if let problem = connectProblem(entry.pointee) {
                reason = "\(name): \(problem)"
            } else {
                return (.addresses(names), .open(address: name))
            }
        }
        return (.addresses(names), .failed(reason: reason))
    }

    private static func numericName(_ entry: addrinfo) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let code = getnameinfo(
            entry.ai_addr,
            entry.ai_addrlen,
            &buffer,
            socklen_t(buffer.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard code == 0 else { return "an address" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Why no connection came about; nil where one did.
    private static func connectProblem(_ entry: addrinfo) -> String? {
        let descriptor = socket(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: tcpSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard connect(descriptor, entry.ai_addr, entry.ai_addrlen) != 0 else { return nil }
        let isTimeout = errno == EINPROGRESS || errno == EAGAIN
        return isTimeout ? "no answer within \(tcpSeconds) s" : String(cString: strerror(errno))
    }

    /// Looks at the broker's certificate; nil where no `openssl` is installed or no certificate came.
    static func certificate(_ broker: BrokerConfiguration) async -> CertificateFacts? {
        guard let tool = ChildProcess.find("openssl") else { return nil }
        let host = broker.address.host
        let isNumeric = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        let shownHost = host.contains(":") ? "[\(host)]" : host
        var arguments = ["s_client", "-connect", "\(shownHost):\(broker.address.port)"]
        arguments += isNumeric ? ["-verify_ip", host] : ["-verify_hostname", host, "-servername", host]
        if let file = broker.caFile { arguments += ["-CAfile", file, "-no-CApath"] }
        if let file = broker.certificateFile, let key = broker.keyFile { arguments += ["-cert", file, "-key", key] }
        let text = OutputText()
        let process = ChildProcess(tool, arguments)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await process.run { text.append($0) } }
            group.addTask { try? await Task.sleep(for: .seconds(tlsSeconds)) }
            await group.next()
            group.cancelAll()
        }
        return CertificateFacts(sessionText: text.value)
    }
}

/// What a tool printed, collected from another thread.
private final class OutputText: Sendable {
    private let data = Mutex(Data())

    func append(_ piece: Data) { data.withLock { $0.append(piece) } }

    var value: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
}
