// The what-if route: what it reads, what it refuses, and that only one replay runs.
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import Dashboard

@Suite struct ReplayRouteTests {
    private static let now = Date(timeIntervalSince1970: 1_795_341_600)

    /// Remembers what it is asked, and answers or refuses as told.
    private final class Desk: ReplayDesk {
        let questions = Mutex<[ReplayQuestion]>([])
        let refusal: ReplayRefusal?
        /// Called before the answer, while the request is at work.
        let meanwhile: @Sendable () async throws -> Void

        init(refusal: ReplayRefusal? = nil, meanwhile: @escaping @Sendable () async throws -> Void = {}) {
            self.refusal = refusal
            self.meanwhile = meanwhile
        }

        func replay(_ question: ReplayQuestion) async throws -> ReplayDocument {
            questions.withLock { $0.append(question) }
            try await meanwhile()
            if let refusal { throw refusal }
            return ReplayDocument(
                since: question.since,
                until: question.until,
                model: "tiny@1234",
                changes: [],
                notes: [],
                machines: [
                    ReplayMachine(
                        machine: question.machine,
                        windows: ReplayWindows(),
                        alarms: [
                            ReplayAlarmChange(
                                label: "dry",
                                change: .new,
                                shiftS: nil,
                                before: nil,
                                after: ReplayAlarm(label: "dry", raised: question.since)
                            )
                        ],
                        nearMisses: ReplayNearMisses(before: 0, after: 0, newest: []),
                        stored: ReplayStored(windowsDiffering: 0, alarmsDiffering: []),
                        advice: []
                    )
                ]
            )
        }
    }

    private static func application(_ desk: any ReplayDesk) -> some ApplicationProtocol {
        let router = Router(context: APIContext.self)
        router.middlewares.add(EverybodyIsOperator())
        ReplayRoutes(desk: desk, now: { now }).add(to: router)
        return Application(router: router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func post(_ body: String, _ client: any TestClientProtocol) async throws -> TestResponse {
        try await client.execute(uri: "/api/v1/replay", method: .post, body: ByteBuffer(string: body))
    }

    @Test func aQuestionIsReadAndTheAnswerIsInTheApisStyle() async throws {
        let desk = Desk()
        try await Self.application(desk).test(.router) { client in
            let body = """
                {"machine":"c1","since":"2026-11-20T10:00:00Z","until":"2026-11-21T10:00:00+01:00",
                 "rule":{"confidence":0.8,"consecutive":4},"labels":["normal running","泵/阀"]}
                """
            let response = try await Self.post(body, client)
            #expect(response.status == .ok)
            let answer = try #require(
                try JSONSerialization.jsonObject(with: Data(buffer: response.body)) as? [String: Any]
            )
            #expect(answer["since"] as? String == "2026-11-20T10:00:00.000Z")
            let machine = try #require((answer["machines"] as? [[String: Any]])?.first)
            let alarm = try #require((machine["alarms"] as? [[String: Any]])?.first)
            #expect(alarm["shift_s"] is NSNull && alarm["before"] is NSNull)
            #expect((alarm["after"] as? [String: Any])?["cleared"] is NSNull)
            #expect((machine["windows"] as? [String: Any])?["other_model"] as? Int == 0)
        }
        let question = try #require(desk.questions.withLock { $0.first })
        #expect(question.until.timeIntervalSince(question.since) == 82_800)
        #expect(question.rule == #"{"confidence":0.8,"consecutive":4}"#)
        #expect(question.labels == .phrases(["normal running", "泵/阀"]))
    }

    @Test func aDayIsReplayedWhereNoTimeIsGiven() async throws {
        let question = try ReplayRoutes.question(Data(#"{"machine":"c1"}"#.utf8), now: Self.now)
        #expect(question.until == Self.now)
        #expect(question.until.timeIntervalSince(question.since) == 86_400)
        #expect(question.rule == nil && question.labels == nil)
    }

    @Test(arguments: [
        ("", "bad_json"), ("[1]", "bad_json"), ("{}", "bad_parameter"), (#"{"machine":7}"#, "bad_parameter"),
        (#"{"machine":"c1","since":"yesterday"}"#, "bad_parameter"),
        (#"{"machine":"c1","rule":"consecutive=4"}"#, "bad_parameter"),
        (#"{"machine":"c1","labels":[]}"#, "bad_parameter"), (#"{"machine":"c1","labels":[1,2]}"#, "bad_parameter"),
        (#"{"machine":"c1","since":"2026-11-22T10:00:00Z","until":"2026-11-22T10:00:00Z"}"#, "bad_range"),
        (#"{"machine":"c1","since":"2026-10-01T10:00:00Z"}"#, "bad_range"),
    ])
    func whatCannotBeReadIsRefused(body: String, code: String) throws {
        let error = try #require(throws: APIError.self) { try ReplayRoutes.question(Data(body.utf8), now: Self.now) }
        #expect(error.code == code)
        #expect(error.status == .badRequest)
    }

    @Test(arguments: [
        (ReplayRefusal.unknownMachine("x"), 404, "not_found"), (.badChange("x"), 422, "bad_change"),
        (.tooSlow(limitSeconds: 120), 422, "too_slow"),
    ])
    func refusalsHaveAStatus(refusal: ReplayRefusal, status: Int, code: String) async throws {
        try await Self.application(Desk(refusal: refusal)).test(.router) { client in
            let response = try await Self.post(#"{"machine":"c1"}"#, client)
            #expect(response.status.code == status)
            #expect(String(buffer: response.body).contains("\"\(code)\""))
        }
    }

    @Test func aSecondReplayIsToldToComeBack() async throws {
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let desk = Desk {
            begin.yield()
            for await _ in gate { break }
        }
        try await Self.application(desk).test(.router) { client in
            async let first = Self.post(#"{"machine":"c1"}"#, client)
            for await _ in begun { break }
            let second = try await Self.post(#"{"machine":"c1"}"#, client)
            #expect(second.status == .tooManyRequests)
            #expect(second.headers[.retryAfter] == "5")
            open.yield()
            #expect(try await first.status == .ok)
            open.yield()
            #expect(try await Self.post(#"{"machine":"c1"}"#, client).status == .ok, "the way is free again")
        }
    }
}
