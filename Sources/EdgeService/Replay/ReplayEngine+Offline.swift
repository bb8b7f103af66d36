// A replay without a running service: the model and the judges are loaded for it.
import Dashboard
import Foundation
import Logging
import TrendLog

extension ReplayEngine {
    /// Loads what a configuration's machines are judged by.
    ///
    /// - Parameters:
    ///   - store: the trend log; nil for the configuration's.
    /// - Throws: an error that names the file, what was found and what to do.
    public static func load(_ configuration: ServiceConfiguration, store: URL? = nil) async throws -> ReplayEngine {
        let reader = try TrendLogReader(url: store ?? URL(fileURLWithPath: configuration.store.path))
        let model = try await SoundModel.load(
            directory: configuration.modelDirectory(),
            cache: configuration.derivedCacheFolder,
            precision: configuration.model.precision
        )
        var fresh = try EdgeNode.judges(configuration, model: model)
        let learned = LearnedState(reader: reader, model: model.signature, logger: Logger(label: "ausculta.replay"))
        try await learned.teach(
            &fresh,
            profiles: Dictionary(configuration.machines.map { ($0.id, $0.profile) }) { first, _ in first }
        )
        let judges = fresh
        return ReplayEngine(
            configuration: configuration,
            reader: reader,
            modelSignature: model.signature,
            judge: { judges[$0] },
            makeHead: { try model.makeHead(prompts: $0) }
        )
    }
}
