// --model, shared by every command that needs one.
import ArgumentParser
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
    func load() throws -> SoundModel {
        try SoundModel(directory: try directory())
    }
}
