// `ausculta labels`: advice on configured labels by what was heard with them.
import ArgumentParser
import Dashboard
import EdgeService
import Foundation
import TrendLog

struct LabelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "Advice on labels.",
        subcommands: [Advise.self]
    )

    struct Advise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is doubtful about a configuration's labels, by the windows that are stored.",
            discussion: """
                Labels the model cannot tell apart, labels that never or always win, a profile without an anchor; each with \
                what to do. Judges the stored windows anew with the configuration's labels and changes nothing.
                """
        )

        @Argument(help: "Machines; all configured ones where none is named.") var machines: [String] = []
        @OptionGroup var source: ReplaySource
        @OptionGroup var report: ReportOptions
        @Flag(help: "Print JSON.") var json = false

        private struct Document: Encodable {
            struct Machine: Encodable {
                let machine: String
                let windows: Int
                let advice: [LabelAdvice]
            }

            let machines: [Machine]
        }

        func run() async throws {
            let replay = try await source.replay(machines, change: WhatIf(), style: report.style())
            guard let replay else { throw ExitCode(130) }
            if json {
                let document = Document(
                    machines: replay.machines.map {
                        Document.Machine(machine: $0.machine, windows: $0.windows.judged, advice: $0.advice)
                    }
                )
                return FileHandle.standardOutput.write(try APIResponse.encode(document) + Data("\n".utf8))
            }
            for note in replay.notes { print("note: \(note)") }
            for machine in replay.machines {
                print("\(machine.machine): \(machine.windows.judged) windows")
                for advice in machine.advice {
                    print(
                        "  \(advice.severity.rawValue): \(report.language == .chinese ? advice.text.zh : advice.text.en)"
                    )
                }
                if machine.windows.judged < LabelAdvice.fewestWindows {
                    print("  fewer than \(LabelAdvice.fewestWindows) windows: too few to say which labels win")
                } else if machine.advice.isEmpty {
                    print("  nothing is doubtful")
                }
            }
            if replay.machines.isEmpty { print("No machine with stored windows.") }
        }
    }
}
