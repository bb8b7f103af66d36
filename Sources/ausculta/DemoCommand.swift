// `ausculta demo`: everything at once, on this machine, with nothing to set up.
import ArgumentParser
import Demo
import EdgeService
import Foundation
import Logging
import Publishing

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch a simulated compressor run out of oil.",
        discussion: """
            Starts a private mosquitto on loopback, simulated compressors that publish live sound, and the service with \
            its dashboard, and shows what a subscriber of the broker sees. Ctrl-C stops everything and leaves nothing \
            behind.

            With --duration it ends by itself; the exit status is 0 only if the alarm came.

            Examples:
              ausculta demo
              ausculta demo --speed 1440              (three days of slow oil loss in three minutes)
              ausculta demo --duration 90 --json
              ausculta demo --scada
            """
    )

    @Option(help: "How many compressors, 1 to 64; compressor-2 fails.")
    var machines = 4

    @Option(help: "Let three days of slow oil loss pass this many times faster than the sound.")
    var speed: Double?

    @Option(help: "Port of the private broker on 127.0.0.1. Default: a free one.")
    var port = 0

    @Option(help: ArgumentHelp("End after so many seconds.", valueName: "seconds"))
    var duration: Double?

    @Option(help: "Another number gives other machines.")
    var seed = DemoOptions.usualSeed

    @Option(help: ArgumentHelp("Keep configuration and trend log in this folder.", valueName: "dir"))
    var keep: String?

    @OptionGroup var model: ModelOptions

    @Flag(
        help: """
            Watch as a Sparkplug B host does: births, a fault, its acknowledgement, the clear, and the death when the \
            service is killed. Ends by itself; --machines and --speed do not matter.
            """
    )
    var scada = false

    @Flag(help: "Print nothing but one JSON document at the end.")
    var json = false

    func validate() throws {
        guard (1...64).contains(machines) else { throw ValidationError("--machines \(machines): expected 1 to 64") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port \(port): expected 1 to 65535") }
        guard speed.map({ $0 > 0 && $0.isFinite }) ?? true else {
            throw ValidationError("--speed: expected a number above 0")
        }
        guard duration.map({ $0 > 0 }) ?? true else { throw ValidationError("--duration: expected a number above 0") }
    }

    func run() async throws {
        let options = DemoOptions(
            machineCount: machines,
            speed: speed,
            port: port,
            durationSeconds: duration,
            seed: seed,
            folder: keep.map { URL(fileURLWithPath: $0, isDirectory: true) },
            modelDirectory: try model.directory().path
        )
        if scada {
            return try await SCADAStage.play(options, isQuiet: json, seconds: duration ?? 300)
        }
        let started = ContinuousClock.now
        let scene = try await DemoScene.start(options, logger: makeLogger(level: .error))
        let stage = DemoStage(options: options, isQuiet: json)
        if !json { stage.introduce(scene) }
        let watcher = try DemoWatcher(brokerURL: scene.brokerURL)
        let failure: (any Error)?
        do {
            try await withInterruptCancelling {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await scene.runMachines() }
                    group.addTask {
                        try await watcher.watch { sighting in try await stage.show(sighting, watcher: watcher) }
                    }
                    if let duration {
                        group.addTask { try await Task.sleep(for: .seconds(duration)) }
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
            failure = nil
        } catch {
            failure = error
        }
        await scene.stop()
        if let failure { throw failure }
        try stage.conclude(
            elapsed: (ContinuousClock.now - started) / .seconds(1),
            port: scene.port,
            dashboard: scene.dashboardURL
        )
        if duration != nil, stage.alarm == nil { throw ExitCode.failure }
    }
}
