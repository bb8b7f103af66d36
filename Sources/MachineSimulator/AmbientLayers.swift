// The building blocks of sounds that are no machine under watch: noise, tones, impacts and voices.

import Foundation

/// Band-limited noise that may swell, pulse or come in gusts.
struct NoiseLayer: Sendable {
    var centreHz: Double
    var q: Double
    var levelDB: Double
    /// Depth of a slow random swell in nepers and the time it takes.
    var swellDepth = 0.0
    var swellSeconds = 1.0
    /// Regular modulation: rate and depth 0...1.
    var pulseHz = 0.0
    var pulseDepth = 0.0

    private var filter: Biquad?
    private var secondFilter: Biquad?
    private var gain = 1.0
    private var drive = 0.0
    private var level: Float = 0
    private var pulse = Phasor()

    init(
        _ centreHz: Double,
        q: Double,
        levelDB: Double,
        swellDepth: Double = 0,
        swellSeconds: Double = 1,
        pulseHz: Double = 0,
        pulseDepth: Double = 0
    ) {
        self.centreHz = centreHz
        self.q = q
        self.levelDB = levelDB
        self.swellDepth = swellDepth
        self.swellSeconds = swellSeconds
        self.pulseHz = pulseHz
        self.pulseDepth = pulseDepth
        filter = .bandPass(centreHz: centreHz, q: q)
        gain = amplitude(dB: levelDB) / bandPassNoiseRMS(centreHz: centreHz, q: q)
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, noise: inout WhiteNoise, draw: inout SeededRandom) {
        let memory = exp(-Rendering.blockSeconds / swellSeconds)
        drive = drive * memory + sqrt(1 - memory * memory) * draw.gaussian()
        let regular = 1 + pulseDepth * sin(2 * .pi * pulse.advance(pulseHz * Rendering.blockSeconds))
        let target = Float(gain * exp(swellDepth * drive) * regular)
        let slope = (target - level) / Float(Rendering.blockFrames)
        guard var section = filter else { return }
        for index in 0..<Rendering.blockFrames {
            level += slope
            output[index] += level * section.process(noise.next())
        }
        filter = section
    }
}

/// A harmonic tone: steady, in notes, gliding or beeping.
struct ToneLayer: Sendable {
    /// When the tone sounds and on which pitches.
    struct Pattern: Sendable {
        /// Pitches to choose from, as factors of the base frequency.
        var pitches: [Double] = [1]
        var onSeconds: ClosedRange<Double> = 1...1
        var offSeconds: ClosedRange<Double> = 0...0
        /// Notes die away with this time; 0 holds them.
        var decaySeconds = 0.0
        var isRandomOrder = true
        /// Sweep: the pitch moves by this factor up and down at the given rate.
        var sweepDepth = 0.0
        var sweepHz = 0.0
    }

    private let table: Wavetable
    private let baseHz: Double
    private let gain: Double
    private let pattern: Pattern
    private let vibratoDepth: Double
    private var oscillator = Phasor()
    private var vibrato = Phasor()
    private var sweep = Phasor()
    private var pitch = 1.0
    private var noteIndex = 0
    private var remaining = 0.0
    private var isOn = false
    private var age = 0.0
    private var level: Float = 0

    init(
        _ baseHz: Double,
        harmonics: [Double],
        levelDB: Double,
        pattern: Pattern = Pattern(),
        vibratoDepth: Double = 0
    ) {
        self.baseHz = baseHz
        let audible = harmonics.enumerated().map { order, value in
            Double(order + 1) * baseHz * 2 < 20_000 ? value : 0
        }
        table = Wavetable(harmonics: audible.enumerated().map { ($1, Double($0) * 0.37) })
        gain = amplitude(dB: levelDB)
        self.pattern = pattern
        self.vibratoDepth = vibratoDepth
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, draw: inout SeededRandom) {
        remaining -= Rendering.blockSeconds
        age += Rendering.blockSeconds
        if remaining <= 0 {
            let hasPauses = pattern.offSeconds.upperBound > 0
            isOn = hasPauses ? !isOn : true
            let range = isOn ? pattern.onSeconds : pattern.offSeconds
            remaining = draw.uniform(range.lowerBound, range.upperBound)
            if isOn {
                age = 0
                noteIndex = pattern.isRandomOrder ? draw.integer(0, pattern.pitches.count - 1) : noteIndex + 1
                pitch = pattern.pitches[noteIndex % pattern.pitches.count]
            }
        }
        let fading = pattern.decaySeconds > 0 ? exp(-age / pattern.decaySeconds) : 1
        let target = isOn ? Float(gain * fading) : 0
        let slope = (target - level) / Float(Rendering.blockFrames)
        let swept = 1 + pattern.sweepDepth * sin(2 * .pi * sweep.advance(pattern.sweepHz * Rendering.blockSeconds))
        let shaken = 1 + vibratoDepth * sin(2 * .pi * vibrato.advance(5.5 * Rendering.blockSeconds))
        let step = min(0.4, baseHz * pitch * swept * shaken / Rendering.rateHz)
        table.withTable { values in
            for index in 0..<Rendering.blockFrames {
                level += slope
                output[index] += level * Wavetable.read(values, oscillator.advance(step))
            }
        }
    }
}

/// Impacts: knocks, clicks, drops, steps; single, in bursts, regular or at random.
struct ImpactLayer: Sendable {
    /// When impacts come and how they sound.
    struct Pattern: Sendable {
        var perSecond: Double
        /// 0: at random (Poisson); 1: regular as a clock.
        var regularity = 0.0
        var burst: ClosedRange<Int> = 1...1
        var burstGapSeconds: ClosedRange<Double> = 0.1...0.2
        /// Spread of the strength, nepers.
        var spread = 0.3
        var noiseShare = 0.5
        var noiseDecaySeconds = 0.01
    }

    private let pattern: Pattern
    private var modes: [Mode]
    private let gain: Double
    private let noiseDecay: Float
    private var noiseLevel: Float = 0
    private var waitSeconds: Double
    private var queued: [Double] = []
    private var excitation = [Float](repeating: 0, count: Rendering.blockFrames)
    private var noiseFilter: Biquad

    init(
        modes: [(frequencyHz: Double, decaySeconds: Double)],
        noiseHz: Double,
        levelDB: Double,
        pattern: Pattern,
        draw: inout SeededRandom
    ) {
        self.pattern = pattern
        self.modes = modes.map {
            Mode(frequencyHz: $0.frequencyHz, decaySeconds: $0.decaySeconds, gain: 1 / sqrt(Double(modes.count)))
        }
        gain = amplitude(dB: levelDB)
        noiseDecay = Float(exp(-1 / (pattern.noiseDecaySeconds * Rendering.rateHz)))
        noiseFilter = .bandPass(centreHz: noiseHz, q: 0.7)
        waitSeconds = draw.uniform(0, 0.8 / pattern.perSecond)
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, noise: inout WhiteNoise, draw: inout SeededRandom) {
        for index in 0..<Rendering.blockFrames { excitation[index] = 0 }
        waitSeconds -= Rendering.blockSeconds
        while waitSeconds < 0 {
            var delay = 0.0
            for _ in 0..<draw.integer(pattern.burst.lowerBound, pattern.burst.upperBound) {
                queued.append(delay + draw.uniform(0, Rendering.blockSeconds))
                delay += draw.uniform(pattern.burstGapSeconds.lowerBound, pattern.burstGapSeconds.upperBound)
            }
            let mean = 1 / pattern.perSecond
            waitSeconds += mean * (pattern.regularity - (1 - pattern.regularity) * log(1 - draw.uniform()))
        }
        for position in queued.indices {
            if queued[position] < Rendering.blockSeconds {
                let index = min(Rendering.blockFrames - 1, max(0, Int(queued[position] * Rendering.rateHz)))
                excitation[index] += Float(gain * exp(pattern.spread * draw.gaussian()))
            }
            queued[position] -= Rendering.blockSeconds
        }
        queued.removeAll { $0 < 0 }
        let share = Float(pattern.noiseShare)
        for index in 0..<Rendering.blockFrames {
            noiseLevel = noiseLevel * noiseDecay + excitation[index]
            output[index] += share * noiseFilter.process(noiseLevel * noise.next())
        }
        excitation.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for index in modes.indices {
                modes[index].ring(base, into: output, count: Rendering.blockFrames)
            }
        }
    }
}

/// A talking voice: glottal pulses through moving formants, in syllables and pauses, with unvoiced consonants.
/// Source-filter model: G. Fant, "Acoustic Theory of Speech Production".
struct VoiceLayer: Sendable {
    private let pitchHz: Double
    private let gain: Double
    private let glottis: Wavetable
    private let isSinging: Bool
    private var oscillator: Phasor
    private var formants: [Biquad] = []
    private var formantGains: [Float] = []
    private var intonation = 0.0
    private var remaining = 0.0
    private var level: Float = 0
    private var target: Float = 0
    private var breath: Float = 0
    private let tractScale: Double

    init(levelDB: Double, isSinging: Bool, draw: inout SeededRandom) {
        pitchHz = draw.logUniform(85, 260)
        tractScale = draw.uniform(0.85, 1.2)
        gain = amplitude(dB: levelDB)
        self.isSinging = isSinging
        glottis = Wavetable(harmonics: (0..<24).map { (pow(Double($0 + 1), -1.1), 0.25) })
        oscillator = Phasor(phase: draw.uniform())
        nextVowel(draw: &draw)
    }

    private mutating func nextVowel(draw: inout SeededRandom) {
        let first = draw.logUniform(280, 850) * tractScale
        let second = draw.logUniform(850, 2_400) * tractScale
        let third = draw.uniform(2_300, 3_200) * tractScale
        formants = [
            .bandPass(centreHz: first, q: 6), .bandPass(centreHz: second, q: 9), .bandPass(centreHz: third, q: 10),
        ]
        formantGains = [3, Float(draw.uniform(1, 2.4)), Float(draw.uniform(0.5, 1.4))]
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, noise: inout WhiteNoise, draw: inout SeededRandom) {
        remaining -= Rendering.blockSeconds
        if remaining <= 0 {
            let isPause = draw.chance(isSinging ? 0.12 : 0.28)
            remaining = isPause ? draw.uniform(0.05, 0.6) : draw.uniform(0.08, isSinging ? 0.7 : 0.28)
            target = isPause ? 0 : Float(gain * draw.uniform(0.5, 1))
            breath = draw.chance(0.3) ? Float(gain * draw.uniform(0.1, 0.5)) : 0
            if !isPause { nextVowel(draw: &draw) }
            let semitones = [0.0, 2, 4, 5, 7, 9, 12][draw.integer(0, 6)]
            intonation = isSinging ? pow(2, semitones / 12) : exp(0.15 * draw.gaussian())
        }
        breath *= 0.93
        let slope = (target - level) * 0.35 / Float(Rendering.blockFrames)
        let step = pitchHz * intonation * (1 + 0.01 * draw.gaussian()) / Rendering.rateHz
        glottis.withTable { values in
            for index in 0..<Rendering.blockFrames {
                level += slope
                let white = noise.next()
                let source = level * (Wavetable.read(values, oscillator.advance(step)) + 0.04 * white)
                var sum: Float = 0
                for formant in formants.indices {
                    sum += formantGains[formant] * formants[formant].process(source)
                }
                output[index] += sum + breath * white * 0.3
            }
        }
    }
}
