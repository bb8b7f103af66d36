// How one machine's audio is taken in.
import AudioFeatures

/// One machine's audio configuration.
public struct MachineAudioConfig: Hashable, Sendable {
    /// Format of payloads that announce none.
    public var rawFormat: PCMFormat?
    /// The channel heard.
    public var channel: ChannelSelection
    /// How windows are cut.
    public var window: WindowSpec
    /// What a chunk may be.
    public var limits: AudioLimits
    /// Tolerances of order and time.
    public var policy: StreamPolicy

    /// Makes a configuration.
    ///
    /// - Parameter policy: nil for the default tolerances, with gaps up to one window filled.
    public init(
        window: WindowSpec,
        rawFormat: PCMFormat? = nil,
        channel: ChannelSelection = .average,
        limits: AudioLimits = .chunk,
        policy: StreamPolicy? = nil
    ) {
        self.rawFormat = rawFormat
        self.channel = channel
        self.window = window
        self.limits = limits
        self.policy = policy ?? StreamPolicy(maxFilledGapSeconds: window.lengthSeconds)
    }
}
