// Every size of a CLAP model, read from config.json; nothing is hard-coded.
// Defaults: ClapConfig of transformers 5.23.0,
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/configuration_clap.py
import Foundation

/// The configuration of a CLAP checkpoint in Hugging Face's format.
public struct ClapConfiguration: Sendable, Equatable {
    public var audio: ClapAudioConfiguration
    public var text: ClapTextConfiguration
    /// Length of the embeddings.
    public var projectionDimension: Int
    public var projectionActivation: Activation

    /// Reads `config.json`.
    ///
    /// - Throws: `ClapModelError` naming the key, what was found and what is expected.
    public init(contentsOf file: URL) throws(ClapModelError) {
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            guard FileManager.default.fileExists(atPath: file.path) else {
                throw ClapModelError(
                    path: file.deletingLastPathComponent().path,
                    problem: .missingFile(file.lastPathComponent)
                )
            }
            throw ClapModelError(path: file.path, problem: .unreadableFile("cannot be read: \(error)"))
        }
        try self.init(json: data, path: file.path)
    }

    /// Reads the text of a config.json; `path` is for errors.
    public init(json data: Data, path: String) throws(ClapModelError) {
        let json: Result<JSONValue, JSONParseError> = data.withUnsafeBytes { bytes in
            Result { () throws(JSONParseError) in try JSONParser.parse(bytes) }
        }
        let root: ConfigurationSection
        switch json {
        case .success(let value): root = ConfigurationSection(path: path, json: value)
        case .failure(let error):
            throw ClapModelError(path: path, problem: .unreadableFile("is not JSON: \(error.description)"))
        }
        guard case .object = root.json else {
            throw ClapModelError(path: path, problem: .unreadableFile("is not a JSON object"))
        }
        if let kind = try root.string("model_type"), kind != "clap" {
            throw root.problem("model_type", "\"\(kind)\"", "\"clap\"")
        }
        audio = try ClapAudioConfiguration(try root.section("audio_config"))
        text = try ClapTextConfiguration(try root.section("text_config"))
        // The reference copies these two into both towers, whatever their sections say.
        projectionDimension = try root.integer("projection_dim", default: 512, in: 1...65_536)
        projectionActivation = try root.activation("projection_hidden_act", default: .relu)
        // Refuses sizes that do not fit together.
        _ = try AudioLayout(audio, path: path)
    }
}
