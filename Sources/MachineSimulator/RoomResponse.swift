// What the room adds between machine and microphone: a few early reflections and a short diffuse tail.
// Feedback delay network: J.-M. Jot & A. Chaigne, "Digital delay networks for designing artificial reverberators", AES 1991.

import Foundation

/// A small room drawn from a seed; filters sound block by block in place.
struct RoomResponse: Sendable {
    private static let lineFrames = 4_096

    private let tapFrames: [Int]
    private let tapGains: [Float]
    private let tailFrames: [Int]
    private let feedback: [Float]
    private let damping: Float
    private let wet: Float
    private var early = [Float](repeating: 0, count: lineFrames)
    private var tail = [Float](repeating: 0, count: 4 * lineFrames)
    private var tailLow: [Float] = [0, 0, 0, 0]
    private var position = 0

    init(seed: UInt64) {
        var draw = SeededRandom(seed: seed, stream: 3)
        let distance = draw.uniform(0.2, 1)
        var taps: [Int] = []
        var gains: [Float] = []
        for _ in 0..<6 {
            let seconds = draw.logUniform(0.0015, 0.04)
            taps.append(max(1, Int(seconds * Rendering.rateHz)))
            gains.append(Float(distance * 0.5 * pow(0.002 / (seconds + 0.002), 0.5) * (draw.chance(0.5) ? 1 : -1)))
        }
        tapFrames = taps
        tapGains = gains
        let reverberationSeconds = draw.logUniform(0.12, 0.8)
        let lengths = [1_117, 1_543, 1_997, 2_503].map { Int(Double($0) * draw.uniform(0.8, 1.3)) }
        tailFrames = lengths
        // 60 dB down after the reverberation time; 0.5 normalises the 4x4 Hadamard mix.
        feedback = lengths.map { Float(0.5 * pow(10, -3 * Double($0) / Rendering.rateHz / reverberationSeconds)) }
        damping = Float(draw.uniform(0.25, 0.8))
        wet = Float(distance * draw.uniform(0.05, 0.35))
    }

    mutating func process(_ block: UnsafeMutablePointer<Float>, count: Int) {
        let mask = Self.lineFrames - 1
        early.withUnsafeMutableBufferPointer { early in
            tail.withUnsafeMutableBufferPointer { tail in
                for index in 0..<count {
                    let dry = block[index]
                    early[position] = dry
                    var sum = dry
                    for tap in 0..<tapFrames.count {
                        sum += tapGains[tap] * early[(position - tapFrames[tap]) & mask]
                    }
                    var ends = (Float(0), Float(0), Float(0), Float(0))
                    ends.0 = tail[(position - tailFrames[0]) & mask]
                    ends.1 = tail[Self.lineFrames + ((position - tailFrames[1]) & mask)]
                    ends.2 = tail[2 * Self.lineFrames + ((position - tailFrames[2]) & mask)]
                    ends.3 = tail[3 * Self.lineFrames + ((position - tailFrames[3]) & mask)]
                    tailLow[0] += damping * (ends.0 - tailLow[0]) + 1e-18
                    tailLow[1] += damping * (ends.1 - tailLow[1]) + 1e-18
                    tailLow[2] += damping * (ends.2 - tailLow[2]) + 1e-18
                    tailLow[3] += damping * (ends.3 - tailLow[3]) + 1e-18
                    let pairs = (tailLow[0] + tailLow[1], tailLow[0] - tailLow[1])
                    let others = (tailLow[2] + tailLow[3], tailLow[2] - tailLow[3])
                    tail[position] = dry + feedback[0] * (pairs.0 + others.0)
                    tail[Self.lineFrames + position] = dry + feedback[1] * (pairs.1 + others.1)
                    tail[2 * Self.lineFrames + position] = dry + feedback[2] * (pairs.0 - others.0)
                    tail[3 * Self.lineFrames + position] = dry + feedback[3] * (pairs.1 - others.1)
                    block[index] = sum + wet * (tailLow[0] + tailLow[1] + tailLow[2] + tailLow[3])
                    position = (position + 1) & mask
                }
            }
        }
    }
}
