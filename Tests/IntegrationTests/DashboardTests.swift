// The service with its dashboard: what it answers to, and how it starts and stops.
import BrokerSupport
import Dashboard
import EdgeService
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

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

    /// Every route there is, asked by a stranger and by a viewer: what is added later is behind the door as well.
    @Test func everyRouteAsksWhoItIs() async throws {
        try await Plant.with(startsBroker: false) { plant async throws in
            let users = UserFile(path: plant.folder.appendingPathComponent("users").path)
            try users.change { users in
                users.append(User(name: "otto", role: .viewer, password: try PasswordHash(of: "only looking on")))
            }
            let http = "{listen: \"127.0.0.1:0\", users_file: \(users.path)}"
            try await Self.withNode(plant, http: http) { node async throws in
                let open: Set<String> = [
                    "GET /api/v1/session", "POST /api/v1/login", "POST /api/v1/logout", "GET /api/openapi.json",
                    "GET /healthz", "GET /readyz",
                ]
                let forViewers: Set<String> = ["POST /api/predict", "POST /api/v1/labels/advice"]
                let url = String(try #require(node.dashboardURL).dropLast())
                let viewer = "Basic " + Data("otto:only looking on".utf8).base64EncodedString()
                #expect(node.dashboardRouteList.count > 25)
                for route in node.dashboardRouteList {
                    let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "probe" : String($0) }
                    // With and without slashes that the router does not need.
                    let plain = "\(url)/\(path.joined(separator: "/"))"
                    for address in [plain, "\(url)//\(path.joined(separator: "//"))/"] {
                        let stranger = try await Self.status(route.method, address, as: nil)
                        let isOpen = open.contains("\(route)")
                        #expect((stranger == 401) != isOpen, "\(route) answers a stranger \(stranger)")
                        guard !isOpen, route.path != "/api/v1/events" else { continue }
                        let seen = try await Self.status(route.method, address, as: viewer)
                        let isAllowed = route.method == "GET" || forViewers.contains("\(route)")
                        #expect(seen != 401, "\(route)")
                        #expect((seen == 403) != isAllowed, "\(route) answers a viewer \(seen)")
                    }
                }
                #expect(try await Self.status("GET", "\(url)/", as: nil) == 200)
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
                let answer = try await eventually("a service that is ready") {
                    let answer = try await Self.get("\(url)readyz")
                    return answer.contains("\"status\":\"ready\"") ? answer : nil
                }
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

    /// The status of an answer.
    private static func status(_ method: String, _ url: String, as authorization: String?) async throws -> Int {
        try await ask(method, url, as: authorization).status.code
    }

    /// The body of an answer, whatever its status.
    private static func get(_ url: String) async throws -> String {
        let answer = try await ask("GET", url, as: nil)
        return answer.body.map { String(buffer: $0) } ?? ""
    }

    /// Asks on a connection of its own. Foundation's URLSession keeps connections, and now and then it waits without an
    /// end for an answer on one that the server has closed.
    private static func ask(
        _ method: String,
        _ url: String,
        as authorization: String?
    ) async throws -> TestClient.Response {
        let address = try #require(URLComponents(string: url))
        let port = try #require(address.port)
        let kind = try #require(HTTPRequest.Method(method))
        var headers: HTTPFields = [.connection: "close"]
        headers[.authorization] = authorization
        let request = TestClient.Request(
            address.percentEncodedPath,
            method: kind,
            authority: "127.0.0.1:\(port)",
            headers: headers,
            body: nil
        )
        return try await TestClient.withClient(
            host: "127.0.0.1",
            port: port,
            configuration: .init(timeout: .seconds(600))
        ) { try await $0.execute(request) }
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
