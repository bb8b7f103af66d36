// `ausculta doctor`: what is wrong, and what to do about it.
import ArgumentParser
import EdgeService
import Foundation
import TrendLog

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find out what is wrong with a box and its surroundings, and what to do.",
        discussion: """
            Looks at the configuration, the broker (name, TCP, TLS, user, subscriptions), the machines' sound and \
            microphones, clocks, disks, the trend log, the model and the processor. Reads only: it may run beside the \
            service, under a client id of its own, and publishes nothing.

            Exit status: 0 where nothing is a problem (remarks may be left), 2 otherwise.

            Examples:
              ausculta doctor --config /etc/ausculta/ausculta.yaml
              ausculta doctor --listen 60s --bench --json
            """
    )

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The configuration; ausculta.yaml here or /etc/ausculta/ausculta.yaml where not given.",
            valueName: "file"
        )
    )
    var config: String?

    @Option(help: ArgumentHelp("How long to listen to the machines, at most.", valueName: "duration"))
    var listen = "10s"

    @Flag(help: "Also measure how many windows this box judges, and compare with the machines. Takes all cores.")
    var bench = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws { _ = try ListeningTime.seconds(listen) }

    func run() async throws {
        let doctor = Doctor(
            options: Doctor.Options(listenSeconds: try ListeningTime.seconds(listen), measuresLoad: bench)
        ) { Console.remark($0) }
        let report = await doctor.examine(configurationFile: config)
        if json {
            try Console.json(report, pretty: true)
        } else {
            let table = DoctorTable(report: report, isColoured: isatty(STDOUT_FILENO) == 1)
            for line in table.lines { Console.result(line) }
        }
        if !report.isHealthy { throw ExitCode(2) }
    }
}

/// How long is listened, as people write it.
enum ListeningTime {
    private static let range = 1.0...3_600.0

    static func seconds(_ text: String) throws -> Double {
        guard let seconds = try? TimeExpression.seconds(text), range.contains(seconds) else {
            throw ValidationError("--listen \(text): expected a duration from 1s to 1h, such as 10s")
        }
        return seconds
    }
}
