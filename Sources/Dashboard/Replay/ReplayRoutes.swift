// The what-if route: what other labels or rules would have made of the windows that are stored.
import Foundation
import Hummingbird
import NIOCore
import TrendLog

/// `POST /api/v1/replay`; one at a time, everybody else is told to come back.
public struct ReplayRoutes: APIRoutes {
    /// Longest stretch of time replayed in a request.
    public static let longestSeconds = 31.0 * 86_400
    private static let mostBytes = 64 << 10

    private let desk: any ReplayDesk
    private let now: @Sendable () -> Date
    private let admission = DeskAdmission(
        running: 1,
        waiting: 0,
        busy: "a replay is under way, and only one runs at a time; try again in a few seconds"
    )

    public init(desk: any ReplayDesk, now: @escaping @Sendable () -> Date = { Date() }) {
        self.desk = desk
        self.now = now
    }

    public func add(to router: Router<APIContext>) {
        router.post("/api/v1/replay") { request, context in
            guard context.identity != nil else {
                throw APIError(.unauthorized, "login_required", "sign in first")
            }
            return try await admission.admitted {
                let question = try Self.question(
                    Data(buffer: try await request.body.collect(upTo: Self.mostBytes)),
                    now: now()
                )
                return try await Self.telling { try APIResponse.json(try await desk.replay(question)) }
            }
        }
    }

    /// Reads a question; every refusal names the field.
    static func question(_ body: Data, now: Date) throws(APIError) -> ReplayQuestion {
        guard let fields = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] else {
            throw APIError(.badRequest, "bad_json", "the body is no JSON object; expected such as {\"machine\":\"…\"}")
        }
        guard let machine = fields["machine"] as? String, !machine.isEmpty else {
            throw refusal("machine", "the id of a machine")
        }
        let until = try time(fields["until"], "until") ?? now
        let since = try time(fields["since"], "since") ?? until.addingTimeInterval(-86_400)
        guard since < until else { throw APIError(.badRequest, "bad_range", "since must be before until") }
        guard until.timeIntervalSince(since) <= longestSeconds else {
            throw APIError(
                .badRequest,
                "bad_range",
                "the range is longer than 31 days; ask for less, or use `ausculta replay`"
            )
        }
        return ReplayQuestion(
            machine: machine,
            since: since,
            until: until,
            rule: try rule(fields["rule"]),
            labels: try labels(fields["labels"])
        )
    }

    private static func rule(_ value: Any?) throws(APIError) -> String? {
        guard let value, !(value is NSNull) else { return nil }
        guard let rule = value as? [String: Any] else {
            throw refusal("rule", "an object such as {\"confidence\":0.8,\"consecutive\":4}")
        }
        return rule.isEmpty ? nil : try text(rule)
    }

    private static func labels(_ value: Any?) throws(APIError) -> ReplayQuestion.Labels? {
        guard let value, !(value is NSNull) else { return nil }
        let expected = "a list of phrases, or of labels such as {\"id\":\"…\",\"kind\":\"fault\",\"prompts\":[\"…\"]}"
        guard let list = value as? [Any], (1...256).contains(list.count) else { throw refusal("labels", expected) }
        if let phrases = list as? [String] { return .phrases(phrases) }
        guard list.allSatisfy({ $0 is [String: Any] }) else { throw refusal("labels", expected) }
        return .described(try text(list))
    }

    /// JSON is YAML as the configuration's reader takes it, up to escaped slashes.
    private static func text(_ value: Any) throws(APIError) -> String {
        do {
            let data = try JSONSerialization.data(
                withJSONObject: value,
                options: [.withoutEscapingSlashes, .sortedKeys]
            )
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw APIError(.badRequest, "bad_json", "\(error)")
        }
    }

    private static func time(_ value: Any?, _ name: String) throws(APIError) -> Date? {
        guard let value, !(value is NSNull) else { return nil }
        guard let text = value as? String, let date = RFC3339.date(text) else {
            throw refusal(name, "a time such as 2026-11-22T10:00:00Z")
        }
        return date
    }

    private static func refusal(_ name: String, _ expected: String) -> APIError {
        APIError(.badRequest, "bad_parameter", "\(name) is missing or of another form, expected \(expected)")
    }

    private static func telling(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as ReplayRefusal {
            switch refusal {
            case .unknownMachine: throw APIError(.notFound, "not_found", refusal.description)
            case .badChange: throw APIError(.unprocessableContent, "bad_change", refusal.description)
            case .tooSlow: throw APIError(.unprocessableContent, "too_slow", refusal.description)
            }
        } catch is CancellationError {
            throw APIError(.serviceUnavailable, "stopping", "the replay was stopped", headers: [.retryAfter: "10"])
        }
    }
}
