// `ausculta features`: the log-mel input of a recording, for comparison with other implementations.
import ArgumentParser
import AudioFeatures
import EdgeService
import Foundation

struct FeaturesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Write a recording's log-mel spectrogram as a NumPy file.",
        discussion: """
            The array is float32 of shape (channels, frames, mels): what the model's audio encoder is given, in decibels.

            Example:
              ausculta features pump.wav --out pump.npy
            """
    )

    @Argument(help: "A recording.")
    var file: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file.npy"))
    var out: String

    @OptionGroup var model: ModelOptions

    @Flag(help: "Print the shape as JSON.")
    var json = false

    @OptionGroup(title: "Raw input") var raw: RawAudioOptions

    @OptionGroup var channel: ChannelOptions

    private struct Document: Encodable {
        var file: String
        var out: String
        var shape: [Int]
        var isLonger: Bool
    }

    func run() async throws {
        let loaded = try model.load()
        let listener = try Listener(model: loaded)
        let samples = try loadRecording(file, raw: raw, channel: channel, sampleRateHz: loaded.sampleRateHz)
        let input = try listener.features(of: samples)
        let shape = [input.channelCount, input.frameCount, input.melBinCount]
        try NPYFile.write(values: input.logMelDecibels, shape: shape, to: URL(fileURLWithPath: out))
        if json {
            try Console.json(Document(file: file, out: out, shape: shape, isLonger: input.isLonger))
        } else {
            Console.result(
                "\(out): float32 \(shape.map(String.init).joined(separator: " x ")) (channels, frames, mels)"
            )
        }
    }
}
