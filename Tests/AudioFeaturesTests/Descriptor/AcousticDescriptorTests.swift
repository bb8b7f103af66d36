// Descriptors against NumPy and SciPy (Models/reference/frontend_fixtures.py), and their storage.
import Foundation
import Testing

@testable import AudioFeatures

@Suite struct AcousticDescriptorTests {
    struct Expected: Decodable, CustomTestStringConvertible {
        let clip: SignalRecipe
        let samples: Int
        let values: [Double]

        var testDescription: String { "\(clip.rawValue), \(samples) samples" }
    }

    static let expected: [Expected] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Fixtures/frontend/descriptor.json")
        do {
            return try JSONDecoder().decode([Expected].self, from: Data(contentsOf: file))
        } catch {
            Issue.record("cannot read \(file.path): \(error)")
            return []
        }
    }()

    @Test func fixturesAreThere() { #expect(Self.expected.count == 7) }

    @Test(arguments: expected)
    func agreesWithNumPyAndSciPy(expected: Expected) throws {
        let samples = expected.clip.samples(count: expected.samples, sampleRateHz: 48_000)
        let descriptor = try AcousticDescriptorExtractor().descriptor(of: samples)
        #expect(expected.values.count == AcousticDescriptor.valueCount)
        for (index, (found, wanted)) in zip(descriptor.values, expected.values).enumerated() {
            #expect(abs(Double(found) - wanted) < 1e-3 + 1e-6 * abs(wanted), "value \(index): \(found), not \(wanted)")
        }
    }

    @Test func namesItsValues() throws {
        let samples = SignalRecipe.machine.samples(count: 480_000, sampleRateHz: 48_000)
        let descriptor = try AcousticDescriptorExtractor().descriptor(of: samples)
        #expect(descriptor.meanLogMel.count == 64)
        #expect(descriptor.logMelDeviation.count == 64)
        #expect(descriptor.modulationSpectrum.count == 56)
        #expect(descriptor.rmsDBFS < descriptor.peakDBFS)
        #expect(abs(descriptor.crestFactorDB - (descriptor.peakDBFS - descriptor.rmsDBFS)) < 1e-4)
        #expect(abs(descriptor.dcOffset - 0.05) < 0.01)
        #expect(descriptor.clippedShare > 0)
        #expect(descriptor.spectralFlatnessDB < 0)
        #expect((50...14_000).contains(descriptor.spectralCentroidHz))
        // The noise of the upper bands swells four times a second: the band from 4 to 8 Hz leads.
        let upper = Array(descriptor.modulationSpectrum.suffix(7))
        #expect(upper.firstIndex(of: upper.max() ?? 0) == 3)
    }

    @Test func extractorsUsedAgainGiveTheSameBits() throws {
        let extractor = try AcousticDescriptorExtractor()
        let long = SignalRecipe.machine.samples(count: 700_000, sampleRateHz: 48_000)
        let short = SignalRecipe.noise.samples(count: 20_000, sampleRateHz: 48_000)
        let first = try (extractor.descriptor(of: long), extractor.descriptor(of: short))
        let second = try (extractor.descriptor(of: long), extractor.descriptor(of: short))
        #expect(first.0 == second.0)
        #expect(first.1 == second.1)
        #expect(first.1 == (try AcousticDescriptorExtractor().descriptor(of: short)))
    }

    @Test func survivesItsStorage() throws {
        let samples = SignalRecipe.machine.samples(count: 96_000, sampleRateHz: 48_000)
        let descriptor = try AcousticDescriptorExtractor().descriptor(of: samples)
        #expect(descriptor.packed.count == 386)
        let back = try AcousticDescriptor(values: HalfPrecisionBytes.unpack(descriptor.packed))
        for (stored, computed) in zip(back.values, descriptor.values) {
            #expect(abs(stored - computed) <= 6e-8 + abs(computed) / 2048)
        }
    }

    @Test func refusesWhatItCannotRead() {
        #expect(throws: AcousticDescriptorError.unknownVersion(2)) {
            try AcousticDescriptor(values: [Float](repeating: 0, count: 193), version: 2)
        }
        #expect(throws: AcousticDescriptorError.wrongValueCount(192)) {
            try AcousticDescriptor(values: [Float](repeating: 0, count: 192))
        }
        #expect(throws: LogMelError.noSamples) { try AcousticDescriptorExtractor().descriptor(of: []) }
        #expect(throws: LogMelError.nonFiniteSample(index: 1)) {
            try AcousticDescriptorExtractor().descriptor(of: [0, .nan, 1])
        }
    }
}
