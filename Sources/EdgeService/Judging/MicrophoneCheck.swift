// Whether a window tells of its microphone rather than of its machine; from the acoustic descriptor alone.
import AudioFeatures
import Foundation
import MachineHealth

/// Looks for what no machine sounds like. Every limit is far from what machines do, for a window taken for trouble cannot
/// raise an alarm; `MicrophoneCheckTests` holds recordings and simulated machines against them.
struct MicrophoneCheck: Hashable, Sendable {
    /// RMS levels in dBFS that windows of this machine were known to have; nil where none are known.
    var knownLevelsDBFS: ClosedRange<Double>?

    /// No band of a silent window is louder, in dB of the log-mel: what one step of 16 bits leaves there.
    static let silentBandDB = -55.0
    /// Nor is its level higher. Below a constant part the level is known no better than this.
    static let silentLevelDBFS = -60.0
    /// Share of samples at full scale of a window that is driven there. Loud machines recorded by others have up to a third
    /// of theirs there and can still be told apart; resampling takes half of the flats below full scale.
    static let clippedShare = 0.4
    /// Constant part, full scale 1, that is trouble where at least half of the power is in it.
    static let constantOffset = 0.1
    /// Decibels that a window's middle bands lie below its loudest one where nothing but hum is there.
    static let humDropDB = 60.0
    /// Bands that hum is loudest in: the mains frequency and its first multiples, up to 180 Hz.
    static let humBands = 0..<3
    /// Bands that hum leaves empty: 1.5 to 3.4 kHz, which every microphone hears.
    static let emptyBands = 23..<36
    /// Decibels outside the known levels that no machine gets louder or quieter by.
    static let levelJumpDB = 30.0

    /// What is wrong with the microphone of a window with this descriptor; nil where nothing is, or none is known.
    func trouble(_ values: [Float]) -> MicrophoneTrouble? {
        guard let descriptor = try? AcousticDescriptor(values: values) else { return nil }
        return trouble(descriptor)
    }

    /// What is wrong with the microphone of a window; nil where nothing is.
    func trouble(_ descriptor: AcousticDescriptor) -> MicrophoneTrouble? {
        let power = pow(10, descriptor.rmsDBFS / 10)
        let constantPower = descriptor.dcOffset * descriptor.dcOffset
        if abs(descriptor.dcOffset) >= Self.constantOffset, constantPower >= power / 2 { return .constantOffset }
        if descriptor.clippedShare >= Self.clippedShare { return .clipping }
        let bands = descriptor.meanLogMel.map(Double.init)
        guard let loudest = bands.indices.max(by: { bands[$0] < bands[$1] }) else { return nil }
        let soundLevelDBFS = Level.dBFS(amplitude: max(0, power - constantPower).squareRoot())
        if bands[loudest] <= Self.silentBandDB, soundLevelDBFS <= Self.silentLevelDBFS { return .silence }
        let between = bands[Self.emptyBands].max() ?? 0
        if Self.humBands.contains(loudest), between <= bands[loudest] - Self.humDropDB { return .mainsHum }
        if let known = knownLevelsDBFS {
            let accepted = (known.lowerBound - Self.levelJumpDB)...(known.upperBound + Self.levelJumpDB)
            if !accepted.contains(descriptor.rmsDBFS) { return .levelJump }
        }
        return nil
    }
}
