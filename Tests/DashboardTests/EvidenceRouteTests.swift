// Kept sound and reviews over HTTP: a real trend log, real FLAC files, a real router.
import AudioFeatures
import BrokerSupport
import Dashboard
import Evidence
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import MachineHealth
import Testing
import TrendLog

/// Lets a request's `X-Role` header say who asks.
private struct HeaderIdentity: RouterMiddleware {
    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let role = request.headers.first { $0.name.rawName == "X-Role" }?.value
        context.identity = role.flatMap(Identity.Role.init(rawValue:)).map { Identity(name: "local", role: $0) }
        return try await next(request, context)
    }
}

/// A store with a machine, one window, and thirty seconds of a tone in its ring.
private final class EvidenceDesk: Sendable {
    static let start = Date(timeIntervalSince1970: 1_795_341_600)
    static let oil = LabelID("bearing-lacking-oil")
    static let normal = LabelID("normal")
    static let rate = 16_000

    let folder: URL
    let store: TrendLogStore
    let keeper: EvidenceKeeper
    let review: ReviewDesk
    let running: Task<Void, Never>
    private let log = LogInbox()

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-http-\(UUID().uuidString)")
        store = try TrendLogStore(url: folder.appendingPathComponent("trend.sqlite"))
        let quiet = Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() }
        let keeper = EvidenceKeeper(settings: EvidenceSettings(), store: store, logger: log.logger, now: { Self.start })
        self.keeper = keeper
        review = ReviewDesk(store: store, logger: quiet, now: { Self.start.addingTimeInterval(100) })
        running = Task { await keeper.run() }
        await keeper.reconfigure(EvidenceSettings(), capturing: ["pump-1"])
        let labels = [
            Label(id: Self.normal, name: LocalizedName(["en": "Normal"]), kind: .normal, prompts: ["a pump"]),
            Label(id: Self.oil, name: LocalizedName(["en": "Oil", "zh": "缺油"]), kind: .fault, prompts: ["dry"]),
        ]
        try await store.register([
            MachineRegistration(machine: "pump-1", site: "plant1", profile: "pump", labels: labels)
        ])
        let observation = Observation(
            machine: "pump-1",
            start: Self.start.addingTimeInterval(10),
            end: Self.start.addingTimeInterval(20),
            scores: [
                LabelScore(label: Self.normal, confidence: 0.375), LabelScore(label: Self.oil, confidence: 0.625),
            ],
            levelDBFS: -20,
            missingFraction: 0,
            quality: .good
        )
        try await store.commit(
            WindowCommit(
                window: WindowRecord(
                    observation: observation,
                    verdict: .undetermined,
                    model: "tiny@1234",
                    latencyMS: 1,
                    embedding: [0.5, -0.25]
                )
            )
        )
        for second in 0..<30 {
            let samples = (0..<Self.rate).map { index in
                Float(0.25 * sin(2 * .pi * 440 * Double(second * Self.rate + index) / Double(Self.rate)))
            }
            keeper.sound.feed(
                "pump-1",
                epoch: 0,
                position: second * Self.rate,
                start: Self.start.addingTimeInterval(Double(second)),
                sampleRateHz: Self.rate,
                samples: samples
            )
        }
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Keeps a clip and returns it.
    func clip(alarm: UUID? = nil) async throws -> ClipRecord {
        let cause = ClipCause(
            reason: alarm == nil ? .review : .alarm,
            label: Self.oil,
            alarmID: alarm,
            start: Self.start.addingTimeInterval(15),
            end: Self.start.addingTimeInterval(18)
        )
        let id = try #require(await keeper.keep(ClipRequest(machine: "pump-1", cause: cause)))
        try await log.wait(for: id.uuidString.lowercased())
        return try #require(try await store.reader.clip(id))
    }

    func test(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let router = Router(context: APIContext.self)
        router.add(middleware: HeaderIdentity())
        let routes: [any APIRoutes] = [
            SoundRoutes(keeper: keeper),
            ReviewRoutes(keeper: keeper, desk: review) { id in
                id == "pump-1" ? LocalizedName(["en": "Pump 1", "zh": "1号泵"]) : nil
            },
        ]
        for room in routes { room.add(to: router) }
        try await Application(router: router).test(.router, body)
    }
}

private func headers(_ pairs: [(String, String)]) throws -> HTTPFields {
    var fields = HTTPFields()
    for (name, value) in pairs {
        let name = try #require(HTTPFields.Element.Name(name))
        fields[name] = value
    }
    return fields
}

private func value(_ name: String, _ fields: HTTPFields) -> String? {
    fields.first { $0.name.rawName.lowercased() == name.lowercased() }?.value
}

private func object(_ response: TestResponse) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
    return try #require(json as? [String: Any])
}

@Suite struct EvidenceRouteTests {
    @Test func recentSoundIsHeardAndSeen() async throws {
        let desk = try await EvidenceDesk()
        try await desk.test { client in
            for format in ["flac", "wav"] {
                let answer = try await client.execute(
                    uri: "/api/v1/machines/pump-1/audio?seconds=5&format=\(format)",
                    method: .get
                )
                #expect(answer.status == .ok)
                #expect(value("content-type", answer.headers) == "audio/\(format)")
                #expect(value("x-start", answer.headers) == "2026-11-22T10:00:25.000Z")
                #expect(value("x-end", answer.headers) == "2026-11-22T10:00:30.000Z")
                let sound = try AudioDecoder().decode(Data(answer.body.readableBytesView)).buffer
                #expect(sound.frameCount == 80_000)
                #expect(sound.sampleRateHz == 16_000)
            }
            let span = "start=2026-11-22T10:00:01Z&end=\(EvidenceDesk.start.millisecondsSince1970 + 4_000)"
            let picture = try await client.execute(
                uri: "/api/v1/machines/pump-1/spectrogram.png?\(span)",
                method: .get
            )
            #expect(picture.status == .ok)
            #expect(value("content-type", picture.headers) == "image/png")
            #expect(value("x-start", picture.headers) == "2026-11-22T10:00:01.000Z")
            #expect(value("x-end", picture.headers) == "2026-11-22T10:00:04.000Z")
            #expect(value("x-frequency-max", picture.headers) == "8000")
            #expect(Array(picture.body.readableBytesView.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
        }
    }

    @Test(
        arguments: [
            ("/api/v1/machines/pump-9/audio", 404, "no_audio"),
            ("/api/v1/machines/pump-9/spectrogram.png", 404, "no_audio"),
            ("/api/v1/machines/pump-1/audio?start=2020-01-01T00:00:00Z&end=2020-01-01T00:00:05Z", 404, "no_audio"),
            ("/api/v1/machines/pump-1/audio?seconds=x", 400, "bad_seconds"),
            ("/api/v1/machines/pump-1/audio?seconds=1e9", 400, "bad_seconds"),
            ("/api/v1/machines/pump-1/audio?start=now&end=later", 400, "bad_start"),
            ("/api/v1/machines/pump-1/audio?start=2026-11-22T10:00:00Z", 400, "bad_start"),
            ("/api/v1/machines/pump-1/audio?format=mp3", 400, "bad_format"),
            ("/api/v1/machines/pump-9/clips", 404, "not_found"),
            ("/api/v1/clips/17", 404, "not_found"),
            ("/api/v1/clips/..%2F..%2Fetc%2Fpasswd/audio", 404, "not_found"),
            ("/api/v1/clips/11111111-2222-3333-4444-555555555555/audio", 404, "not_found"),
            ("/api/v1/review?state=none", 400, "bad_state"),
            ("/api/v1/review?limit=0", 400, "bad_limit"),
            ("/api/v1/review?machine=pump-9", 404, "not_found"),
        ] as [(String, Int, String)]
    )
    func whatCannotBeAnsweredIsRefusedInWords(uri: String, status: Int, code: String) async throws {
        let desk = try await EvidenceDesk()
        try await desk.test { client in
            let answer = try await client.execute(uri: uri, method: .get)
            #expect(answer.status.code == status)
            let error = try #require(try object(answer)["error"] as? [String: Any])
            #expect(error["code"] as? String == code)
            #expect((error["message"] as? String)?.isEmpty == false)
        }
    }

    @Test func aClipIsDescribedHeardInPartsAndSeen() async throws {
        let desk = try await EvidenceDesk()
        let clip = try await desk.clip()
        let file = try Data(contentsOf: desk.folder.appendingPathComponent("clips/\(clip.file)"))
        let path = "/api/v1/clips/\(clip.id.uuidString.lowercased())"
        try await desk.test { client in
            let described = try object(try await client.execute(uri: path, method: .get))
            #expect(described["machine"] as? String == "pump-1")
            #expect(described["start"] as? String == "2026-11-22T10:00:05.000Z")
            #expect(described["duration_s"] as? Double == 23)
            #expect(described["reason"] as? String == "review")
            #expect(described["label"] as? String == "bearing-lacking-oil")
            #expect(described["alarm_id"] is NSNull)
            #expect(described["peaks"] is NSNull)
            #expect(described["bytes"] as? Int == file.count)
            #expect(described["audio"] as? String == path + "/audio")
            let list = try object(try await client.execute(uri: "/api/v1/machines/pump-1/clips", method: .get))
            #expect((list["clips"] as? [[String: Any]])?.map { $0["id"] as? String } == [described["id"] as? String])

            let whole = try await client.execute(uri: path + "/audio", method: .get)
            #expect(whole.status == .ok)
            #expect(Data(whole.body.readableBytesView) == file)
            #expect(value("accept-ranges", whole.headers) == "bytes")
            #expect(value("content-type", whole.headers) == "audio/flac")
            #expect(value("cache-control", whole.headers)?.contains("immutable") == true)
            let tag = try #require(value("etag", whole.headers))
            let name = "filename=\"pump-1-20261122T100005Z.flac\""
            #expect(value("content-disposition", whole.headers)?.contains(name) == true)

            let count = file.count
            let rows: [(String, Range<Int>)] = [
                ("bytes=0-99", 0..<100), ("bytes=100-", 100..<count), ("bytes=-50", count - 50..<count),
                ("bytes=10-\(count + 999)", 10..<count),
            ]
            for (range, expected) in rows {
                let fields = try headers([("Range", range), ("If-Range", tag)])
                let part = try await client.execute(uri: path + "/audio", method: .get, headers: fields)
                #expect(part.status == .partialContent, "\(range)")
                #expect(Data(part.body.readableBytesView) == file[expected], "\(range)")
                #expect(
                    value("content-range", part.headers)
                        == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(count)"
                )
            }
            for range in ["bytes=0-1,5-6", "lines=1-2", "bytes=x-", "bytes=9-3"] {
                let fields = try headers([("Range", range)])
                let all = try await client.execute(uri: path + "/audio", method: .get, headers: fields)
                #expect(all.status == .ok, "\(range)")
                #expect(all.body.readableBytes == count)
            }
            let other = try headers([("Range", "bytes=0-9"), ("If-Range", "\"another\"")])
            let changed = try await client.execute(uri: path + "/audio", method: .get, headers: other)
            #expect(changed.status == .ok)
            let beyond = try headers([("Range", "bytes=\(count)-")])
            let refused = try await client.execute(uri: path + "/audio", method: .get, headers: beyond)
            #expect(refused.status == .rangeNotSatisfiable)
            #expect(value("content-range", refused.headers) == "bytes */\(count)")

            let wav = try await client.execute(uri: path + "/audio?format=wav", method: .get)
            let sound = try AudioDecoder().decode(Data(wav.body.readableBytesView)).buffer
            #expect(sound.frameCount == 23 * 16_000)
            let seek = try headers([("Range", "bytes=44-143")])
            let piece = try await client.execute(uri: path + "/audio?format=wav", method: .get, headers: seek)
            #expect(piece.status == .partialContent)
            #expect(piece.body == wav.body.getSlice(at: wav.body.readerIndex + 44, length: 100))

            let picture = try await client.execute(uri: path + "/spectrogram.png", method: .get)
            #expect(picture.status == .ok)
            #expect(value("cache-control", picture.headers)?.contains("immutable") == true)
        }
    }

    @Test func deletingNeedsAnOperatorAndSparesOpenAlarms() async throws {
        let desk = try await EvidenceDesk()
        let alarm = UUID()
        let record = AlarmRecord(
            machine: "pump-1",
            label: EvidenceDesk.oil,
            state: .unackActive,
            alarmID: alarm,
            since: EvidenceDesk.start,
            required: 3,
            severity: .warning
        )
        try await desk.store.commit(WindowCommit(alarms: [record]))
        let clip = try await desk.clip(alarm: alarm)
        let path = "/api/v1/clips/\(clip.id.uuidString.lowercased())"
        try await desk.test { client in
            let viewer = try headers([("X-Role", "viewer")])
            let expert = try headers([("X-Role", "operator")])
            #expect(try await client.execute(uri: path, method: .delete).status == .unauthorized)
            #expect(try await client.execute(uri: path, method: .delete, headers: viewer).status == .forbidden)
            let refused = try await client.execute(uri: path, method: .delete, headers: expert)
            #expect(refused.status == .conflict)
            var normal = record
            normal.state = .normal
            try await desk.store.commit(WindowCommit(alarms: [normal]))
            #expect(try await client.execute(uri: path, method: .delete, headers: expert).status == .noContent)
            #expect(try await client.execute(uri: path, method: .get).status == .notFound)
            #expect(try await client.execute(uri: path, method: .delete, headers: expert).status == .notFound)
        }
    }

    @Test func aWindowIsPutUpDecidedAndTakenBack() async throws {
        let desk = try await EvidenceDesk()
        try await desk.test { client in
            let expert = try headers([("X-Role", "operator")])
            let wish = #"{"machine":"pump-1","start":"2026-11-22T10:00:12Z","end":"2026-11-22T10:00:19Z"}"#
            let refused = try await client.execute(
                uri: "/api/v1/review",
                method: .post,
                headers: try headers([("X-Role", "viewer")]),
                body: ByteBuffer(string: wish)
            )
            #expect(refused.status == .forbidden)
            let made = try await client.execute(
                uri: "/api/v1/review",
                method: .post,
                headers: expert,
                body: ByteBuffer(string: wish)
            )
            #expect(made.status == .created)
            let item = try object(made)
            let id = try #require(item["id"] as? String)
            #expect(item["reason"] as? String == "manual")
            #expect((item["machine_name"] as? [String: String])?["zh"] == "1号泵")
            #expect((item["window"] as? [String: String])?["start"] == "2026-11-22T10:00:10.000Z")
            #expect((item["scores"] as? [String: Double])?["bearing-lacking-oil"] == 0.625)
            #expect((item["labels"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["normal", "fault"])
            #expect(item["decision"] is NSNull)
            #expect(item["clip"] != nil)

            let bodies: [(String, Int)] = [
                (#"{"decision":"maybe"}"#, 400), (#"{"decision":"label"}"#, 400), ("nothing", 400),
                (#"{"decision":"label","label":"rain"}"#, 400),
                (#"{"decision":"label","label":"normal","comment":"door","user":"Li 李"}"#, 200),
                (#"{"decision":"confirm"}"#, 409),
            ]
            var decision: [String: Any] = [:]
            for (body, status) in bodies {
                let answer = try await client.execute(
                    uri: "/api/v1/review/\(id)/decision",
                    method: .post,
                    headers: expert,
                    body: ByteBuffer(string: body)
                )
                #expect(answer.status.code == status, "\(body)")
                if status == 200 {
                    let document = try object(answer)
                    #expect(document["open"] as? Int == 0)
                    decision = try #require(document["decision"] as? [String: Any])
                }
            }
            #expect(decision["user"] as? String == "Li 李")
            #expect(decision["label"] as? String == "normal")
            #expect(decision["undone"] is NSNull)
            let kept = try await desk.store.reader.decisions(machine: "pump-1")
            #expect(kept.map(\.embedding) == [[0.5, -0.25]])
            #expect(kept.map(\.model) == ["tiny@1234"])

            let decided = try object(try await client.execute(uri: "/api/v1/review?state=decided", method: .get))
            let first = (decided["items"] as? [[String: Any]])?.first?["decision"] as? [String: Any]
            #expect(first?["comment"] as? String == "door")
            let undo = "/api/v1/review/decisions/\(decision["id"] as? String ?? "")"
            #expect(try await client.execute(uri: undo, method: .delete).status == .unauthorized)
            let undone = try await client.execute(uri: undo, method: .delete, headers: expert)
            #expect(undone.status == .ok)
            let mark = (try object(undone)["decision"] as? [String: Any])?["undone"] as? [String: Any]
            #expect(mark?["user"] as? String == "local")
            #expect(try await client.execute(uri: undo, method: .delete, headers: expert).status == .conflict)
            let open = try object(try await client.execute(uri: "/api/v1/review", method: .get))
            #expect(open["open"] as? Int == 1)
            #expect(open["next"] is NSNull)
            #expect(try await desk.store.reader.decisions(machine: "pump-1").isEmpty)
            #expect(try await desk.store.reader.decisions(machine: "pump-1", includingUndone: true).count == 1)
        }
    }

    @Test(
        arguments: [
            (#"{"machine":"pump-1","start":"x","end":"y"}"#, 400),
            (#"{"machine":"pump-1","start":"2026-11-22T10:00:19Z","end":"2026-11-22T10:00:12Z"}"#, 400),
            (#"{"machine":"pump-1","start":"2026-11-22T09:00:00Z","end":"2026-11-22T09:00:10Z"}"#, 404),
            (#"{"machine":"pump-9","start":"2026-11-22T10:00:00Z","end":"2026-11-22T10:00:10Z"}"#, 404),
            ("[]", 400), ("", 400), (String(repeating: "x", count: 70_000), 413),
        ] as [(String, Int)]
    )
    func wishesThatMakeNoSenseAreRefused(body: String, status: Int) async throws {
        let desk = try await EvidenceDesk()
        try await desk.test { client in
            let answer = try await client.execute(
                uri: "/api/v1/review",
                method: .post,
                headers: try headers([("X-Role", "operator")]),
                body: ByteBuffer(string: body)
            )
            #expect(answer.status.code == status)
            #expect(try object(answer)["error"] != nil)
        }
    }
}
