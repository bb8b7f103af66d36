// Every refusal of the API has one shape: {"error":{"code","message"}}, and says what to do.
import Foundation
import Hummingbird

/// A request that cannot be fulfilled, as the caller is told.
public struct APIError: Error, Hashable, Sendable, HTTPResponseError {
    public let status: HTTPResponse.Status
    /// Stable, for programs: `not_found`, `too_large`.
    public let code: String
    /// For people: what was found, what was expected, what to do.
    public let message: String
    /// Header fields beside the body, for example `Retry-After`.
    public var headers: HTTPFields

    public init(_ status: HTTPResponse.Status, _ code: String, _ message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    private struct Body: Encodable {
        struct Detail: Encodable {
            let code: String
            let message: String
        }
        let error: Detail
    }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try APIResponse.json(Body(error: .init(code: code, message: message)), status: status)
        response.headers.append(contentsOf: headers)
        return response
    }
}
