// Enrolment and teaching over HTTP, through the whole service.
import EdgeService
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Testing
import TrendLog

@Suite(.serialized) struct EnrolmentRouteTests {
    private let machine = "compressor-1"

    private struct Answer {
        let status: Int
        let object: [String: Any]

        func part(_ key: String) -> [String: Any] { object[key] as? [String: Any] ?? [:] }
        var errorCode: String? { part("error")["code"] as? String }
    }

    private func ask(_ node: EdgeNode, _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws
        -> Answer
    {
        let port = try #require(node.dashboardURL.flatMap { URLComponents(string: $0) }?.port)
        let request = TestClient.Request(
            path,
            method: method,
            authority: "127.0.0.1:\(port)",
            headers: [.connection: "close"],
            body: body.map { ByteBuffer(string: $0) }
        )
        let response = try await TestClient.withClient(
            host: "127.0.0.1",
            port: port,
            configuration: .init(timeout: .seconds(60))
        ) { try await $0.execute(request) }
        let data = Data((response.body.map { String(buffer: $0) } ?? "").utf8)
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return Answer(status: response.status.code, object: object ?? [:])
    }

    @Test func aMachineIsEnrolledTaughtAndBroughtBack() async throws {
        try await Plant.with { plant in
            let file = try plant.write(PlantSettings(http: "{listen: \"127.0.0.1:0\"}"))
            let node = try await EdgeNode(
                try ServiceConfiguration.load(file.path),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let seen = plant.messages.values.count
            try await node.start()
            do {
                try await plant.online(skipping: seen)
                try await story(node, plant)
            } catch {
                await node.stop()
                throw error
            }
            await node.stop()
        }
    }

    private func story(_ node: EdgeNode, _ plant: Plant) async throws {
        let path = "/api/v1/machines/\(machine)"
        let empty = try await ask(node, .get, "\(path)/enrolment")
        #expect(empty.status == 200)
        #expect(empty.object["active_version"] is NSNull)
        #expect((empty.object["versions"] as? [Any])?.isEmpty == true)

        var microphone = PlantMicrophone(plant, machine)
        let start = microphone.time
        try await microphone.live(0..<32)
        let stretch =
            #"{"since":"\#(RFC3339.text(start))","until":"\#(RFC3339.text(microphone.time))","comment":"new"}"#
        let made = try await ask(node, .post, "\(path)/enrolment", stretch)
        #expect(made.status == 200, "\(made.object)")
        let enrolment = made.part("enrolment")
        #expect(enrolment["version"] as? Int == 1 && enrolment["standing"] as? String == "active")
        #expect((enrolment["report"] as? [String: Any])?["windows_used"] as? Int == 32)

        let short = #"{"since":"\#(RFC3339.text(microphone.time.addingTimeInterval(-6)))"}"#
        let refused = try await ask(node, .post, "\(path)/enrolment", short)
        #expect(refused.status == 422)
        #expect(refused.errorCode == "enrolment_refused")
        for body in ["{}", #"{"since":"soon"}"#, #"{"since":"2026-11-22T10:00:00Z","until":"2026-11-22T09:00:00Z"}"#] {
            #expect(try await ask(node, .post, "\(path)/enrolment", body).status == 400, "\(body)")
        }
        #expect(try await ask(node, .post, "/api/v1/machines/nobody/enrolment", stretch).status == 404)
        #expect(try await ask(node, .post, "\(path)/enrolment/confirm").status == 409)

        try await microphone.live(32..<34)
        let listed = try await ask(node, .get, "\(path)/enrolment")
        let version = try #require((listed.object["versions"] as? [[String: Any]])?.first)
        #expect(version["usable"] as? Bool == true && version["user"] as? String == "local")
        #expect(version["comment"] as? String == "new")
        #expect((version["report"] as? [String: Any])?["machine"] as? String == machine)
        let until = RFC3339.text(microphone.time)
        let trend = try await ask(node, .get, "\(path)/trend?since=\(RFC3339.text(start))&until=\(until)")
        let times = try #require(trend.object["times"] as? [Any])
        let novelty = trend.part("novelty")
        for key in ["mean", "max", "limit", "novel"] {
            let values = try #require(novelty[key] as? [Any], "\(key)")
            #expect(values.count == times.count)
            #expect(!(values.last is NSNull))
        }
        #expect((novelty["mean"] as? [Any])?.first is NSNull)
        #expect((trend.object["troubled"] as? [Int])?.count == times.count)

        try await teach(node, start, path)
        #expect(try await ask(node, .post, "\(path)/enrolment/undo", #"{"version":7}"#).status == 409)
        let undone = try await ask(node, .post, "\(path)/enrolment/undo")
        #expect(undone.status == 200)
        #expect(undone.part("enrolment")["active_version"] is NSNull)
        #expect(try await ask(node, .post, "\(path)/enrolment/undo").status == 409)
    }

    private func teach(_ node: EdgeNode, _ start: Date, _ path: String) async throws {
        let (from, to) = (RFC3339.text(start), RFC3339.text(start.addingTimeInterval(2)))
        let wish = #"{"machine":"\#(machine)","start":"\#(from)","end":"\#(to)"}"#
        let item = try #require(try await ask(node, .post, "/api/v1/review", wish).object["id"] as? String)
        let saying = #"{"decision":"label","label":"\#(Plant.fault)"}"#
        let decided = try await ask(node, .post, "/api/v1/review/\(item)/decision", saying)
        #expect(decided.status == 200)
        let teaching = decided.part("teaching")
        #expect(teaching["source"] as? String == "own" && teaching["examples"] as? Int == 1)
        #expect(teaching["windows"] as? Int == 34)
        let changed = try #require(teaching["changed"] as? Int)
        #expect(changed > 0)
        #expect((teaching["text"] as? [String: String])?["zh"]?.contains("\(changed)") == true)
        let list = try await ask(node, .get, "\(path)/teaching")
        let decisions = try #require(list.object["decisions"] as? [[String: Any]])
        #expect(decisions.map { $0["label"] as? String } == [Plant.fault])
        #expect(list.object["calibration"] is NSNull)
        let id = try #require(decisions.first?["id"] as? String)
        let undone = try await ask(node, .delete, "/api/v1/review/decisions/\(id)")
        #expect(undone.part("teaching")["changed"] as? Int == changed)
        #expect(undone.part("teaching")["source"] as? String == "none")
    }
}
