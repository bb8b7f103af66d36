// /api/v1/alarms: the list, one alarm, the export, and operators' orders about one.
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
        router.post("/api/v1/alarms/:id/ack") { request, context in
            try await order(request, context) { order, _ in
                .acknowledge(alarmID: order.id, user: order.user, comment: order.comment)
            }
        }
        router.post("/api/v1/alarms/:id/shelve") { request, context in
            try await order(request, context) { order, wish in .alarm(order.command(.shelve(try wish.shelving()))) }
        }
        for (path, what) in [
            ("unshelve", AlarmOrder.unshelve), ("reset", .reset), ("out-of-service", .outOfService),
            ("in-service", .inService),
        ] {
            router.post("/api/v1/alarms/:id/\(path)") { request, context in
                try await order(request, context) { order, _ in .alarm(order.command(what)) }
            }
        }
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

    // MARK: - Orders

    private struct Wish: Decodable {
        var comment: String?
        var user: String?
        var seconds: Double?
        var oneShot: Bool?

        enum CodingKeys: String, CodingKey {
            case comment, user, seconds
            case oneShot = "one_shot"
        }

        func shelving() throws(APIError) -> AlarmShelving {
            switch (seconds, oneShot ?? false) {
            case (nil, true): return .oneShot
            case (let seconds?, false) where seconds.isFinite && seconds > 0: return .seconds(seconds)
            default:
                throw APIError(
                    .badRequest,
                    "bad_request",
                    "say \"seconds\" (a number above 0) or \"one_shot\": true (until the fault is over once)"
                )
            }
        }
    }

    /// Who wants something of which alarm.
    private struct Ordered {
        let id: UUID
        let user: String
        let comment: String?

        func command(_ order: AlarmOrder) -> AlarmCommand {
            AlarmCommand(order, target: .instance(id), user: user, comment: comment)
        }
    }

    private struct Done: Encodable {
        let ok: Bool
        let message: String
    }

    private func order(
        _ request: Request,
        _ context: APIContext,
        _ make: (Ordered, Wish) throws -> OperatorCommand
    ) async throws -> Response {
        guard let identity = context.identity else {
            throw APIError(.unauthorized, "unauthorized", "log in first: orders are noted under a name")
        }
        guard identity.role >= .operator else {
            throw APIError(
                .forbidden,
                "forbidden",
                "\(identity.name) is a viewer; ordering something about an alarm takes the role operator "
                    + "(`ausculta user add`)"
            )
        }
        let id = try Self.alarmID(context)
        let wish = try await Self.wish(request)
        let user = identity.name(saying: wish.user)
        let command: OperatorCommand
        do {
            let wanted = try make(Ordered(id: id, user: user, comment: wish.comment), wish)
            command = try OperatorCommand(json: wanted.json())
        } catch let error as OperatorCommandError {
            throw APIError(.badRequest, "bad_request", error.reason)
        }
        let result = await book.plant.carryOut(command, from: .http(address: context.remoteAddress?.ipAddress))
        if result.ok { return try APIResponse.json(Done(ok: true, message: result.message ?? "done")) }
        let standing = book.plant.machines.contains { $0.records.contains { $0.alarmID == id } }
        let known = standing ? true : try await book.reader.alarm(id) != nil
        guard known else { throw Self.missing(id) }
        throw APIError(.conflict, "conflict", result.error ?? "the order cannot be carried out now")
    }

    private static func wish(_ request: Request) async throws -> Wish {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: longestBody)
        } catch {
            throw APIError(.contentTooLarge, "too_large", "the body may have \(longestBody) bytes at most")
        }
        guard body.readableBytes > 0 else { return Wish() }
        do {
            return try JSONDecoder().decode(Wish.self, from: Data(body.readableBytesView))
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

    /// The name an order is noted under. Where nobody logs in, people may at least say who they are; nothing and an empty
    /// name are "local".
    func name(saying said: String?) -> String {
        let said = said?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return isLocal && !said.isEmpty ? said : name
    }
}
