// Our input against the reference feature extractor's, within a thousandth of a decibel.
import Foundation
import Testing

@testable import CLAP

@Suite struct FrontEndParityTests {
    @Test func fixturesAreThere() { #expect(FrontEndFixtures.cases.count == 30) }

    @Test(arguments: FrontEndFixtures.cases)
    func agreesWithTheReference(item: FrontEndFixtures.Case) throws {
        let configuration = try FrontEndFixtures.configuration(named: item.configuration)
        let frontEnd = try ClapFrontEnd(configuration: configuration, isFused: configuration.truncation == .fusion)
        let samples = item.clip.samples(count: item.samples, sampleRateHz: configuration.sampleRateHz)
        let input = try frontEnd.features(of: samples)

        #expect([input.channelCount, input.frameCount, input.melBinCount] == item.shape)
        #expect(input.isLonger == item.isLonger)
        let expected = try FrontEndFixtures.values(of: item)
        let (frameCount, melBinCount) = (input.frameCount, input.melBinCount)
        var largest: Float = 0
        for (channelIndex, channel) in item.channels.enumerated() {
            for (frameIndex, frame) in item.frames.enumerated() {
                for mel in 0..<melBinCount {
                    let found = input.logMelDecibels[(channel * frameCount + frame) * melBinCount + mel]
                    let wanted = expected[(channelIndex * item.frames.count + frameIndex) * melBinCount + mel]
                    largest = max(largest, abs(found - wanted))
                }
            }
        }
        #expect(largest < 1e-3, "largest difference \(largest) dB")
        if ProcessInfo.processInfo.environment["AUSCULTA_PRINT_PARITY"] != nil {
            print("log-mel parity: \(item.testDescription): \(largest) dB")
        }
        for channel in 0..<item.shape[0] where !item.channels.contains(channel) {
            let values = frameCount * melBinCount
            #expect(input.logMelDecibels[channel * values..<(channel + 1) * values] == input.logMelDecibels[0..<values])
        }
    }

    @Test(arguments: FrontEndFixtures.cases)
    func marksALoneShortClipAsTheReferenceDoes(item: FrontEndFixtures.Case) throws {
        let configuration = try FrontEndFixtures.configuration(named: item.configuration)
        let frontEnd = try ClapFrontEnd(
            configuration: configuration,
            isFused: configuration.truncation == .fusion,
            referenceIsLonger: true
        )
        let silence = [Float](repeating: 0, count: item.samples)
        #expect(try frontEnd.features(of: silence).isLonger == item.referenceIsLonger)
    }
}
