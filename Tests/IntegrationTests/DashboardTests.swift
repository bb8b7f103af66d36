// The service with its dashboard: what it answers to, and how it starts and stops.
import EdgeService
import Foundation
import Logging
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension Repository {
    /// Operations the description has, as `GET /api/v1/machines`, and those of them that are not answered yet.
    fileprivate static func describedOperations() throws -> (described: Set<String>, pending: Set<String>) {
        let document = try JSONSerialization.jsonObject(
            with: Data(contentsOf: root.appendingPathComponent("Dashboards/openapi.json"))
        )
        let paths = (document as? [String: Any])?["paths"] as? [String: [String: Any]] ?? [:]
        let methods = ["get", "post", "delete", "put", "patch"]
        let described = paths.flatMap { path, item in
            methods.filter { item[$0] != nil }.map { "\($0.uppercased()) \(path)" }
        }
        let list = try String(contentsOf: root.appendingPathComponent("Tests/API/pending.txt"), encoding: .utf8)
        let pending = list.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        return (Set(described), Set(pending))
    }
}

@Suite struct DashboardTests {
    private static let anyPort = "{listen: \"127.0.0.1:0\"}"

    @Test func whatIsAnsweredIsDescribedAndTheReverse() async throws {
        try await Plant.with(startsBroker: false) { plant async throws in
            try await Self.withNode(plant, http: Self.anyPort) { node async throws in
                let answered = Set(node.dashboardRouteList.map(\.description))
                let (described, pending) = try Repository.describedOperations()
                #expect(answered.subtracting(described) == [], "answered, and not in Dashboards/openapi.json")
                #expect(described.subtracting(answered) == pending, "differs from Tests/API/pending.txt")
            }
        }
    }

    @Test func readinessTellsOfTheBroker() async throws {
        try await Plant.with(startsBroker: false) { plant async throws in
            try await Self.withNode(plant, http: Self.anyPort) { node async throws in
                let url = try #require(node.dashboardURL)
                let away = try await Self.get("\(url)readyz")
                #expect(away.contains("\"status\":\"not_ready\""))
                #expect(away.contains("is the broker running"))
                try await plant.broker.start()
                let deadline = ContinuousClock.now + .seconds(60)
                var answer = ""
                while ContinuousClock.now < deadline, !answer.contains("\"status\":\"ready\"") {
                    answer = try await Self.get("\(url)readyz")
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect(answer.contains("\"status\":\"ready\""))
                #expect(answer.contains(plant.storeFile.path))
            }
        }
    }

    @Test func aTakenPortKeepsTheServiceFromStartingAndOffDoesWithout() async throws {
        try await Plant.with { plant async throws in
            try await Self.withNode(plant, http: Self.anyPort) { node async throws in
                let url = try #require(node.dashboardURL)
                let place = String(url.dropFirst("http://".count).dropLast())
                try plant.write(PlantSettings(store: "second.sqlite", http: "{listen: \"\(place)\"}"))
                let refused = try await Program.run(["serve", "--config", plant.configurationFile.path])
                #expect(refused.status == 1)
                #expect(refused.errors.contains("http.listen \(place)"))
                #expect(refused.errors.contains("another port"))
            }
            try await Self.withNode(plant, http: "{listen: off}") { node async throws in
                #expect(node.dashboardURL == nil)
            }
        }
    }

    /// The body of an answer, whatever its status.
    private static func get(_ url: String) async throws -> String {
        let address = try #require(URL(string: url))
        let (data, _) = try await URLSession.shared.data(from: address)
        return String(decoding: data, as: UTF8.self)
    }

    private static func withNode(
        _ plant: Plant,
        http: String,
        _ body: (EdgeNode) async throws -> Void
    ) async throws {
        let file = try plant.write(PlantSettings(http: http))
        let node = try await EdgeNode(
            try ServiceConfiguration.load(file.path),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            try await node.start()
            try await body(node)
        } catch {
            await node.stop()
            throw error
        }
        await node.stop()
    }
}
