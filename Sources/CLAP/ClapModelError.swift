// What can be wrong with a model folder.

/// A model that cannot be loaded: which file, what was found, what was expected and what to do.
public struct ClapModelError: Error, CustomStringConvertible, Sendable, Equatable {
    public enum Problem: Sendable, Equatable {
        case missingFile(String)
        case unreadableFile(String)
        case configuration(key: String, found: String, expected: String)
        case safetensors(SafetensorsError)
        case missingTensor(String, expected: [Int])
        case wrongShape(String, found: [Int], expected: [Int])
        case wrongType(String, found: String)
        case unexpectedTensor(String, shape: [Int])
        case unsupportedPrecision(ModelPrecision, instructionSet: String)
    }

    /// The file or folder.
    public let path: String
    public let problem: Problem
    /// How many more tensors have a problem beside the one named.
    public let furtherProblemCount: Int

    public init(path: String, problem: Problem, furtherProblemCount: Int = 0) {
        self.path = path
        self.problem = problem
        self.furtherProblemCount = furtherProblemCount
    }

    public var description: String {
        let more = furtherProblemCount > 0 ? " (and \(furtherProblemCount) more)" : ""
        switch problem {
        case .missingFile(let name):
            return "\(path): there is no \(name) in this folder. A model folder holds config.json, model.safetensors, "
                + "preprocessor_config.json and tokenizer.json (or vocab.json and merges.txt); put the missing file "
                + "there, or fetch the model again with 'ausculta model fetch'."
        case .unreadableFile(let reason): return "\(path): \(reason)."
        case .configuration(let key, let found, let expected):
            return "\(path): \(key) is \(found), expected \(expected)."
        case .safetensors(let error): return error.description
        case .missingTensor(let name, let expected):
            return "\(path): tensor '\(name)' of shape \(expected) is missing\(more). The weights and config.json do "
                + "not belong together; fetch both from the same revision."
        case .wrongShape(let name, let found, let expected):
            return "\(path): tensor '\(name)' has shape \(found), expected \(expected) by config.json\(more). The "
                + "weights and config.json do not belong together; fetch both from the same revision."
        case .wrongType(let name, let found):
            return "\(path): tensor '\(name)' holds \(found), expected F32, F16 or BF16\(more)."
        case .unexpectedTensor(let name, let shape):
            return "\(path): tensor '\(name)' of shape \(shape) is not part of the model config.json describes\(more). "
                + "Check enable_fusion and depths there, or fetch weights and configuration from the same revision."
        case .unsupportedPrecision(let precision, let instructionSet):
            let needs =
                precision == .int16
                ? "AVX2 on a processor since Skylake or Zen 3, or AVX-512 with VNNI (avx2, avx512_vnni among the flags"
                : "AVX-512 with BF16 (avx512_bf16 among the flags"
            return "\(path): precision \(precision.rawValue) needs \(needs) in /proc/cpuinfo); the "
                + "kernels in use here are \(instructionSet). Leave out model.precision in the configuration, or "
                + "--precision, and the fastest one that is exact enough is taken; float32 is possible everywhere."
        }
    }
}
