// What rotation does to the strength and the phase of a source: a periodic envelope at a rate tied to the shaft.

import Foundation

/// A periodic envelope of unit mean square, mixed in by depth: 0 leaves a source alone, 1 is the bare envelope.
struct RotatingModulation: Sendable {
    let rate: Rate
    private let depth: Response
    private let phaseDepth: Response
    private let envelope: Wavetable
    private var phasor: Phasor

    /// The envelope's mix and swing for one block.
    struct Block: Sendable {
        let step: Double
        let depth: Float
        let swing: Double
    }

    /// - Parameters:
    ///   - depth: 0...1.
    ///   - phaseDepth: swing of a tone's phase, in periods of the tone.
    ///   - sharpness: 1 a raised cosine, above 10 a short pulse once a period.
    init(
        _ rate: Rate,
        depth: Response,
        phaseDepth: Response = Response(0),
        sharpness: Double = 1,
        take: inout SeededRandom
    ) {
        self.rate = rate
        self.depth = depth
        self.phaseDepth = phaseDepth
        let raw = Wavetable { pow(0.5 + 0.5 * cos(2 * .pi * $0), sharpness) }
        let scale = 1 / sqrt(raw.meanSquare)
        envelope = Wavetable { scale * pow(0.5 + 0.5 * cos(2 * .pi * $0), sharpness) }
        phasor = Phasor(phase: take.uniform())
    }

    func block(_ moment: MachineMoment) -> Block {
        Block(
            step: rate.hz(shaftHz: moment.shaftHz) / Rendering.rateHz,
            depth: Float(min(1, max(0, depth.value(moment.condition)))),
            swing: phaseDepth.value(moment.condition)
        )
    }

    /// Factors for every sample of a block, and where in its period each sample is.
    mutating func fill(_ factors: inout [Float], phases: inout [Double], block: Block) {
        envelope.withTable { table in
            for index in 0..<Rendering.blockFrames {
                let phase = phasor.advance(block.step)
                phases[index] = phase
                factors[index] = 1 - block.depth + block.depth * Wavetable.read(table, phase)
            }
        }
    }
}

/// The scratch a modulated layer works in: factors of 1 where nothing modulates.
struct ModulationScratch: Sendable {
    var factors = [Float](repeating: 1, count: Rendering.blockFrames)
    var phases = [Double](repeating: 0, count: Rendering.blockFrames)
}

/// When something strikes: regularly with some scatter, or at random.
struct StrikeClock: Sendable {
    let rate: Rate
    private let isRandom: Bool
    private let jitter: Response
    private let scatter: Response
    private var remainingPeriods: Double

    /// A strike within a block: at a sample, so strong (about 1).
    struct Strike: Sendable {
        let index: Int
        let strength: Double
    }

    /// - Parameters:
    ///   - isRandom: a Poisson process of this mean rate instead of a train.
    ///   - jitter: of the interval, in periods (standard deviation); it adds up, as slip of rolling elements does.
    ///   - scatter: of the strength, in nepers.
    init(
        _ rate: Rate,
        isRandom: Bool = false,
        jitter: Response = Response(0),
        scatter: Response = Response(0.1),
        take: inout SeededRandom
    ) {
        self.rate = rate
        self.isRandom = isRandom
        self.jitter = jitter
        self.scatter = scatter
        remainingPeriods = take.uniform()
    }

    mutating func strikes(_ moment: MachineMoment, draw: inout SeededRandom) -> [Strike] {
        let step = rate.hz(shaftHz: moment.shaftHz) / Rendering.rateHz
        guard step > 0 else { return [] }
        let frames = Double(Rendering.blockFrames)
        let spread = scatter.value(moment.condition)
        var strikes: [Strike] = []
        func strength() -> Double { exp(spread * draw.gaussian() - spread * spread) }
        if isRandom {
            for _ in 0..<draw.poisson(min(40, step * frames)) {
                strikes.append(Strike(index: draw.integer(0, Rendering.blockFrames - 1), strength: strength()))
            }
            return strikes
        }
        let wobble = jitter.value(moment.condition)
        while remainingPeriods < step * frames {
            let index = min(Rendering.blockFrames - 1, max(0, Int(remainingPeriods / step)))
            strikes.append(Strike(index: index, strength: strength()))
            remainingPeriods += max(0.05, 1 + wobble * draw.gaussian())
        }
        remainingPeriods -= step * frames
        return strikes
    }
}
