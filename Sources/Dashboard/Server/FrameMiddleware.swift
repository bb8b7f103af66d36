// Around every answer: security headers, errors in the API's shape, a line in the log.
// https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
import Foundation
import Hummingbird
import NIOHTTP1
import ServiceLifecycle

/// The outermost middleware.
struct FrameMiddleware: RouterMiddleware {
    typealias Context = APIContext

    static let contentSecurityPolicy = """
        default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; script-src 'self'; \
        connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'
        """

    private static let securityHeaders: [(String, String)] = [
        ("Content-Security-Policy", contentSecurityPolicy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "microphone=(self), camera=(), geolocation=()"),
    ]
    private static let fields: [(HTTPFields.Element.Name, String)] = securityHeaders.compactMap { name, value in
        HTTPFields.Element.Name(name).map { ($0, value) }
    }

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection is beyond answering; the server closes it.
            throw error
        } catch {
            response = try Self.refusal(error, request, context).response(from: request, context: context)
        }
        if response.headers[.contentType]?.hasPrefix("text/event-stream") == true {
            response.body = Self.endingWithTheServer(response.body)
        }
        // RFC 9110: no body and no length where there can be none.
        if request.method == .head { response = response.createHeadResponse() }
        if response.status == .noContent || response.status == .notModified { response.headers[.contentLength] = nil }
        for (name, value) in Self.fields where response.headers[name] == nil { response.headers[name] = value }
        context.logger.debug(
            """
            \(request.method.rawValue) \(request.uri.path.prefix(200)) \(response.status.code) \
            \(Int((ContinuousClock.now - started) / .milliseconds(1))) ms
            """
        )
        return response
    }

    /// Any error as the caller is told. What is our fault is logged and not explained to strangers.
    private static func refusal(_ error: any Error, _ request: Request, _ context: APIContext) -> APIError {
        if let error = error as? APIError { return error }
        if let error = error as? HTTPError {
            return APIError(
                error.status,
                code(error.status),
                error.body ?? error.status.reasonPhrase,
                headers: error.headers
            )
        }
        if let error = error as? any HTTPResponseError {
            return APIError(error.status, code(error.status), error.status.reasonPhrase)
        }
        if error is CancellationError {
            return APIError(.serviceUnavailable, "stopping", "the service is stopping; try again in a moment")
        }
        context.logger.error("\(request.method.rawValue) \(request.uri.path.prefix(200)): \(error)")
        return APIError(.internalServerError, "internal", "the service failed to answer; its log says why")
    }

    /// A status as a code for programs: `not_found`.
    private static func code(_ status: HTTPResponse.Status) -> String {
        status.reasonPhrase.lowercased().map { $0.isLetter ? String($0) : "_" }.joined()
    }

    /// A stream without an end ends when the server is told to stop, not when its client goes away.
    private static func endingWithTheServer(_ body: ResponseBody) -> ResponseBody {
        ResponseBody(contentLength: body.contentLength) { writer in
            nonisolated(unsafe) let writer = writer
            try await cancelWhenGracefulShutdown { try await body.write(writer) }
        }
    }
}
