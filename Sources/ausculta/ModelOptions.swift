// --model and --precision, shared by the commands that need them.
import ArgumentParser
import CLAP
import EdgeService
import Foundation
import ModelStore

struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A checkpoint's folder, or its name in the model cache. Default: AUSCULTA_MODEL, else the embedded model.",
            valueName: "dir"
        )
    )
    var model: String?

    /// The folder of the model.
    func directory() throws -> URL {
        try ModelLocator.locate(model, cache: ModelCache().root)
    }

    /// The model, loaded.
    func load(_ precision: ModelPrecision = .preferred) throws -> SoundModel {
        try SoundModel(directory: try directory(), precision: precision)
    }
}

struct PrecisionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the audio tower's linear layers are computed in: int16 where that is fast (AVX2, AVX-512 VNNI), else float32; or bfloat16 (AVX-512 BF16).",
            valueName: "precision"
        )
    )
    var precision = ModelPrecision.preferred
}

extension ModelPrecision: ExpressibleByArgument {}
