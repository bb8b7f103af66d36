// The gate in front of every route.
import Hummingbird

/// Checks host, asker, role and origin, in this order, and tells the routes who asks.
struct AccessMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let access: AccessControl
    let crossSite: CrossSiteGuard

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        // Probes of a supervisor come by address and want nothing but a yes.
        if context.endpointPath == "/healthz" { return try await next(request, context) }
        try crossSite.checkHost(request)
        var context = context
        context.identity = try await access.identify(request, context)
        try access.authorize(context.identity, request, context)
        try crossSite.checkChange(request, context)
        return try await next(request, context)
    }
}
