// `ausculta config init`: a first configuration, from a few answers and from what the broker carries.
import ArgumentParser
import EdgeService
import Foundation

struct ConfigInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first configuration file, with the machines that are heard on the broker.",
        discussion: """
            Asks for the broker, listens for topics that carry audio, proposes a machine for each, and writes a commented \
            file that check-config accepts. With --yes nothing is asked: options, or what was heard, decide.

            Examples:
              ausculta config init
              ausculta config init --broker mqtts://broker:8883 --ca-file ca.pem --yes --out /etc/ausculta/ausculta.yaml
            """
    )

    @Option(help: ArgumentHelp("The broker.", valueName: "url"))
    var broker = "mqtt://localhost:1883"

    @Option(help: "The user at the broker.")
    var username: String?

    @Option(help: ArgumentHelp("File whose first line is the password.", valueName: "file"))
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("PEM file of the authority that signed the broker's certificate.", valueName: "file")
    )
    var caFile: String?

    @Option(help: "The site; the one heard most where not given.")
    var site: String?

    @Option(help: ArgumentHelp("How long to listen.", valueName: "duration"))
    var listen = "10s"

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var out = "ausculta.yaml"

    @Flag(help: "Ask nothing.")
    var yes = false

    @Flag(help: "Write over a file that is there already.")
    var force = false

    func validate() throws {
        _ = try ListeningTime.seconds(listen)
        guard !broker.contains("@") else {
            throw ValidationError("--broker holds credentials; use --username and --password-file")
        }
        if passwordFile != nil, username == nil { throw ValidationError("--password-file needs --username") }
    }

    func run() async throws {
        let target = URL(fileURLWithPath: (out as NSString).expandingTildeInPath)
        if !force, FileManager.default.fileExists(atPath: target.path) {
            throw ValidationError("\(out) is there already; name another file with --out, or add --force")
        }
        guard yes || isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("standard input is no terminal to ask questions at; add --yes")
        }
        var first = FirstConfiguration(
            brokerURL: broker,
            username: username,
            passwordFile: passwordFile.map(Self.absolute),
            authorityFile: caFile.map(Self.absolute)
        )
        let questions = FirstQuestions(ask: Self.ask) { Console.remark($0) }
        if !yes { questions.broker(&first) }
        let heard = try await FirstListening.listen(first, seconds: ListeningTime.seconds(listen)) {
            Console.remark($0)
        }
        for problem in heard.problems {
            Console.remark("\(problem.subject): \(problem.found)\n  → \(problem.remedy ?? "")")
        }
        first.site = site ?? heard.site ?? first.site
        if yes {
            let machines = heard.machines(site: first.site)
            if machines.isEmpty {
                Console.remark("no machine was heard; compressor-1 stands in the file as an example")
            }
            first.machines = machines.isEmpty ? [MachineProposal(id: "compressor-1")] : machines
        } else {
            questions.plant(&first) { heard.machines(site: $0) }
        }
        try write(first, to: target)
    }

    private func write(_ first: FirstConfiguration, to target: URL) throws {
        do {
            _ = try first.checked(file: target.path)
        } catch {
            Console.remark("\(error)")
            throw ExitCode(2)
        }
        let data = Data(first.yaml.utf8)
        // Somebody else may have made the file while we listened.
        try data.write(to: target, options: force ? .atomic : .withoutOverwriting)
        let count = first.machines.count
        Console.result("\(out): \(count == 1 ? "1 machine" : "\(count) machines") at site \(first.site)")
        Console.remark("next: ausculta doctor --config \(out), then ausculta serve --config \(out)")
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: (path as NSString).expandingTildeInPath).standardizedFileURL.path
    }

    /// A question at the terminal; Enter, or the end of the input, takes the proposal.
    private static func ask(_ question: String, proposal: String) -> String {
        let shown = proposal.isEmpty ? "\(question): " : "\(question) [\(proposal)]: "
        FileHandle.standardError.write(Data(shown.utf8))
        guard let line = readLine(), !line.trimmingCharacters(in: .whitespaces).isEmpty else { return proposal }
        return line
    }
}
