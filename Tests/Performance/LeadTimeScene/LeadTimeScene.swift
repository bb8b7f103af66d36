// How much earlier the trend warns than the plain rule, and how often it warns of nothing.
//
//     swift run -c release LeadTimeScene [--individuals 8] [--months 4] [--hop 30m] [--memory 6h] [--history 3d]
//         [--within 7d] [--scores FOLDER]
import EdgeService
import Foundation
import MachineHealth
import Synchronization
import TrendLog

@main
struct LeadTimeScene {
    /// Individuals of no training or evaluation set.
    static let firstIndividual: UInt64 = 3_100_000

    static func main() async throws {
        let options = try Options(Array(CommandLine.arguments.dropFirst()))
        let configuration = try ServiceConfiguration.load("Deploy/examples/ausculta.yaml")
        guard let labels = configuration.vocabularies["compressor"] else {
            throw OptionError(description: "the example configuration has no profile compressor")
        }
        var rule = TrendRule()
        rule.staleAfterSeconds = max(60, 3 * options.hopSeconds)
        let setting = Setting(labels: labels, rules: TrendRules(machine: rule), trend: options.trend)
        let model = try SoundModel(directory: URL(fileURLWithPath: "Models/embedded"))
        let cache = ScoreCache(folder: options.folder, hopSeconds: options.hopSeconds)
        var stories: [Story] = []
        for number in 0..<UInt64(options.individuals) {
            for course in [Story.Course.linear, .accelerating] {
                stories.append(
                    Story(individual: firstIndividual + number, course: course, healthySeconds: 2 * Story.day)
                )
            }
        }
        for number in 0..<UInt64(options.months) {
            stories.append(
                Story(individual: firstIndividual + 500 + number, course: .healthy, healthySeconds: 30 * Story.day)
            )
        }
        let outcomes = try await hear(stories, cache: cache, model: model, setting: setting)
        report(outcomes, options: options)
    }

    /// Stories on two threads, in the order given.
    private static func hear(
        _ stories: [Story],
        cache: ScoreCache,
        model: SoundModel,
        setting: Setting
    ) async throws -> [Outcome] {
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    while true {
                        let index = work.next.add(1, ordering: .relaxed).oldValue
                        guard stories.indices.contains(index) else { return }
                        let story = stories[index]
                        let windows = try cache.windows(of: story, model: model, labels: setting.labels)
                        let outcome = Outcome(story, windows: windows, setting: setting)
                        work.outcomes.withLock { $0[index] = outcome }
                        print(line(outcome))
                    }
                }
            }
            try await group.waitForAll()
        }
        return work.outcomes.withLock { known in stories.indices.compactMap { known[$0] } }
    }

    private static func line(_ outcome: Outcome) -> String {
        func hours(_ value: Double?) -> String { value.map { "\(($0 * 10).rounded() / 10) h" } ?? "never" }
        let story = outcome.story
        guard story.course != .healthy else {
            return "\(story.individual) healthy: \(outcome.falseAlarms) alarms, \(outcome.falseWarnings) warnings"
        }
        return "\(story.individual) \(story.course.rawValue): rule \(hours(outcome.ruleHours)), trend "
            + "\(hours(outcome.trendHours)), false \(outcome.falseAlarms) + \(outcome.falseWarnings)"
    }

    private static func report(_ outcomes: [Outcome], options: Options) {
        print(
            "\nhop \(Int(options.hopSeconds)) s, memory \(Int(options.trend.memorySeconds)) s, history "
                + "\(Int(options.trend.historySeconds)) s, warn within \(Int(options.trend.warnWithinSeconds)) s"
        )
        for course in [Story.Course.linear, .accelerating] {
            let of = outcomes.filter { $0.story.course == course }
            print("\n\(course.rawValue), \(of.count) individuals")
            print(
                "  rule raised in \(of.count { $0.ruleHours != nil }), trend warned in "
                    + "\(of.count { $0.trendHours != nil }), trend first in \(of.count { ($0.leadHours ?? -1) > 0 })"
            )
            if let rule = Interval(of.compactMap(\.ruleHours)) { print("  rule, hours after onset: \(rule)") }
            if let trend = Interval(of.compactMap(\.trendHours)) { print("  trend, hours after onset: \(trend)") }
            if let lead = Interval(of.compactMap(\.leadHours)) { print("  trend earlier by hours: \(lead)") }
            let judged = of.compactMap { $0.interval?.holds }
            print("  the rule's alarm fell into the warning's interval in \(judged.count { $0 }) of \(judged.count)")
            print(
                "  before onset: \(of.reduce(0) { $0 + $1.falseAlarms }) alarms, "
                    + "\(of.reduce(0) { $0 + $1.falseWarnings }) warnings in \(of.count * 2) machine-days"
            )
        }
        let healthy = outcomes.filter { $0.story.course == .healthy }
        print(
            "\nhealthy, \(healthy.count) machine-months: "
                + "\(healthy.reduce(0) { $0 + $1.falseAlarms }) alarms of the rule, "
                + "\(healthy.reduce(0) { $0 + $1.falseWarnings }) warnings of the trend"
        )
    }
}

/// What the two threads share.
private final class Work: Sendable {
    /// The next story.
    let next = Atomic<Int>(0)
    let outcomes = Mutex<[Int: Outcome]>([:])
}

/// Something wrong on the command line.
struct OptionError: Error, CustomStringConvertible {
    let description: String
}

/// The command line.
struct Options {
    var individuals = 8
    var months = 4
    var hopSeconds = 1_800.0
    var trend = TrendSettings()
    var folder = URL(fileURLWithPath: ".build/lead-time")

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw OptionError(description: "\(name) needs a value") }
            switch name {
            case "--individuals": individuals = Int(value) ?? individuals
            case "--months": months = Int(value) ?? months
            case "--hop": hopSeconds = try TimeExpression.seconds(value)
            case "--memory": trend.memorySeconds = try TimeExpression.seconds(value)
            case "--history": trend.historySeconds = try TimeExpression.seconds(value)
            case "--within": trend.warnWithinSeconds = try TimeExpression.seconds(value)
            case "--scores": folder = URL(fileURLWithPath: value)
            default: throw OptionError(description: "\(name) is unknown")
            }
        }
    }
}
