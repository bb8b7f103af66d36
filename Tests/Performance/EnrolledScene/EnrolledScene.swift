// How often enrolled machines raise false alarms, and whether their faults are noticed, by the rule as it is configured.
//
//     swift run -c release EnrolledScene [--kinds compressor,pump] [--individuals 3] [--first 4100000] [--days 10]
//         [--hop 30m] [--in-a-row 1] [--snr 20] [--generators a,b] [--stretches 1] [--model FOLDER] [--config FILE,…]
//         [--sound FOLDER] [--trace FILE]
import EdgeService
import Foundation
import MachineHealth
import MachineSimulator
import Synchronization
import TrendLog

@main
struct EnrolledScene {
    static func main() async throws {
        let options = try Options(Array(CommandLine.arguments.dropFirst()))
        let vocabularies = try options.configurations.map { try ServiceConfiguration.load($0).vocabularies }
            .reduce(into: [:]) { all, more in all.merge(more) { first, _ in first } }
        let model = try SoundModel(directory: URL(fileURLWithPath: options.model))
        let jobs = options.kinds.flatMap { kind in
            options.generators.flatMap { generator in
                (0..<UInt64(options.individuals)).map { number in
                    EnrolledMachine(
                        kind: kind,
                        generator: generator,
                        individual: options.first + number,
                        snrDB: options.snrDB
                    )
                }
            }
        }
        let cache = SoundCache(folder: options.sound.appendingPathComponent(model.signature))
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    while true {
                        let index = work.next.add(1, ordering: .relaxed).oldValue
                        guard jobs.indices.contains(index) else { return }
                        let job = jobs[index]
                        guard let labels = vocabularies[job.kind.rawValue] else {
                            let files = options.configurations.joined(separator: ", ")
                            throw OptionError(description: "no labels for \(job.kind.rawValue) in \(files)")
                        }
                        let outcome = try job.hear(
                            ear: try RehearsalEar(model: model, labels: labels),
                            cache: cache,
                            labels: labels,
                            enrolment: options.enrolment,
                            hours: 24 * options.days,
                            hopSeconds: options.hopSeconds,
                            inARow: options.inARow
                        )
                        work.outcomes.withLock { $0[index] = outcome }
                        print("\(job.kind.rawValue) \(job.generator.rawValue) \(job.individual): \(line(outcome))")
                        fflush(nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        let known = work.outcomes.withLock { $0 }
        if let trace = options.trace {
            let header = "kind,generator,individual,state,episode,window,novelty,limit,scores,raised"
            let lines = [header] + jobs.indices.flatMap { known[$0]?.trace ?? [] }
            try lines.joined(separator: "\n").write(toFile: trace, atomically: true, encoding: .utf8)
        }
        for kind in options.kinds {
            for generator in options.generators {
                let of = jobs.indices.filter { jobs[$0].kind == kind && jobs[$0].generator == generator }
                    .compactMap { known[$0] }
                report("\(kind.rawValue), generator \(generator.rawValue)", of, options: options)
            }
        }
        guard options.kinds.count > 1 else { return }
        for generator in options.generators {
            let of = jobs.indices.filter { jobs[$0].generator == generator }.compactMap { known[$0] }
            report("all kinds, generator \(generator.rawValue)", of, options: options)
        }
    }

    private static func line(_ outcome: Outcome) -> String {
        let faults = outcome.faults.map {
            "\($0.fault) \($0.named)/\($0.episodes) named, \($0.told) told, \($0.noticed) noticed"
        }
        return
            "\(outcome.healthyWindows) healthy windows, \(outcome.novelWindows) novel, \(outcome.falseFaults) fault alarms, "
            + "\(outcome.falseChanges) of changed; " + faults.joined(separator: "; ")
    }

    private static func report(_ title: String, _ outcomes: [Outcome], options: Options) {
        let months = Double(outcomes.count) * options.days / 30
        let falseFaults = outcomes.reduce(0) { $0 + $1.falseFaults }
        let changes = outcomes.reduce(0) { $0 + $1.falseChanges }
        func rate(_ count: Int) -> String {
            // Upper end of the exact 95 % interval of a count (one-sided): 3.0 for none, 4.7 for one, and so on.
            let upper = PoissonLimit.upper(count, share: 0.95) / max(months, 1e-9)
            return "\(count) (\(rounded(Double(count) / max(months, 1e-9))) a month, below \(rounded(upper)) by 95 %)"
        }
        print("\n\(title): \(outcomes.count) individuals, \(rounded(months)) machine-months of windows")
        let share = outcomes.map { Double($0.novelWindows) / Double(max(1, $0.healthyWindows)) }.sorted()
        print("  false alarms: all \(rate(falseFaults + changes)),")
        print("    of faults \(rate(falseFaults)), of changed \(rate(changes))")
        print(
            "  healthy windows novel, by individual: \(share.map { "\(rounded(100 * $0)) %" }.joined(separator: ", "))"
        )
        let faults = outcomes.flatMap(\.faults)
        let names = Set(faults.map(\.fault))
        for name in names.sorted() { report(name, faults.filter { $0.fault == name }) }
        if names.count > 1 { report("all faults", faults) }
    }

    private static func report(_ name: String, _ faults: [Detections]) {
        func sum(_ count: (Detections) -> Int) -> Int { faults.reduce(0) { $0 + count($1) } }
        print(
            "  \(name): named in \(sum(\.named)), told in \(sum(\.told)), noticed in \(sum(\.noticed)) of "
                + "\(sum(\.episodes)) episodes of five windows"
        )
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// What the two threads share.
private final class Work: Sendable {
    /// The next machine.
    let next = Atomic<Int>(0)
    let outcomes = Mutex<[Int: Outcome]>([:])
}

/// Limits of a count.
enum PoissonLimit {
    /// The rate above which so few events would be seen in less than 1 - `share` of all cases.
    static func upper(_ count: Int, share: Double) -> Double {
        var (low, high) = (0.0, 10.0 * Double(count + 1) + 10)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            var (term, sum) = (exp(-middle), 0.0)
            for k in 0...count {
                sum += term
                term *= middle / Double(k + 1)
            }
            if sum > 1 - share { low = middle } else { high = middle }
        }
        return low
    }
}

/// Something wrong on the command line.
struct OptionError: Error, CustomStringConvertible {
    let description: String
}

/// The command line.
struct Options {
    var kinds: [MachineKind] = [.compressor]
    var generators = SoundGenerator.allCases
    var individuals = 3
    /// Individuals of no training or evaluation set; rules are tuned on those from 4 200 000, figures come from these.
    var first: UInt64 = 4_100_000
    var days = 10.0
    var hopSeconds = 1_800.0
    var inARow = 1
    var snrDB = 20.0
    var model = "Models/embedded"
    /// Files with the labels of a kind, under its name; the first one that has them counts.
    var configurations = ["Deploy/examples/ausculta.yaml", "Deploy/examples/label-profiles.yaml"]
    var enrolment = EnrolmentPlan()
    var sound = URL(fileURLWithPath: ".build/enrolled-scene")
    var trace: String?

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw OptionError(description: "\(name) needs a value") }
            func names<Value: RawRepresentable>(_: Value.Type) throws -> [Value] where Value.RawValue == String {
                try value.split(separator: ",").map { part in
                    guard let known = Value(rawValue: String(part)) else {
                        throw OptionError(description: "\(name): '\(part)' is unknown")
                    }
                    return known
                }
            }
            switch name {
            case "--kinds": kinds = try names(MachineKind.self)
            case "--generators": generators = try names(SoundGenerator.self)
            case "--individuals": individuals = Int(value) ?? individuals
            case "--days": days = Double(value) ?? days
            case "--hop": hopSeconds = try TimeExpression.seconds(value)
            case "--in-a-row": inARow = max(1, Int(value) ?? inARow)
            case "--snr": snrDB = Double(value) ?? snrDB
            case "--model": model = value
            case "--config": configurations = value.split(separator: ",").map(String.init)
            case "--first": first = UInt64(value) ?? first
            case "--stretches": enrolment.stretches = min(EnrolmentPlan.windows, max(1, Int(value) ?? 1))
            case "--sound": sound = URL(fileURLWithPath: value)
            case "--trace": trace = value
            default: throw OptionError(description: "\(name) is unknown")
            }
        }
    }
}
