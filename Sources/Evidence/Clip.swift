// What this room calls a clip's reason is the trend log's own.
import TrendLog

/// Why a clip was kept.
public typealias ClipReason = TrendLog.ClipReason
