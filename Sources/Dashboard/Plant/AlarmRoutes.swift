// /api/v1/alarms: the list, one alarm, the export, and the acknowledgement.
import Foundation
import Hummingbird
import MachineHealth
import Publishing
import TrendLog

/// Alarms, present and past.
public struct AlarmRoutes: APIRoutes {
    private static let longestBody = OperatorCommand.maximumBytes

    private let book: AlarmBook
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - clips: kept sound, where some is kept.
    ///   - now: the present time.
    public init(
        plant: any PlantSource,
        reader: TrendLogReader,
        clips: any AlarmClips = NoAlarmClips(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        book = AlarmBook(plant: plant, reader: reader, clips: clips)
        self.now = now
    }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/alarms") { request, _ in try await list(RequestQuery(request)) }
        router.get("/api/v1/alarms.csv") { request, _ in try export(RequestQuery(request)) }
        router.get("/api/v1/alarms/:id") { _, context in
            let id = try Self.alarmID(context)
            guard let detail = try await book.detail(id, now: now()) else { throw Self.missing(id) }
            return try APIResponse.json(detail)
        }
        router.post("/api/v1/alarms/:id/ack") { request, context in try await acknowledge(request, context) }
    }

    // MARK: - Reading

    private struct List: Encodable {
        let alarms: [AlarmDocument]
        @OrNull var next: String?
        let active: Int
    }

    private func list(_ query: RequestQuery) async throws -> Response {
        let filter = try Self.filter(query)
        let limit = try query.integer("limit", in: 1...1_000, default: 100)
        var cursor: AlarmPosition?
        if let text = query.text("cursor") {
            guard let position = AlarmPosition(text) else {
                throw RequestQuery.refusal("cursor", text, "the \"next\" of an earlier answer")
            }
            cursor = position
        }
        let position = cursor
        let page = try await book.reader.known(or: AlarmPage(alarms: [], next: nil)) { reader in
            try await reader.alarmPage(filter, limit: limit, after: position)
        }
        return try APIResponse.json(
            List(
                alarms: try await book.documents(page.alarms, now: now()),
                next: page.next?.description,
                active: try await book.reader.standingAlarmCount()
            )
        )
    }

    /// Written page by page, so that years of alarms take no more memory than a page.
    private func export(_ query: RequestQuery) throws -> Response {
        let filter = try Self.filter(query)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: AlarmCSV.header))
            var cursor: AlarmPosition?
            repeat {
                let position = cursor
                let page = try await book.reader.known(or: AlarmPage(alarms: [], next: nil)) { reader in
                    try await reader.alarmPage(filter, limit: 500, after: position)
                }
                let rows = try await book.documents(page.alarms, now: now()).map(AlarmCSV.row).joined()
                if !rows.isEmpty { try await writer.write(ByteBuffer(string: rows)) }
                cursor = page.next
            } while cursor != nil
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"alarms.csv\"",
            ],
            body: body
        )
    }

    private static func filter(_ query: RequestQuery) throws(APIError) -> AlarmFilter {
        AlarmFilter(
            standing: try query.choice("state", AlarmFilter.Standing.self) ?? .all,
            machine: query.text("machine"),
            label: query.text("label").map(LabelID.init(rawValue:)),
            severity: try query.choice("severity", Severity.self),
            since: try query.date("since"),
            until: try query.date("until")
        )
    }

    private static func alarmID(_ context: APIContext) throws(APIError) -> UUID {
        let text = context.parameters.get("id") ?? ""
        guard let id = UUID(uuidString: text) else {
            throw APIError(.notFound, "not_found", "\"\(text.prefix(80))\" is no alarm id: it has to be a UUID")
        }
        return id
    }

    private static func missing(_ id: UUID) -> APIError {
        APIError(.notFound, "not_found", "there is no alarm \(id.text); /api/v1/alarms lists those known")
    }

    // MARK: - Acknowledging

    private struct Order: Decodable {
        var comment: String?
        var user: String?
    }

    private struct Done: Encodable {
        let ok: Bool
        let message: String
    }

    private func acknowledge(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let identity = context.identity else {
            throw APIError(.unauthorized, "unauthorized", "log in first: acknowledging is noted under a name")
        }
        guard identity.role >= .operator else {
            throw APIError(
                .forbidden,
                "forbidden",
                "\(identity.name) is a viewer; acknowledging takes the role operator (`ausculta user add`)"
            )
        }
        let id = try Self.alarmID(context)
        let order = try await Self.order(request)
        // Where nobody logs in, people may at least say who they are.
        let user = identity.isLocal ? (order.user ?? identity.name) : identity.name
        let command: OperatorCommand
        do {
            let wish = OperatorCommand.acknowledge(alarmID: id, user: user, comment: order.comment)
            command = try OperatorCommand(json: wish.json())
        } catch let error as OperatorCommandError {
            throw APIError(.badRequest, "bad_request", error.reason)
        }
        let result = await book.plant.carryOut(command)
        if result.ok { return try APIResponse.json(Done(ok: true, message: result.message ?? "acknowledged")) }
        let standing = book.plant.machines.contains { $0.records.contains { $0.alarmID == id } }
        let known = standing ? true : try await book.reader.alarm(id) != nil
        guard known else { throw Self.missing(id) }
        throw APIError(.conflict, "conflict", result.error ?? "the alarm cannot be acknowledged now")
    }

    private static func order(_ request: Request) async throws -> Order {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: longestBody)
        } catch {
            throw APIError(.contentTooLarge, "too_large", "the body may have \(longestBody) bytes at most")
        }
        guard body.readableBytes > 0 else { return Order() }
        do {
            return try JSONDecoder().decode(Order.self, from: Data(body.readableBytesView))
        } catch {
            throw APIError(
                .badRequest,
                "bad_request",
                "the body is not a JSON object such as {\"comment\":\"on my way\"}"
            )
        }
    }
}

extension Identity {
    /// Whoever sits at the box where no users exist.
    var isLocal: Bool { name == "local" }
}
