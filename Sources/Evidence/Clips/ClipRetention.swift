// Which clips go: too old, too many, too large together. Never one that a standing alarm needs.
import Foundation
import TrendLog

enum ClipRetention {
    /// The clips to delete, oldest first.
    ///
    /// - Parameter clips: all of them, oldest first.
    static func surplus(_ clips: [ClipFile], settings: EvidenceSettings, now: Date) -> [ClipFile] {
        let cutoff = now.addingTimeInterval(-settings.retainSeconds)
        var count = clips.count
        var bytes = clips.reduce(Int64(0)) { $0 + $1.bytes }
        var surplus: [ClipFile] = []
        for clip in clips where !clip.isProtected {
            guard clip.start < cutoff || count > settings.maxClips || bytes > Int64(settings.maxBytes) else { continue }
            surplus.append(clip)
            count -= 1
            bytes -= clip.bytes
        }
        return surplus
    }
}
