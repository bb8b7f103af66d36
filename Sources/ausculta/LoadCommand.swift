// `ausculta load`: how many machines this box holds, found by sending it that many.
import ArgumentParser
import AudioSending
import EdgeService
import Foundation

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Find out how many machines this box holds.",
        discussion: """
            Starts a private mosquitto on loopback, the service, and machines that send a second of sound a second, and \
            measures the time from the end of a window's sound to its result at a subscriber. The senders run on the same \
            box and cost a little, too. --find looks for the largest number of machines at which 99 of 100 windows \
            arrive within the limit, none is dropped and no hop is stretched. --surge lets more machines join for a while \
            and shows what that does to the others, and how soon the service is back to normal by itself.

            Examples:
              ausculta load --machines 20 --seconds 60
              ausculta load --find --model clap-htsat-unfused
              ausculta load --machines 40 --surge 200 --surge-seconds 60 --model clap-htsat-unfused
            """
    )

    @OptionGroup var model: ModelOptions

    @Option(help: "Machines to send.")
    var machines = 8

    @Flag(help: "Look for the largest number of machines instead.")
    var find = false

    @Option(help: ArgumentHelp("With --find: no more than so many.", valueName: "machines"))
    var most = 400

    @Option(help: ArgumentHelp("So many more machines join for a while, and leave again.", valueName: "machines"))
    var surge: Int?

    @Option(help: ArgumentHelp("With --surge: how long the others stay.", valueName: "seconds"))
    var surgeSeconds = 60.0

    @Option(
        help: ArgumentHelp("With --surge: how long the service may take to recover afterwards.", valueName: "seconds")
    )
    var patience = 600.0

    @Option(help: ArgumentHelp("From one window's start to the next.", valueName: "seconds"))
    var hop = 5.0

    @Option(
        help: ArgumentHelp(
            "Measured time of a trial; the first two hops and a window come on top.",
            valueName: "seconds"
        )
    )
    var seconds = 30.0

    @Option(help: ArgumentHelp("Latency that 99 of 100 windows must keep.", valueName: "seconds"))
    var limit = 2.0

    @Option(help: "Inference threads; default: one per core.")
    var threads: Int?

    @Flag(help: "Print JSON, one line a trial.")
    var json = false

    func validate() throws {
        guard (1...2_000).contains(machines) else {
            throw ValidationError("--machines \(machines): expected 1 to 2000")
        }
        guard (1...2_000).contains(most) else { throw ValidationError("--most \(most): expected 1 to 2000") }
        guard (2...60).contains(hop) else { throw ValidationError("--hop \(hop): expected 2 to 60") }
        guard (5...3_600).contains(seconds) else { throw ValidationError("--seconds \(seconds): expected 5 to 3600") }
        if let surge {
            guard !find else { throw ValidationError("--surge and --find exclude each other") }
            guard (1...2_000).contains(surge) else { throw ValidationError("--surge \(surge): expected 1 to 2000") }
            guard (15...3_600).contains(surgeSeconds) else {
                throw ValidationError("--surge-seconds \(surgeSeconds): expected 15 to 3600")
            }
            guard (1...7_200).contains(patience) else {
                throw ValidationError("--patience \(patience): expected 1 to 7200")
            }
        }
        guard limit > 0 else { throw ValidationError("--limit: expected a number above 0") }
        guard threads.map({ (1...256).contains($0) }) ?? true else {
            throw ValidationError("--threads: expected 1 to 256")
        }
    }

    func run() async throws {
        let trial = LoadTrial(
            modelDirectory: try model.directory(),
            threads: threads,
            hopSeconds: hop,
            measuredSeconds: seconds
        )
        let sounds = try LoadScene.sounds(chunkSeconds: 1)
        try await withInterruptCancelling {
            if let surge {
                let report = try await LoadSurge(
                    stage: LoadStage(modelDirectory: try model.directory(), threads: threads, hopSeconds: hop),
                    measuredSeconds: seconds,
                    surgeSeconds: surgeSeconds,
                    patienceSeconds: patience
                ).run(steady: machines, extra: surge, chunks: sounds)
                try show(report)
                if !report.recovered(limitSeconds: limit) { throw ExitCode.failure }
            } else if find {
                try await search(trial, sounds)
            } else {
                let report = try await trial.run(machines: machines, chunks: sounds)
                try show(report)
            }
        }
    }

    /// Doubles until it is too much, then halves the distance until it is within a twentieth.
    private func search(_ trial: LoadTrial, _ sounds: [PreparedChunks]) async throws {
        var holds = 0
        var fails = most + 1
        var next = min(8, most)
        while fails - holds > max(1, holds / 20) {
            let report = try await trial.run(machines: next, chunks: sounds)
            try show(report)
            if report.holds(limitSeconds: limit) { holds = next } else { fails = next }
            next = fails > most ? min(most, 2 * holds) : (holds + fails) / 2
        }
        guard !json else { return }
        let bound = holds == most ? "at least \(holds)" : "\(holds)"
        Console.result("This box holds \(bound) machines with a window every \(Self.number(hop)) s.")
    }

    private func show(_ report: LoadReport) throws {
        guard !json else { return try Console.json(report) }
        let verdict = report.holds(limitSeconds: limit) ? "held" : "too many"
        Console.result(
            """
            \(report.machines) machines: \(report.windows) of \(report.windowsExpected) windows, latency p50 \
            \(Self.number(report.p50LatencyS)) s, p99 \(Self.number(report.p99LatencyS)) s, \
            worst \(Self.number(report.worstLatencyS)) s, \(report.dropped) dropped, hop stretch \(report.hopStretch), \
            \(report.windowsPerMachine[0]) to \(report.windowsPerMachine[1]) windows a machine: \(verdict)
            """
        )
    }

    private func show(_ report: SurgeReport) throws {
        guard !json else { return try Console.json(report) }
        func line(_ name: String, _ part: SurgeReport.Part) -> String {
            """
            \(name)  \(Self.number(part.seconds)) s: \(part.machinesHeard) of \(part.machines) machines heard, \
            \(part.windowsPerMachine[0]) to \(part.windowsPerMachine[1]) windows for each of the \(report.machines), \
            latency p50 \(Self.number(part.p50LatencyS)) s, p99 \(Self.number(part.p99LatencyS)) s
            """
        }
        let recovery =
            report.recoveryS.map { "every window is judged again \(Self.number($0)) s after the surge" }
            ?? "not every window is judged again after \(Self.number(patience)) s"
        Console.result(
            """
            \(report.machines) machines, \(report.surgeMachines) more for \(Self.number(surgeSeconds)) s; hop stretch up to \
            \(report.hopStretch); \(recovery)
            \(line("before  ", report.before))
            \(line("surge   ", report.surge))
            \(line("recovery", report.recovery))
            \(line("after   ", report.after))
            """
        )
    }

    private static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}
