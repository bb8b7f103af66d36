// The review list over HTTP: what waits for a person, what was decided, and taking it back.
import Evidence
import Foundation
import Hummingbird
import MachineHealth
import Publishing
import TrendLog

/// `/api/v1/review`.
public struct ReviewRoutes: APIRoutes {
    private let keeper: EvidenceKeeper
    private let desk: ReviewDesk
    private let reader: TrendLogReader
    private let machineName: @Sendable (String) -> LocalizedName?
    private let learn: @Sendable (ReviewDecision) async -> TeachingAnswer?

    /// The longest stretch a person may put on the list.
    private static let longestWindowSeconds = 120.0
    private static let longestComment = 2_000
    private static let longestName = 64

    /// - Parameters:
    ///   - machineName: the name of a configured machine; nil for one that is not configured (any more).
    ///   - learn: lets the service learn from a decision, or from its undoing, and says what that changed.
    public init(
        keeper: EvidenceKeeper,
        desk: ReviewDesk,
        machineName: @escaping @Sendable (String) -> LocalizedName?,
        learn: @escaping @Sendable (ReviewDecision) async -> TeachingAnswer? = { _ in nil }
    ) {
        self.learn = learn
        self.keeper = keeper
        self.desk = desk
        self.machineName = machineName
        reader = keeper.store.reader
    }

    private struct List: Encodable {
        let items: [ReviewItemDocument]
        let open: Int
        let next: OrNull<String>
    }

    private struct Wish: Decodable {
        let machine: String
        let start: String
        let end: String
    }

    private struct Saying: Decodable {
        let decision: String
        let label: String?
        let comment: String?
        let user: String?
    }

    private struct Decided: Encodable {
        let decision: DecisionDocument
        let open: Int
        let teaching: OrNull<TeachingAnswer>
    }

    private struct Undone: Encodable {
        let decision: DecisionDocument
        let teaching: OrNull<TeachingAnswer>
    }

    public func add(to router: Router<APIContext>) {
        let review = router.group("/api/v1/review")
        review.get { request, _ in try await list(request) }
        review.post { request, context in try await create(request, context) }
        review.post("{id}/decision") { request, context in try await decide(request, context) }
        review.delete("decisions/{id}") { _, context in
            let user = try context.requireOperator()
            let id = try context.requireID("decision")
            let decision = try await EvidenceRefusal.answering { try await desk.undo(id, user: user.name) }
            let teaching = await learn(decision)
            return try APIResponse.json(
                Undone(decision: DecisionDocument(decision), teaching: OrNull(teaching))
            )
        }
    }

    private func list(_ request: Request) async throws -> Response {
        let text = StretchQuery.query("state", request) ?? ReviewState.open.rawValue
        guard let state = ReviewState(rawValue: text) else {
            throw StretchQuery.bad("state", text, "open, decided or expired")
        }
        let limit = try StretchQuery.limit(request, standard: 50, most: 500)
        let machine = StretchQuery.query("machine", request)
        let cursor = StretchQuery.query("cursor", request)
        if let cursor, cursor.split(separator: ".").compactMap({ Int64($0) }).count != 3 {
            throw StretchQuery.bad("cursor", cursor, "the \"next\" of an earlier answer")
        }
        return try await EvidenceRefusal.answering {
            let page = try await reader.reviewPage(state: state, machine: machine, limit: limit, after: cursor)
            var labels: [String: [StoredLabel]] = [:]
            var items: [ReviewItemDocument] = []
            for item in page.items {
                if labels[item.machine] == nil { labels[item.machine] = try await reader.machine(item.machine).labels }
                items.append(
                    try await document(item, labels: labels[item.machine] ?? [], decision: page.decisions[item.id])
                )
            }
            let open = try await reader.openReviewCount()
            return try APIResponse.json(List(items: items, open: open, next: OrNull(page.next)))
        }
    }

    private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try context.requireOperator()
        let example = #"{"machine":"compressor-1","start":"2026-11-22T10:00:00Z","end":"2026-11-22T10:00:10Z"}"#
        let wish = try await RequestDocument.read(Wish.self, request, example: example)
        guard let start = StretchQuery.time(wish.start) else {
            throw StretchQuery.bad("start", wish.start, "RFC 3339 or milliseconds since 1970")
        }
        guard let end = StretchQuery.time(wish.end) else {
            throw StretchQuery.bad("end", wish.end, "RFC 3339 or milliseconds since 1970")
        }
        guard start < end, end.timeIntervalSince(start) <= Self.longestWindowSeconds else {
            throw StretchQuery.bad("end", wish.end, "a time after start, at most 120 s later")
        }
        return try await EvidenceRefusal.answering {
            let near = try await reader.windows(
                machine: wish.machine,
                since: start.addingTimeInterval(-Self.longestWindowSeconds),
                until: end,
                limit: 200
            )
            let shared = { (window: StoredWindow) in
                min(window.end, end).timeIntervalSince(max(window.start, start))
            }
            guard let window = near.filter({ shared($0) > 0 }).max(by: { shared($0) < shared($1) }) else {
                throw APIError(.notFound, "no_window", "no window of \(wish.machine) was heard between these times")
            }
            let item = try await desk.add(
                manually: ReviewCandidate(
                    machine: wish.machine,
                    start: window.start,
                    end: window.end,
                    reason: .manual,
                    label: window.top,
                    confidence: window.confidence,
                    threshold: window.confidence ?? 0,
                    scores: window.scores,
                    levelDBFS: window.levelDBFS,
                    model: window.model
                )
            )
            await keeper.keep(
                ClipRequest(
                    machine: wish.machine,
                    cause: ClipCause(reason: .manual, label: window.top, start: window.start, end: window.end)
                )
            )
            let labels = try await reader.machine(wish.machine).labels
            return try APIResponse.json(
                try await document(item, labels: labels, decision: nil),
                status: .created
            )
        }
    }

    private func decide(_ request: Request, _ context: APIContext) async throws -> Response {
        let identity = try context.requireOperator()
        let id = try context.requireID("review item")
        let example = #"{"decision":"label","label":"bearing-lacking-oil","comment":"dry again"}"#
        let saying = try await RequestDocument.read(Saying.self, request, example: example)
        guard let verdict = ReviewVerdict(rawValue: saying.decision) else {
            throw StretchQuery.bad("decision", saying.decision, "confirm, reject, label or unusable")
        }
        if let comment = saying.comment, comment.count > Self.longestComment {
            throw APIError(.badRequest, "bad_comment", "the comment is longer than \(Self.longestComment) characters")
        }
        // Without users everybody is "local" and may say who they are.
        let user = identity.isLocal ? try Self.name(saying.user) ?? identity.name : identity.name
        return try await EvidenceRefusal.answering {
            guard let item = try await reader.reviewItem(id) else { throw ReviewRefusal.unknownItem(id) }
            let label = try await self.label(saying.label, verdict: verdict, machine: item.machine)
            let outcome = try await desk.decide(
                item: id,
                verdict: verdict,
                label: label,
                user: user,
                comment: saying.comment.flatMap { $0.isEmpty ? nil : $0 }
            )
            let teaching = await learn(outcome.decision)
            return try APIResponse.json(
                Decided(
                    decision: DecisionDocument(outcome.decision),
                    open: outcome.open,
                    teaching: OrNull(teaching)
                )
            )
        }
    }

    /// The label a decision names: needed for `label`, senseless for the others.
    private func label(_ text: String?, verdict: ReviewVerdict, machine: String) async throws -> LabelID? {
        guard verdict == .label else { return nil }
        let known = try await reader.machine(machine).labels.map(\.id)
        guard let text, known.contains(LabelID(text)) else {
            let names = known.map(\.rawValue).joined(separator: ", ")
            throw StretchQuery.bad("label", text ?? "missing", "one of \(names)")
        }
        return LabelID(text)
    }

    private static func name(_ text: String?) throws(APIError) -> String? {
        let name = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard name.count <= longestName else {
            throw APIError(.badRequest, "bad_user", "the user is longer than \(longestName) characters")
        }
        return name.isEmpty ? nil : name
    }

    private func document(
        _ item: ReviewItem,
        labels: [StoredLabel],
        decision: ReviewDecision?
    ) async throws -> ReviewItemDocument {
        ReviewItemDocument(
            item,
            machineName: machineName(item.machine) ?? LocalizedName(["en": item.machine]),
            labels: labels,
            clip: try await reader.clip(machine: item.machine, covering: item.start, to: item.end),
            decision: decision
        )
    }
}
