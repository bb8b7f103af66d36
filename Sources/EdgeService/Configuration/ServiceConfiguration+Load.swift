// Reading a configuration file: all of it, with every problem collected before giving up.
import CLAP
import Foundation
import MachineHealth

extension ServiceConfiguration {
    /// Reads and checks a file.
    ///
    /// - Parameter path: the file; paths inside it are relative to its folder.
    /// - Throws: `ConfigurationErrors` with every problem, each with line, column, key and remedy.
    public static func load(_ path: String) throws(ConfigurationErrors) -> ServiceConfiguration {
        let url = URL(fileURLWithPath: (path as NSString).expandingTildeInPath)
        let data: Data
        do {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue
            else { throw CocoaError(.fileReadNoSuchFile) }
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            data = try handle.read(upToCount: ConfigurationText.maximumBytes + 1) ?? Data()
        } catch {
            let problem = ConfigurationProblem(
                file: path,
                line: 1,
                column: 1,
                keyPath: "",
                message: "the configuration cannot be read: \(PasswordFile.unreadable(url.path))"
            )
            throw ConfigurationErrors(problems: [problem])
        }
        return try parse(data, file: path)
    }

    /// Reads and checks a text.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: the name it has in messages; its folder is where relative paths start.
    /// - Throws: `ConfigurationErrors` with every problem.
    public static func parse(_ yaml: String, file: String) throws(ConfigurationErrors) -> ServiceConfiguration {
        try parse(Data(yaml.utf8), file: file)
    }

    static func parse(_ data: Data, file: String) throws(ConfigurationErrors) -> ServiceConfiguration {
        let problems = ProblemList(file: file)
        let url = URL(fileURLWithPath: (file as NSString).expandingTildeInPath)
        let root = ConfigurationText.root(of: data, problems: problems).map {
            ConfigurationNode($0, path: "", problems: problems, folder: url.deletingLastPathComponent())
        }
        let configuration = root.flatMap { ConfigurationReader(problems: problems, file: url).read($0) }
        guard problems.problems.isEmpty, let configuration else {
            throw ConfigurationErrors(problems: problems.sorted)
        }
        return configuration
    }
}

/// Reads the top level.
struct ConfigurationReader {
    let problems: ProblemList
    let file: URL

    func read(_ root: ConfigurationNode) -> ServiceConfiguration? {
        guard
            let section = ConfigurationSection(
                root,
                keys: ConfigurationKeys.root,
                expected: "sections such as site, broker, labels and machines; start from Deploy/examples/ausculta.yaml"
            )
        else { return nil }
        let site = section.required("site", "name the plant, such as site: plant1")?.identifier()
        let node = section["node"].map { $0.identifier() } ?? Self.hostName()
        let names = (site: site ?? "site", node: node ?? "node")
        let broker = BrokerReading.broker(section["broker"], clientID: "ausculta-\(names.site)-\(names.node)")
        let window = WindowLayer().overlaid(by: section["window"])
        let rule = RuleLayer(section["rule"])
        rule.check(subject: "", window: window, problems: problems)
        let profiles =
            section.required(
                "labels",
                "say what the machines can sound like; copy the section from "
                    + "Deploy/examples/ausculta.yaml"
            ).map(LabelReading.profiles) ?? [:]
        let defaults = section["defaults"].flatMap {
            ConfigurationSection($0, keys: ConfigurationKeys.defaults, expected: "a section such as {gain: auto}")
        }
        let reading = MachineReading(
            site: names.site,
            profiles: profiles,
            rule: rule,
            window: window,
            defaults: defaults,
            problems: problems
        )
        let machines =
            section.required("machines", "list them, such as - {id: compressor-1, profile: compressor}")
            .map(reading.machines) ?? []
        TopicClashes(site: names.site, problems: problems).check(machines)
        let model = model(section["model"])
        let store = store(section["store"])
        let http = HTTPReading.http(section["http"])
        let evidence = EvidenceReading.settings(section["evidence"])
        let enrolment = EnrolmentReading.settings(section["enrolment"])
        let trend = TrendSectionReading.settings(section["trend"])
        let publish = PublishReading(
            site: names.site,
            node: names.node,
            broker: broker,
            audioTopics: machines.map(\.machine.topic)
        ).settings(section["publish"])
        let intake = intake(section["intake"])
        let log = log(section["log"])
        let language = section["language"].flatMap { $0.choice(ShownLanguage.self) }
        guard problems.problems.isEmpty, let site, let node, let broker else { return nil }
        return ServiceConfiguration(
            file: file,
            site: site,
            node: node,
            broker: broker,
            model: model,
            vocabularies: profiles.compactMapValues {
                if case .usable(let profile) = $0 { profile.vocabulary } else { nil }
            },
            machines: machines.map(\.machine),
            store: store,
            http: http,
            evidence: evidence,
            enrolment: enrolment,
            trend: trend,
            publish: publish,
            intake: intake,
            logLevel: log,
            language: language?.rawValue ?? "en"
        )
    }

    private func section(_ node: ConfigurationNode?, _ keys: [String], _ expected: String) -> ConfigurationSection? {
        node.flatMap { ConfigurationSection($0, keys: keys, expected: expected) }
    }

    private func model(_ node: ConfigurationNode?) -> ModelConfiguration {
        let section = section(node, ConfigurationKeys.model, "a section such as {path: Models/my-model}")
        return ModelConfiguration(
            path: section?["path"].flatMap(modelPath),
            cache: section?["cache"]?.path(expected: "the folder of fetched models"),
            threads: section?["threads"]?.integer(1...256, "threads"),
            precision: section?["precision"]?.choice(ModelPrecision.self) ?? .preferred
        )
    }

    /// A folder, or the name of a fetched model, which has no slash.
    private func modelPath(_ node: ConfigurationNode) -> String? {
        let expected = "a checkpoint's folder, or the name of a fetched model such as clap-htsat-fused"
        guard let text = node.text(expected: expected) else { return nil }
        guard text.contains("/") else { return text }
        guard let path = node.path(expected: expected) else { return nil }
        guard FileManager.default.fileExists(atPath: path + "/config.json") else {
            node.report("\(path) holds no config.json; expected \(expected)")
            return nil
        }
        return path
    }

    private func store(_ node: ConfigurationNode?) -> StoreConfiguration {
        let section = section(node, ConfigurationKeys.store, "a section such as {path: ausculta.db, retain: 90d}")
        let path = section?["path"]?.path(expected: "the trend log's file")
        return StoreConfiguration(
            path: path
                ?? file.deletingLastPathComponent().appendingPathComponent("ausculta.db").standardizedFileURL.path,
            retainSeconds: section?["retain"]?.seconds(3_600...3_153_600_000, "1h to 36500d") ?? 90 * 86_400,
            maxSizeBytes: section?["max_size"]?.bytes(10_000_000...1_000_000_000_000_000, "10MB to 1000TB")
                ?? 10_000_000_000
        )
    }

    private func intake(_ node: ConfigurationNode?) -> IntakeConfiguration {
        let section = section(node, ConfigurationKeys.intake, "a section such as {max_payload: 32MiB, queue: 64}")
        return IntakeConfiguration(
            maxPayloadBytes: section?["max_payload"]?.bytes(1_024...268_435_456, "1KiB to 256MiB") ?? 32 << 20,
            queueChunks: section?["queue"]?.integer(1...100_000, "chunks") ?? 64
        )
    }

    private func log(_ node: ConfigurationNode?) -> String {
        let section = section(node, ConfigurationKeys.log, "a section such as {level: info}")
        return section?["level"]?.choice(LogLevelName.self)?.rawValue ?? LogLevelName.info.rawValue
    }

    /// This computer's name as an id, the default of `node`.
    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "edge-1" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let name = String(decoding: bytes, as: UTF8.self).prefix { $0 != "." }
            .map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" }
        let trimmed = String(name.drop { $0 == "-" }.prefix(64))
        return trimmed.isEmpty ? "edge-1" : trimmed
    }
}

private enum LogLevelName: String, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

private enum ShownLanguage: String, CaseIterable {
    case en, zh
}
