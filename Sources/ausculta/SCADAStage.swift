// `ausculta demo --scada`: the story, as a Sparkplug host sees it.
import ArgumentParser
import Demo
import Foundation
import SparkplugB

/// Births, a fault, its acknowledgement, the clear, and a death.
struct SCADAStage {
    private enum Chapter: Int, Encodable {
        case waiting, born, raised, acknowledged, cleared, dead
    }

    private struct Report: Encodable {
        var finished: Bool
        var alarmID: String?
        var birthDeathNumber: Int64?
        var deathNumber: Int64?
        var seconds: Double
    }

    private let fault = DemoOptions.fault
    private let isQuiet: Bool
    private let started = ContinuousClock.now
    private var chapter = Chapter.waiting
    private var alarmID: String?
    private var birthNumber: Int64?
    private var deathNumber: Int64?

    private init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    /// Plays the story; throws where it does not come to its end within `seconds`.
    static func play(_ options: DemoOptions, isQuiet: Bool, seconds: Double) async throws {
        let scene = try await SCADAScene(options)
        let outcome: Result<SCADAStage?, any Error>
        do {
            outcome = .success(
                try await withInterruptCancelling {
                    try await withThrowingTaskGroup(of: SCADAStage.self) { group in
                        group.addTask { try await tell(scene, isQuiet: isQuiet) }
                        group.addTask {
                            try await Task.sleep(for: .seconds(seconds))
                            let reason = scene.serviceFailure.map { "; the service ended:\n\($0)" } ?? ""
                            throw ValidationError("the story did not end within \(Int(seconds)) s\(reason)")
                        }
                        defer { group.cancelAll() }
                        guard let stage = try await group.next() else { throw CancellationError() }
                        return stage
                    }
                }
            )
        } catch {
            outcome = .failure(error)
        }
        await scene.stop(keepingFolder: options.folder != nil)
        guard let stage = try outcome.get() else { return }
        if isQuiet {
            try Console.json(
                Report(
                    finished: stage.chapter == .dead,
                    alarmID: stage.alarmID,
                    birthDeathNumber: stage.birthNumber,
                    deathNumber: stage.deathNumber,
                    seconds: (stage.started.duration(to: .now) / .seconds(1) * 10).rounded() / 10
                )
            )
        }
        guard stage.chapter == .dead, stage.birthNumber == stage.deathNumber else { throw ExitCode.failure }
    }

    private static func tell(_ scene: SCADAScene, isQuiet: Bool) async throws -> SCADAStage {
        var stage = SCADAStage(isQuiet: isQuiet)
        let host = try SCADAHost(broker: scene.address, group: DemoOptions.site)
        let sightings = try await host.start()
        stage.say("host \(SCADAHost.id) is online at \(scene.brokerURL); the service starts")
        try scene.startService(program: Bundle.main.executablePath ?? CommandLine.arguments[0])
        try scene.runMachine(isDry: false)
        for await sighting in sightings {
            try await stage.take(sighting, scene: scene, host: host)
            if stage.chapter == .dead { break }
        }
        await host.stop()
        return stage
    }

    private mutating func take(_ sighting: SCADASighting, scene: SCADAScene, host: SCADAHost) async throws {
        switch sighting.type {
        case .nodeBirth:
            birthNumber = sighting.birthDeathNumber
            say("NBIRTH  \(sighting.payload.metrics.count) metrics, bdSeq \(birthNumber ?? -1)")
        case .deviceBirth:
            say("DBIRTH  \(sighting.device ?? "")  \(sighting.payload.metrics.count) metrics")
            guard chapter == .waiting else { return }
            chapter = .born
            say("        … the bearing runs dry")
            try scene.runMachine(isDry: true)
        case .deviceDeath: say("DDEATH  \(sighting.device ?? "")")
        case .nodeDeath:
            deathNumber = sighting.birthDeathNumber
            say("NDEATH  bdSeq \(deathNumber ?? -1): every value of the box is stale now")
            chapter = .dead
        case .deviceData: try await data(sighting, scene: scene, host: host)
        case .nodeData, .nodeCommand, .deviceCommand: return
        }
    }

    private mutating func data(_ sighting: SCADASighting, scene: SCADAScene, host: SCADAHost) async throws {
        let state = sighting.text("Alarm/\(fault)/State")
        switch (chapter, state) {
        case (.born, "unack_active"):
            alarmID = sighting.text("Alarm/\(fault)/Id")
            chapter = .raised
            say("DDATA   \(sighting.text("Event/Message") ?? "the alarm is raised")")
            guard let alarmID, let machine = sighting.device else { return }
            let write = try await host.acknowledge(alarmID, label: fault, machine: machine, node: SCADAScene.node)
            say("DCMD    \(write.topic): \(write.metric) = \(alarmID)")
        case (.raised, "ack_active"):
            chapter = .acknowledged
            say("DDATA   \(sighting.text("Event/Message") ?? "acknowledged")")
            say("        … somebody oils the bearing")
            try scene.runMachine(isDry: false)
        case (.acknowledged, "normal"):
            chapter = .cleared
            say("DDATA   \(sighting.text("Event/Message") ?? "the fault is over")")
            let process = scene.killService()
            say("        … kill -9 \(process ?? 0)")
        default: return
        }
    }

    private func say(_ text: String) {
        guard !isQuiet else { return }
        let seconds = started.duration(to: .now) / .seconds(1)
        Console.result(String(format: "%5.1f s  ", seconds) + text)
    }
}
