// Query parameters as typed values; what cannot be read is refused by name, with what was expected.
import Foundation
import Hummingbird
import TrendLog

/// The query of a request.
struct RequestQuery {
    private let values: [String: String]

    init(_ request: Request) {
        let pairs = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
        values = Dictionary(pairs) { first, _ in first }
    }

    /// A text; nil where it is absent or empty.
    func text(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// A whole number in a range.
    func integer(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws(APIError) -> Int {
        guard let text = text(name) else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw Self.refusal(name, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A moment: RFC 3339 or milliseconds since 1970.
    func date(_ name: String) throws(APIError) -> Date? {
        guard let text = text(name) else { return nil }
        // A plus sign of an offset may have come through as a space.
        if let date = RFC3339.date(text) ?? RFC3339.date(text.replacing(" ", with: "+")) { return date }
        if let milliseconds = Int64(text), (0..<253_402_300_800_000).contains(milliseconds) {
            return Date(millisecondsSince1970: milliseconds)
        }
        throw Self.refusal(name, text, "a time such as 2026-11-22T10:00:00Z, or milliseconds since 1970")
    }

    /// One of some words.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Value.Type
    ) throws(APIError) -> Value? where Value.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw Self.refusal(name, text, "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    /// A stretch of time of some length at most, ending now where nothing else is said.
    func range(
        now: Date,
        defaultSeconds: Double,
        longestSeconds: Double = 20 * 366 * 86_400
    ) throws(APIError) -> (since: Date, until: Date) {
        let until = try date("until") ?? now
        let since = try date("since") ?? until.addingTimeInterval(-defaultSeconds)
        guard since < until else {
            throw APIError(.badRequest, "bad_range", "since must be before until")
        }
        guard until.timeIntervalSince(since) <= longestSeconds else {
            throw APIError(.badRequest, "bad_range", "the range is longer than 20 years; ask for less")
        }
        return (since, until)
    }

    static func refusal(_ name: String, _ found: String, _ expected: String) -> APIError {
        APIError(.badRequest, "bad_parameter", "\(name) is \"\(found.prefix(80))\", expected \(expected)")
    }
}

extension APIContext {
    /// The machine's id in a path.
    var machineID: String { parameters.get("id")?.removingPercentEncoding ?? "" }
}

extension PlantSource {
    /// The machine a path names.
    func named(_ context: APIContext) throws -> LiveMachine {
        let id = context.machineID
        guard let machine = machine(id) else {
            throw APIError(
                .notFound,
                "not_found",
                "there is no machine \"\(id.prefix(128))\"; /api/v1/machines lists those configured"
            )
        }
        return machine
    }
}

extension TrendLogReader {
    /// Runs a read for a machine that may not be in the trend log yet: what is not there is empty, not an error.
    func known<Value>(or empty: Value, _ body: (TrendLogReader) async throws -> Value) async throws -> Value {
        do {
            return try await body(self)
        } catch let error as TrendLogError where error.code == .notFound {
            return empty
        }
    }
}
