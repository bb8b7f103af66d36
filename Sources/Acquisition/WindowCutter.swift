// Cuts one machine's frames into windows, at the stream's rate, and brings each window to 48 kHz.
import AudioFeatures
import Foundation

/// Cuts frames into windows aligned to the start of the stream.
///
/// Memory is one window at the stream's rate. A window is resampled by itself, from its own samples only: it is
/// complete the moment its last sample arrives, and equal audio gives equal windows bit for bit.
public struct WindowCutter: Sendable {
    /// How windows are cut.
    public let spec: WindowSpec
    private let machine: String

    private var epoch: Int?
    private var epochStart = Date.distantPast
    private var sampleRateHz = 0
    private var ring = SampleRing(capacity: 1)
    /// The window being filled, counted within the epoch.
    private var windowIndex = 0
    /// Next position to be written.
    private var position = 0
    /// Missing stretches still inside or ahead of the window being filled.
    private var missing: [Range<Int>] = []
    private var nextSequenceNumber: UInt64 = 0

    /// Makes a cutter for one machine.
    public init(machine: String, spec: WindowSpec) {
        self.machine = machine
        self.spec = spec
    }

    /// Takes a frame; returns the windows it completes, oldest first.
    ///
    /// A new epoch (long gap, restart, other rate) closes the window being filled: it is returned as it is, its rest
    /// missing, so that the loss is visible once; then windows align to the new start.
    ///
    /// - Throws: `ResamplingError` when the frame's rate cannot be resampled.
    public mutating func append(_ frame: AudioFrame) throws(ResamplingError) -> [AudioWindow] {
        var windows: [AudioWindow] = []
        if frame.epoch != epoch || frame.sampleRateHz != sampleRateHz {
            if let rest = try close(lostSeconds: frame.missingSecondsBefore) { windows.append(rest) }
            begin(frame)
        }
        epochStart = frame.epochStart
        if frame.startSample > position {
            let gap = position..<frame.startSample
            missing.append(gap)
            try advance(to: gap.upperBound, windows: &windows) { ring, range in
                ring.writeSilence(count: range.count, at: range.lowerBound)
            }
        }
        // A frame reaching back before the position would repeat what is already there.
        let overlap = position - frame.startSample
        guard overlap < frame.samples.count else { return windows }
        let frameStart = frame.startSample
        let samples = frame.samples
        try advance(to: frameStart + samples.count, windows: &windows) { ring, range in
            ring.write(samples[range.lowerBound - frameStart..<range.upperBound - frameStart], at: range.lowerBound)
        }
        return windows
    }

    /// Ends the epoch: the window being filled, its rest missing; nil when it has no audio of its own yet.
    public mutating func finish() throws(ResamplingError) -> AudioWindow? {
        try close(lostSeconds: 0)
    }

    /// Ends the epoch; a window without audio of its own is returned as well when the lost audio reaches into it.
    private mutating func close(lostSeconds: Double) throws(ResamplingError) -> AudioWindow? {
        guard epoch != nil else { return nil }
        epoch = nil
        let window = windowRange
        let previousEnd = windowIndex == 0 ? 0 : windowRange(windowIndex - 1).upperBound
        let hasOwnAudio = position > max(previousEnd, window.lowerBound)
        let lostEnd = Double(position) + lostSeconds * Double(sampleRateHz)
        guard hasOwnAudio || (lostSeconds > 0 && lostEnd > Double(window.lowerBound)) else { return nil }
        position = max(position, window.lowerBound)
        missing.append(position..<window.upperBound)
        ring.writeSilence(count: window.upperBound - position, at: position)
        return try cut()
    }

    private mutating func begin(_ frame: AudioFrame) {
        let capacity = spec.sampleCount(sampleRateHz: frame.sampleRateHz)
        if ring.capacity != capacity { ring = SampleRing(capacity: capacity) }
        epoch = frame.epoch
        sampleRateHz = frame.sampleRateHz
        windowIndex = 0
        position = 0
        missing = []
    }

    private var windowRange: Range<Int> { windowRange(windowIndex) }

    private func windowRange(_ index: Int) -> Range<Int> {
        let start = spec.startSample(ofWindow: index, sampleRateHz: sampleRateHz)
        return start..<start + ring.capacity
    }

    /// Moves the position to `end`, storing what falls into windows and cutting those that fill up.
    private mutating func advance(
        to end: Int,
        windows: inout [AudioWindow],
        store: (inout SampleRing, Range<Int>) -> Void
    ) throws(ResamplingError) {
        while position < end {
            let window = windowRange
            // With a hop beyond the length the stretch between windows is not heard.
            position = max(position, min(end, window.lowerBound))
            let stored = position..<max(position, min(end, window.upperBound))
            store(&ring, stored)
            position = stored.upperBound
            guard position == window.upperBound else { continue }
            windows.append(try cut())
            windowIndex += 1
            let next = windowRange.lowerBound
            missing.removeAll { $0.upperBound <= next }
        }
    }

    private mutating func cut() throws(ResamplingError) -> AudioWindow {
        let range = windowRange
        let missingSampleCount = missing.reduce(0) { $0 + $1.clamped(to: range).count }
        let missingFraction = Double(missingSampleCount) / Double(range.count)
        let start = epochStart.addingTimeInterval(Double(range.lowerBound) / Double(sampleRateHz))
        let window = AudioWindow(
            machine: machine,
            sequenceNumber: nextSequenceNumber,
            start: start,
            end: start.addingTimeInterval(spec.lengthSeconds),
            samples: try resampled(from: range.lowerBound),
            missingFraction: missingFraction,
            isClassifiable: missingFraction <= spec.maxMissingFraction,
            sourceSampleRateHz: sampleRateHz
        )
        nextSequenceNumber += 1
        return window
    }

    /// The ring from `position` on at 48 kHz, exactly the window's length: odd rates round by a sample at most.
    private func resampled(from position: Int) throws(ResamplingError) -> [Float] {
        let count = spec.sampleCount(sampleRateHz: AudioWindow.sampleRateHz)
        var output = try ring.withParts(from: position) { parts throws(ResamplingError) in
            try StreamingResampler.resample(parts: parts, from: sampleRateHz, to: AudioWindow.sampleRateHz)
        }
        if output.count > count { output.removeLast(output.count - count) }
        if output.count < count { output.append(contentsOf: repeatElement(0, count: count - output.count)) }
        return output
    }
}
