// How a stream is cut: window length, hop, and how much may be missing.

/// Why a window specification is impossible.
public struct WindowSpecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found, what was expected.
    public let description: String
}

/// Window length and hop.
public struct WindowSpec: Hashable, Sendable {
    /// Window lengths accepted, in seconds.
    public static let lengthRangeSeconds = 1.0...30.0
    /// Hops accepted for live streams, in seconds.
    public static let liveHopRangeSeconds = 2.0...3_600.0

    /// Length of a window in seconds.
    public let lengthSeconds: Double
    /// From one window's start to the next, in seconds; may exceed the length.
    public let hopSeconds: Double
    /// Above this share of missing audio a window is not classified.
    public let maxMissingFraction: Double

    /// Makes a specification.
    ///
    /// - Parameter hopRangeSeconds: what is accepted as a hop; recordings may be cut more densely than streams.
    /// - Throws: ``WindowSpecError`` when a value is out of range.
    public init(
        lengthSeconds: Double = 10,
        hopSeconds: Double = 5,
        maxMissingFraction: Double = 0.05,
        hopRangeSeconds: ClosedRange<Double> = Self.liveHopRangeSeconds
    ) throws(WindowSpecError) {
        guard Self.lengthRangeSeconds.contains(lengthSeconds) else {
            throw Self.error("length", lengthSeconds, Self.lengthRangeSeconds, "s")
        }
        guard hopRangeSeconds.contains(hopSeconds), hopSeconds > 0 else {
            throw Self.error("hop", hopSeconds, hopRangeSeconds, "s")
        }
        guard (0...1).contains(maxMissingFraction) else {
            throw Self.error("missing fraction", maxMissingFraction, 0...1, "")
        }
        self.lengthSeconds = lengthSeconds
        self.hopSeconds = hopSeconds
        self.maxMissingFraction = maxMissingFraction
    }

    private static func error(
        _ name: String,
        _ value: Double,
        _ range: ClosedRange<Double>,
        _ unit: String
    ) -> WindowSpecError {
        WindowSpecError(
            description:
                "window \(name) is \(value) \(unit); expected \(range.lowerBound) to \(range.upperBound) \(unit)"
        )
    }

    /// Samples of a window at `sampleRateHz`.
    public func sampleCount(sampleRateHz: Int) -> Int {
        Int((lengthSeconds * Double(sampleRateHz)).rounded())
    }

    /// First sample of window `index` at `sampleRateHz`; hops need not be whole samples.
    func startSample(ofWindow index: Int, sampleRateHz: Int) -> Int {
        Int((Double(index) * hopSeconds * Double(sampleRateHz)).rounded())
    }
}
