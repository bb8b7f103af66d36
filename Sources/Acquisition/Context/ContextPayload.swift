// The value a context topic carries: a bare text or number, or one place of a JSON document.
import Foundation

/// Reads the messages of context topics.
public enum ContextPayload {
    /// The largest message looked at, in bytes.
    public static let maximumBytes = 65_536
    private static let maximumCharacters = 256

    /// The value of a message: a text as it is, a number in its shortest form ("1", "0.5"), "true" or "false".
    ///
    /// - Parameters:
    ///   - payload: the message.
    ///   - pointer: where in its JSON the value lies; nil for a message that is the value itself.
    /// - Returns: nil where there is none: an empty or too large message, no JSON, nothing at that place, null, or a whole
    ///   object or list.
    public static func value(_ payload: Data, at pointer: JSONPointer?) -> String? {
        guard !payload.isEmpty, payload.count <= maximumBytes else { return nil }
        guard let pointer else {
            if case .text(let text) = try? JSONDecoder().decode(JSONTree.self, from: payload) { return limited(text) }
            return String(data: payload, encoding: .utf8).flatMap(limited)
        }
        var tree = try? JSONDecoder().decode(JSONTree.self, from: payload)
        for token in pointer.tokens { tree = tree?[token] }
        return (tree?.scalar).flatMap(limited)
    }

    private static func limited(_ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines.union(.controlCharacters))
        return text.isEmpty || text.count > maximumCharacters ? nil : text
    }
}

/// A JSON document as far as values are looked for in it.
private indirect enum JSONTree: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    subscript(token: String) -> JSONTree? {
        switch self {
        case .object(let members): return members[token]
        case .list(let elements):
            // A leading zero is no index.
            guard let index = Int(token), "\(index)" == token, elements.indices.contains(index) else { return nil }
            return elements[index]
        case .null, .bool, .number, .text: return nil
        }
    }

    var scalar: String? {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .number(let value):
            value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .text(let value): value
        case .null, .list, .object: nil
        }
    }
}
