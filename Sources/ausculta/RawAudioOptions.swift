// --raw, --rate, --channels: what a recording without a header holds.
import ArgumentParser
import AudioFeatures

struct RawAudioOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The input is raw PCM in this encoding: \(PCMFormat.Encoding.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "encoding"
        )
    )
    var raw: String?

    @Option(help: ArgumentHelp("Sample rate of raw input.", valueName: "hz"))
    var rate = 48_000

    @Option(help: "Channels of raw input.")
    var channels = 1

    /// The format of raw input; nil for files with a header.
    func format() throws -> PCMFormat? {
        guard let raw else { return nil }
        guard let encoding = PCMFormat.Encoding(rawValue: raw.lowercased()) else {
            let names = PCMFormat.Encoding.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--raw '\(raw)': known encodings are \(names)")
        }
        guard (8_000...192_000).contains(rate) else {
            throw ValidationError("--rate \(rate): expected 8000 to 192000 Hz")
        }
        guard (1...32).contains(channels) else { throw ValidationError("--channels \(channels): expected 1 to 32") }
        return PCMFormat(encoding: encoding, sampleRateHz: rate, channelCount: channels)
    }
}

struct ChannelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Listen to this channel only, counted from 1. Default: the mean of all.", valueName: "n")
    )
    var channel: Int?

    func selection() throws -> ChannelSelection {
        guard let channel else { return .average }
        guard channel >= 1 else { throw ValidationError("--channel \(channel): channels are counted from 1") }
        return .channel(channel)
    }
}
