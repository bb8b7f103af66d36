// A stretch of a machine's sound that was kept: why, from when to when, and where it lies.
import Foundation

/// Why a clip was kept.
public enum ClipReason: String, Sendable, Codable, CaseIterable {
    case alarm
    case nearMiss = "near_miss"
    case review
    case manual
}
