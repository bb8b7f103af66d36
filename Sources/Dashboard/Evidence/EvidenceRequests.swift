// Reading what a request asks of the kept sound: ids, times, roles, bodies.
import AudioFeatures
import Evidence
import Foundation
import Hummingbird
import TrendLog

extension APIContext {
    /// Whoever asks, where they may change something.
    ///
    /// - Throws: 401 for nobody known, 403 for a viewer.
    func requireOperator() throws -> Identity {
        guard let identity else { throw APIError(.unauthorized, "unauthorized", "sign in first") }
        guard identity.role >= .operator else {
            throw APIError(.forbidden, "forbidden", "\(identity.name) is a viewer; this needs the role operator")
        }
        return identity
    }

    /// The id in a path.
    func requireID(_ what: String) throws -> UUID {
        let text = parameters.get("id") ?? ""
        guard let id = UUID(uuidString: text) else {
            throw APIError(.notFound, "not_found", "\"\(text.prefix(60))\" is no id of a \(what)")
        }
        return id
    }
}

/// A stretch of a machine's recent sound that is asked for.
struct StretchQuery {
    /// The longest stretch answered at once.
    static let longestSeconds = 600.0

    var seconds = 30.0
    var span: (start: Date, end: Date)?

    init(_ request: Request) throws {
        if let text = Self.query("seconds", request) {
            guard let value = Double(text), value.isFinite, (0.1...Self.longestSeconds).contains(value) else {
                throw Self.bad("seconds", text, "a number from 0.1 to 600")
            }
            seconds = value
        }
        let (start, end) = (try Self.time("start", request), try Self.time("end", request))
        switch (start, end) {
        case (nil, nil): break
        case (let start?, let end?):
            guard start < end, end.timeIntervalSince(start) <= Self.longestSeconds else {
                throw Self.bad("end", RFC3339.text(end), "a time after start, at most 600 s later")
            }
            span = (start, end)
        default: throw Self.bad("start", "one of start and end", "both or neither")
        }
    }

    /// A time as RFC 3339 or milliseconds since 1970.
    static func time(_ name: String, _ request: Request) throws -> Date? {
        guard let text = query(name, request) else { return nil }
        guard let time = time(text) else { throw bad(name, text, "RFC 3339 or milliseconds since 1970") }
        return time
    }

    static func time(_ text: String) -> Date? {
        if let milliseconds = Int64(text), (0..<253_402_300_800_000).contains(milliseconds) {
            return Date(millisecondsSince1970: milliseconds)
        }
        // An unescaped plus sign of an offset arrives as a blank.
        return RFC3339.date(text.replacingOccurrences(of: " ", with: "+")) ?? RFC3339.date(text)
    }

    static func query(_ name: String, _ request: Request) -> String? {
        request.uri.queryParameters.get(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    static func limit(_ request: Request, standard: Int, most: Int) throws -> Int {
        guard let text = query("limit", request) else { return standard }
        guard let value = Int(text), (1...most).contains(value) else {
            throw bad("limit", text, "a number from 1 to \(most)")
        }
        return value
    }

    static func bad(_ name: String, _ found: String, _ expected: String) -> APIError {
        APIError(.badRequest, "bad_\(name)", "\(name) is \"\(found.prefix(80))\"; expected \(expected)")
    }
}

/// A file format a clip is asked for in.
enum SoundFormat: String {
    case flac
    case wav

    init(_ request: Request) throws {
        guard let text = StretchQuery.query("format", request) else {
            self = .flac
            return
        }
        guard let format = SoundFormat(rawValue: text) else {
            throw StretchQuery.bad("format", text, "flac or wav")
        }
        self = format
    }

    var file: AudioFileFormat { self == .flac ? .flac : .wav }
}

/// Bodies of requests; keys in snake case.
enum RequestDocument {
    private static let mostBytes = 64 * 1_024

    static func read<Body: Decodable>(_ type: Body.Type, _ request: Request, example: String) async throws -> Body {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: mostBytes)
        } catch {
            throw APIError(.contentTooLarge, "too_large", "the body is larger than \(mostBytes) bytes")
        }
        return try decode(type, buffer, example: example)
    }

    /// Reads a body that may be left out.
    static func readOptional<Body: Decodable>(
        _ type: Body.Type,
        _ request: Request,
        example: String
    ) async throws -> Body? {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: mostBytes)
        } catch {
            throw APIError(.contentTooLarge, "too_large", "the body is larger than \(mostBytes) bytes")
        }
        guard buffer.readableBytes > 0 else { return nil }
        return try decode(type, buffer, example: example)
    }

    private static func decode<Body: Decodable>(
        _ type: Body.Type,
        _ buffer: ByteBuffer,
        example: String
    ) throws(APIError) -> Body {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(buffer.readableBytesView))
        } catch {
            throw APIError(.badRequest, "bad_body", "the body is not what is expected here, such as \(example)")
        }
    }
}

/// Turns what the rooms below refuse into answers.
enum EvidenceRefusal {
    static func answering<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as TrendLogError where error.code == .notFound {
            throw APIError(.notFound, "not_found", "\(error.found); \(error.remedy)")
        } catch let error as TrendLogError {
            throw APIError(.serviceUnavailable, "store_unavailable", error.description)
        } catch let error as EvidenceError {
            throw APIError(.notFound, "gone", error.description)
        } catch let refusal as ReviewRefusal {
            switch refusal {
            case .unknownItem, .unknownDecision, .noWindow: throw APIError(.notFound, "not_found", refusal.description)
            case .alreadyDecided, .alreadyUndone: throw APIError(.conflict, "conflict", refusal.description)
            }
        }
    }
}
