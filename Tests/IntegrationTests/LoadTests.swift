// `ausculta load` on the small checkpoint: a trial that ends by itself, counts what it should and leaves nothing behind.
import Foundation
import Testing

@Suite struct LoadTests {
    private struct Report: Decodable {
        var machines: Int
        var windows: Int
        var windowsExpected: Int
        var medianLatencySeconds: Double
        var p99LatencySeconds: Double
        var dropped: Int
        var hopStretch: Int
        var machinesHeard: Int

        enum CodingKeys: String, CodingKey {
            case machines, windows, dropped
            case windowsExpected = "windows_expected"
            case medianLatencySeconds = "p50_latency_s"
            case p99LatencySeconds = "p99_latency_s"
            case hopStretch = "hop_stretch"
            case machinesHeard = "machines_heard"
        }
    }

    @Test func aTrialHearsEveryMachine() async throws {
        let result = try await Program.run([
            "load", "--machines", "3", "--hop", "2", "--seconds", "6", "--model", Repository.tinyModel.path, "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let report = try result.json(Report.self)
        #expect(report.machines == 3 && report.machinesHeard == 3)
        #expect(report.windowsExpected == 9)
        // A window that ends on the border may fall to either side.
        #expect((6...12).contains(report.windows))
        #expect(report.dropped == 0 && report.hopStretch == 1)
        #expect(report.medianLatencySeconds > 0 && report.medianLatencySeconds <= report.p99LatencySeconds)
        let left = try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path)
        #expect(!left.contains { $0.hasPrefix("ausculta-load-") && $0.hasSuffix("-3") })
    }

    private struct Surge: Decodable {
        struct Part: Decodable {
            var windows: Int
            var machines: Int
            var machinesHeard: Int

            enum CodingKeys: String, CodingKey {
                case windows, machines
                case machinesHeard = "machines_heard"
            }
        }

        var before: Part
        var surge: Part
        var after: Part
        var recoverySeconds: Double?

        enum CodingKeys: String, CodingKey {
            case before, surge, after
            case recoverySeconds = "recovery_s"
        }
    }

    @Test func aSurgeComesAndGoes() async throws {
        let result = try await Program.run([
            "load", "--machines", "2", "--surge", "3", "--surge-seconds", "20", "--hop", "2", "--seconds", "5",
            "--limit", "30", "--model", Repository.tinyModel.path, "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let report = try result.json(Surge.self)
        #expect(report.before.machines == 2 && report.before.machinesHeard == 2)
        #expect(report.surge.machines == 5 && report.surge.machinesHeard == 5)
        #expect(report.after.machines == 2 && report.after.machinesHeard == 2)
        #expect(report.recoverySeconds != nil)
    }
}
