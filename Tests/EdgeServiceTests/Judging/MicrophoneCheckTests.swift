// No machine is taken for a broken microphone, and no broken microphone for a machine.
import AudioFeatures
import CLAP
import Foundation
import MachineHealth
import MachineSimulator
import Testing

@testable import EdgeService

@Suite struct MicrophoneCheckTests {
    private static let check = MicrophoneCheck()

    /// The descriptor of some sound, brought to 48 kHz as the intake does.
    private func descriptor(_ samples: [Float], rate: Int = 48_000) throws -> AcousticDescriptor {
        let heard = rate == 48_000 ? samples : try StreamingResampler.resample(samples, from: rate)
        return try AcousticDescriptorExtractor().descriptor(of: heard)
    }

    private func trouble(_ samples: [Float], rate: Int = 48_000) throws -> MicrophoneTrouble? {
        let descriptor = try descriptor(samples, rate: rate)
        let found = Self.check.trouble(descriptor)
        // The trend log keeps descriptors in half precision; what is judged again from there must come out the same.
        #expect(Self.check.trouble(descriptor.values.map { Float(Float16($0)) }) == found)
        return found
    }

    private func machine(rate: Int, frames: Int) throws -> [Float] {
        var microphone = try SimulatedMicrophone(
            .machine(.compressor, state: .normal, individual: 11, sampleRateHz: rate)
        )
        return microphone.render(frames: frames)
    }

    /// White noise at an RMS level.
    private func noise(dBFS: Double, count: Int, seed: UInt64 = 5) -> [Float] {
        var state = seed
        let gain = Float(pow(10, dBFS / 20) * 3.0.squareRoot())
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return gain * (Float(state >> 40) / Float(1 << 23) - 1)
        }
    }

    // MARK: - Trouble

    @Test(arguments: [8_000, 16_000, 48_000])
    func digitalSilenceAndTheLastBit(rate: Int) throws {
        #expect(try trouble([Float](repeating: 0, count: rate * 2), rate: rate) == .silence)
        let dither = noise(dBFS: -100, count: rate * 2).map { ($0 * 32_768).rounded() / 32_768 }
        #expect(try trouble(dither, rate: rate) == .silence)
        // A constant part too small to be trouble does not hide it.
        #expect(try trouble([Float](repeating: 0.002, count: rate * 2), rate: rate) == .silence)
        // A microphone's own noise is sound.
        #expect(try trouble(noise(dBFS: -80, count: rate * 2), rate: rate) == nil)
    }

    @Test(arguments: [8_000, 16_000, 48_000], [36.0, 50.0])
    func hardClipping(rate: Int, overdriveDB: Double) throws {
        let sound = try machine(rate: rate, frames: rate * 2)
        let gain = Float(pow(10, overdriveDB / 20)) / (sound.map(abs).max() ?? 1)
        #expect(try trouble(sound.map { max(-1, min(1, $0 * gain)) }, rate: rate) == .clipping)
    }

    @Test(arguments: [8_000, 48_000], [0.12, -0.3, 0.9])
    func aConstantOffset(rate: Int, offset: Double) throws {
        let sound = try machine(rate: rate, frames: rate * 2)
        #expect(try trouble(sound.map { min(1, $0 * 0.3 + Float(offset)) }, rate: rate) == .constantOffset)
        #expect(try trouble([Float](repeating: Float(offset), count: rate * 2), rate: rate) == .constantOffset)
    }

    @Test(arguments: [8_000, 16_000, 48_000], [49.9, 50, 50.1, 60])
    func mainsHumOnly(rate: Int, mainsHz: Double) throws {
        for (harmonics, noiseDBFS) in [(1, -90.0), (6, -90), (10, -85), (10, -80)] {
            var sound = noise(dBFS: noiseDBFS, count: rate * 2)
            for harmonic in 1...harmonics {
                let step = 2 * Double.pi * mainsHz * Double(harmonic) / Double(rate)
                let amplitude = 0.2 / Double(harmonic * harmonic)
                for index in sound.indices {
                    sound[index] += Float(amplitude * sin(step * Double(index) + Double(harmonic)))
                }
            }
            #expect(try trouble(sound, rate: rate) == .mainsHum, "\(harmonics) harmonics, noise at \(noiseDBFS) dBFS")
        }
    }

    @Test func aLevelFarFromWhatIsKnown() throws {
        let sound = try machine(rate: 48_000, frames: 96_000)
        let level = try Level.rmsDBFS(of: sound)
        var check = MicrophoneCheck()
        for (shift, expected) in [(0.0, nil), (-20, nil), (12, nil), (-40, .levelJump), (40, .levelJump)]
            as [(Double, MicrophoneTrouble?)]
        {
            check.knownLevelsDBFS = (level + shift - 3)...(level + shift + 3)
            #expect(check.trouble(try descriptor(sound)) == expected, "known around \(shift) dB from it")
        }
    }

    @Test func withoutADescriptorNothingIsSaid() {
        #expect(Self.check.trouble([]) == nil)
        #expect(Self.check.trouble([0, 1, 2]) == nil)
    }

    @Test func aTroubledWindowGetsNoScores() throws {
        let labels = [LabelID("normal"), LabelID("dry")]
        let judge = WindowJudge(
            labels: labels,
            head: ZeroShotHead(labelEmbeddings: [[1, 0], [0, 1]], scale: 10),
            gain: .none
        )
        let silent = try judge.judge(
            embedding: [1, 0],
            descriptor: descriptor([Float](repeating: 0, count: 48_000)).values
        )
        #expect(silent == WindowJudgement(scores: [], rawScores: [], novelty: nil, trouble: .silence))
        let heard = try judge.judge(
            embedding: [1, 0],
            descriptor: descriptor(machine(rate: 48_000, frames: 48_000)).values
        )
        #expect(heard.trouble == nil && heard.scores.map(\.label) == labels)
    }

    // MARK: - No trouble

    struct Scene: Sendable, CustomTestStringConvertible {
        let kind: MachineKind
        let state: MachineState
        let generator: SoundGenerator
        let rate: Int
        let snrDB: Double

        var testDescription: String { "\(kind) \(state) \(generator.rawValue) \(rate) Hz \(snrDB) dB" }

        /// Every state of every kind from both generators; rates and noise in turn.
        static let all: [Scene] = MachineKind.allCases.flatMap { kind in
            kind.states.enumerated().flatMap { number, state in
                SoundGenerator.allCases.enumerated().map { maker, generator in
                    let turn = number + maker
                    return Scene(
                        kind: kind,
                        state: state,
                        generator: generator,
                        rate: [8_000, 16_000, 48_000][turn % 3],
                        snrDB: [0, 30, 15, 5][turn % 4]
                    )
                }
            }
        }
    }

    @Test(arguments: Scene.all)
    func noSimulatedMachineIsTrouble(scene: Scene) throws {
        var microphone = try SimulatedMicrophone(
            .machine(
                scene.kind,
                state: scene.state,
                individual: 2_000_017,
                snrDB: scene.snrDB,
                sampleRateHz: scene.rate,
                generator: scene.generator
            )
        )
        #expect(try trouble(microphone.render(frames: scene.rate * 2), rate: scene.rate) == nil)
    }

    /// The loudest fault is not a jump against the machine's own healthy level, nor the quietest.
    @Test(arguments: MachineKind.allCases)
    func noFaultIsALevelJump(kind: MachineKind) throws {
        func level(_ state: MachineState) throws -> Double {
            var microphone = try SimulatedMicrophone(
                SimulationSettings(
                    source: .machine(
                        kind,
                        DegradationSchedule.constant(MachineCondition(state: state, severity: 1))
                    ),
                    individual: 2_000_003,
                    sampleRateHz: 16_000
                )
            )
            return try Level.rmsDBFS(of: microphone.render(frames: 32_000))
        }
        let normal = try level(.normal)
        for state in kind.states {
            #expect(abs(try level(state) - normal) < MicrophoneCheck.levelJumpDB / 2, "\(state)")
        }
    }

    @Test func noRecordingIsTrouble() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../shared/recordings")
            .standardizedFileURL
        guard FileManager.default.fileExists(atPath: root.path),
            let found = FileManager.default.enumerator(atPath: root.path)
        else {
            print("SKIPPED: no real recordings at ../shared/recordings; the microphone check is not held against them")
            return
        }
        let extractor = try AcousticDescriptorExtractor()
        var count = 0
        for case let file as String in found where file.hasSuffix(".wav") {
            let reader = try AudioFileReader(path: root.appending(path: file).path)
            let mono = try StreamingResampler.resample(
                reader.readAll(selection: .average).samples,
                from: reader.sampleRateHz
            )
            for start in stride(from: 0, to: max(1, mono.count - 96_000), by: 480_000) {
                let window = Array(mono[start..<min(mono.count, start + 480_000)])
                #expect(Self.check.trouble(try extractor.descriptor(of: window)) == nil, "\(file) at \(start)")
                count += 1
            }
        }
        #expect(count > 100)
    }
}
