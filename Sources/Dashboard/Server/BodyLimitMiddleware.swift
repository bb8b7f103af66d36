// No request may send more than its route can want.
import Hummingbird
import NIOCore

/// Refuses bodies above a limit, by their announced length or as they come.
struct BodyLimitMiddleware: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head else { return try await next(request, context) }
        // By the route the router chose: it takes "/api/predict/" for "/api/predict".
        let large = context.endpointPath.flatMap { DashboardLimits.largeBodyBytes[$0] }
        let limit = large ?? DashboardLimits.bodyBytes
        if let announced = request.headers[.contentLength].flatMap({ Int($0) }), announced > limit {
            throw Self.tooLarge(limit)
        }
        // The desk counts what comes itself, and its watch over a client that leaves needs the body as it arrives.
        guard large == nil else { return try await next(request, context) }
        var request = request
        request.body = RequestBody(asyncSequence: LimitedBody(base: request.body, limit: limit))
        return try await next(request, context)
    }

    static func tooLarge(_ limit: Int) -> APIError {
        APIError(.contentTooLarge, "too_large", "the request's body may have \(limit) bytes at most")
    }
}

/// A body that fails once it has brought too much.
private struct LimitedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let base: RequestBody
    let limit: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        var left: Int
        let limit: Int

        mutating func next() async throws -> ByteBuffer? {
            guard let buffer = try await base.next() else { return nil }
            left -= buffer.readableBytes
            guard left >= 0 else { throw BodyLimitMiddleware.tooLarge(limit) }
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), left: limit, limit: limit)
    }
}
