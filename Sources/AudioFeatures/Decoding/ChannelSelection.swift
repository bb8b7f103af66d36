// Which channel of a multi-channel recording is heard.

/// How several channels become one.
public enum ChannelSelection: Hashable, Sendable {
    /// The mean of all channels.
    case average
    /// One channel, counted from 1 as in the configuration.
    case channel(Int)

    /// Checks that the selection exists in audio with `channelCount` channels.
    func validate(channelCount: Int, source: String) throws(AudioDecodingError) {
        guard case .channel(let number) = self else { return }
        guard (1...channelCount).contains(number) else {
            throw AudioDecodingError(
                .missingChannel,
                source: source,
                "channel \(number) is configured, but the audio has \(channelCount) "
                    + "(channels count from 1); correct the machine's channel or leave it out to average"
            )
        }
    }

    /// Appends the mono mix of an interleaved block, shape (frames, channels), to `output`.
    func appendMono(of block: UnsafeBufferPointer<Float>, channelCount: Int, to output: inout [Float]) {
        guard channelCount > 1 else {
            output.append(contentsOf: block)
            return
        }
        let frameCount = block.count / channelCount
        switch self {
        case .channel(let number):
            var index = number - 1
            for _ in 0..<frameCount {
                output.append(block[index])
                index += channelCount
            }
        case .average:
            let scale = 1 / Float(channelCount)
            var index = 0
            for _ in 0..<frameCount {
                var sum: Float = 0
                for channel in 0..<channelCount { sum += block[index + channel] }
                output.append(sum * scale)
                index += channelCount
            }
        }
    }
}
