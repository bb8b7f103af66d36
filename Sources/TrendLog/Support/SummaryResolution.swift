// The lengths of time windows are summed up over while they are written.

/// The length of a summary's bucket, in seconds.
enum SummaryResolution: Int, CaseIterable, Comparable {
    case minute = 60
    case hour = 3_600

    /// Length in milliseconds.
    var milliseconds: Int64 { Int64(rawValue) * 1_000 }

    /// Start of the bucket a time lies in; buckets are aligned to UTC.
    func bucketStart(of time: Int64) -> Int64 { time.bucketStart(milliseconds: milliseconds) }

    static func < (left: SummaryResolution, right: SummaryResolution) -> Bool { left.rawValue < right.rawValue }
}

extension Int64 {
    /// The largest multiple of `milliseconds` not above this value (also before 1970).
    func bucketStart(milliseconds: Int64) -> Int64 {
        let remainder = self % milliseconds
        return self - (remainder < 0 ? remainder + milliseconds : remainder)
    }
}
