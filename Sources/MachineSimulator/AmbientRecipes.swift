// What each ambient sound is made of; every number is drawn anew for each individual.

import Foundation

extension AmbientSound {
    /// Fills the layers of a kind. A faint bed of noise lies under most: no real place is silent.
    mutating func compose(_ kind: AmbientKind, draw: inout SeededRandom) {
        bed(draw.uniform(-45, -28), draw: &draw)
        switch kind {
        case .roomTone, .whiteNoise, .rain, .wind, .stream, .steam, .applause, .fan, .airConditioner:
            composeNoise(kind, draw: &draw)
        case .speech, .babble, .singing, .dog:
            composeVoices(kind, draw: &draw)
        case .music, .melody, .alarmBeep, .siren, .telephone, .birds, .crickets, .mainsHum:
            composeTones(kind, draw: &draw)
        case .bell, .hammering, .knocking, .footsteps, .keyboard, .clock, .door, .glass:
            composeImpacts(kind, draw: &draw)
        case .traffic, .train, .car, .powerTool, .forklift:
            composeVehicles(kind, draw: &draw)
        }
    }

    private mutating func bed(_ levelDB: Double, draw: inout SeededRandom) {
        noises.append(NoiseLayer(draw.logUniform(100, 700), q: 0.4, levelDB: levelDB, swellDepth: 0.15))
    }

    private mutating func composeNoise(_ kind: AmbientKind, draw: inout SeededRandom) {
        switch kind {
        case .roomTone:
            noises.append(NoiseLayer(draw.logUniform(60, 400), q: 0.4, levelDB: 0, swellDepth: draw.uniform(0, 0.2)))
            noises.append(NoiseLayer(draw.logUniform(500, 4_000), q: 0.4, levelDB: draw.uniform(-30, -10)))
        case .whiteNoise:
            noises.append(NoiseLayer(draw.logUniform(1_500, 9_000), q: draw.uniform(0.2, 0.7), levelDB: 0))
            noises.append(NoiseLayer(draw.logUniform(200, 1_500), q: 0.3, levelDB: draw.uniform(-20, 0)))
        case .rain:
            noises.append(NoiseLayer(draw.logUniform(3_000, 8_000), q: 0.4, levelDB: -2, swellDepth: 0.15))
            noises.append(NoiseLayer(draw.logUniform(400, 1_500), q: 0.5, levelDB: draw.uniform(-18, -6)))
            addDrops(draw.logUniform(15, 150), lowHz: 1_500, highHz: 7_000, levelDB: draw.uniform(-2, 10), draw: &draw)
        case .wind:
            let depth = draw.uniform(0.4, 0.9)
            noises.append(
                NoiseLayer(draw.logUniform(80, 300), q: 0.6, levelDB: 0, swellDepth: depth, swellSeconds: 1.2)
            )
            noises.append(
                NoiseLayer(
                    draw.logUniform(350, 1_100),
                    q: draw.uniform(1, 6),
                    levelDB: draw.uniform(-14, -4),
                    swellDepth: depth * 1.2,
                    swellSeconds: 0.8
                )
            )
        case .stream:
            noises.append(NoiseLayer(draw.logUniform(500, 2_000), q: 0.5, levelDB: -2, swellDepth: 0.2))
            noises.append(
                NoiseLayer(draw.logUniform(250, 700), q: 3, levelDB: -6, swellDepth: 0.6, swellSeconds: 0.08)
            )
            addDrops(draw.logUniform(20, 90), lowHz: 400, highHz: 2_500, levelDB: draw.uniform(0, 9), draw: &draw)
        case .steam:
            noises.append(NoiseLayer(draw.logUniform(3_500, 9_000), q: draw.uniform(0.4, 1.2), levelDB: 0))
            noises.append(
                NoiseLayer(
                    draw.logUniform(1_500, 4_000),
                    q: 0.7,
                    levelDB: draw.uniform(-12, -3),
                    swellDepth: draw.uniform(0, 0.5)
                )
            )
        case .applause:
            noises.append(NoiseLayer(draw.logUniform(900, 2_000), q: 0.7, levelDB: -6, swellDepth: 0.3))
            addDrops(draw.logUniform(40, 200), lowHz: 700, highHz: 2_600, levelDB: 12, draw: &draw)
        case .fan:
            let blades = draw.logUniform(25, 160)
            noises.append(
                NoiseLayer(
                    draw.logUniform(250, 1_500),
                    q: 0.4,
                    levelDB: -2,
                    pulseHz: draw.uniform(3, 15),
                    pulseDepth: draw.uniform(0, 0.25)
                )
            )
            tones.append(ToneLayer(blades, harmonics: [1, 0.6, 0.4, 0.2, 0.1], levelDB: draw.uniform(-16, -4)))
        default:
            noises.append(NoiseLayer(draw.logUniform(150, 600), q: 0.4, levelDB: 0, swellDepth: 0.05))
            noises.append(NoiseLayer(draw.logUniform(900, 3_000), q: 0.4, levelDB: draw.uniform(-18, -6)))
            let mains = draw.chance(0.7) ? 100.0 : 120
            tones.append(ToneLayer(mains, harmonics: [1, 0.3, 0.2, 0.1], levelDB: draw.uniform(-20, -6)))
        }
    }

    private mutating func addDrops(
        _ perSecond: Double,
        lowHz: Double,
        highHz: Double,
        levelDB: Double,
        draw: inout SeededRandom
    ) {
        for _ in 0..<3 {
            let pattern = ImpactLayer.Pattern(
                perSecond: perSecond / 3,
                spread: 0.7,
                noiseShare: 0.6,
                noiseDecaySeconds: draw.logUniform(0.001, 0.006)
            )
            impacts.append(
                ImpactLayer(
                    modes: [(draw.logUniform(lowHz, highHz), draw.logUniform(0.001, 0.006))],
                    noiseHz: draw.logUniform(lowHz, highHz),
                    levelDB: levelDB,
                    pattern: pattern,
                    draw: &draw
                )
            )
        }
    }

    private mutating func composeVoices(_ kind: AmbientKind, draw: inout SeededRandom) {
        switch kind {
        case .speech:
            voices.append(VoiceLayer(levelDB: 0, isSinging: false, draw: &draw))
        case .babble:
            for _ in 0..<draw.integer(4, 7) {
                voices.append(VoiceLayer(levelDB: draw.uniform(-10, 0), isSinging: false, draw: &draw))
            }
        case .singing:
            voices.append(VoiceLayer(levelDB: 0, isSinging: true, draw: &draw))
            if draw.chance(0.4) { voices.append(VoiceLayer(levelDB: -6, isSinging: true, draw: &draw)) }
        default:
            let pattern = ToneLayer.Pattern(
                pitches: [1, 1.1, 0.9],
                onSeconds: 0.12...0.25,
                offSeconds: 0.2...draw.uniform(0.6, 2.5),
                decaySeconds: 0.12,
                sweepDepth: 0.15,
                sweepHz: 4
            )
            tones.append(
                ToneLayer(
                    draw.logUniform(300, 800),
                    harmonics: [1, 0.9, 0.7, 0.5, 0.35, 0.2, 0.1],
                    levelDB: 0,
                    pattern: pattern
                )
            )
        }
    }

    private mutating func composeVehicles(_ kind: AmbientKind, draw: inout SeededRandom) {
        switch kind {
        case .traffic:
            for _ in 0..<3 {
                noises.append(
                    NoiseLayer(
                        draw.logUniform(60, 900),
                        q: 0.5,
                        levelDB: draw.uniform(-8, 0),
                        swellDepth: draw.uniform(0.3, 0.8),
                        swellSeconds: draw.uniform(1, 4)
                    )
                )
            }
        case .train:
            noises.append(NoiseLayer(draw.logUniform(80, 400), q: 0.5, levelDB: 0, swellDepth: 0.2))
            addBeats(
                draw.uniform(0.6, 1.6),
                modesHz: [90, 160, draw.uniform(300, 700)],
                decay: 0.04,
                levelDB: 12,
                noiseHz: 600,
                draw: &draw,
                regularity: 0.97,
                burst: 2...2,
                gap: 0.18...0.2
            )
        case .car:
            let pattern = ToneLayer.Pattern(sweepDepth: draw.uniform(0, 0.12), sweepHz: draw.uniform(0.1, 0.4))
            let roll = draw.uniform(0.75, 0.9)
            tones.append(
                ToneLayer(
                    draw.uniform(22, 70),
                    harmonics: (0..<24).map { pow(roll, Double($0)) * draw.logUniform(0.4, 2.5) },
                    levelDB: 0,
                    pattern: pattern
                )
            )
            noises.append(NoiseLayer(draw.logUniform(200, 900), q: 0.5, levelDB: draw.uniform(-14, -6)))
        case .powerTool:
            let pattern = ToneLayer.Pattern(
                onSeconds: 1.5...4,
                offSeconds: 0.2...1.5,
                sweepDepth: draw.uniform(0.01, 0.08),
                sweepHz: draw.uniform(0.3, 2)
            )
            let roll = draw.uniform(0.75, 0.92)
            tones.append(
                ToneLayer(
                    draw.logUniform(150, 550),
                    harmonics: (0..<24).map { pow(roll, Double($0)) * draw.logUniform(0.3, 3) },
                    levelDB: 0,
                    pattern: pattern
                )
            )
            noises.append(NoiseLayer(draw.logUniform(2_000, 6_000), q: 0.5, levelDB: draw.uniform(-12, -4)))
        default:
            let beep = draw.uniform(0.3, 0.6)
            let reversing = ToneLayer.Pattern(onSeconds: beep...beep, offSeconds: beep...beep)
            tones.append(ToneLayer(draw.uniform(900, 1_500), harmonics: [1, 0.2], levelDB: -3, pattern: reversing))
            noises.append(NoiseLayer(draw.logUniform(100, 500), q: 0.5, levelDB: -6, swellDepth: 0.5))
            addBeats(
                draw.uniform(1, 4),
                modesHz: [draw.uniform(200, 900), draw.uniform(900, 3_000)],
                decay: 0.02,
                levelDB: 6,
                noiseHz: 1_500,
                draw: &draw,
                regularity: 0,
                spread: 0.7
            )
        }
    }
}
