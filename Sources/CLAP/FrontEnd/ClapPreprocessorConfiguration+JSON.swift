// Reading a preprocessor configuration from a checkpoint's folder.
import Foundation

extension ClapPreprocessorConfiguration {
    /// Reads `preprocessor_config.json` of a model folder, or the `feature_extractor` part of its `processor_config.json`,
    /// which newer releases of the reference library write instead.
    ///
    /// - Throws: `ClapFrontEndError` naming the file and the key.
    public init(modelFolder: URL) throws {
        let own = modelFolder.appendingPathComponent("preprocessor_config.json")
        let shared = modelFolder.appendingPathComponent("processor_config.json")
        let files = FileManager.default
        if !files.fileExists(atPath: own.path), files.fileExists(atPath: shared.path) {
            let outer = try Self.object(in: Self.read(shared), path: shared.path)
            guard case .object(let inner) = outer["feature_extractor"] else {
                throw ClapFrontEndError.badFile(
                    path: shared.path,
                    problem: "no object \"feature_extractor\"; add the checkpoint's preprocessor_config.json"
                )
            }
            try self.init(values: inner, path: shared.path)
        } else {
            try self.init(json: Self.read(own), path: own.path)
        }
    }

    /// Reads the text of a `preprocessor_config.json`.
    ///
    /// - Parameter path: the file's name for errors.
    public init(json: Data, path: String) throws(ClapFrontEndError) {
        try self.init(values: Self.object(in: json, path: path), path: path)
    }

    private init(values: [String: Value], path: String) throws(ClapFrontEndError) {
        self.init()
        let reader = Reader(values: values, path: path)
        melBinCount = try reader.integer("feature_size") ?? melBinCount
        sampleRateHz = try reader.integer("sampling_rate") ?? sampleRateHz
        hopLengthSamples = try reader.integer("hop_length") ?? hopLengthSamples
        maxLengthSeconds = try reader.number("max_length_s") ?? maxLengthSeconds
        fftLengthSamples = try reader.integer("fft_window_size") ?? fftLengthSamples
        frequencyMinHz = try reader.number("frequency_min") ?? frequencyMinHz
        frequencyMaxHz = try reader.number("frequency_max") ?? frequencyMaxHz
        if let text = try reader.text("truncation") {
            guard let known = Truncation(rawValue: text) else {
                throw reader.unexpected("truncation", text, "\"fusion\" or \"rand_trunc\"")
            }
            truncation = known
        }
        if let text = try reader.text("padding") {
            guard let known = Padding(rawValue: text) else {
                throw reader.unexpected("padding", text, "\"repeatpad\", \"repeat\" or \"pad\"")
            }
            padding = known
        }
        if !(maxLengthSeconds > 0 && maxLengthSeconds <= 3600) {
            throw reader.unexpected("max_length_s", "\(maxLengthSeconds)", "more than 0 and at most 3600 seconds")
        }
    }

    private static func read(_ url: URL) throws(ClapFrontEndError) -> Data {
        do {
            return try Data(contentsOf: url)
        } catch {
            throw .badFile(path: url.path, problem: "cannot be read (\(error.localizedDescription))")
        }
    }

    private static func object(in json: Data, path: String) throws(ClapFrontEndError) -> [String: Value] {
        do {
            return try JSONDecoder().decode([String: Value].self, from: json)
        } catch {
            throw .badFile(path: path, problem: "is not a JSON object; fetch the file again")
        }
    }

    /// Any JSON value, truth values apart from numbers.
    private enum Value: Decodable, CustomStringConvertible {
        case null
        case truth(Bool)
        case number(Double)
        case text(String)
        case object([String: Value])
        case array

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .truth(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([String: Value].self) {
                self = .object(value)
            } else {
                self = .array
            }
        }

        var description: String {
            switch self {
            case .null: "null"
            case .truth(let value): "\(value)"
            case .number(let value): "\(value)"
            case .text(let value): "\"\(value)\""
            case .object: "an object"
            case .array: "an array"
            }
        }
    }

    private struct Reader {
        let values: [String: Value]
        let path: String

        func unexpected(_ key: String, _ found: String, _ expected: String) -> ClapFrontEndError {
            .badFile(path: path, problem: "\"\(key)\" is \(found), expected \(expected)")
        }

        func number(_ key: String) throws(ClapFrontEndError) -> Double? {
            switch values[key] ?? .null {
            case .null: return nil
            case .number(let value): return value
            case let other: throw unexpected(key, "\(other)", "a number")
            }
        }

        func integer(_ key: String) throws(ClapFrontEndError) -> Int? {
            guard let value = try number(key) else { return nil }
            guard let integer = Int(exactly: value) else { throw unexpected(key, "\(value)", "a whole number") }
            return integer
        }

        func text(_ key: String) throws(ClapFrontEndError) -> String? {
            switch values[key] ?? .null {
            case .null: return nil
            case .text(let value): return value
            case let other: throw unexpected(key, "\(other)", "a text")
            }
        }
    }
}
