// How the API writes its answers.
import Foundation
import Hummingbird

/// Makers of responses.
public enum APIResponse {
    /// A JSON document: keys in snake case, times RFC 3339 UTC with milliseconds, not cached.
    public static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: try encode(value)))
        )
    }

    /// The bytes of a JSON document in the API's style; also for server-sent events.
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(timestamp))
        }
        return try encoder.encode(value)
    }

    private static let timestamp = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
