// What the listening desk takes before it refuses: bytes, length, labels, and how many ask at once.

/// Bounds of the listening desk. A refusal names the one that was met.
public struct DeskLimits: Sendable, Hashable {
    /// Largest upload as multipart/form-data, in bytes.
    public var uploadBytes = 64 << 20
    /// Largest sound inside a JSON document, in bytes after base64.
    public var jsonSoundBytes = 16 << 20
    /// Longest sound, in seconds.
    public var durationSeconds = 1_800.0
    /// Most windows of one sound.
    public var windows = 2_000
    /// Most labels.
    public var labels = 100
    /// Longest label, in characters.
    public var labelLength = 200
    /// Sounds judged at the same time; they take turns window by window.
    public var running = 2
    /// Sounds that may wait beside them.
    public var waiting = 4
    /// How long an upload may take, in seconds.
    public var uploadSeconds = 120.0

    public init() {}
}
