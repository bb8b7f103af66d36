// The gain a window gets before its embedding: none, a fixed one, or whatever brings it to one loudness.

/// How loud a machine's windows are made before the model hears them.
public enum WindowGain: Sendable, Equatable {
    /// The same gain for every window; 0 leaves the samples untouched.
    case fixed(gainDB: Double)

    /// The gain that brings a window's RMS level to the target.
    case auto(AutoGain)

    /// No change.
    public static let none = WindowGain.fixed(gainDB: 0)

    /// To -23 dBFS.
    public static let auto = WindowGain.auto(AutoGain())

    /// The gain for a window of this level.
    public func gainDB(rmsDBFS: Double) -> Double {
        switch self {
        case .fixed(let gainDB): gainDB
        case .auto(let rule): rule.gainDB(rmsDBFS: rmsDBFS)
        }
    }

    /// Applies the gain and returns it.
    ///
    /// - Parameter samples: scaled in place; peaks may pass full scale, which the model does not mind.
    /// - Throws: `LogMelError.nonFiniteSample`; the samples are then unchanged.
    @discardableResult
    public func apply(to samples: inout [Float]) throws(LogMelError) -> Double {
        let gainDB: Double
        switch self {
        case .fixed(let fixed): gainDB = fixed
        case .auto(let rule): gainDB = rule.gainDB(rmsDBFS: try Level.rmsDBFS(of: samples))
        }
        Level.apply(gainDB: gainDB, to: &samples)
        return gainDB
    }
}

/// The rule behind `gain: auto`.
public struct AutoGain: Sendable, Equatable {
    /// Level every window is brought to.
    public var targetDBFS: Double

    /// Most a window is raised or lowered.
    public var limitDB: Double

    /// A window below this level is silence and stays as it is: raising it would make a machine of the microphone's noise.
    public var silenceDBFS: Double

    public init(targetDBFS: Double = -23, limitDB: Double = 40, silenceDBFS: Double = -80) {
        self.targetDBFS = targetDBFS
        self.limitDB = limitDB
        self.silenceDBFS = silenceDBFS
    }

    /// The gain for a window of this RMS level.
    public func gainDB(rmsDBFS: Double) -> Double {
        if rmsDBFS < silenceDBFS { return 0 }
        return max(-limitDB, min(limitDB, targetDBFS - rmsDBFS))
    }
}
