// `ausculta embed`: L2-normalised embeddings of recordings or texts.
import Acquisition
import ArgumentParser
import AudioFeatures
import EdgeService
import Foundation

struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Print the embedding of recordings or texts.",
        discussion: """
            A recording is embedded whole: one longer than ten seconds goes through the checkpoint's fusion (or, unfused, \
            its middle ten seconds count). All embeddings have length 1.

            Examples:
              ausculta embed pump.wav --json
              ausculta embed --text "bearing lacking oil" --text 轴承缺油 --json
            """
    )

    @Argument(help: "Recordings.")
    var files: [String] = []

    @Option(help: "A text; may be given several times.")
    var text: [String] = []

    @OptionGroup var model: ModelOptions

    @OptionGroup var arithmetic: PrecisionOptions

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Treat short recordings as longer, as the reference implementation does with a single one.")
    var referenceIsLonger = false

    @Flag(help: "Lower steady noise first (spectral gating).")
    var denoise = false

    @OptionGroup(title: "Raw input") var raw: RawAudioOptions

    @OptionGroup var channel: ChannelOptions

    private struct Embedding: Encodable {
        var file: String?
        var text: String?
        var isLonger: Bool?
        var values: [Float]
    }

    private struct Document: Encodable {
        var model: String
        var embeddings: [Embedding]
    }

    func validate() throws {
        guard !files.isEmpty || !text.isEmpty else { throw ValidationError("give recordings, or --text TEXT") }
    }

    func run() async throws {
        let loaded = try model.load(arithmetic.precision)
        var embeddings: [Embedding] = []
        if !files.isEmpty {
            let listener = try Listener(model: loaded, referenceIsLonger: referenceIsLonger)
            for file in files {
                var samples = try loadRecording(file, raw: raw, channel: channel, sampleRateHz: loaded.sampleRateHz)
                if denoise { samples = try SpectralGate().apply(to: samples) }
                let (values, isLonger) = try listener.embed(samples)
                embeddings.append(Embedding(file: file, isLonger: isLonger, values: values))
            }
        }
        for (phrase, values) in zip(text, try loaded.embed(texts: text)) {
            embeddings.append(Embedding(text: phrase, values: values))
        }
        if json { return try Console.json(Document(model: loaded.name, embeddings: embeddings)) }
        for embedding in embeddings {
            let first = embedding.values.prefix(6).map { String(format: "%+.4f", $0) }.joined(separator: " ")
            let name = embedding.file ?? embedding.text ?? ""
            Console.result("\(name): \(embedding.values.count) values: \(first) …")
        }
    }
}

/// A whole recording as mono samples at `sampleRateHz`.
func loadRecording(
    _ path: String,
    raw: RawAudioOptions,
    channel: ChannelOptions,
    sampleRateHz: Int
) throws -> [Float] {
    let reader = try AudioFileReader(path: path, rawFormat: try raw.format())
    let audio = try reader.readAll(selection: try channel.selection())
    return try StreamingResampler.resample(audio.samples, from: audio.sampleRateHz, to: sampleRateHz)
}
