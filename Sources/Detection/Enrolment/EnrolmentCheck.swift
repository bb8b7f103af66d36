// Is this a fit portrait of normal sound? Looked at before a bank is kept.

/// What enrolment knows of one window, beside its sound.
public struct EnrolmentWindow: Hashable, Sendable {
    /// The audio embedding.
    public let embedding: [Float]
    /// RMS level in dB relative to full scale.
    public let levelDBFS: Double
    /// Share of samples at full scale, 0...1.
    public let clippedFraction: Double

    /// Makes a window.
    public init(embedding: [Float], levelDBFS: Double, clippedFraction: Double) {
        self.embedding = embedding
        self.levelDBFS = levelDBFS
        self.clippedFraction = clippedFraction
    }
}

/// What enrolment insists on.
public struct EnrolmentRules: Hashable, Sendable, Codable {
    /// Fewest windows of one operating state.
    public var fewestWindows: Int
    /// A window at or below this level is silence.
    public var silenceDBFS: Double
    /// A window with more than this share of its samples at full scale is clipped.
    public var clippedFraction: Double
    /// Share of silent or clipped windows from which the enrolment is refused, 0...1.
    public var refusedShare: Double
    /// Median cosine distance between windows below which they are one and the same sound.
    public var leastVariety: Double
    /// A window is an outlier this many robust deviations above the median distance.
    public var outlierDeviations: Double

    /// Makes rules.
    public init(
        fewestWindows: Int = 30,
        silenceDBFS: Double = -70,
        clippedFraction: Double = 0.001,
        refusedShare: Double = 0.1,
        leastVariety: Double = 1e-5,
        outlierDeviations: Double = 6
    ) {
        self.fewestWindows = fewestWindows
        self.silenceDBFS = silenceDBFS
        self.clippedFraction = clippedFraction
        self.refusedShare = refusedShare
        self.leastVariety = leastVariety
        self.outlierDeviations = outlierDeviations
    }
}

/// Looks at the windows of one operating state.
public enum EnrolmentCheck {
    /// Everything worth telling the operator, in a fixed order; empty for a good enrolment.
    ///
    /// - Throws: `DetectionError` for embeddings of differing widths or with values that are no numbers.
    public static func findings(
        _ windows: [EnrolmentWindow],
        rules: EnrolmentRules = EnrolmentRules()
    ) throws(DetectionError) -> [EnrolmentFinding] {
        let width = windows.first?.embedding.count ?? 0
        for (index, window) in windows.enumerated() {
            try DetectionError.check(window.embedding, width: width, place: "embedding of window \(index)")
        }
        var findings: [EnrolmentFinding] = []
        if windows.count < rules.fewestWindows {
            findings.append(.tooFewWindows(found: windows.count, needed: rules.fewestWindows))
        }
        func share(_ indices: [Int]) -> Bool {
            Double(indices.count) > rules.refusedShare * Double(windows.count)
        }
        // Written so that a level that is no number is silence.
        let silent = windows.indices.filter { !(windows[$0].levelDBFS > rules.silenceDBFS) }
        if !silent.isEmpty {
            findings.append(.silence(windows: silent, of: windows.count, isRefused: share(silent)))
        }
        let clipped = windows.indices.filter { windows[$0].clippedFraction > rules.clippedFraction }
        if !clipped.isEmpty {
            findings.append(.clipping(windows: clipped, of: windows.count, isRefused: share(clipped)))
        }
        // Silence is neither variety nor an intruder.
        let heard = windows.indices.filter { windows[$0].levelDBFS > rules.silenceDBFS }
        guard heard.count > 1 else { return findings }
        let distances = pairwise(heard.map { windows[$0].embedding })
        var pairs: [Double] = []
        for row in distances.indices { pairs.append(contentsOf: distances[row][..<row]) }
        let typical = Statistics.median(pairs) ?? 0
        if typical < rules.leastVariety {
            findings.append(.tooLittleVariety(medianDistance: typical))
        }
        let strangers = outliers(distances, deviations: rules.outlierDeviations)
        if !strangers.isEmpty {
            findings.append(.outliers(windows: strangers.map { heard[$0] }, of: windows.count))
        }
        return findings
    }

    private static func pairwise(_ embeddings: [[Float]]) -> [[Double]] {
        let rows = RowMatrix(embeddings.map { $0.normalised() }, columns: embeddings[0].count)
        let gram = rows.gram()
        return (0..<rows.rows).map { row in
            (0..<rows.rows).map { $0 == row ? 0 : max(0, 1 - gram[row * rows.rows + $0]) }
        }
    }

    /// Windows whose mean distance to their nearest tenth of all windows (three at least) stands far above the others'.
    ///
    /// A tenth, because a speaker stays for several windows that resemble each other: fewer neighbours would all be
    /// from the same conversation.
    private static func outliers(_ distances: [[Double]], deviations: Double) -> [Int] {
        guard distances.count >= 5 else { return [] }
        let neighbours = max(3, distances.count / 10)
        let spacing = distances.indices.map {
            NearestScorer.spacing(of: $0, distances, neighbours: neighbours)
        }
        guard let middle = Statistics.median(spacing) else { return [] }
        // Nearly identical windows have hardly any spread; a stranger must also be twice as far out as is usual.
        let deviation = max(Statistics.robustDeviation(spacing), 0.05 * middle, 1e-4)
        return spacing.indices.filter { spacing[$0] > middle + deviations * deviation && spacing[$0] > 2 * middle }
    }
}
