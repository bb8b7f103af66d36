// Which kernels this processor runs, and whether it judges the configured machines' windows in time.
import Foundation
import Kernels

/// What is known about the processor.
struct ProcessorFacts: Hashable, Sendable {
    /// Windows judged a second when measured, and those that the machines bring.
    struct Load: Hashable, Sendable {
        var windowsPerSecond: Double
        var neededPerSecond: Double
        var machines: Int
        var threads: Int
    }

    var instructionSet: InstructionSet
    var cores: Int
    /// Nil where nothing was measured.
    var load: Load?
}

/// Judges the processor.
struct ProcessorCheck: Sendable {
    /// Share of what was measured that should not be passed: other work and restarts need the rest.
    static let comfortableShare = 0.7

    let facts: ProcessorFacts

    var findings: [DoctorFinding] { [kernels] + (facts.load.map { [load($0)] } ?? []) }

    private var kernels: DoctorFinding {
        let cores = facts.cores == 1 ? "1 core" : "\(facts.cores) cores"
        let name =
            switch facts.instructionSet {
            case .avx512: "AVX-512"
            case .avx2: "AVX2"
            case .neon: "NEON"
            case .scalar: "no vector"
            }
        guard facts.instructionSet == .scalar else {
            return .ok(.processor, "kernels", "\(name) kernels, \(cores)")
        }
        return .remark(
            .processor,
            "kernels",
            "\(name) kernels, \(cores): windows take many times longer",
            "use a processor with AVX2 or NEON; in a virtual machine, pass the host's processor through; unset AUSCULTA_ISA"
        )
    }

    private func load(_ load: ProcessorFacts.Load) -> DoctorFinding {
        let share = load.neededPerSecond / load.windowsPerSecond
        let found = String(
            format: "%.1f windows a second on %d threads; %d machines bring %.1f (%.0f %%)",
            load.windowsPerSecond,
            load.threads,
            load.machines,
            load.neededPerSecond,
            share * 100
        )
        let remedy =
            "lengthen window.hop, use a smaller model or more cores; a box that cannot keep up stretches every hop"
        if share > 1 { return .problem(.processor, "load", found, remedy) }
        if share > Self.comfortableShare { return .remark(.processor, "load", found, remedy) }
        return .ok(.processor, "load", found)
    }
}

/// Measures how many windows this box judges.
enum QuickBench {
    /// Windows per thread: a few seconds for the largest model on a slow core.
    private static let windowsPerThread = 8

    /// Windows a second, with noise for sound: what a window costs does not depend on what is heard.
    static func windowsPerSecond(_ model: SoundModel, threads: Int, lengthSeconds: Double) throws -> Double {
        var state: UInt64 = 7
        let count = Int(lengthSeconds * Double(model.sampleRateHz))
        let sound = (0..<count).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return 0.2 * (Float(state >> 40) / Float(1 << 23) - 1)
        }
        let total = windowsPerThread * threads
        let turn = try BenchmarkTurn.run(workerCount: threads, windowCount: total) { turn in
            let listener = try Listener(model: model)
            // The first window warms caches up and is not counted.
            _ = try listener.embed(sound)
            turn.waitForStart()
            while turn.take() != nil { _ = try listener.embed(sound) }
            return BenchmarkTurn.Lap()
        }
        return Double(total) / turn.seconds
    }
}
