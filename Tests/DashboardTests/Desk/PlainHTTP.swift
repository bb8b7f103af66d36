// A client that does what it is told, byte by byte: also half a request, or a connection dropped while the answer is due.
import Foundation
import Testing

/// An answer, read to the end of the connection.
struct PlainAnswer: Sendable {
    let status: Int
    /// Header fields by lower-case name.
    let headers: [String: String]
    let body: Data

    func object() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
    }

    /// Code and message of a refusal.
    func refusal() throws -> (code: String, message: String) {
        let error = try #require(try object()["error"] as? [String: Any])
        return (try #require(error["code"] as? String), try #require(error["message"] as? String))
    }
}

/// One connection to a server on loopback. It blocks while it sends and reads, on threads of its own: a test that held up
/// a thread of the pool would hold up the server it waits for.
final class PlainConnection: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0, "no connection to port \(port)")
    }

    deinit { close(descriptor) }

    /// Sends what the server takes; a server that hangs up early is no failure.
    func send(_ data: Data) async {
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread { [self] in
                sendNow(data)
                waiter.resume()
            }
        }
    }

    /// Reads to the end.
    func answer() async throws -> PlainAnswer {
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<PlainAnswer, any Error>) in
            Thread.detachNewThread { [self] in waiter.resume(with: Result { try answerNow() }) }
        }
    }

    private func sendNow(_ data: Data) {
        data.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Foundation.send(
                    descriptor,
                    bytes.baseAddress.map { $0 + sent },
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    private func answerNow() throws -> PlainAnswer {
        var all = Data()
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &block, block.count, 0)
            guard count > 0 else { break }
            all.append(contentsOf: block[..<count])
        }
        let end = try #require(all.range(of: Data("\r\n\r\n".utf8)), "no answer but \(all.count) bytes")
        let lines = String(decoding: all[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
        }
        return PlainAnswer(status: status, headers: headers, body: Data(all[end.upperBound...]))
    }
}

/// Requests to a server on loopback, each on a connection and a thread of its own.
struct PlainHTTP: Sendable {
    let port: Int

    func request(
        _ method: String,
        _ path: String,
        type: String? = nil,
        headers: [String] = [],
        body: Data? = nil
    ) async throws -> PlainAnswer {
        let head = Self.head(method, path, type: type, headers: headers, length: body?.count)
        let connection = try PlainConnection(port: port)
        await connection.send(head + (body ?? Data()))
        return try await connection.answer()
    }

    static func head(_ method: String, _ path: String, type: String?, headers: [String] = [], length: Int?) -> Data {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        if let type { lines.append("Content-Type: \(type)") }
        if let length { lines.append("Content-Length: \(length)") }
        return Data((lines + ["", ""]).joined(separator: "\r\n").utf8)
    }
}

/// The parts of a form as one body.
struct FormBody {
    static let boundary = "----ausculta-test-7MA4YWxk"
    static let type = "multipart/form-data; boundary=\(boundary)"

    static func data(_ fields: [(name: String, filename: String?, content: Data)]) -> Data {
        var body = Data()
        for field in fields {
            let filename = field.filename.map { "; filename=\"\($0)\"" } ?? ""
            body += Data(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\(filename)\r\n\r\n".utf8
            )
            body += field.content + Data("\r\n".utf8)
        }
        return body + Data("--\(boundary)--\r\n".utf8)
    }

    /// A sound with labels and further fields.
    static func sound(_ sound: Data, labels: String, _ more: [String: String] = [:]) -> Data {
        let fields = [("audio", "sound.wav" as String?, sound), ("labels", nil, Data(labels.utf8))]
        return data(fields + more.sorted { $0.key < $1.key }.map { ($0.key, nil, Data($0.value.utf8)) })
    }
}
