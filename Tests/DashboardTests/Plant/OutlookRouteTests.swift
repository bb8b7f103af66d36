// Where a machine is heading, as the API tells it.
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import MachineHealth
import Testing

@testable import Dashboard

@Suite struct OutlookRouteTests {
    private struct Source: OutlookSource {
        let known: MachineOutlook?

        func outlook(of machine: String) -> MachineOutlook? { machine == known?.machine ? known : nil }
    }

    private func answer(_ path: String, _ known: MachineOutlook?) async throws -> (Int, [String: Any]) {
        let plant = try await StagedPlant(["m"])
        let router = Router(context: APIContext.self)
        router.middlewares.add(EverybodyIsOperator())
        OutlookRoutes(plant: plant, source: Source(known: known)).add(to: router)
        let application = Application(router: router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (status, body) = try await application.test(.router) { client in
            let response = try await client.execute(uri: path, method: .get)
            return (response.status.code, Data(buffer: response.body))
        }
        return (status, try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any]))
    }

    private func reading(_ label: LabelID?, _ forecast: TrendForecast?) -> TrendReading {
        TrendReading(
            label: label,
            smoothed: 0.25,
            slopePerHour: 0.01,
            slopeErrorPerHour: nil,
            limit: 0.75,
            forecast: forecast
        )
    }

    @Test func valuesThatAreNotKnownAreNull() async throws {
        let made = StagedPlant.start
        let forecast = TrendForecast(
            .between,
            earliest: made.addingTimeInterval(86_400),
            latest: made.addingTimeInterval(172_800),
            made: made
        )
        let outlook = MachineOutlook(
            machine: "m",
            memorySeconds: 21_600,
            readings: [reading(StagedPlant.oil, forecast), reading(StagedPlant.valve, nil), reading(nil, nil)],
            verdict: "normal",
            verdictSince: made,
            updated: made
        )
        let (status, document) = try await answer("/api/v1/machines/m/outlook", outlook)
        #expect(status == 200)
        #expect(document["followed"] as? Bool == true)
        #expect(document["memory_s"] as? Double == 21_600)
        let readings = try #require(document["readings"] as? [[String: Any]])
        #expect(readings.map { $0["label"] as? String } == ["bearing-lacking-oil", "valve-plate-broken", nil])
        #expect((readings[0]["name"] as? [String: String])?["zh"] == "轴承缺油")
        let shown = try #require(readings[0]["forecast"] as? [String: Any])
        #expect(shown["outcome"] as? String == "between")
        #expect(shown["latest"] as? String == "2026-11-24T10:00:00.000Z")
        #expect(readings[1]["forecast"] is NSNull && readings[0]["slope_error_per_hour"] is NSNull)
        #expect(readings[2]["label"] is NSNull && readings[2]["name"] is NSNull)
    }

    @Test func withoutTrendsItSaysSo() async throws {
        let (status, document) = try await answer("/api/v1/machines/m/outlook", nil)
        #expect(status == 200)
        #expect(document["followed"] as? Bool == false)
        #expect((document["readings"] as? [Any])?.isEmpty ?? false)
        #expect(document["updated"] is NSNull)
    }

    @Test func unknownMachinesAreNotFound() async throws {
        #expect(try await answer("/api/v1/machines/x/outlook", nil).0 == 404)
    }
}
