// What the server answers to, as a list: for methods that a path does not take, and for its description.
import Hummingbird
import Synchronization

/// A method and a path with its parameters in braces: `GET /api/v1/machines/{id}`.
public struct DashboardRoute: Hashable, Sendable, CustomStringConvertible {
    public let method: String
    public let path: String

    public init(method: String, path: String) {
        self.method = method
        self.path = path
    }

    public var description: String { "\(method) \(path)" }
}

/// All routes of a router.
struct RouteTable: Sendable {
    let routes: [DashboardRoute]

    init(_ router: Router<APIContext>) {
        routes = router.routes.map { DashboardRoute(method: $0.method.rawValue, path: $0.path.description) }
            .sorted { ($0.path, $0.method) < ($1.path, $1.method) }
    }

    /// The methods a path takes; empty for an unknown path.
    func methods(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        let methods = routes.filter { Self.matches($0.path.split(separator: "/"), parts) }.map(\.method)
        return Set(methods + (methods.contains("GET") ? ["HEAD"] : [])).sorted()
    }

    private static func matches(_ template: [Substring], _ parts: [Substring]) -> Bool {
        template.count == parts.count
            && zip(template, parts).allSatisfy { pattern, part in
                guard let open = pattern.firstIndex(of: "{"), let end = pattern.lastIndex(of: "}") else {
                    return pattern == part
                }
                return part.hasPrefix(pattern[..<open]) && part.hasSuffix(pattern[pattern.index(after: end)...])
            }
    }
}

extension RouteTable {
    /// A table for those who stand before the routes and are made before them.
    final class Box: Sendable {
        private let table = Mutex<RouteTable?>(nil)

        var value: RouteTable { table.withLock { $0 } ?? RouteTable(Router(context: APIContext.self)) }

        func fill(from router: Router<APIContext>) -> RouteTable {
            let routes = RouteTable(router)
            table.withLock { $0 = routes }
            return routes
        }
    }
}

/// Answers what no route took: files, wrong methods, unknown paths.
struct FallbackMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let files: StaticFiles
    /// The routes, known once all are added.
    let table: RouteTable.Box

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        // The router names the endpoint before it calls a route.
        guard context.endpointPath == nil else { return try await next(request, context) }
        let path = request.uri.path
        let methods = table.value.methods(of: path)
        if !methods.isEmpty { throw Self.wrongMethod(request, methods) }
        if path == "/api" || path.hasPrefix("/api/") {
            throw APIError(
                .notFound,
                "no_such_route",
                "there is nothing at \(path.prefix(200)); /api/openapi.json lists what there is"
            )
        }
        guard request.method == .get || request.method == .head else {
            throw Self.wrongMethod(request, ["GET", "HEAD"])
        }
        return try files.response(to: request)
    }

    private static func wrongMethod(_ request: Request, _ methods: [String]) -> APIError {
        let list = methods.joined(separator: ", ")
        return APIError(
            .methodNotAllowed,
            "wrong_method",
            "\(request.uri.path.prefix(200)) takes \(list), not \(request.method.rawValue.prefix(20))",
            headers: [.allow: list]
        )
    }
}
