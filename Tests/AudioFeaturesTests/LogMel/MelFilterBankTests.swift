// Shape of the filter banks, and the configurations they refuse. Their values are proved by the parity of the spectra.
import Testing

@testable import AudioFeatures

@Suite struct MelFilterBankTests {
    @Test func htkFiltersPeakNearOne() throws {
        let bank = try MelFilterBank(configuration: LogMelConfiguration())
        #expect(bank.firstBins.count == 64)
        #expect(bank.binCounts.reduce(0, +) == Int32(bank.weights.count))
        #expect(bank.weights.allSatisfy { $0 > 0 && $0 <= 1 })
        // Bins of 46.875 Hz between 50 Hz and 14 kHz.
        #expect(bank.binRange == 2..<299)
        #expect(bank.centreFrequenciesHz == bank.centreFrequenciesHz.sorted())
    }

    @Test func slaneyFiltersHaveUnitArea() throws {
        let bank = try MelFilterBank(configuration: LogMelConfiguration(filters: .slaney))
        var start = 0
        for (filter, count) in bank.binCounts.enumerated() {
            let area = bank.weights[start..<start + Int(count)].reduce(0, +) * 46.875
            // Narrow filters are sampled at a few bins only.
            if filter > 32 { #expect(abs(area - 1) < 0.05, "filter \(filter)") }
            start += Int(count)
        }
    }

    @Test(arguments: MelFilterBank.Kind.allCases)
    func scalesInvert(kind: MelFilterBank.Kind) {
        for frequencyHz in [0, 50, 440, 999.9, 1000, 6400, 14_000] {
            let back = MelFilterBank.hz(fromMel: MelFilterBank.mel(fromHz: frequencyHz, kind), kind)
            #expect(abs(back - frequencyHz) < 1e-9 * (1 + frequencyHz))
        }
    }

    @Test func filtersNarrowerThanABinAreEmptyAndReadTheFloor() throws {
        let configuration = LogMelConfiguration(fftLengthSamples: 64, melBinCount: 64)
        let bank = try MelFilterBank(configuration: configuration)
        let empty = bank.binCounts.indices.filter { bank.binCounts[$0] == 0 }
        #expect(!empty.isEmpty)
        let samples = SignalRecipe.noise.samples(count: 4800, sampleRateHz: 48_000)
        let levels = try LogMelExtractor(configuration: configuration).logMel(of: samples)
        for mel in empty { #expect(levels[5 * 64 + mel] == -100) }
    }

    static let refused: [(LogMelConfiguration, String)] = [
        (LogMelConfiguration(sampleRateHz: 0), "sampling rate"),
        (LogMelConfiguration(sampleRateHz: 20_000_000), "sampling rate"),
        (LogMelConfiguration(fftLengthSamples: 1000), "FFT window size"),
        (LogMelConfiguration(fftLengthSamples: 131_072), "FFT window size"),
        (LogMelConfiguration(fftLengthSamples: -1024), "FFT window size"),
        (LogMelConfiguration(hopLengthSamples: 0), "hop length"),
        (LogMelConfiguration(melBinCount: 0), "feature size"),
        (LogMelConfiguration(frequencyMinHz: -1), "lowest frequency"),
        (LogMelConfiguration(frequencyMinHz: 14_000), "lowest frequency"),
        (LogMelConfiguration(frequencyMinHz: .nan), "lowest frequency"),
        (LogMelConfiguration(frequencyMaxHz: 24_001), "highest frequency"),
        (LogMelConfiguration(powerFloor: 0), "power floor"),
    ]

    @Test(arguments: refused)
    func refusesByName(configuration: LogMelConfiguration, name: String) {
        #expect {
            try LogMelExtractor(configuration: configuration)
        } throws: { error in
            guard case .badConfiguration(let found, _, _) = error as? LogMelError else { return false }
            return found == name && "\(error)".contains(name)
        }
    }
}
