// Levels of known signals, and the gains windows get.
import Foundation
import Testing

@testable import AudioFeatures

@Suite struct LevelTests {
    /// A second of a sine of this amplitude, whole periods of it.
    static func sine(amplitude: Float) -> [Float] {
        (0..<48_000).map { amplitude * Float(sin(2 * Double.pi * 1000 * Double($0) / 48_000)) }
    }

    @Test func fullScaleSineIsThreeDecibelsDown() throws {
        let moments = try SampleMoments(Self.sine(amplitude: 1))
        #expect(abs(moments.rmsDBFS + 3.0103) < 1e-4)
        #expect(abs(moments.peakDBFS) < 1e-6)
        #expect(abs(moments.crestFactor - 2.squareRoot()) < 1e-6)
        #expect(abs(moments.excessKurtosis + 1.5) < 1e-5)
        #expect(abs(moments.skewness) < 1e-6)
        #expect(moments.clippedCount > 0)
    }

    @Test func silenceReadsTheFloor() throws {
        let moments = try SampleMoments([Float](repeating: 0, count: 100))
        #expect(moments.rmsDBFS == Level.floorDBFS)
        #expect(moments.peakDBFS == Level.floorDBFS)
        #expect(moments.crestFactor == 1)
        #expect(try SampleMoments([]).rmsDBFS == Level.floorDBFS)
        #expect(try SampleMoments([]).clippedShare == 0)
    }

    @Test(arguments: [0.1, 0.333_333_34, -0.7] as [Float])
    func aConstantHasNoShape(constant: Float) throws {
        let moments = try SampleMoments([Float](repeating: constant, count: 1_003))
        #expect(abs(moments.mean - Double(constant)) < 1e-12)
        #expect(moments.excessKurtosis == 0)
        #expect(moments.skewness == 0)
    }

    @Test(arguments: [2e-3, 0.02, 0.9] as [Float])
    func autoGainBringsAWindowToTheTarget(amplitude: Float) throws {
        var samples = Self.sine(amplitude: amplitude)
        let gainDB = try WindowGain.auto.apply(to: &samples)
        #expect(abs(try Level.rmsDBFS(of: samples) + 23) < 1e-3)
        #expect(abs(gainDB + 23 + 20 * log10(Double(amplitude)) - 3.0103) < 1e-3)
    }

    static let limits: [(Double, Double)] = [
        (-160, 0), (-80.1, 0), (-80, 40), (-63, 40), (-62.9, 39.9), (-23, 0), (-3, -20), (30, -40),
    ]

    @Test(arguments: limits)
    func autoGainIsLimitedAndLeavesSilence(rmsDBFS: Double, gainDB: Double) {
        #expect(abs(WindowGain.auto.gainDB(rmsDBFS: rmsDBFS) - gainDB) < 1e-9)
    }

    @Test func fixedGainScalesAndZeroGainKeepsTheBits() throws {
        let original = SignalRecipe.noise.samples(count: 1000, sampleRateHz: 48_000)
        var samples = original
        #expect(try WindowGain.none.apply(to: &samples) == 0)
        #expect(samples == original)
        #expect(try WindowGain.fixed(gainDB: 20).apply(to: &samples) == 20)
        #expect(zip(samples, original).allSatisfy { abs($0 - 10 * $1) < 1e-6 })
    }

    @Test func aWindowWithoutNumbersStaysAsItIs() {
        var samples: [Float] = [0.5, .nan, 0.5]
        #expect(throws: LogMelError.nonFiniteSample(index: 1)) { try WindowGain.auto.apply(to: &samples) }
        #expect(samples[0] == 0.5)
    }
}
