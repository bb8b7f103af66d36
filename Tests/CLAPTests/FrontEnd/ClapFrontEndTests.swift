// Repeatability, reuse of memory and refusals of the front end.
import AudioFeatures
import Testing

@testable import CLAP

@Suite struct ClapFrontEndTests {
    static let small = ClapPreprocessorConfiguration(
        melBinCount: 16,
        sampleRateHz: 8000,
        hopLengthSamples: 80,
        maxLengthSeconds: 1,
        fftLengthSamples: 256,
        frequencyMaxHz: 4000
    )

    @Test func usedAgainItGivesTheSameBitsInTheSameMemory() throws {
        let worker = try ClapFrontEnd(configuration: Self.small, isFused: true)
        var input = worker.makeInput()
        let address = input.logMelDecibels.withUnsafeBufferPointer { $0.baseAddress }
        for count in [30_000, 8000, 100, 8001, 7999, 12_345, 1, 30_000] {
            let samples = SignalRecipe.machine.samples(count: count, sampleRateHz: 8000)
            try worker.features(of: samples, into: &input)
            let alone = try ClapFrontEnd(configuration: Self.small, isFused: true).features(of: samples)
            #expect(input == alone, "\(count) samples")
            #expect(input.isLonger == (count >= 8080))
        }
        #expect(input.logMelDecibels.withUnsafeBufferPointer { $0.baseAddress } == address)
    }

    @Test func replacesAnInputOfAnotherShape() throws {
        let frontEnd = try ClapFrontEnd(configuration: Self.small, isFused: true)
        var input = ClapAudioInput(
            channelCount: 1,
            frameCount: 2,
            melBinCount: 3,
            logMelDecibels: [Float](repeating: 0, count: 6),
            isLonger: false
        )
        try frontEnd.features(of: [Float](repeating: 0.1, count: 8000), into: &input)
        #expect([input.channelCount, input.frameCount, input.melBinCount] == [4, 101, 16])
    }

    @Test(arguments: [true, false])
    func refusesAModelOfTheOtherKind(modelIsFused: Bool) {
        var configuration = Self.small
        configuration.truncation = modelIsFused ? .randomCrop : .fusion
        #expect(
            throws: ClapFrontEndError.fusionMismatch(
                truncation: configuration.truncation.rawValue,
                modelIsFused: modelIsFused
            )
        ) {
            try ClapFrontEnd(configuration: configuration, isFused: modelIsFused)
        }
    }

    @Test func refusesBadSamples() throws {
        let frontEnd = try ClapFrontEnd(configuration: Self.small, isFused: true)
        #expect(throws: ClapFrontEndError.logMel(.noSamples)) { try frontEnd.features(of: []) }
        #expect(throws: ClapFrontEndError.logMel(.nonFiniteSample(index: 3))) {
            try frontEnd.features(of: [0, 1, 0, .infinity, .nan])
        }
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e-9, 1e9] as [Double])
    func refusesAWindowWithoutLength(seconds: Double) {
        var configuration = Self.small
        configuration.maxLengthSeconds = seconds
        #expect(throws: ClapFrontEndError.self) { try ClapFrontEnd(configuration: configuration, isFused: true) }
    }

    @Test func chunksStartInTheMiddleOfTheReferencesRanges() throws {
        let expected = try FrontEndFixtures.chunkStarts()
        #expect(expected.count == 9)
        for (totalFrames, starts) in expected {
            let layout = ClapFusionLayout(totalFrames: totalFrames, chunkFrames: 1001, melBinCount: 64)
            #expect((0..<3).map(layout.chunkStart) == starts, "\(totalFrames) frames")
        }
    }
}
