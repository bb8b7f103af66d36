// A CLAP checkpoint in Hugging Face's format, loaded: configuration, weights, and the encoders made from them.
// CLAP: https://arxiv.org/abs/2211.06687
import Foundation
import Kernels
import Synchronization

/// A loaded model. Immutable; encoders made from it share its weights, which are mapped from the file.
public final class ClapModel: Sendable {
    public let configuration: ClapConfiguration
    /// The folder's name.
    public let name: String
    /// The folder.
    public let directory: URL
    /// The weights file in it.
    public let weightsFile: URL
    /// What the linear layers of the audio tower are computed in; float32 where integers were asked for and the model is too
    /// small for them to save anything.
    public let precision: ModelPrecision
    /// Factor of audio-to-text cosines, e to the checkpoint's `logit_scale_a`.
    public let logitScaleAudio: Float
    /// Factor of text-to-audio cosines, e to the checkpoint's `logit_scale_t`.
    public let logitScaleText: Float

    /// What the text tower's layers are computed in.
    let textArithmetic: FewRows.Arithmetic
    let audioLayout: AudioLayout
    let audioWeights: AudioWeights
    private let file: SafetensorsFile
    private let digest = Mutex<String?>(nil)

    /// Loads `config.json` and `model.safetensors` of a folder.
    ///
    /// Weights stored as F32 are used where they lie in the mapped file; sixteen-bit ones are converted, the audio
    /// tower's now and the text tower's in `makeTextEncoder`. Every tensor is checked against the configuration.
    ///
    /// - Parameter precision: of the audio tower's linear layers, and with `int16` of the text tower's; these are in float32
    ///   otherwise.
    /// - Throws: also where this machine has no instructions for the precision: it would be slower, not faster.
    public static func load(
        from directory: URL,
        precision: ModelPrecision = .float32
    ) throws(ClapModelError) -> ClapModel {
        guard precision.isSupported else {
            throw ClapModelError(
                path: directory.path,
                problem: .unsupportedPrecision(precision, instructionSet: InstructionSet.active.rawValue)
            )
        }
        return try ClapModel(directory: directory, precision: precision)
    }

    private init(directory: URL, precision: ModelPrecision) throws(ClapModelError) {
        let directory = directory.standardizedFileURL
        self.directory = directory
        name = directory.lastPathComponent
        weightsFile = directory.appendingPathComponent("model.safetensors")
        let configurationFile = directory.appendingPathComponent("config.json")
        configuration = try ClapConfiguration(contentsOf: configurationFile)
        audioLayout = try AudioLayout(configuration.audio, path: configurationFile.path)
        guard FileManager.default.fileExists(atPath: weightsFile.path) else {
            throw ClapModelError(path: directory.path, problem: .missingFile("model.safetensors"))
        }
        do {
            file = try SafetensorsFile(path: weightsFile.path)
        } catch {
            throw ClapModelError(path: weightsFile.path, problem: .safetensors(error))
        }
        let names = WeightBinder(file, convertsWeights: false, precision: precision.ofProducts)
        _ = AudioWeights(names, configuration, audioLayout)
        _ = TextWeights(names, configuration)
        _ = names.tensor("logit_scale_a", [])
        _ = names.tensor("logit_scale_t", [])
        try names.finish(reportsUnexpected: true)

        file.useLargePages { !TextWeights.owns($0) }
        let binder = WeightBinder(
            file,
            convertsWeights: true,
            precision: precision.ofProducts,
            derivedFloatCount: names.derivedFloatCount
        )
        audioWeights = AudioWeights(binder, configuration, audioLayout)
        let width = configuration.text.hiddenSize
        textArithmetic =
            precision == .int16 && FewRows.payInIntegers(outputs: width, inputs: width) ? .int16 : .float32
        self.precision = precision == .int16 && !audioWeights.containsIntegers ? .float32 : precision
        logitScaleAudio = exp(binder.tensor("logit_scale_a", []).values[0])
        logitScaleText = exp(binder.tensor("logit_scale_t", []).values[0])
        try binder.finish(reportsUnexpected: false)
        // What was packed or copied is not read again.
        file.useSmallPages { !TextWeights.owns($0) }
    }

    /// Bytes of the weights file.
    public var weightsByteCount: Int { file.memory.byteCount }

    /// A new audio encoder with a workspace of its own: one per worker.
    public func makeAudioEncoder() -> AudioEncoder { AudioEncoder(model: self) }

    /// A new text encoder. Drop it when the labels are encoded, then call `releaseTextWeights`.
    public func makeTextEncoder() -> TextEncoder {
        TextEncoder(model: self, weights: TextWeights(WeightBinder(file, convertsWeights: true), configuration))
    }

    /// Gives the memory of the text tower's weights back to the system. A text encoder still works afterwards: its
    /// weights are read from the file again.
    public func releaseTextWeights() { file.releasePages { TextWeights.owns($0) } }

    /// Where the weights of a layer of the text tower lie that are read in place; empty where they were converted.
    func textLayerRanges(_ number: Int) -> [Range<Int>] {
        let prefix = TextWeights.layerPrefix(number)
        return file.rangesInPlace { $0.hasPrefix(prefix) }
    }

    /// The mapped file.
    var weightsMemory: WeightMemory { file.memory }

    /// SHA-256 of the weights file, in hexadecimal; read through once, on first use.
    public var weightsSHA256: String {
        digest.withLock { known in
            if let known { return known }
            let computed = file.memory.sha256()
            known = computed
            return computed
        }
    }
}
