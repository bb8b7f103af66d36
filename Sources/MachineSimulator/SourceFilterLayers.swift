// The layers of generator b: partials that wander each for itself, noise-shaped bursts, turbulence behind a duct.
// Nothing rings here and no waveform is locked: what generator a gets from modes and tables comes from filtered noise.

import Foundation

/// A set of sinusoids, each with its own slow wander of frequency and strength; sidebands are partials of their own.
struct WanderingPartials: MachineLayer {
    /// One line of the spectrum: where it is and its level in dB.
    struct Partial: Sendable {
        let rate: Rate
        let level: Response
    }

    private let partials: [Partial]
    private let jitter: Double
    private let flutter: Double
    private var cosines: [Float]
    private var sines: [Float]
    private var gains: [Float]
    private var pitchDrives: [Wander]
    private var levelDrives: [Wander]
    private var draw: SeededRandom

    /// - Parameters:
    ///   - jitter: relative wander of each frequency.
    ///   - flutter: wander of each amplitude in nepers.
    init(_ partials: [Partial], jitter: Double, flutter: Double, take: inout SeededRandom) {
        self.partials = partials
        self.jitter = jitter
        self.flutter = flutter
        cosines = []
        sines = []
        pitchDrives = []
        levelDrives = []
        for _ in partials {
            let phase = 2 * .pi * take.uniform()
            cosines.append(Float(cos(phase)))
            sines.append(Float(sin(phase)))
            pitchDrives.append(Wander(seconds: 0.3, draw: &take))
            levelDrives.append(Wander(seconds: 0.7, draw: &take))
        }
        gains = [Float](repeating: 0, count: partials.count)
        draw = SeededRandom(seed: take.next())
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, moment: MachineMoment) {
        for (number, partial) in partials.enumerated() {
            let lean = 1 + jitter * pitchDrives[number].next(&draw)
            let swell = exp(flutter * levelDrives[number].next(&draw))
            let hz = partial.rate.hz(shaftHz: moment.shaftHz) * lean
            let isAudible = hz < 20_000
            let target = isAudible ? Float(1.414 * swell * partial.level.amplitude(moment.condition)) : 0
            guard target > 0 || gains[number] > 0 else { continue }
            let angle = 2 * .pi * hz / Rendering.rateHz
            let turn = (cosine: Float(cos(angle)), sine: Float(sin(angle)))
            let slope = (target - gains[number]) / Float(Rendering.blockFrames)
            var gain = gains[number]
            var x = cosines[number]
            var y = sines[number]
            for index in 0..<Rendering.blockFrames {
                gain += slope
                output[index] += gain * y
                let next = x * turn.cosine - y * turn.sine
                y = x * turn.sine + y * turn.cosine
                x = next
            }
            // Rounding makes the circle grow or shrink by a hair each turn.
            let radius = (x * x + y * y).squareRoot()
            cosines[number] = x / radius
            sines[number] = y / radius
            gains[number] = target
        }
    }
}

/// Strikes heard as bursts of noise with a soft onset, coloured by formants; no two alike.
struct ShapedBursts: MachineLayer {
    private let level: Response
    private let energyPerStrike: Double
    private let decaySeconds: Double
    private let onset: Float
    private var clock: StrikeClock
    private var formants: [(filter: Biquad, gain: Float)]
    private var modulation: RotatingModulation?
    private var noise: WhiteNoise
    private var draw: SeededRandom
    private var envelope: Float = 0
    private var softened: Float = 0
    private var decay: Float
    private var strikes = [Float](repeating: 0, count: Rendering.blockFrames)
    private var scratch = ModulationScratch()
    private var silentBlocks = 1_000

    /// - Parameters:
    ///   - decaySeconds: mean decay of a burst; each draws its own.
    ///   - formants: centre, quality and level in dB of each.
    ///   - level: RMS in dB.
    init(
        _ clock: StrikeClock,
        decaySeconds: Double,
        formants: [(centreHz: Double, q: Double, levelDB: Double)],
        level: Response,
        modulation: RotatingModulation? = nil,
        take: inout SeededRandom
    ) {
        self.clock = clock
        self.level = level
        self.decaySeconds = decaySeconds
        self.modulation = modulation
        decay = Float(exp(-1 / (decaySeconds * Rendering.rateHz)))
        onset = Float(1 - exp(-1 / (0.12 * decaySeconds * Rendering.rateHz)))
        let total = sqrt(formants.reduce(0) { $0 + pow(10, $1.levelDB / 10) })
        self.formants = formants.map { formant in
            let rms = bandPassNoiseRMS(centreHz: formant.centreHz, q: formant.q)
            return (
                .bandPass(centreHz: formant.centreHz, q: formant.q),
                Float(amplitude(dB: formant.levelDB) / rms / total)
            )
        }
        energyPerStrike = decaySeconds / 2
        noise = WhiteNoise(seed: take.next(), stream: 82)
        draw = SeededRandom(seed: take.next())
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, moment: MachineMoment) {
        let target = level.amplitude(moment.condition)
        silentBlocks = target > 0 ? 0 : silentBlocks + 1
        guard silentBlocks < 20 else { return }
        for index in 0..<Rendering.blockFrames { strikes[index] = 0 }
        if target > 0 {
            let unit = target / sqrt(max(1, clock.rate.hz(shaftHz: moment.shaftHz)) * energyPerStrike)
            if modulation != nil, let block = modulation?.block(moment) {
                modulation?.fill(&scratch.factors, phases: &scratch.phases, block: block)
            }
            for strike in clock.strikes(moment, draw: &draw) {
                strikes[strike.index] += Float(unit * strike.strength) * scratch.factors[strike.index]
            }
        }
        for index in 0..<Rendering.blockFrames {
            if strikes[index] > 0 {
                // Energies add where bursts overlap.
                envelope = (envelope * envelope + strikes[index] * strikes[index]).squareRoot()
                decay = Float(exp(-1 / (decaySeconds * exp(0.3 * draw.gaussian()) * Rendering.rateHz)))
            }
            envelope *= decay
            softened += onset * (envelope - softened)
            let white = softened * noise.next()
            var sum: Float = 0
            for formant in formants.indices {
                sum += formants[formant].gain * formants[formant].filter.process(white)
            }
            output[index] += sum
        }
    }
}

/// Noise with a falling or rising slope, in gusts, heard through a duct that favours the multiples of one frequency.
struct DuctTurbulence: MachineLayer {
    private let level: Response
    private let gustDepth: Response
    private let resonance: Float
    private let scale: Float
    private var lower: OnePole
    private var upper: OnePole
    private var line: [Float]
    private var position = 0
    private var modulation: RotatingModulation?
    private var gust: Wander
    private var noise: WhiteNoise
    private var draw: SeededRandom
    private var gain: Float = 0
    private var scratch = ModulationScratch()

    /// - Parameters:
    ///   - hz: band of the turbulence: between a corner below and one above, 6 dB per octave each.
    ///   - ductHz: lowest resonance of the duct.
    ///   - resonance: of the duct, 0...0.9.
    ///   - level: RMS in dB.
    init(
        hz: ClosedRange<Double>,
        ductHz: Double,
        resonance: Double,
        level: Response,
        modulation: RotatingModulation? = nil,
        gustDepth: Response = Response(0.1),
        gustSeconds: Double = 0.3,
        take: inout SeededRandom
    ) {
        self.level = level
        self.gustDepth = gustDepth
        self.resonance = Float(resonance)
        self.modulation = modulation
        lower = OnePole(cornerHz: hz.lowerBound)
        upper = OnePole(cornerHz: hz.upperBound)
        line = [Float](repeating: 0, count: max(2, Int(Rendering.rateHz / ductHz)))
        gust = Wander(seconds: gustSeconds, draw: &take)
        noise = WhiteNoise(seed: take.next(), stream: 83)
        draw = SeededRandom(seed: take.next())
        // RMS of unit white noise between the corners: the energy of their answer to an impulse. Measured on the take's own
        // noise it would be another loudness for every take.
        var probe = (lower: lower, upper: upper)
        var energy = 0.0
        for number in 0..<4_800 {
            let bright = probe.upper.process(number == 0 ? 1 : 0)
            let sample = Double(bright - probe.lower.process(bright))
            energy += sample * sample
        }
        // A feedback comb raises white noise by the inverse root of one less its feedback squared.
        scale = Float(sqrt(1 - resonance * resonance) / sqrt(max(energy, 1e-9)))
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, moment: MachineMoment) {
        let depth = gustDepth.value(moment.condition)
        let swell = exp(depth * gust.next(&draw) - depth * depth)
        let target = Float(level.amplitude(moment.condition) * swell) * scale
        guard target > 0 || gain > 0 else { return }
        if modulation != nil, let block = modulation?.block(moment) {
            modulation?.fill(&scratch.factors, phases: &scratch.phases, block: block)
        }
        let slope = (target - gain) / Float(Rendering.blockFrames)
        for index in 0..<Rendering.blockFrames {
            gain += slope
            let bright = upper.process(noise.next() * gain * scratch.factors[index])
            let sample = bright - lower.process(bright) + resonance * line[position]
            line[position] = sample
            position += 1
            if position == line.count { position = 0 }
            output[index] += sample
        }
        gain = target
    }
}
