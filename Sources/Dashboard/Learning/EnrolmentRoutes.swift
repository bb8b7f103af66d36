// /api/v1/machines/{id}/enrolment and …/teaching: what a machine learned, and the orders that change it.
import Foundation
import Hummingbird
import MachineHealth
import Publishing
import TrendLog

/// A machine's enrolled normal sound and what it was taught.
public struct EnrolmentRoutes: APIRoutes {
    private let plant: any PlantSource
    private let reader: TrendLogReader
    private let model: String

    /// Decisions listed, the newest.
    private static let mostDecisions = 500

    /// - Parameter model: the model in use, as results are signed with.
    public init(plant: any PlantSource, reader: TrendLogReader, model: String) {
        self.plant = plant
        self.reader = reader
        self.model = model
    }

    private struct Wish: Decodable {
        let since: String
        let until: String?
        let state: String?
        let comment: String?
        let user: String?
    }

    private struct VersionWish: Decodable {
        var version: Int?
        var user: String?
    }

    private struct Done: Encodable {
        let message: String
        let enrolment: OrNull<EnrolmentAnswer>
    }

    private struct Teaching: Encodable {
        let machine: String
        let decisions: [DecisionDocument]
        let calibration: OrNull<CalibrationSummary>
    }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/machines/:id/enrolment") { _, context in
            let machine = try plant.named(context).description.id
            let versions = try await reader.known(or: []) { try await $0.banks(machine: machine, limit: 100) }
            return try APIResponse.json(EnrolmentDocument(machine: machine, model: model, versions: versions))
        }
        router.post("/api/v1/machines/:id/enrolment") { request, context in try await enrol(request, context) }
        router.post("/api/v1/machines/:id/enrolment/confirm") { request, context in
            try await change(request, context) { .confirmEnrolment($0) }
        }
        router.post("/api/v1/machines/:id/enrolment/undo") { request, context in
            try await change(request, context) { .undoEnrolment($0) }
        }
        router.get("/api/v1/machines/:id/teaching") { _, context in
            let description = try plant.named(context).description
            let decisions = try await reader.known(or: []) {
                try await $0.decisions(machine: description.id, includingUndone: true)
            }
            return try APIResponse.json(
                Teaching(
                    machine: description.id,
                    decisions: decisions.suffix(Self.mostDecisions).reversed().map(DecisionDocument.init),
                    calibration: OrNull(try await calibration(of: description.id))
                )
            )
        }
    }

    private func calibration(of machine: String) async throws -> CalibrationSummary? {
        let profile = try await reader.known(or: "") { try await $0.machine(machine).profile }
        guard let record = try await reader.calibration(profile: profile), record.model == model else { return nil }
        return try? PayloadCoder.decode(CalibrationSummary.self, from: record.report)
    }

    private func enrol(_ request: Request, _ context: APIContext) async throws -> Response {
        let identity = try context.requireOperator()
        let machine = try plant.named(context).description.id
        let example = #"{"since":"2026-11-22T10:00:00Z","until":"2026-11-22T10:30:00Z","comment":"oil changed"}"#
        let wish = try await RequestDocument.read(Wish.self, request, example: example)
        guard let since = StretchQuery.time(wish.since) else {
            throw StretchQuery.bad("since", wish.since, "RFC 3339 or milliseconds since 1970")
        }
        var until: Date?
        if let text = wish.until, !text.isEmpty {
            guard let time = StretchQuery.time(text), time > since else {
                throw StretchQuery.bad("until", text, "a time after since, in RFC 3339 or milliseconds since 1970")
            }
            until = time
        }
        return try await order(
            .enroll(
                EnrolmentOrder(
                    machine: machine,
                    since: since,
                    until: until,
                    state: wish.state,
                    user: identity.name(saying: wish.user),
                    comment: wish.comment
                )
            )
        )
    }

    private func change(
        _ request: Request,
        _ context: APIContext,
        _ command: (BankOrder) -> OperatorCommand
    ) async throws -> Response {
        let identity = try context.requireOperator()
        let machine = try plant.named(context).description.id
        let wish = try await RequestDocument.readOptional(VersionWish.self, request, example: #"{"version":2}"#)
        return try await order(
            command(
                BankOrder(
                    machine: machine,
                    version: wish?.version,
                    user: identity.name(saying: wish?.user)
                )
            )
        )
    }

    private func order(_ command: OperatorCommand) async throws -> Response {
        let checked: OperatorCommand
        do {
            // Through its JSON, so that lengths and characters are checked as on every other way in.
            checked = try OperatorCommand(json: command.json())
        } catch let error as OperatorCommandError {
            throw APIError(.badRequest, "bad_request", error.reason)
        }
        let result = await plant.carryOut(checked, from: .http(address: nil))
        guard result.ok else {
            if let report = result.enrolment?.report, report.isRefused {
                throw APIError(.unprocessableContent, "enrolment_refused", result.error ?? "the enrolment was refused")
            }
            throw APIError(.conflict, "conflict", result.error ?? "the order cannot be carried out now")
        }
        return try APIResponse.json(
            Done(message: result.message ?? "done", enrolment: OrNull(result.enrolment))
        )
    }
}
