// The simulator's face: a source, a room, a background and a microphone, read as one endless stream of samples.

import Foundation

/// What makes the sound.
public enum SoundSource: Sendable, Equatable {
    /// A machine whose condition follows a schedule.
    case machine(MachineKind, DegradationSchedule)
    /// A sound that is no machine under watch: speech, rain, traffic...
    case ambient(AmbientKind)
}

/// All that determines a simulated stream; equal settings give equal samples.
public struct SimulationSettings: Sendable, Equatable {
    public static let sampleRatesHz = [8_000, 16_000, 24_000, 48_000]

    public var source: SoundSource
    /// Which machine, room and microphone.
    public var individual: UInt64
    /// Which stretch of its life: phases, noise, the order of events.
    public var take: UInt64
    /// Level of the source over the background in dB, when both were set; nil leaves the background out.
    public var snrDB: Double?
    public var sampleRateHz: Int
    /// RMS level of source and background at the start; nil draws -32...-20 dBFS by individual, 4 dB less for all but
    /// compressors of generator a.
    public var levelDBFS: Double?
    /// Whether the room's reflections are added.
    public var hasRoom: Bool
    /// Which physics makes the sound of a machine; ambient sounds have one maker only.
    public var generator: SoundGenerator
    /// When the background and the microphone's gain were set.
    public var levelSetup: LevelSetup

    public init(
        source: SoundSource,
        individual: UInt64,
        take: UInt64 = 0,
        snrDB: Double? = 20,
        sampleRateHz: Int = 48_000,
        levelDBFS: Double? = nil,
        hasRoom: Bool = true,
        generator: SoundGenerator = .modal,
        levelSetup: LevelSetup = .everyTake
    ) {
        self.source = source
        self.individual = individual
        self.take = take
        self.snrDB = snrDB
        self.sampleRateHz = sampleRateHz
        self.levelDBFS = levelDBFS
        self.hasRoom = hasRoom
        self.generator = generator
        self.levelSetup = levelSetup
    }

    /// A machine in one unchanging state.
    public static func machine(
        _ kind: MachineKind = .compressor,
        state: MachineState,
        severity: Double = 1,
        individual: UInt64,
        take: UInt64 = 0,
        snrDB: Double? = 20,
        sampleRateHz: Int = 48_000,
        generator: SoundGenerator = .modal,
        levelSetup: LevelSetup = .everyTake
    ) -> SimulationSettings {
        let condition = MachineCondition(state: state, severity: severity)
        return SimulationSettings(
            source: .machine(kind, .constant(condition)),
            individual: individual,
            take: take,
            snrDB: snrDB,
            sampleRateHz: sampleRateHz,
            generator: generator,
            levelSetup: levelSetup
        )
    }
}

/// An endless mono microphone signal, pulled in blocks of any size; the block size never changes the samples.
///
///     var microphone = try SimulatedMicrophone(.machine(state: .bearingLackingOil, individual: 7))
///     let second = microphone.render(frames: 48_000)
///
/// A value: a copy continues on its own from the same point. Not meant to be shared between tasks while it is read.
public struct SimulatedMicrophone: Sendable {
    public let settings: SimulationSettings
    /// Samples delivered so far.
    public private(set) var framesRendered = 0

    private var generator: SourceGenerator
    private var room: RoomResponse?
    private var background: BackgroundNoise
    private let backgroundGain: Float
    private var microphone: MicrophoneResponse
    private var blocksRendered = 0
    private var block = [Float](repeating: 0, count: Rendering.blockFrames)
    private var noiseBlock = [Float](repeating: 0, count: Rendering.blockFrames)
    private var ready: [Float] = []
    private var readPosition = 0

    /// Builds the scene and listens to a second of it, to set background and gain.
    /// - Throws: `SimulationError` naming what cannot be simulated and what can.
    public init(_ settings: SimulationSettings) throws {
        guard SimulationSettings.sampleRatesHz.contains(settings.sampleRateHz) else {
            throw SimulationError.rate(settings.sampleRateHz)
        }
        if let snr = settings.snrDB, !(-60...120).contains(snr) {
            throw SimulationError.value("signal to noise ratio (dB)", found: snr, expected: "-60...120")
        }
        if let level = settings.levelDBFS, !(-120...0).contains(level) {
            throw SimulationError.value("level (dBFS)", found: level, expected: "-120...0")
        }
        let takeSeed = settings.takeSeed
        self.settings = settings
        generator = try SourceGenerator(settings, takeSeed: takeSeed)
        room = settings.hasRoom ? RoomResponse(seed: settings.individual) : nil
        background = BackgroundNoise(seed: settings.individual, takeSeed: takeSeed)
        microphone = MicrophoneResponse(
            seed: settings.individual,
            takeSeed: takeSeed,
            sampleRateHz: settings.sampleRateHz
        )

        // Both loudnesses are taken behind the microphone's filters: what it cannot hear does not count.
        var source = (generator: generator, room: room)
        var hall = background
        if settings.levelSetup == .once {
            let setup = settings.atSetup
            source.generator = try SourceGenerator(setup, takeSeed: setup.takeSeed)
            hall = BackgroundNoise(seed: settings.individual, takeSeed: setup.takeSeed)
        }
        let sourceRMS = Self.loudness(of: microphone, blocks: generator.isIntermittent ? 600 : 100) { base in
            source.generator.renderBlock(into: base, soundSeconds: 0)
            source.room?.process(base, count: Rendering.blockFrames)
        }
        var noiseRMS = 0.0
        if let snr = settings.snrDB {
            let hallRMS = Self.loudness(of: microphone, blocks: 100) { hall.renderBlock(into: $0) }
            noiseRMS = sourceRMS * amplitude(dB: -snr)
            backgroundGain = Float(noiseRMS / hallRMS)
        } else {
            backgroundGain = 0
        }
        var draw = SeededRandom(seed: settings.individual, stream: 6)
        let drawn = draw.uniform(-32, -20) - generator.headroomDB
        let level = settings.levelDBFS ?? drawn
        microphone.gain = Float(amplitude(dB: level) / sqrt(sourceRMS * sourceRMS + noiseRMS * noiseRMS))
        // The room and the filters have to fill before the first sample that counts.
        for _ in 0..<20 { renderBlock() }
        blocksRendered = 0
        ready.removeAll(keepingCapacity: true)
    }

    /// The condition of the machine at the next sample (healthy for sounds that are no machine).
    public var condition: MachineCondition {
        guard case .machine(_, let schedule) = settings.source else { return MachineCondition() }
        return schedule.condition(soundSeconds: Double(framesRendered) / Double(settings.sampleRateHz))
    }

    /// The next samples, full scale at 1.
    public mutating func render(frames: Int) -> [Float] {
        var samples = [Float](repeating: 0, count: max(0, frames))
        samples.withUnsafeMutableBufferPointer { render(into: $0) }
        return samples
    }

    /// Fills a buffer with the next samples, full scale at 1.
    public mutating func render(into output: UnsafeMutableBufferPointer<Float>) {
        var filled = 0
        while filled < output.count {
            if readPosition == ready.count {
                ready.removeAll(keepingCapacity: true)
                readPosition = 0
                renderBlock()
            }
            let count = min(output.count - filled, ready.count - readPosition)
            for index in 0..<count {
                output[filled + index] = ready[readPosition + index]
            }
            filled += count
            readPosition += count
        }
        framesRendered += output.count
    }

    /// Renders 10 ms of everything into `ready`.
    private mutating func renderBlock() {
        let seconds = Double(blocksRendered) * Rendering.blockSeconds
        blocksRendered += 1
        block.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            generator.renderBlock(into: base, soundSeconds: seconds)
            room?.process(base, count: Rendering.blockFrames)
            if backgroundGain > 0 {
                noiseBlock.withUnsafeMutableBufferPointer { noise in
                    guard let noiseBase = noise.baseAddress else { return }
                    background.renderBlock(into: noiseBase)
                    for index in 0..<Rendering.blockFrames {
                        base[index] += backgroundGain * noiseBase[index]
                    }
                }
            }
            microphone.process(base, count: Rendering.blockFrames, into: &ready)
        }
    }

    /// RMS behind an ideal microphone of what `render` writes, from copies that leave no trace.
    private static func loudness(
        of microphone: MicrophoneResponse,
        blocks: Int,
        render: (UnsafeMutablePointer<Float>) -> Void
    ) -> Double {
        var microphone = microphone
        microphone.isIdeal = true
        var block = [Float](repeating: 0, count: Rendering.blockFrames)
        var heard: [Float] = []
        let leadBlocks = 20
        for number in 0..<(leadBlocks + blocks) {
            if number == leadBlocks { heard.removeAll() }
            block.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                render(base)
                microphone.process(base, count: Rendering.blockFrames, into: &heard)
            }
        }
        return max(1e-6, rootMeanSquare(heard))
    }
}

/// The dry source, whichever it is: exactly one of the three is there.
private struct SourceGenerator: Sendable {
    private var compressor: CompressorSound?
    private var machine: LayeredMachine?
    private var ambient: AmbientSound?
    private let schedule: DegradationSchedule

    init(_ settings: SimulationSettings, takeSeed: UInt64) throws {
        switch settings.source {
        case .machine(let kind, let schedule):
            for fault in schedule.from.faults + schedule.to.faults where !kind.states.contains(fault) {
                throw SimulationError.foreign(fault, to: kind)
            }
            if kind == .compressor, settings.generator == .modal {
                compressor = CompressorSound(individualSeed: settings.individual, takeSeed: takeSeed)
            } else {
                machine = LayeredMachine(
                    kind,
                    generator: settings.generator,
                    individualSeed: settings.individual,
                    takeSeed: takeSeed
                )
            }
            self.schedule = schedule
        case .ambient(let kind):
            ambient = AmbientSound(kind: kind, individualSeed: settings.individual, takeSeed: takeSeed)
            schedule = .constant(MachineCondition())
        }
    }

    /// Whether the source has pauses, so its loudness needs a longer look.
    var isIntermittent: Bool { ambient != nil }

    /// Room for faults that strike hard or grow loud after the level was set, dB.
    var headroomDB: Double { machine == nil ? 0 : 4 }

    mutating func renderBlock(into output: UnsafeMutablePointer<Float>, soundSeconds: Double) {
        compressor?.renderBlock(into: output, condition: schedule.condition(soundSeconds: soundSeconds))
        machine?.renderBlock(into: output, condition: schedule.condition(soundSeconds: soundSeconds))
        ambient?.renderBlock(into: output)
    }
}
