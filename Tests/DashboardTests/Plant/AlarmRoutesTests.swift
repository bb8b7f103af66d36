// Alarms: listed, filtered, paged, exported, acknowledged.
import Foundation
import Hummingbird
import HummingbirdTesting
import MachineHealth
import Testing
import TrendLog

@testable import Dashboard

@Suite struct AlarmRoutesTests {
    private let start = StagedPlant.start
    private let fine = [0.9, 0.06, 0.04]
    private let dry = [0.05, 0.9, 0.05]
    private let broken = [0.05, 0.05, 0.9]

    /// Three alarms: oil on the first machine, over; valve on the second, active; oil on the first again, active.
    private func plant() async throws -> StagedPlant {
        let plant = try await StagedPlant()
        var time = try await plant.hear("compressor-1", from: start, count: 3, dry)
        try await plant.hear("compressor-2", from: start.addingTimeInterval(30), count: 3, broken)
        time = try await plant.hear("compressor-1", from: time, count: 6, fine)
        try await plant.hear("compressor-1", from: time, count: 4, dry)
        return plant
    }

    private func alarms(_ query: String, _ plant: StagedPlant, _ client: some TestClientProtocol) async throws
        -> [[String: Any]]
    {
        let document = try await plant.json("/api/v1/alarms\(query)", client)
        return try #require(document["alarms"] as? [[String: Any]])
    }

    @Test func pastAndPresentAlarmsAreListedFilteredAndPaged() async throws {
        let plant = try await plant()
        try await plant.application().test(.router) { client in
            let all = try await alarms("", plant, client)
            #expect(all.map { $0["machine"] as? String } == ["compressor-1", "compressor-2", "compressor-1"])
            #expect(all.map { $0["state"] as? String } == ["unack_active", "unack_active", "normal"])
            #expect(all[2]["cleared"] is String)
            #expect(all[2]["active"] as? Bool == false)
            #expect(all[1]["severity"] as? String == "critical")
            #expect(all[0]["cleared"] is NSNull)
            #expect(all[0]["acknowledged"] is NSNull)
            #expect(all[0]["required"] as? Int == 3)
            #expect(all[0]["clips"] as? Int == 0)
            #expect((all[0]["name"] as? [String: String])?["zh"] == "轴承缺油")
            #expect(try await alarms("?state=active", plant, client).count == 2)
            #expect(try await alarms("?state=past", plant, client).count == 1)
            #expect(try await alarms("?machine=compressor-2", plant, client).count == 1)
            #expect(try await alarms("?label=bearing-lacking-oil", plant, client).count == 2)
            #expect(try await alarms("?severity=critical", plant, client).count == 1)
            #expect(try await alarms("?machine=nobody", plant, client).isEmpty)
            let since = RFC3339.text(start.addingTimeInterval(40))
            #expect(try await alarms("?since=\(since)", plant, client).count == 2)
            for query in ["?severity=bad", "?state=x", "?limit=0", "?cursor=x", "?since=yesterday"] {
                let response = try await client.execute(uri: "/api/v1/alarms\(query)", method: .get)
                #expect(response.status == .badRequest, "\(query)")
            }
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = try await plant.json("/api/v1/alarms?limit=1\(cursor)", client)
                #expect(page["active"] as? Int == 2)
                seen += (page["alarms"] as? [[String: Any]] ?? []).compactMap { $0["alarm_id"] as? String }
                cursor = (page["next"] as? String).map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty && seen.count < 10
            #expect(seen == all.compactMap { $0["alarm_id"] as? String })
        }
    }

    /// A fault that went and nobody has acknowledged stands: listed, counted and told as active until somebody does.
    @Test func anAlarmNobodyAcknowledgedStandsThoughItsFaultIsOver() async throws {
        let plant = try await StagedPlant()
        let time = try await plant.hear("compressor-1", from: start, count: 3, dry)
        try await plant.hear("compressor-1", from: time, count: 6, fine)
        try await plant.application().test(.router) { client in
            let page = try await plant.json("/api/v1/alarms?state=active", client)
            let listed = try #require(page["alarms"] as? [[String: Any]])
            #expect(listed.map { $0["state"] as? String } == ["rtn_unack"])
            #expect(listed[0]["active"] as? Bool == true)
            #expect(listed[0]["cleared"] is String)
            #expect(page["active"] as? Int == 1)
            #expect(try await alarms("?state=past", plant, client).isEmpty)
            let card = try await plant.json("/api/v1/machines/compressor-1", client)
            #expect((card["active_alarms"] as? [[String: Any]])?.map { $0["state"] as? String } == ["rtn_unack"])

            let id = try #require(listed[0]["alarm_id"] as? String)
            let answer = try await client.execute(uri: "/api/v1/alarms/\(id)/ack", method: .post)
            #expect(answer.status == .ok)
            #expect(try await plant.json("/api/v1/alarms?state=active", client)["active"] as? Int == 0)
            #expect(try await alarms("?state=active", plant, client).isEmpty)
            let past = try await alarms("?state=past", plant, client)
            #expect(past.map { $0["alarm_id"] as? String } == [id])
            #expect(past[0]["active"] as? Bool == false)
        }
    }

    @Test func anAlarmTellsWhatRaisedIt() async throws {
        let plant = try await plant()
        try await plant.application().test(.router) { client in
            let id = try #require(try await alarms("?state=past", plant, client)[0]["alarm_id"] as? String)
            let detail = try await plant.json("/api/v1/alarms/\(id)", client)
            let windows = try #require(detail["windows"] as? [[String: Any]])
            #expect(
                windows.map { $0["start"] as? String }
                    == [0, 5, 10].map {
                        RFC3339.text(start.addingTimeInterval($0))
                    }
            )
            #expect((windows[0]["scores"] as? [String: Double])?["normal"] == 0.05)
            #expect((detail["message"] as? String)?.contains("Bearing lacking oil in 3 consecutive windows") == true)
            #expect((detail["clips"] as? [Any])?.isEmpty == true)
            let steps = try #require(detail["transitions"] as? [[String: Any]])
            #expect(steps.map { $0["to"] as? String } == ["unack_active", "rtn_unack"])
            for path in [UUID().text, "42"] {
                let response = try await client.execute(uri: "/api/v1/alarms/\(path)", method: .get)
                #expect(response.status == .notFound)
            }
        }
    }

    @Test func anOperatorAcknowledgesUnderTheirOwnName() async throws {
        let plant = try await plant()
        try await plant.application(user: "li").test(.router) { client in
            let listed = try await alarms("", plant, client)
            let id = try #require(listed[0]["alarm_id"] as? String)
            let past = try #require(listed[2]["alarm_id"] as? String)
            func acknowledge(_ id: String, _ body: String, role: String? = nil) async throws -> (Int, String) {
                let response = try await client.execute(
                    uri: "/api/v1/alarms/\(id)/ack",
                    method: .post,
                    headers: role.map { [TestAccess.roleHeader: $0] } ?? [:],
                    body: ByteBuffer(string: body)
                )
                return (response.status.code, String(buffer: response.body))
            }
            #expect(try await acknowledge(id, "{}", role: "none").0 == 401)
            #expect(try await acknowledge(id, "{}", role: "viewer").0 == 403)
            #expect(try await acknowledge(id, "[1]").0 == 400)
            #expect(try await acknowledge(id, String(repeating: "x", count: 70_000)).0 == 413)
            let long = String(repeating: "c", count: 5_000)
            #expect(try await acknowledge(id, #"{"comment":"\#(long)"}"#).0 == 400)
            #expect(try await acknowledge(UUID().text, "{}").0 == 404)
            // Raised anew since, so nothing can be acknowledged about it any more.
            #expect(try await acknowledge(past, "{}").0 == 409)
            let (code, text) = try await acknowledge(id, #"{"comment":"on my way","user":"somebody else"}"#)
            #expect(code == 200)
            #expect(text.contains("acknowledged by li"))
            let (again, reason) = try await acknowledge(id, "")
            #expect(again == 409)
            #expect(reason.contains("acknowledged before"))
            let detail = try await plant.json("/api/v1/alarms/\(id)", client)
            let noted = try #require(detail["acknowledged"] as? [String: Any])
            #expect(noted["user"] as? String == "li")
            #expect(noted["comment"] as? String == "on my way")
            #expect(detail["state"] as? String == "ack_active")
        }
    }

    @Test func whereNobodyLogsInPeopleSayWhoTheyAre() async throws {
        let plant = try await plant()
        try await plant.application(user: "local").test(.router) { client in
            let id = try #require(try await alarms("", plant, client)[0]["alarm_id"] as? String)
            let body = ByteBuffer(string: #"{"user":"Li 李"}"#)
            let answer = try await client.execute(uri: "/api/v1/alarms/\(id)/ack", method: .post, body: body)
            #expect(String(buffer: answer.body).contains("Li 李"))
        }
    }

    @Test func theExportOpensInASpreadsheet() async throws {
        let plant = try await plant()
        try await plant.application(user: "=HYPERLINK(1)").test(.router) { client in
            let id = try #require(try await alarms("?state=active&machine=compressor-2", plant, client)[0]["alarm_id"])
            let body = ByteBuffer(string: #"{"comment":"=1+1, \"quoted\""}"#)
            _ = try await client.execute(uri: "/api/v1/alarms/\(id)/ack", method: .post, body: body)
            let response = try await client.execute(uri: "/api/v1/alarms.csv?severity=critical", method: .get)
            #expect(response.headers[.contentType] == "text/csv; charset=utf-8")
            let bytes = Data(response.body.readableBytesView)
            #expect(bytes.prefix(3) == Data([0xEF, 0xBB, 0xBF]))
            let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\r\n")
            #expect(lines.count == 2)
            #expect(lines[0].hasPrefix("alarm_id,machine,"))
            #expect(lines[1].contains("阀片破裂"))
            #expect(lines[1].contains(#""'=HYPERLINK(1)","'=1+1, ""quoted""""#))
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("-5.25", "-5.25"), ("-5x", "\"'-5x\""), ("@x", "\"'@x\""),
        ("+1", "+1"), ("=1", "\"'=1\""), ("", ""), ("two\nlines", "\"two\nlines\""), ("\tx", "\"'\tx\""),
    ])
    func cellsAreNeverFormulas(text: String, cell: String) {
        #expect(AlarmCSV.cell(text) == cell)
    }
}
