// Metrics as Prometheus reads them, and the words of the System page.
import BrokerSupport
import Foundation
import HummingbirdTesting
import MachineHealth
import Publishing
import Testing

@testable import Dashboard

@Suite struct MetricsTests {
    private func heard() async throws -> StagedPlant {
        let plant = try await StagedPlant(["compressor-1", "quoted\"\\\n2"])
        try await plant.hear("compressor-1", from: StagedPlant.start, count: 4, [0.05, 0.9, 0.05])
        return plant
    }

    @Test func machinesAndNodeAreMeasured() async throws {
        let plant = try await heard()
        try await plant.application().test(.router) { client in
            let response = try await client.execute(uri: "/metrics", method: .get)
            #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = String(buffer: response.body).split(separator: "\n").map(String.init)
            for line in [
                #"ausculta_windows_total{machine="compressor-1",verdict="bearing-lacking-oil"} 4"#,
                #"ausculta_window_latency_seconds_bucket{machine="compressor-1",le="0.1"} 4"#,
                #"ausculta_window_latency_seconds_bucket{machine="compressor-1",le="+Inf"} 4"#,
                #"ausculta_window_latency_seconds_count{machine="compressor-1"} 4"#,
                #"ausculta_alarm_active{machine="compressor-1",label="bearing-lacking-oil",severity="warning"} 1"#,
                #"ausculta_machine_grade{machine="compressor-1",grade="warning"} 1"#,
                #"ausculta_machine_level_dbfs{machine="compressor-1"} -24.5"#,
                #"ausculta_chunks_dropped_total{machine="compressor-1"} 3"#,
                #"ausculta_stream_gaps_total{machine="compressor-1"} 1"#,
                #"ausculta_chunks_queued{machine="compressor-1"} 3"#,
                #"ausculta_chunks_queued{machine="quoted\"\\\n2"} 4"#,
                #"ausculta_alarm_state{machine="compressor-1",label="bearing-lacking-oil",state="unack_active"} 1"#,
                #"ausculta_alarm_state{machine="compressor-1",label="bearing-lacking-oil",state="normal"} 0"#,
                #"ausculta_alarm_state{machine="compressor-1",label="valve-plate-broken",state="normal"} 1"#,
                #"ausculta_machine_online{machine="quoted\"\\\n2"} 0"#, "ausculta_broker_connected 0",
                "ausculta_outbox_pending_messages 1", "ausculta_hop_stretch_factor 1",
                "ausculta_inference_duration_seconds_sum 0.03",
            ] { #expect(lines.contains(line), "\(line)") }
            let families = lines.filter { $0.hasPrefix("# TYPE") }
            #expect(Set(families).count == families.count)
        }
    }

    @Test("each state an alarm can be in is 1 when it is in it, and the only one", arguments: AlarmState.allCases)
    func everyAlarmStateIsSeen(_ state: AlarmState) async throws {
        let plant = try await StagedPlant(["compressor-1"])
        var machine = try #require(plant.machines.first)
        let place = try #require(machine.records.firstIndex { $0.label == StagedPlant.oil })
        machine.records[place].state = state
        let lines = MetricsRoutes.text(await plant.status(), machines: [machine]).split(separator: "\n")
        let ofAlarm = lines.filter { $0.hasPrefix("ausculta_alarm_state{") && $0.contains(StagedPlant.oil.rawValue) }
        #expect(ofAlarm.count == AlarmState.allCases.count)
        #expect(ofAlarm.filter { $0.hasSuffix(" 1") }.count == 1)
        #expect(ofAlarm.contains { $0.hasSuffix(#"state="\#(state.rawValue)"} 1"#) })
        let active = lines.first { $0.hasPrefix("ausculta_alarm_active{") && $0.contains(StagedPlant.oil.rawValue) }
        #expect(active?.hasSuffix(state == .unackActive || state == .ackActive ? " 1" : " 0") == true)
    }

    @Test func aHiddenAlarmIsSeenAsHidden() async throws {
        let plant = try await heard()
        let alarm = try #require(plant.machines[0].records.first { $0.state == .unackActive }?.alarmID)
        func states() async -> [Substring] {
            let lines = MetricsRoutes.text(await plant.status(), machines: plant.machines).split(separator: "\n")
            return lines.filter {
                $0.hasPrefix(#"ausculta_alarm_state{machine="compressor-1",label="bearing-lacking-oil""#)
                    && $0.hasSuffix(" 1")
            }
        }
        func order(_ order: AlarmOrder) async {
            let command = AlarmCommand(order, target: .instance(alarm), user: "li")
            let result = await plant.carryOut(.alarm(command), from: .commandLine)
            #expect(result.ok, "\(result.summary)")
        }
        await order(.shelve(.seconds(60)))
        var present = await states()
        #expect(present.count == 1 && present[0].contains(#"state="shelved""#))
        await order(.outOfService)
        present = await states()
        #expect(present.count == 1 && present[0].contains(#"state="out_of_service""#))
        await order(.inService)
        await order(.unshelve)
        present = await states()
        #expect(present.count == 1 && present[0].contains(#"state="unack_active""#))
    }

    @Test func promtoolFindsNothingToComplainOf() async throws {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/promtool" }
        let candidates = [environment["AUSCULTA_PROMTOOL"]].compactMap { $0 } + folders
        guard let promtool = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            print("skipped: promtool is not installed (Debian: apt-get install prometheus, or set AUSCULTA_PROMTOOL)")
            return
        }
        let plant = try await heard()
        let text = MetricsRoutes.text(await plant.status(), machines: plant.machines)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: promtool)
        process.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        #expect(said.isEmpty, "\(said)")
    }

    @Test func theSystemPageSaysWhatIsWrong() async throws {
        let plant = try await heard()
        try await plant.lose("compressor-1", at: StagedPlant.start.addingTimeInterval(90))
        try await plant.application().test(.router) { client in
            let document = try await plant.json("/api/v1/system", client)
            #expect(document["time"] as? String == "2026-11-22T10:01:30.000Z")
            #expect((document["machines"] as? [String: Any])?["total"] as? Int == 2)
            let windows = try #require(document["windows"] as? [String: Any])
            #expect((windows["latency_ms"] as? [String: Double])?["p50"] == 50)
            #expect((document["store"] as? [String: Any])?["clips"] is NSNull)
            let problems = try #require(document["problems"] as? [[String: Any]])
            #expect(problems.map { $0["id"] as? String } == ["broker_disconnected", "machine_offline"])
            #expect(problems.map { $0["severity"] as? String } == ["critical", "warning"])
            #expect(problems[1]["machine"] as? String == "compressor-1")
            #expect((problems[1]["text"] as? [String: String])?["zh"]?.contains("compressor-1") == true)
        }
    }

    @Test func lostClipsAreCountedAndComplainedOf() async throws {
        let plant = try await heard()
        var status = await plant.status()
        #expect(!SystemDocument(status, machines: []).problems.contains { $0.id == "clips_lost" })
        status.evidence.written = 5
        status.evidence.lost = 2
        status.evidence.lastFailure = "clips/a.flac: no space left on device"
        let document = SystemDocument(status, machines: [])
        #expect(document.drops.clips == 2)
        let problem = try #require(document.problems.first { $0.id == "clips_lost" })
        #expect(problem.severity == .warning)
        #expect(problem.text.en.contains("no space left") && problem.text.zh.contains("no space left"))
        let metrics = MetricsRoutes.text(status, machines: []).split(separator: "\n")
        #expect(metrics.contains("ausculta_clips_written_total 5"))
        #expect(metrics.contains("ausculta_clips_lost_total 2"))
        status.evidence.lastFailure = nil
        #expect(!SystemDocument(status, machines: []).problems.contains { $0.id == "clips_lost" })
    }

    @Test func quantilesAreNearestRanks() {
        #expect(Quantiles.value(0.5, of: []) == nil)
        #expect(Quantiles.value(0.5, of: [3, 1, 2]) == 2)
        #expect(Quantiles.value(0.99, of: (1...100).map(Double.init)) == 99)
        #expect(Quantiles.value(0, of: [4, 5]) == 4)
    }
}
