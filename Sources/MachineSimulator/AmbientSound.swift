// Sounds that are no machine under watch, each a recipe of noise, tones, impacts and voices drawn from its seed.

import Foundation

/// One ambient sound in blocks of 10 ms at 48 kHz.
struct AmbientSound: Sendable {
    var noises: [NoiseLayer] = []
    var tones: [ToneLayer] = []
    var impacts: [ImpactLayer] = []
    var voices: [VoiceLayer] = []
    private var noise: WhiteNoise
    private var draw: SeededRandom

    /// - Parameters:
    ///   - individualSeed: which rain, whose voice.
    ///   - takeSeed: which stretch of it.
    init(kind: AmbientKind, individualSeed: UInt64, takeSeed: UInt64) {
        noise = WhiteNoise(seed: takeSeed, stream: 71)
        draw = SeededRandom(seed: takeSeed, stream: 72)
        var place = SeededRandom(seed: individualSeed, stream: 7)
        compose(kind, draw: &place)
    }

    mutating func renderBlock(into output: UnsafeMutablePointer<Float>) {
        for index in 0..<Rendering.blockFrames { output[index] = 0 }
        for index in noises.indices { noises[index].render(into: output, noise: &noise, draw: &draw) }
        for index in tones.indices { tones[index].render(into: output, draw: &draw) }
        for index in impacts.indices { impacts[index].render(into: output, noise: &noise, draw: &draw) }
        for index in voices.indices { voices[index].render(into: output, noise: &noise, draw: &draw) }
    }
}
