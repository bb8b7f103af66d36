// The few recordings a report lets one listen to, small enough to carry inside the page.
import AudioFeatures
import Foundation

enum PageClips {
    /// Longer recordings are cut.
    static let longestSeconds = 8.0
    /// Plenty to hear a machine by, a third of the bytes.
    static let sampleRateHz = 16_000

    /// A recording as FLAC in a `data:` address; nil where it cannot be read.
    static func dataURI(of path: String) -> String? {
        guard let reader = try? AudioFileReader(path: path) else { return nil }
        var samples: [Float] = []
        let wanted = Int(longestSeconds * Double(reader.sampleRateHz))
        while samples.count < wanted {
            guard let block = try? reader.read(maxFrameCount: wanted - samples.count), let mono = try? block.mono(),
                !mono.isEmpty
            else { break }
            samples += mono
        }
        guard !samples.isEmpty,
            var clip = try? StreamingResampler.resample(samples, from: reader.sampleRateHz, to: sampleRateHz),
            (try? WindowGain.auto.apply(to: &clip)) != nil
        else { return nil }
        let peak = clip.reduce(Float(0)) { max($0, $1.magnitude) }
        if peak > 0.99 { clip = clip.map { $0 * 0.99 / peak } }
        guard let bytes = try? AudioEncoder.encode(AudioBuffer(samples: clip, sampleRateHz: sampleRateHz), as: .flac)
        else { return nil }
        return "data:audio/flac;base64,\(bytes.base64EncodedString())"
    }
}
