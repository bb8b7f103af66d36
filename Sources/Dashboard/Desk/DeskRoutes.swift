// The listening desk's routes: a sound and labels in, probabilities out; advice on labels; label sets to begin with.
import AudioFeatures
import Foundation
import Hummingbird
import NIOCore

/// `POST /api/predict`, `POST /api/v1/labels/advice`, `GET /api/v1/presets`.
public struct DeskRoutes: APIRoutes {
    private let desk: any SoundDesk
    private let limits: DeskLimits
    private let sounds: DeskAdmission
    private let phrases: DeskAdmission

    /// - Parameter desk: what judges; asked for one recording at a time per turn.
    public init(desk: any SoundDesk, limits: DeskLimits = DeskLimits()) {
        self.desk = desk
        self.limits = limits
        sounds = DeskAdmission(running: limits.running, waiting: limits.waiting)
        phrases = DeskAdmission(running: 1, waiting: 8)
    }

    public func add(to router: Router<APIContext>) {
        router.post("/api/predict") { request, context in
            try await Self.telling { try await predict(request, context) }
        }
        router.post("/api/v1/labels/advice") { request, context in
            try await Self.telling { try await advise(request, context) }
        }
        router.get("/api/v1/presets") { _, _ in
            try APIResponse.json(LabelPreset.Document(presets: LabelPreset.all))
        }
    }

    // MARK: - A sound

    private enum Form {
        case multipart(boundary: String)
        case json
    }

    private func predict(_ request: Request, _ context: APIContext) async throws -> Response {
        guard context.identity != nil else { throw Self.nobody }
        let form = try form(of: request)
        let most =
            switch form {
            case .multipart: limits.uploadBytes
            // Base64 makes four bytes of three; the labels come on top.
            case .json: limits.jsonSoundBytes / 3 * 4 + (256 << 10)
            }
        if let announced = request.headers[.contentLength].flatMap(Int.init), announced > most {
            throw tooLarge(form, most: most)
        }
        let begin = ContinuousClock.now
        return try await sounds.admitted {
            try await request.body.consumeWithCancellationOnInboundClose { body in
                let bytes = try await collect(body, upTo: most, orThrow: tooLarge(form, most: most))
                let asked = try read(bytes, as: form)
                return try await sounds.turn { try await answer(asked, since: begin) }
            }
        }
    }

    private func form(of request: Request) throws -> Form {
        let type = request.headers[.contentType] ?? ""
        do {
            if let boundary = try MultipartForm.boundary(contentType: type) { return .multipart(boundary: boundary) }
        } catch {
            throw APIError(.badRequest, "bad_form", "\(error)")
        }
        let kind = type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        guard kind == "application/json" else {
            throw APIError(
                .unsupportedMediaType,
                "unsupported_media_type",
                "Content-Type is '\(type.prefix(80))'; expected multipart/form-data or application/json"
            )
        }
        return .json
    }

    private func read(_ bytes: Data, as form: Form) throws -> PredictRequest {
        switch form {
        case .json: return try PredictRequest(json: bytes, limits: limits)
        case .multipart(let boundary):
            do {
                return try PredictRequest(MultipartForm(bytes, boundary: boundary), limits: limits)
            } catch let error as MultipartError {
                throw APIError(.badRequest, "bad_form", "\(error)")
            }
        }
    }

    private func answer(_ asked: PredictRequest, since begin: ContinuousClock.Instant) async throws -> Response {
        let answer = try await desk.classify(
            DeskQuestion(
                sound: asked.sound,
                name: asked.filename,
                labels: asked.labels,
                threshold: asked.threshold,
                windowSeconds: asked.window,
                hopSeconds: asked.hop,
                denoise: asked.denoise,
                maximumSeconds: limits.durationSeconds,
                maximumWindows: limits.windows
            )
        )
        let advice = LabelAdvice.on(asked.labels, similarity: try await desk.similarity(of: asked.labels))
        let document = PredictDocument(
            answer,
            to: asked,
            model: desk.modelName,
            advice: advice,
            elapsedSeconds: (ContinuousClock.now - begin) / .seconds(1)
        )
        var response = try APIResponse.json(document)
        // The connection was watched for its end all along and cannot carry another request.
        response.headers[.connection] = "close"
        return response
    }

    /// The whole body; one that is too large is read on for a while, so that its sender hears the answer.
    private func collect(_ body: RequestBody, upTo most: Int, orThrow refusal: APIError) async throws -> Data {
        let seconds = limits.uploadSeconds
        return try await withThrowingTaskGroup(of: Data.self) { group in
            group.addTask {
                var bytes = Data()
                var count = 0
                for try await buffer in body {
                    count += buffer.readableBytes
                    guard count <= most else {
                        bytes = Data()
                        if count > 4 * most { throw refusal }
                        continue
                    }
                    bytes.append(contentsOf: buffer.readableBytesView)
                }
                guard count <= most else { throw refusal }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw APIError(
                    .requestTimeout,
                    "upload_too_slow",
                    "the upload was not complete after \(Int(seconds)) s, which is the limit"
                )
            }
            defer { group.cancelAll() }
            guard let bytes = try await group.next() else { throw CancellationError() }
            return bytes
        }
    }

    private func tooLarge(_ form: Form, most: Int) -> APIError {
        switch form {
        case .json: PredictRequest.tooLargeForJSON(limits)
        case .multipart:
            APIError(.contentTooLarge, "upload_too_large", "the upload has more than \(most) bytes, which is the limit")
        }
    }

    // MARK: - Labels

    private struct AdviceRequest: Decodable {
        var labels: [String]
    }

    private struct AdviceDocument: Encodable {
        var advice: [LabelAdvice]
        var similarity: [[Double]]
    }

    private func advise(_ request: Request, _ context: APIContext) async throws -> Response {
        guard context.identity != nil else { throw Self.nobody }
        let most = 256 << 10
        return try await phrases.admitted {
            let tooLarge = APIError(.contentTooLarge, "body_too_large", "more than \(most) bytes, which is the limit")
            let bytes = try await collect(request.body, upTo: most, orThrow: tooLarge)
            guard let asked = try? JSONDecoder().decode(AdviceRequest.self, from: bytes) else {
                throw PredictRequest.bad("the body is not a JSON object such as {\"labels\":[\"…\",\"…\"]}")
            }
            let labels = try PredictRequest.checked(asked.labels, limits: limits, atLeast: 0)
            return try await phrases.turn {
                let cosines = try await similarity(of: labels)
                return try APIResponse.json(
                    AdviceDocument(
                        advice: LabelAdvice.on(labels, similarity: cosines),
                        similarity: cosines.map { row in row.map { ($0 * 1e4).rounded() / 1e4 } }
                    )
                )
            }
        }
    }

    /// Cosines of all labels; an empty one is like nothing.
    private func similarity(of labels: [String]) async throws -> [[Double]] {
        let present = labels.indices.filter { !labels[$0].isEmpty }
        var cosines = labels.map { _ in [Double](repeating: 0, count: labels.count) }
        guard !present.isEmpty else { return cosines }
        let known = try await desk.similarity(of: present.map { labels[$0] })
        for (row, label) in present.enumerated() {
            for (column, other) in present.enumerated() { cosines[label][other] = known[row][column] }
        }
        return cosines
    }

    // MARK: - Refusals

    private static let nobody = APIError(.unauthorized, "unauthorized", "log in first")

    /// Runs `body`; what the desk refuses becomes an answer that says so.
    private static func telling(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as APIError {
            throw error
        } catch let error as AudioDecodingError {
            throw APIError(status(of: error.code), error.code.rawValue, error.description)
        } catch let refusal as DeskRefusal {
            throw answer(to: refusal)
        } catch is CancellationError {
            throw APIError(
                .init(code: 499, reasonPhrase: "Client Closed Request"),
                "cancelled",
                "the connection was closed before the answer was there"
            )
        }
    }

    private static func status(of code: AudioDecodingError.Code) -> HTTPResponse.Status {
        switch code {
        case .payloadTooLarge, .durationTooLong: .contentTooLarge
        case .unrecognizedFormat, .malformedContentType: .unsupportedMediaType
        default: .unprocessableContent
        }
    }

    private static func answer(to refusal: DeskRefusal) -> APIError {
        switch refusal {
        case .tooLong(let seconds, let limit):
            APIError(
                .contentTooLarge,
                "duration_too_long",
                "the sound is \(seconds.map { "\(Int($0.rounded(.up))) s" } ?? "too") long; "
                    + "\(Int(limit)) s is the limit; cut it, or use `ausculta classify`"
            )
        case .tooManyWindows(let limit):
            APIError(
                .contentTooLarge,
                "too_many_windows",
                "more than \(limit) windows, which is the limit; take a longer hop"
            )
        case .closed:
            APIError(.serviceUnavailable, "stopping", "the service is stopping", headers: [.retryAfter: "10"])
        }
    }
}
