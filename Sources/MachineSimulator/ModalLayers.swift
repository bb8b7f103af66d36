// The layers of generator a: waveforms locked to the shaft, noise in bands, impacts that ring in vibration modes.

import Foundation

/// A harmonic waveform locked to a rate.
struct LockedTone: MachineLayer {
    private let rate: Rate
    private let level: Response
    private let table: Wavetable
    private let stickSlip: MachineState?
    private var modulation: RotatingModulation?
    private var oscillator: Phasor
    private var gain: Float = 0
    private var drive: Wander
    private var draw: SeededRandom
    private var scratch = ModulationScratch()

    /// - Parameters:
    ///   - harmonics: amplitudes of the harmonics; those above 20 kHz are left out.
    ///   - level: RMS in dB.
    ///   - stickSlip: the fault without which the tone is silent, and with which it comes and goes.
    init(
        _ rate: Rate,
        harmonics: [Double],
        level: Response,
        modulation: RotatingModulation? = nil,
        stickSlip: MachineState? = nil,
        shaftHz: Double,
        take: inout SeededRandom
    ) {
        self.rate = rate
        self.level = level
        self.modulation = modulation
        self.stickSlip = stickSlip
        let baseHz = rate.hz(shaftHz: shaftHz)
        table = Wavetable(
            harmonics: harmonics.enumerated().map { order, value in
                (Double(order + 1) * baseHz < 20_000 ? value : 0, take.uniform())
            }
        )
        oscillator = Phasor(phase: take.uniform())
        drive = Wander(seconds: 0.5, draw: &take)
        draw = SeededRandom(seed: take.next())
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, moment: MachineMoment) {
        var target = Float(level.amplitude(moment.condition))
        if let stickSlip {
            // Stick-slip starts where a slow random drive passes a threshold, the lower the worse the friction.
            let excess = drive.next(&draw) - (2 - 2.2 * moment.condition[stickSlip])
            target *= Float(min(1, max(0, 1.5 * excess)))
        }
        let step = rate.hz(shaftHz: moment.shaftHz) / Rendering.rateHz
        guard target > 0 || gain > 0 else { return }
        var swing = 0.0
        if modulation != nil, let block = modulation?.block(moment) {
            swing = block.swing
            modulation?.fill(&scratch.factors, phases: &scratch.phases, block: block)
        }
        let slope = (target - gain) / Float(Rendering.blockFrames)
        table.withTable { values in
            Wavetable.sine.withTable { sine in
                for index in 0..<Rendering.blockFrames {
                    gain += slope
                    var phase = oscillator.advance(step)
                    if swing > 0 {
                        phase += swing * Double(Wavetable.read(sine, scratch.phases[index]))
                        phase -= phase.rounded(.down)
                    }
                    output[index] += gain * scratch.factors[index] * Wavetable.read(values, phase)
                }
            }
        }
        gain = target
    }
}

/// Noise through band-pass filters: flow, friction, hiss.
struct BandNoise: MachineLayer {
    private let level: Response
    private let gustDepth: Response
    private let scale: Float
    private var bands: [(filter: Biquad, gain: Float)]
    private var modulation: RotatingModulation?
    private var gust: Wander
    private var noise: WhiteNoise
    private var draw: SeededRandom
    private var gain: Float = 0
    private var scratch = ModulationScratch()

    /// - Parameters:
    ///   - bands: centre, quality and level in dB of each band.
    ///   - level: RMS of all bands together in dB.
    ///   - gustDepth: of a random swell in nepers.
    ///   - gustSeconds: how long a swell lasts.
    init(
        bands: [(centreHz: Double, q: Double, levelDB: Double)],
        level: Response,
        modulation: RotatingModulation? = nil,
        gustDepth: Response = Response(0),
        gustSeconds: Double = 1,
        take: inout SeededRandom
    ) {
        self.level = level
        self.gustDepth = gustDepth
        self.modulation = modulation
        self.bands = bands.map { band in
            let rms = bandPassNoiseRMS(centreHz: band.centreHz, q: band.q)
            return (.bandPass(centreHz: band.centreHz, q: band.q), Float(amplitude(dB: band.levelDB) / rms))
        }
        scale = Float(1 / sqrt(bands.reduce(0) { $0 + pow(10, $1.levelDB / 10) }))
        gust = Wander(seconds: gustSeconds, draw: &take)
        draw = SeededRandom(seed: take.next())
        noise = WhiteNoise(seed: take.next(), stream: 81)
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, moment: MachineMoment) {
        let depth = gustDepth.value(moment.condition)
        let swell = depth > 0 ? exp(depth * gust.next(&draw) - depth * depth) : 1
        let target = Float(level.amplitude(moment.condition) * swell) * scale
        guard target > 0 || gain > 0 else { return }
        if modulation != nil, let block = modulation?.block(moment) {
            modulation?.fill(&scratch.factors, phases: &scratch.phases, block: block)
        }
        let slope = (target - gain) / Float(Rendering.blockFrames)
        for index in 0..<Rendering.blockFrames {
            gain += slope
            let white = noise.next() * gain * scratch.factors[index]
            var sum: Float = 0
            for band in bands.indices {
                sum += bands[band].gain * bands[band].filter.process(white)
            }
            output[index] += sum
        }
        gain = target
    }
}

/// Impacts that ring in a bank of vibration modes.
struct RingingImpacts: MachineLayer {
    private let level: Response
    private let energyPerStrike: Double
    private var clock: StrikeClock
    private var modes: [Mode]
    private var modulation: RotatingModulation?
    private var draw: SeededRandom
    private var excitation = [Float](repeating: 0, count: Rendering.blockFrames)
    private var scratch = ModulationScratch()
    private var silentBlocks = 1_000

    /// A vibration mode as drawn for an individual.
    struct ModeShape: Sendable {
        let frequencyHz: Double
        let decaySeconds: Double
        let gain: Double

        /// A bank of modes spread over a range.
        static func bank(
            _ count: Int,
            hz: ClosedRange<Double>,
            decaySeconds: ClosedRange<Double>,
            draw: inout SeededRandom
        ) -> [ModeShape] {
            (0..<count).map { _ in
                ModeShape(
                    frequencyHz: draw.logUniform(hz.lowerBound, hz.upperBound),
                    decaySeconds: draw.logUniform(decaySeconds.lowerBound, decaySeconds.upperBound),
                    gain: draw.logUniform(0.35, 1)
                )
            }
        }
    }

    /// - Parameter level: RMS of the ringing in dB.
    init(
        _ clock: StrikeClock,
        modes: [ModeShape],
        level: Response,
        modulation: RotatingModulation? = nil,
        take: inout SeededRandom
    ) {
        self.clock = clock
        self.level = level
        self.modulation = modulation
        self.modes = modes.map {
            Mode(frequencyHz: $0.frequencyHz, decaySeconds: $0.decaySeconds, gain: $0.gain)
        }
        // A decaying sine of amplitude g holds g² times a quarter of its decay time.
        energyPerStrike = modes.reduce(0) { $0 + $1.gain * $1.gain * $1.decaySeconds / 4 }
        draw = SeededRandom(seed: take.next())
    }

    mutating func render(into output: UnsafeMutablePointer<Float>, moment: MachineMoment) {
        let target = level.amplitude(moment.condition)
        silentBlocks = target > 0 ? 0 : silentBlocks + 1
        guard silentBlocks < 20 else { return }
        for index in 0..<Rendering.blockFrames { excitation[index] = 0 }
        if target > 0 {
            let rateHz = max(1, clock.rate.hz(shaftHz: moment.shaftHz))
            let unit = target / sqrt(rateHz * energyPerStrike)
            if modulation != nil, let block = modulation?.block(moment) {
                modulation?.fill(&scratch.factors, phases: &scratch.phases, block: block)
            }
            for strike in clock.strikes(moment, draw: &draw) {
                excitation[strike.index] += Float(unit * strike.strength) * scratch.factors[strike.index]
            }
        }
        excitation.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for index in modes.indices {
                modes[index].ring(base, into: output, count: Rendering.blockFrames)
            }
        }
    }
}
