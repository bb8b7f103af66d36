// Triangular mel filters, kept as the few FFT bins each one covers.
//
// Scales and norms as in librosa.filters.mel and torchaudio's melscale_fbanks:
// https://librosa.org/doc/latest/generated/librosa.filters.mel.html
import Foundation

/// A bank of triangular filters over the bins of a power spectrum.
public struct MelFilterBank: Sendable, Equatable {
    /// Spacing and height of the filters.
    public enum Kind: String, Sendable, CaseIterable {
        /// HTK's logarithmic mel scale, peaks of one: fused checkpoints.
        case htk

        /// Slaney's scale, linear below 1 kHz, each filter of constant area: unfused checkpoints.
        case slaney
    }

    /// First FFT bin of each filter.
    public let firstBins: [Int32]

    /// FFT bins each filter covers; zero for a filter narrower than the bins' spacing.
    public let binCounts: [Int32]

    /// The filters' weights one after another, `binCounts[m]` of them for filter `m`.
    public let weights: [Double]

    /// Where each filter peaks.
    public let centreFrequenciesHz: [Double]

    /// The bins any filter reads.
    public let binRange: Range<Int>

    /// Filters of a valid configuration.
    ///
    /// - Throws: `LogMelError.badConfiguration`.
    public init(configuration: LogMelConfiguration) throws(LogMelError) {
        try configuration.validate()
        let kind = configuration.filters
        let filterCount = configuration.melBinCount
        let lowestMel = Self.mel(fromHz: configuration.frequencyMinHz, kind)
        let highestMel = Self.mel(fromHz: configuration.frequencyMaxHz, kind)
        let step = (highestMel - lowestMel) / Double(filterCount + 1)
        let cornersHz = (0..<filterCount + 2).map { index in
            Self.hz(fromMel: index == filterCount + 1 ? highestMel : Double(index) * step + lowestMel, kind)
        }

        let binCount = configuration.fftLengthSamples / 2 + 1
        // The reference halves the rate in whole hertz.
        let highestBinHz = Double(configuration.sampleRateHz / 2)
        let binStepHz = highestBinHz / Double(binCount - 1)

        var firstBins: [Int32] = []
        var binCounts: [Int32] = []
        var weights: [Double] = []
        var lowestBin = binCount
        var endBin = 0
        for filter in 0..<filterCount {
            let (left, centre, right) = (cornersHz[filter], cornersHz[filter + 1], cornersHz[filter + 2])
            let height = kind == .slaney ? 2 / (right - left) : 1
            var first = 0
            var count = 0
            for bin in 0..<binCount {
                let frequencyHz = Double(bin) * binStepHz
                let weight = min((frequencyHz - left) / (centre - left), (right - frequencyHz) / (right - centre))
                guard weight > 0 else {
                    if count > 0 { break }
                    continue
                }
                if count == 0 { first = bin }
                count += 1
                weights.append(weight * height)
            }
            firstBins.append(Int32(first))
            binCounts.append(Int32(count))
            if count > 0 {
                lowestBin = min(lowestBin, first)
                endBin = max(endBin, first + count)
            }
        }
        self.firstBins = firstBins
        self.binCounts = binCounts
        self.weights = weights
        centreFrequenciesHz = Array(cornersHz[1...filterCount])
        self.binRange = lowestBin < endBin ? lowestBin..<endBin : 0..<1
    }

    static func mel(fromHz frequencyHz: Double, _ kind: Kind) -> Double {
        switch kind {
        case .htk: 2595 * log10(1 + frequencyHz / 700)
        case .slaney: frequencyHz < 1000 ? 3 * frequencyHz / 200 : 15 + log(frequencyHz / 1000) * (27 / log(6.4))
        }
    }

    static func hz(fromMel mel: Double, _ kind: Kind) -> Double {
        switch kind {
        case .htk: 700 * (pow(10, mel / 2595) - 1)
        case .slaney: mel < 15 ? 200 * mel / 3 : 1000 * exp((log(6.4) / 27) * (mel - 15))
        }
    }
}
