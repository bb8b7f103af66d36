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
            "What the linear layers are computed in: float32, int16 or bfloat16.",
            discussion: """
                By default int16 where the processor is fast at it (AVX-512 VNNI; AVX2 since Skylake or Zen 3), else \
                float32: embeddings are within 1e-4 of each other. bfloat16 needs AVX-512 BF16.
                """,
            valueName: "precision"
        )
    )
    var precision = ModelPrecision.preferred
}

extension ModelPrecision: ExpressibleByArgument {}
