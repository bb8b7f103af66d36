// Recipes of ambient sounds made of notes, beeps and impacts; every number is drawn anew for each individual.

import Foundation

extension AmbientSound {
    mutating func composeTones(_ kind: AmbientKind, draw: inout SeededRandom) {
        let scale = [0.0, 2, 4, 5, 7, 9, 11, 12, 14, 16].map { pow(2, $0 / 12) }
        switch kind {
        case .music:
            let beat = draw.uniform(0.2, 0.45)
            for octave in 0..<4 {
                let pattern = ToneLayer.Pattern(
                    pitches: scale,
                    onSeconds: beat...(beat * 2),
                    offSeconds: 0.01...0.03,
                    decaySeconds: draw.uniform(0.15, 1)
                )
                let roll = draw.uniform(0.35, 0.75)
                tones.append(
                    ToneLayer(
                        draw.uniform(55, 75) * pow(2, Double(octave)),
                        harmonics: (0..<10).map { pow(roll, Double($0)) },
                        levelDB: draw.uniform(-8, 0),
                        pattern: pattern,
                        vibratoDepth: 0.003
                    )
                )
            }
            addBeats(
                1 / beat / 2,
                modesHz: [draw.uniform(55, 90)],
                decay: 0.06,
                levelDB: 8,
                noiseHz: 6_000,
                draw: &draw
            )
        case .melody:
            let pattern = ToneLayer.Pattern(
                pitches: scale,
                onSeconds: 0.15...0.5,
                offSeconds: 0.02...0.12,
                decaySeconds: draw.uniform(0.2, 2)
            )
            tones.append(
                ToneLayer(
                    draw.logUniform(180, 700),
                    harmonics: [1, draw.uniform(0, 0.8), draw.uniform(0, 0.6), 0.2, 0.1],
                    levelDB: 0,
                    pattern: pattern,
                    vibratoDepth: draw.uniform(0, 0.01)
                )
            )
        case .alarmBeep:
            let on = draw.uniform(0.08, 0.6)
            let off = draw.uniform(0.08, 0.9)
            let second = draw.chance(0.5) ? 1 : draw.uniform(0.7, 1.4)
            let pattern = ToneLayer.Pattern(
                pitches: [1, second],
                onSeconds: on...on,
                offSeconds: off...off,
                isRandomOrder: false
            )
            tones.append(
                ToneLayer(
                    draw.logUniform(600, 3_800),
                    harmonics: [1, draw.uniform(0, 0.5), draw.uniform(0, 0.6)],
                    levelDB: 0,
                    pattern: pattern
                )
            )
        case .siren:
            let pattern = ToneLayer.Pattern(sweepDepth: draw.uniform(0.2, 0.5), sweepHz: draw.logUniform(0.15, 3))
            tones.append(
                ToneLayer(
                    draw.logUniform(500, 1_300),
                    harmonics: [1, 0.5, 0.4, 0.2, 0.2],
                    levelDB: 0,
                    pattern: pattern
                )
            )
        case .telephone:
            let pattern = ToneLayer.Pattern(
                onSeconds: 1...draw.uniform(1.2, 2),
                offSeconds: 0.8...2,
                sweepDepth: 0.08,
                sweepHz: draw.uniform(15, 25)
            )
            tones.append(
                ToneLayer(draw.logUniform(700, 2_200), harmonics: [1, 0.3, 0.5, 0.2], levelDB: 0, pattern: pattern)
            )
        case .birds:
            for _ in 0..<draw.integer(2, 4) {
                let pattern = ToneLayer.Pattern(
                    pitches: [1, 1.15, 0.85, 1.3],
                    onSeconds: 0.04...0.2,
                    offSeconds: 0.05...draw.uniform(0.3, 2),
                    sweepDepth: draw.uniform(0.05, 0.25),
                    sweepHz: draw.uniform(6, 30)
                )
                tones.append(
                    ToneLayer(
                        draw.logUniform(2_000, 6_500),
                        harmonics: [1, 0.1],
                        levelDB: draw.uniform(-10, 0),
                        pattern: pattern
                    )
                )
            }
        case .crickets:
            let on = draw.uniform(0.015, 0.03)
            let pattern = ToneLayer.Pattern(onSeconds: on...on, offSeconds: on...(on * 1.6))
            for _ in 0..<2 {
                tones.append(
                    ToneLayer(
                        draw.logUniform(3_000, 7_500),
                        harmonics: [1, 0.15],
                        levelDB: draw.uniform(-6, 0),
                        pattern: pattern
                    )
                )
            }
        default:
            let mains = draw.chance(0.7) ? 50.0 : 60
            let roll = draw.uniform(0.3, 0.85)
            let harmonics = (0..<20).map { pow(roll, Double($0)) * ($0 % 2 == 1 ? 1 : 0.25) }
            tones.append(ToneLayer(mains, harmonics: harmonics, levelDB: 0))
            noises.append(NoiseLayer(draw.logUniform(200, 2_000), q: 0.4, levelDB: draw.uniform(-32, -16)))
        }
    }

    mutating func addBeats(
        _ perSecond: Double,
        modesHz: [Double],
        decay: Double,
        levelDB: Double,
        noiseHz: Double,
        draw: inout SeededRandom,
        regularity: Double = 1,
        spread: Double = 0.2,
        noiseShare: Double = 0.4,
        burst: ClosedRange<Int> = 1...1,
        gap: ClosedRange<Double> = 0.1...0.2
    ) {
        let pattern = ImpactLayer.Pattern(
            perSecond: perSecond,
            regularity: regularity,
            burst: burst,
            burstGapSeconds: gap,
            spread: spread,
            noiseShare: noiseShare,
            noiseDecaySeconds: draw.logUniform(0.004, 0.03)
        )
        impacts.append(
            ImpactLayer(
                modes: modesHz.map { ($0, decay * draw.logUniform(0.6, 1.6)) },
                noiseHz: noiseHz,
                levelDB: levelDB,
                pattern: pattern,
                draw: &draw
            )
        )
    }

    mutating func composeImpacts(_ kind: AmbientKind, draw: inout SeededRandom) {
        func modes(_ count: Int, _ low: Double, _ high: Double) -> [Double] {
            (0..<count).map { _ in draw.logUniform(low, high) }
        }
        switch kind {
        case .bell:
            addBeats(
                draw.uniform(0.4, 2.5),
                modesHz: modes(6, 400, 5_000),
                decay: draw.logUniform(0.3, 1.5),
                levelDB: 6,
                noiseHz: 4_000,
                draw: &draw,
                regularity: 0.9,
                noiseShare: 0.05
            )
        case .hammering:
            addBeats(
                draw.uniform(1, 4),
                modesHz: modes(5, 500, 6_000),
                decay: draw.logUniform(0.01, 0.08),
                levelDB: 10,
                noiseHz: draw.logUniform(800, 4_000),
                draw: &draw,
                regularity: draw.uniform(0.6, 0.95)
            )
        case .knocking:
            addBeats(
                draw.uniform(0.25, 0.7),
                modesHz: modes(4, 120, 900),
                decay: draw.logUniform(0.008, 0.03),
                levelDB: 12,
                noiseHz: 700,
                draw: &draw,
                regularity: 0.5,
                burst: 2...5,
                gap: 0.12...0.25
            )
        case .footsteps:
            addBeats(
                draw.uniform(1.3, 2.3),
                modesHz: modes(3, 80, 500),
                decay: draw.logUniform(0.01, 0.03),
                levelDB: 10,
                noiseHz: draw.logUniform(500, 3_500),
                draw: &draw,
                regularity: 0.95,
                noiseShare: 0.8
            )
        case .keyboard:
            addBeats(
                draw.uniform(2, 8),
                modesHz: modes(4, 900, 5_000),
                decay: draw.logUniform(0.002, 0.006),
                levelDB: 10,
                noiseHz: 3_500,
                draw: &draw,
                regularity: 0.3,
                spread: 0.5,
                noiseShare: 0.7
            )
        case .clock:
            addBeats(
                draw.chance(0.5) ? 1 : 2,
                modesHz: modes(3, 1_500, 6_000),
                decay: draw.logUniform(0.002, 0.008),
                levelDB: 10,
                noiseHz: 4_000,
                draw: &draw,
                regularity: 1,
                spread: 0.1
            )
        case .door:
            addBeats(
                draw.uniform(0.15, 0.5),
                modesHz: modes(5, 60, 700),
                decay: draw.logUniform(0.02, 0.1),
                levelDB: 12,
                noiseHz: draw.logUniform(300, 1_500),
                draw: &draw,
                regularity: 0.3,
                noiseShare: 0.9
            )
            let creak = ToneLayer.Pattern(
                pitches: [1, 1.1, 1.25],
                onSeconds: 0.2...0.7,
                offSeconds: 1...4,
                sweepDepth: 0.2,
                sweepHz: 2
            )
            tones.append(
                ToneLayer(draw.logUniform(300, 900), harmonics: [1, 0.8, 0.6, 0.5, 0.4], levelDB: -6, pattern: creak)
            )
        default:
            addBeats(
                draw.uniform(0.5, 3),
                modesHz: modes(5, 1_800, 9_000),
                decay: draw.logUniform(0.05, 0.4),
                levelDB: 8,
                noiseHz: 6_000,
                draw: &draw,
                regularity: 0.1,
                spread: 0.6,
                noiseShare: 0.1,
                burst: 1...3
            )
        }
    }
}
