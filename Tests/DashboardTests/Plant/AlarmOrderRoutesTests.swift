// Orders over HTTP, what is hidden, key figures and the audit trail.
import Foundation
import Hummingbird
import HummingbirdTesting
import MachineHealth
import Testing
import TrendLog

@testable import Dashboard

@Suite struct AlarmOrderRoutesTests {
    private let dry = [0.05, 0.9, 0.05]

    private func post(
        _ path: String,
        _ body: String,
        _ client: some TestClientProtocol,
        role: String? = nil
    ) async throws -> (code: Int, text: String) {
        let response = try await client.execute(
            uri: path,
            method: .post,
            headers: role.map { [TestAccess.roleHeader: $0] } ?? [:],
            body: ByteBuffer(string: body)
        )
        return (response.status.code, String(buffer: response.body))
    }

    @Test(
        "an order is noted under who is signed in, else under who is said, else under the caller",
        arguments: [
            ("local", "{}", "local"), ("local", #"{"user":""}"#, "local"), ("local", #"{"user":" \n"}"#, "local"),
            ("local", #"{"user":null}"#, "local"), ("local", #"{"user":" mei "}"#, "mei"),
            ("li", #"{"user":""}"#, "li"),
            ("li", #"{"user":"mei"}"#, "li"), ("li", "", "li"),
        ]
    )
    func everyOrderHasAUser(signedIn: String, body: String, noted: String) async throws {
        let plant = try await StagedPlant()
        try await plant.hear("compressor-1", from: StagedPlant.start, count: 3, dry)
        let id = try #require(plant.machines[0].records.first { $0.label == StagedPlant.oil }?.alarmID)
        try await plant.application(user: signedIn).test(.router) { client in
            #expect(try await post("/api/v1/alarms/\(id.text)/ack", body, client).code == 200)
            let audit = try await plant.json("/api/v1/alarms/audit", client)
            let actions = try #require(audit["actions"] as? [[String: Any]])
            #expect(actions.map { $0["user"] as? String } == [noted])
        }
    }

    @Test func anAlarmIsShelvedShownAsHiddenAndBroughtBack() async throws {
        let plant = try await StagedPlant()
        try await plant.hear("compressor-1", from: StagedPlant.start, count: 3, dry)
        try await plant.application(user: "li").test(.router) { client in
            let listed = try await plant.json("/api/v1/alarms", client)
            let alarms = try #require(listed["alarms"] as? [[String: Any]])
            let id = try #require(alarms.first?["alarm_id"] as? String)
            #expect(alarms.first?["hidden"] is NSNull)
            #expect(alarms.first?["priority"] as? String == "medium")
            let path = "/api/v1/alarms/\(id)"
            #expect(try await post("\(path)/shelve", #"{"seconds":60}"#, client, role: "none").code == 401)
            #expect(try await post("\(path)/shelve", #"{"seconds":60}"#, client, role: "viewer").code == 403)
            for body in ["", "{}", #"{"seconds":0}"#, #"{"seconds":60,"one_shot":true}"#, #"{"seconds":"x"}"#] {
                #expect(try await post("\(path)/shelve", body, client).code == 400, "\(body)")
            }
            #expect(try await post("/api/v1/alarms/\(UUID().text)/unshelve", "", client).code == 404)
            #expect(try await post("\(path)/unshelve", "", client).code == 409)
            let tooLong = try await post("\(path)/shelve", #"{"seconds":86400}"#, client)
            #expect(tooLong.code == 409 && tooLong.text.contains("at most 8h"))
            #expect(try await post("\(path)/shelve", #"{"seconds":3600,"comment":"works"}"#, client).code == 200)

            let hidden = try await plant.json("/api/v1/alarms/hidden", client)
            let rows = try #require(hidden["alarms"] as? [[String: Any]])
            #expect(rows.map { $0["alarm_id"] as? String } == [id])
            #expect(rows.map { $0["state"] as? String } == ["shelved"])
            let reason = try #require(rows.first?["hidden"] as? [String: Any])
            #expect(reason["user"] as? String == "li")
            #expect(reason["comment"] as? String == "works")
            #expect(reason["condition"] as? Bool == true)
            #expect(reason["shelved_until"] is String)
            #expect(reason["suppressed_by"] is NSNull)
            let other = try await plant.json("/api/v1/alarms/hidden?machine=compressor-2", client)
            #expect((other["alarms"] as? [Any])?.isEmpty == true)
            let detail = try await plant.json(path, client)
            #expect(detail["state"] as? String == "shelved")
            #expect(detail["hidden"] is [String: Any])

            #expect(try await post("\(path)/out-of-service", "", client).code == 200)
            #expect(try await post("\(path)/unshelve", "", client).code == 200)
            #expect(try await post("\(path)/reset", "", client).code == 409)
            #expect(try await post("\(path)/in-service", "", client).code == 200)
            #expect(try await plant.json(path, client)["state"] as? String == "unack_active")
            // Back from where it was hidden it is the same alarm, listed once.
            let again = try await plant.json("/api/v1/alarms", client)
            #expect((again["alarms"] as? [[String: Any]])?.compactMap { $0["alarm_id"] as? String } == [id])

            let audit = try await plant.json("/api/v1/alarms/audit?limit=10", client)
            let actions = try #require(audit["actions"] as? [[String: Any]])
            #expect(
                actions.map { $0["command"] as? String } == ["in_service", "unshelve", "out_of_service", "shelve"]
            )
            #expect(actions.allSatisfy { ($0["origin"] as? String)?.hasPrefix("http") == true })
            let until = RFC3339.text(StagedPlant.start.addingTimeInterval(7_200))
            let figures = try await plant.json("/api/v1/alarms/stats?until=\(until)", client)
            #expect(try await plant.json("/api/v1/alarms/stats", client)["since"] is String)
            #expect(figures["alarms"] as? Int == 2)
            #expect(figures["acknowledge_median_s"] is NSNull)
            #expect((figures["states"] as? [String: Int])?["unack_active"] == 1)
            for query in [
                "stats?since=never", "audit?limit=0", "stats?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
            ] {
                let response = try await client.execute(uri: "/api/v1/alarms/\(query)", method: .get)
                #expect(response.status == .badRequest, "\(query)")
            }
        }
    }
}
