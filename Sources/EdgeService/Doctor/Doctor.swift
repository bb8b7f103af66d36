// The doctor's round: gathers what is to be known, one room after the other, and lets the checks judge it.
import CLAP
import Evidence
import Foundation
import Kernels
import TrendLog

/// Looks at everything a service depends on, beside a running one or before its first start; changes nothing.
public struct Doctor: Sendable {
    /// How thorough the round is.
    public struct Options: Hashable, Sendable {
        /// How long the machines are listened to, at most.
        public var listenSeconds: Double
        /// Whether to measure how many windows this box judges.
        public var measuresLoad: Bool
        /// For SQLite's check of the trend log's pages.
        public var pageCheckSeconds: Double

        public init(listenSeconds: Double = 10, measuresLoad: Bool = false, pageCheckSeconds: Double = 60) {
            self.listenSeconds = listenSeconds
            self.measuresLoad = measuresLoad
            self.pageCheckSeconds = pageCheckSeconds
        }
    }

    private let options: Options
    private let say: @Sendable (String) -> Void

    /// - Parameter say: told what is being done where it takes a while.
    public init(options: Options = Options(), say: @escaping @Sendable (String) -> Void = { _ in }) {
        self.options = options
        self.say = say
    }

    /// Where a configuration is looked for where none is named.
    public static let usualFiles = ["ausculta.yaml", "/etc/ausculta/ausculta.yaml"]

    /// The round.
    ///
    /// - Parameter file: the configuration; nil takes the first of `usualFiles` that is there.
    public func examine(configurationFile file: String?) async -> DoctorReport {
        let present = Self.usualFiles.first { FileManager.default.fileExists(atPath: $0) }
        guard let found = file ?? present else {
            let places = Self.usualFiles.joined(separator: " and ")
            let missing = DoctorFinding.problem(
                .configuration,
                "file",
                "no configuration in \(places)",
                "name it with --config FILE, or write one: ausculta config init"
            )
            return DoctorReport(findings: [missing] + box(lags: [:], load: nil))
        }
        do {
            return await examine(try ServiceConfiguration.load(found))
        } catch {
            let problems = error.problems.map { problem in
                DoctorFinding.problem(
                    .configuration,
                    "\(problem.file):\(problem.line)",
                    problem.keyPath.isEmpty ? problem.message : "\(problem.keyPath): \(problem.message)",
                    "correct this line; nothing that depends on the file was looked at"
                )
            }
            return DoctorReport(findings: problems + box(lags: [:], load: nil))
        }
    }

    /// The round for a valid configuration.
    func examine(_ configuration: ServiceConfiguration) async -> DoctorReport {
        let log = await TrendLogFacts.read(configuration.store.path, checkSeconds: options.pageCheckSeconds)
        var enrolled: Set<String>? = []
        switch log {
        case .absent: break
        case .unreadable: enrolled = nil
        case .opened(let log): enrolled = log.enrolledMachines
        }
        let advice = AdviceCheck(
            configuration: configuration,
            enrolledMachines: enrolled,
            fileModes: AdviceCheck.modes(of: configuration)
        )
        let (modelFacts, model) = await ModelVisit(configuration: configuration).make()
        let visit = await BrokerVisit(
            configuration: configuration,
            listenSeconds: options.listenSeconds,
            say: say
        ).make()
        var findings = advice.findings
        findings += BrokerCheck(facts: visit.facts, now: Date()).findings
        var lags: [String: Double] = [:]
        if let heard = visit.heard {
            findings += HearingCheck(heard: heard).findings
            findings += LevelCheck(machines: heard.machines).findings
            for machine in heard.machines {
                if let lag = machine.topics.compactMap(\.lagSeconds).max(by: { abs($0) < abs($1) }) {
                    lags[machine.id] = lag
                }
            }
        }
        findings += disks(configuration).flatMap { DiskCheck(facts: $0).findings }
        findings += TrendLogCheck(facts: log).findings
        findings += ModelCheck(facts: modelFacts).findings
        let load = options.measuresLoad ? model.flatMap { measure($0, configuration) } : nil
        return DoctorReport(findings: findings + box(lags: lags, load: load))
    }

    private func box(lags: [String: Double], load: ProcessorFacts.Load?) -> [DoctorFinding] {
        var clock = ClockFacts.read(now: Date())
        clock.lagsSeconds = lags
        let processor = ProcessorFacts(
            instructionSet: InstructionSet.active,
            cores: ProcessInfo.processInfo.activeProcessorCount,
            load: load
        )
        return ClockCheck(facts: clock).findings + ProcessorCheck(facts: processor).findings
    }

    private func disks(_ configuration: ServiceConfiguration) -> [DiskFacts] {
        let store = URL(fileURLWithPath: configuration.store.path)
        let present = (try? FileManager.default.attributesOfItem(atPath: store.path))?[.size] as? Int ?? 0
        let log = DiskFacts.read(
            role: "trend log",
            folder: store.deletingLastPathComponent(),
            wantedBytes: DiskCheck.trendLogGrowth(configuration, presentBytes: Double(present)),
            keys: "store.path, store.retain or store.max_size"
        )
        guard configuration.evidence.isOn else { return [log] }
        let clips = ClipFolder(storeFile: store).root
        let kept = Self.bytes(below: clips)
        let sound = DiskFacts.read(
            role: "kept sound",
            folder: clips,
            wantedBytes: max(0, Double(configuration.evidence.maxBytes) - kept),
            keys: "evidence.max_size"
        )
        return [log, sound]
    }

    /// Bytes of all files below a folder; 0 where it is not there.
    private static func bytes(below folder: URL) -> Double {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
        var sum = 0.0
        while let file = files?.nextObject() as? URL {
            sum += Double((try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
        }
        return sum
    }

    private func measure(_ model: SoundModel, _ configuration: ServiceConfiguration) -> ProcessorFacts.Load? {
        let threads = configuration.model.threads ?? ProcessInfo.processInfo.activeProcessorCount
        say("measuring how many windows this box judges…")
        let length = configuration.machines.map(\.windowLengthSeconds).max() ?? 10
        guard let speed = try? QuickBench.windowsPerSecond(model, threads: threads, lengthSeconds: length), speed > 0
        else { return nil }
        return ProcessorFacts.Load(
            windowsPerSecond: speed,
            neededPerSecond: configuration.machines.reduce(0.0) { $0 + 1 / $1.hopSeconds },
            machines: configuration.machines.count,
            threads: threads
        )
    }
}
