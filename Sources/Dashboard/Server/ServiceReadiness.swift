// Whether the service does its work: for supervisors and load balancers.
import Hummingbird

/// One thing the service needs.
public struct ReadinessCheck: Sendable, Encodable {
    /// Stable: `broker`, `model`, `store`.
    public let id: String
    public let ok: Bool
    /// In words: how it is, and what to do where it is not well.
    public var text: String

    public init(id: String, ok: Bool, text: String) {
        self.id = id
        self.ok = ok
        self.text = text
    }
}

/// Tells what the service needs and whether it has it.
public protocol ServiceReadiness: Sendable {
    func checks() async -> [ReadinessCheck]
}

/// `GET /healthz`, `GET /readyz`. Both answer everybody; strangers read whether the service is well, not what it consists of.
struct HealthRoutes: APIRoutes {
    let readiness: any ServiceReadiness

    private struct Health: Encodable {
        let status: String
    }

    private struct Readiness: Encodable {
        let status: String
        let checks: [ReadinessCheck]
    }

    func add(to router: Router<APIContext>) {
        router.get("/healthz") { _, _ in try APIResponse.json(Health(status: "ok")) }
        router.get("/readyz") { _, context in
            var checks = await readiness.checks()
            if context.identity == nil {
                for index in checks.indices { checks[index].text = "sign in to read more" }
            }
            let isReady = checks.allSatisfy(\.ok)
            return try APIResponse.json(
                Readiness(status: isReady ? "ready" : "not_ready", checks: checks),
                status: isReady ? .ok : .serviceUnavailable
            )
        }
    }
}

/// `GET /api/openapi.json`.
struct DescriptionRoutes: APIRoutes {
    let folder: WebFolder

    func add(to router: Router<APIContext>) {
        let file = folder.openAPI.map { ($0.lastPathComponent, StaticFolder($0.deletingLastPathComponent())) }
        router.get("/api/openapi.json") { _, _ in
            guard let (name, files) = file, let document = files.file(name) else {
                throw APIError(
                    .notFound,
                    "no_description",
                    "openapi.json is not in this installation; it belongs beside the folder of the pages"
                )
            }
            return Response(
                status: .ok,
                headers: [.contentType: document.type, .cacheControl: "no-cache", .eTag: document.eTag],
                body: .init(byteBuffer: document.content)
            )
        }
    }
}
