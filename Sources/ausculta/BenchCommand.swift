// `ausculta bench`: what a window costs on this machine.
import ArgumentParser
import CAllocations
import Dashboard
import EdgeService
import Foundation
import MachineSimulator

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast this machine listens.",
        discussion: """
            Sends windows of simulated sound through log-mel and encoder and compares with the floating-point peak measured \
            in the same run. Other programs on the machine make the figures worse: look at the minimum, too. Several workers \
            share one queue of several machines' windows; one worker alone takes turns with them, which gives the scaling.

            Examples:
              ausculta bench --model clap-htsat-fused --threads 2 --windows 40
              ausculta bench --model clap-htsat-fused --precision float32 --json
              ausculta bench --enrolled 100
            """
    )

    @OptionGroup var model: ModelOptions

    @OptionGroup var arithmetic: PrecisionOptions

    @Option(help: "Workers, one thread each.")
    var threads = 1

    @Option(help: "Windows to measure, over all workers.")
    var windows = 20

    @Option(help: ArgumentHelp("Hop for the machines per box.", valueName: "seconds"))
    var hop = 5.0

    @Flag(help: "Send 10 s windows through a fused model's fusion path, as the reference implementation may.")
    var referenceIsLonger = false

    @Flag(help: "Do log-mel before the clock starts: throughput is the encoder's alone.")
    var encoderOnly = false

    @Option(
        help: ArgumentHelp(
            "Labels to time beside four sentences, separated by commas; as classify takes them.",
            valueName: "a,b,c"
        )
    )
    var labels = ListenerBenchmark.typedLabels.joined(separator: ",")

    @Option(
        help: ArgumentHelp(
            "Measure enrolment and taught examples instead, with so many machines; needs no model.",
            valueName: "machines"
        )
    )
    var enrolled: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let enrolled, !(1...2_000).contains(enrolled) {
            throw ValidationError("--enrolled \(enrolled): expected 1 to 2000")
        }
        guard (1...256).contains(threads) else { throw ValidationError("--threads \(threads): expected 1 to 256") }
        guard (1...100_000).contains(windows) else { throw ValidationError("--windows: expected 1 to 100000") }
        guard !splitLabels(labels).isEmpty else {
            throw ValidationError("--labels: expected labels separated by commas")
        }
        guard hop > 0 else { throw ValidationError("--hop: expected a number above 0") }
    }

    func run() throws {
        if let enrolled { return try measureLearning(machines: enrolled) }
        let loaded = try model.load(arithmetic.precision)
        let sound = try (UInt64(1)...2).flatMap { individual in
            try MachineKind.compressor.states.map { state in
                var microphone = try SimulatedMicrophone(.machine(state: state, individual: individual))
                return microphone.render(frames: 480_000)
            }
        }
        let benchmark = ListenerBenchmark(
            model: loaded,
            threads: threads,
            windows: windows,
            referenceIsLonger: referenceIsLonger,
            encoderOnly: encoderOnly,
            labels: splitLabels(labels)
        ) {
            ca_thread_allocations()
        }
        if Console.isInteractive { Console.remark("measuring \(windows) windows on \(threads) threads…") }
        let report = try benchmark.run(sound: sound, hopSeconds: hop)
        guard !json else { return try Console.json(report) }
        show(report)
    }

    private func measureLearning(machines: Int) throws {
        if Console.isInteractive { Console.remark("enrolling and teaching \(machines) machines…") }
        // Banks and examples as large as the service lets them become.
        let report = try LearningBenchmark(machines: machines, points: 256, examples: 128, windows: 2_000).run()
        guard !json else { return try Console.json(report) }
        func number(_ value: Double, _ decimals: Int = 2) -> String { String(format: "%.\(decimals)f", value) }
        Console.result(
            """
            machines          \(report.machines), each with \(report.points) points and \(report.examples) examples
            a window          \(number(report.judgeMs.median, 3)) ms with novelty and examples (99 %: \
            \(number(report.judgeP99Ms, 3))), \(number(report.textMs.median, 3)) ms by its text alone
            memory            \(number(Double(report.bytesPerMachine) / 1e6)) MB a machine; a stored bank has \
            \(number(Double(report.storedBytes) / 1e6)) MB
            reading a bank    \(number(report.prepareMs.median, 0)) ms a machine, at start and after enrolment
            a decision        \(number(report.teachMs.median, 0)) ms a machine of the profile
            """
        )
    }

    private func show(_ report: BenchmarkReport) {
        func number(_ value: Double, _ decimals: Int = 1) -> String { String(format: "%.\(decimals)f", value) }
        let scaling = report.scaling.map { ", \(number($0, 2)) times one worker alone" } ?? ""
        let texts = report.texts.map { text in
            """
            \(number(text.ms.median)) ms for \(text.phrases.count) labels of \(text.tokens) tokens \
            (best \(number(text.ms.min)); of the processor \(number(text.processorMs.median)), best \
            \(number(text.processorMs.min)))
            """
        }
        let halves = [("int16", report.int16PeakGflops), ("bfloat16", report.bf16PeakGflops)]
        let wide = halves.compactMap { name, peak in peak.map { "\(number($0)) in \(name)" } }.joined(separator: ", ")
        Console.result(
            """
            model             \(report.model), \(report.instructionSet) kernels, \(report.precision)
            log-mel           \(number(report.logMelMs.median, 2)) ms a window (best \(number(report.logMelMs.min, 2)))
            encoder           \(number(report.encoderMs.median)) ms a window (best \(number(report.encoderMs.min)))
            text              \(texts.joined(separator: "\n                  "))
            throughput        \(number(report.windowsPerSecond)) windows a second on \(report.threads) threads\
            \(report.encoderOnly ? ", encoder alone" : "")\(scaling)
            machines per box  \(report.machinesPerBox) at a window every \(number(report.hopS, 0)) s
            this machine      \(number(report.fmaPeakGflops)) GFLOP/s multiply-add peak\(wide.isEmpty ? "" : " (\(wide))"), \
            \(report.gemmPeakGflops.map { number($0) } ?? "not measured") in a large OpenBLAS product, one thread
            share of peak     \(number(report.shareOfPeak * 100)) % of \(report.precision)'s, \
            \(number(report.shareOfFmaPeak * 100)) % of float32's; \(number(report.shareMeanwhile * 100)) % of the \
            \(number(report.fmaMeanwhileGflops)) GFLOP/s just before and after each window
            memory            \(number(report.peakRssMb, 0)) MB at most
            allocations       \(report.allocationsPerWindow < 0 ? "not counted here" : number(report.allocationsPerWindow, 2) + " a window")
            """
        )
    }
}
