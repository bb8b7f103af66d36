// How long the server takes for the data of the Plant page and of a machine's page on a large plant.
//
//     swift run -c release DashboardDataBenchmark [FOLDER]
//
// Fills a trend log in FOLDER (a temporary one by default; 400 MB) and asks a server on loopback, a connection kept open.
// Ends with status 1 where a median is above its limit.
import Dashboard
import Foundation
import Hummingbird
import Logging
import TrendLog

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@main
enum DashboardDataBenchmark {
    private static let rounds = 15

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-\(UUID().uuidString)")
        let folder = arguments.first.map { URL(fileURLWithPath: $0) } ?? temporary
        defer { if arguments.isEmpty { try? FileManager.default.removeItem(at: folder) } }
        let large = LargeStore(folder: folder, machineCount: 500, now: Date())
        let clock = ContinuousClock()
        let took = try await clock.measure { try await large.fill() }
        let reader = try TrendLogReader(url: large.url)
        let size = Double(try await reader.status().fileBytes) / 1e6
        print("filled \(Int(size)) MB in \(Int(took / .seconds(1))) s")

        let plant = try LargePlant(large)
        let router = Router(context: APIContext.self)
        let now: @Sendable () -> Date = { large.end }
        MachineRoutes(plant: plant, reader: reader, now: now).add(to: router)
        TrendRoutes(plant: plant, reader: reader, now: now).add(to: router)
        AlarmRoutes(plant: plant, reader: reader, now: now).add(to: router)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "ausculta.benchmark") { _ in SwiftLogNoOpLogHandler() }
        )
        let end = large.end.millisecondsSince1970
        let trend = { (days: Double) in
            "/api/v1/machines/machine-1/trend?since=\(end - Int64(days * 86_400_000))&until=\(end)&points=1000"
        }
        let pages: [(name: String, limitMS: Double, paths: [String])] = [
            ("Plant: 500 machines with sparklines", 200, ["/api/v1/machines"]),
            ("Machine, 1 hour", 300, ["/api/v1/machines/machine-1", trend(1 / 24)]),
            ("Machine, 1 day", 300, ["/api/v1/machines/machine-1", trend(1)]),
            ("Machine, 90 days", 300, ["/api/v1/machines/machine-1", trend(90)]),
            ("Alarms, first 100 of 10000", 300, ["/api/v1/alarms"]),
            ("Alarms of one machine", 300, ["/api/v1/alarms?machine=machine-250"]),
            ("Windows, newest 200", 300, ["/api/v1/machines/machine-1/windows"]),
        ]
        let server = Task { try await application.run() }
        defer { server.cancel() }
        var number = 0
        for await chosen in ports {
            number = chosen
            break
        }
        let session = URLSession(configuration: .ephemeral)
        var isWithin = true
        for page in pages {
            var times: [Double] = []
            var bytes = 0
            for _ in 0...rounds {
                bytes = 0
                let begin = clock.now
                for path in page.paths {
                    guard let url = URL(string: "http://127.0.0.1:\(number)\(path)") else { continue }
                    let (data, response) = try await session.data(from: url)
                    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
                    guard status == 200 else { throw Refused(path: path, status: status) }
                    bytes += data.count
                }
                times.append((clock.now - begin) / .milliseconds(1))
            }
            // The first round fills the caches.
            let sorted = times.dropFirst().sorted()
            let median = sorted[sorted.count / 2]
            isWithin = isWithin && median <= page.limitMS
            print(
                "\(page.name): median \(text(median)) ms, slowest \(text(sorted.last ?? 0)) ms, first "
                    + "\(text(times[0])) ms (limit \(Int(page.limitMS)) ms), \(bytes / 1_000) kB"
            )
        }
        if !isWithin { exit(1) }
    }

    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private struct Refused: Error {
        let path: String
        let status: Int
    }
}
