// A JSON value as a file holds it: numbers as written, members in order, duplicates kept.

/// A parsed JSON value. Made by `JSONParser`; numbers keep their spelling, so that no integer is rounded on the way.
enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Sendable, Equatable {
        var name: String
        var value: JSONValue
    }

    /// The member of that name, where this is an object that has it and it is not null.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self, let member = members.first(where: { $0.name == name }) else {
            return nil
        }
        return member.value == .null ? nil : member.value
    }

    /// An integer, also where it is written as 4.0.
    var integer: Int? {
        guard case .number(let text) = self else { return nil }
        if let exact = Int(text) { return exact }
        guard let value = Double(text), value == value.rounded(), abs(value) < 9e15 else { return nil }
        return Int(value)
    }

    var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// What an error message shows: the value itself, shortened.
    var excerpt: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let text): text.count > 40 ? "\(text.prefix(40))…" : text
        case .string(let text): text.count > 60 ? "\"\(text.prefix(60))…\"" : "\"\(text)\""
        case .array(let values): "[" + Self.list(values.map(\.excerpt)) + "]"
        case .object(let members): "{" + Self.list(members.map(\.name)) + "}"
        }
    }

    private static func list(_ items: [String]) -> String {
        items.prefix(8).joined(separator: ", ") + (items.count > 8 ? ", …" : "")
    }
}
