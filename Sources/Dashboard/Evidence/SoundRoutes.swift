// Recent sound and kept clips over HTTP.
import AudioFeatures
import Evidence
import Foundation
import Hummingbird
import NIOCore
import TrendLog

/// `/api/v1/machines/{id}/audio`, `…/spectrogram.png`, `…/clips` and `/api/v1/clips`.
public struct SoundRoutes: APIRoutes {
    private let keeper: EvidenceKeeper
    private let reader: TrendLogReader
    private let files = FileIO()

    /// - Parameter keeper: the kept sound and the trend log with its rows.
    public init(keeper: EvidenceKeeper) {
        self.keeper = keeper
        reader = keeper.store.reader
    }

    public func add(to router: Router<APIContext>) {
        let machine = router.group("/api/v1/machines/{id}")
        machine.get("spectrogram.png") { request, context in
            let stretch = try stretch(request, context)
            return image(
                try await EvidenceRefusal.answering { try await keeper.spectrogram(of: stretch) },
                sampleRateHz: stretch.sampleRateHz,
                headers: span(stretch).merging([.cacheControl: "no-store"])
            )
        }
        machine.get("audio") { request, context in
            let format = try SoundFormat(request)
            let stretch = try stretch(request, context)
            let data = try await EvidenceRefusal.answering { try await keeper.encode(stretch, as: format.file) }
            return try ranged(data, request, headers: span(stretch).merging([.contentType: format.file.contentType]))
        }
        machine.get("clips") { request, context in
            let id = context.machineID
            let limit = try StretchQuery.limit(request, standard: 200, most: 2_000)
            let (since, until) = (
                try StretchQuery.time("since", request), try StretchQuery.time("until", request)
            )
            let clips = try await EvidenceRefusal.answering {
                try await reader.clips(machine: id, since: since, until: until, limit: limit)
            }
            return try APIResponse.json(["clips": clips.map(ClipDocument.init)])
        }
        let clip = router.group("/api/v1/clips/{id}")
        clip.get { _, context in try APIResponse.json(ClipDocument(try await self.clip(context))) }
        clip.delete { _, context in try await delete(context) }
        clip.get("audio") { request, context in try await audio(request, context) }
        clip.get("spectrogram.png") { _, context in
            let clip = try await self.clip(context)
            return image(
                try await EvidenceRefusal.answering { try await keeper.spectrogram(of: clip) },
                sampleRateHz: clip.sampleRateHz,
                headers: Self.lasting(clip, "png")
            )
        }
    }

    // MARK: - Recent sound

    private func stretch(_ request: Request, _ context: APIContext) throws -> SoundStretch {
        let machine = context.machineID
        let query = try StretchQuery(request)
        let found: SoundStretch?
        if let span = query.span {
            found = keeper.sound.stretch(machine, from: span.start, to: span.end)
        } else {
            found = keeper.sound.latest(machine, seconds: query.seconds)
        }
        guard let found else {
            throw APIError(
                .notFound,
                "no_audio",
                keeper.sound.isCaptured(machine)
                    ? "nothing is remembered of that stretch of \(machine); only its last seconds are"
                    : "no sound is remembered of \(machine): there is no such machine, or its capture is off"
            )
        }
        return found
    }

    private func span(_ stretch: SoundStretch) -> HTTPFields {
        var fields = HTTPFields()
        fields[SoundHeader.start] = RFC3339.text(stretch.start)
        fields[SoundHeader.end] = RFC3339.text(stretch.end)
        return fields
    }

    // MARK: - Clips

    private func clip(_ context: APIContext) async throws -> ClipRecord {
        let id = try context.requireID("clip")
        guard let clip = try await EvidenceRefusal.answering({ try await reader.clip(id) }) else {
            throw APIError(.notFound, "not_found", "there is no clip \(id.text); it may have been deleted by retention")
        }
        return clip
    }

    private func delete(_ context: APIContext) async throws -> Response {
        _ = try context.requireOperator()
        let id = try context.requireID("clip")
        switch try await EvidenceRefusal.answering({ try await keeper.delete(id) }) {
        case .deleted: return Response(status: .noContent)
        case .unknown: throw APIError(.notFound, "not_found", "there is no clip \(id.text)")
        case .protected:
            throw APIError(
                .conflict,
                "alarm_open",
                "an alarm that is not normal again needs clip \(id.text); acknowledge it and wait until the fault is over"
            )
        }
    }

    private func audio(_ request: Request, _ context: APIContext) async throws -> Response {
        let clip = try await self.clip(context)
        let format = try SoundFormat(request)
        var headers = Self.lasting(clip, format.rawValue)
        headers[.contentType] = format.file.contentType
        let name = "\(clip.machine)-\(clip.start.formatted(Self.nameStyle)).\(format.rawValue)"
        headers[.contentDisposition] = "inline; filename=\"\(name)\""
        if format == .wav {
            let data = try await EvidenceRefusal.answering { try await keeper.wav(of: clip) }
            return try ranged(data, request, headers: headers)
        }
        let attributes = keeper.folder.url(clip.file).flatMap {
            try? FileManager.default.attributesOfItem(atPath: $0.path)
        }
        guard let url = keeper.folder.url(clip.file), let length = attributes?[.size] as? Int, length > 0 else {
            throw APIError(.notFound, "gone", "the file of clip \(clip.id.text) is gone; delete the clip")
        }
        switch range(request, length: length, headers: headers) {
        case .whole:
            headers[.acceptRanges] = "bytes"
            return Response(
                status: .ok,
                headers: headers,
                body: try await files.loadFile(path: url.path, context: context)
            )
        case .part(let part):
            headers[.acceptRanges] = "bytes"
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound)/\(length)"
            return Response(
                status: .partialContent,
                headers: headers,
                body: try await files.loadFile(path: url.path, range: part, context: context)
            )
        case .unsatisfiable: throw unsatisfiable(length)
        }
    }

    /// A clip never changes: whoever has it need not ask again.
    private static func lasting(_ clip: ClipRecord, _ kind: String) -> HTTPFields {
        [.cacheControl: "private, max-age=31536000, immutable", .eTag: "\"\(clip.id.text)-\(kind)\""]
    }

    private static let nameStyle = Date.VerbatimFormatStyle(
        format: """
            \(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)T\
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)Z
            """,
        timeZone: .gmt,
        calendar: Calendar(identifier: .gregorian)
    )

    // MARK: - Answers

    private func image(_ data: Data, sampleRateHz: Int, headers: HTTPFields) -> Response {
        var headers = headers
        headers[.contentType] = "image/png"
        headers[SoundHeader.frequencyMin] = String(Int(SpectrogramPicture.frequencyMinHz))
        headers[SoundHeader.frequencyMax] = String(Int(SpectrogramPicture.topFrequencyHz(sampleRateHz: sampleRateHz)))
        headers[SoundHeader.frequencyScale] = "mel"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    /// A range is only honoured of the very body the caller has the beginning of.
    private func range(_ request: Request, length: Int, headers: HTTPFields) -> ByteRange {
        if let condition = request.headers[.ifRange], condition != headers[.eTag] { return .whole }
        return ByteRange(request.headers[.range], length: length)
    }

    private func ranged(_ data: Data, _ request: Request, headers: HTTPFields) throws(APIError) -> Response {
        var headers = headers
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        // What is recorded this moment is another body next time, so only kept clips can be had in parts.
        guard headers[.eTag] != nil else {
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: data)))
        }
        headers[.acceptRanges] = "bytes"
        switch range(request, length: data.count, headers: headers) {
        case .whole:
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: data)))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound)/\(data.count)"
            let first = data.startIndex + part.lowerBound
            let bytes = ByteBuffer(bytes: data[first..<first + part.count])
            return Response(status: .partialContent, headers: headers, body: .init(byteBuffer: bytes))
        case .unsatisfiable: throw unsatisfiable(data.count)
        }
    }

    private func unsatisfiable(_ length: Int) -> APIError {
        APIError(
            .rangeNotSatisfiable,
            "range_not_satisfiable",
            "the sound has \(length) bytes; the range in the request lies beyond them",
            headers: [.contentRange: "bytes */\(length)", .acceptRanges: "bytes"]
        )
    }
}

/// Headers of our own: what a picture or a piece of recent sound spans.
private enum SoundHeader {
    typealias Name = HTTPFields.Element.Name

    static let start = named("X-Start")
    static let end = named("X-End")
    static let frequencyMin = named("X-Frequency-Min")
    static let frequencyMax = named("X-Frequency-Max")
    static let frequencyScale = named("X-Frequency-Scale")

    private static func named(_ text: String) -> Name {
        guard let name = Name(text) else { preconditionFailure("\(text) is no header name") }
        return name
    }
}

extension HTTPFields {
    fileprivate func merging(_ others: HTTPFields) -> HTTPFields {
        var result = self
        for field in others { result[field.name] = field.value }
        return result
    }
}
