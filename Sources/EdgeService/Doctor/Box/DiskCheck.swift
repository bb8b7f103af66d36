// Whether the trend log and the kept sound have room for what the configuration wants to keep.
import Foundation

/// A folder that the service writes to.
struct DiskFacts: Hashable, Sendable {
    /// What lies there: "trend log" or "kept sound".
    var role: String
    /// The folder, whether or not it is there yet.
    var folder: String
    /// Whether this user may write there, or make it.
    var isWritable: Bool
    /// Bytes this user may still write.
    var freeBytes: Double
    /// Files that may still be made; nil where the file system does not count them.
    var freeFiles: Double?
    /// Bytes that will be added until the retention is reached.
    var wantedBytes: Double
    /// The keys that decide how much is kept.
    var keys: String

    /// Looks at the file system of a folder, or of the nearest folder above it.
    static func read(role: String, folder: URL, wantedBytes: Double, keys: String) -> DiskFacts {
        var place = folder
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
            place = place.deletingLastPathComponent()
        }
        var system = statvfs()
        let isKnown = statvfs(place.path, &system) == 0
        return DiskFacts(
            role: role,
            folder: folder.path,
            isWritable: access(place.path, W_OK) == 0,
            freeBytes: isKnown ? Double(system.f_bavail) * Double(system.f_frsize) : 0,
            // Some file systems make files as long as there is room, and count none.
            freeFiles: isKnown && system.f_files > 0 ? Double(system.f_favail) : nil,
            wantedBytes: wantedBytes,
            keys: keys
        )
    }
}

/// Judges the room.
struct DiskCheck: Sendable {
    /// Less room than this and the service stops storing within minutes.
    static let leastBytes = 100e6
    /// Fewer files than this and clips cannot be kept.
    static let leastFiles = 1_000.0
    /// Bytes of one stored window: its embedding in half precision (1 KB), its descriptor (386 bytes), its row and its
    /// share of the indexes.
    static let bytesPerWindow = 2_000.0

    let facts: DiskFacts

    var findings: [DoctorFinding] {
        let free = Quantities.text(bytes: facts.freeBytes)
        guard facts.isWritable else {
            return [
                .problem(
                    .disk,
                    facts.role,
                    "this user may not write to \(facts.folder)",
                    "give the service's user the folder (chown), or change \(facts.keys)"
                )
            ]
        }
        var findings: [DoctorFinding] = []
        if facts.freeBytes < Self.leastBytes {
            findings.append(
                .problem(
                    .disk,
                    facts.role,
                    "\(free) free in \(facts.folder)",
                    "free space on that file system, or lower \(facts.keys)"
                )
            )
        } else if facts.freeBytes < facts.wantedBytes {
            findings.append(
                .remark(
                    .disk,
                    facts.role,
                    "\(free) free in \(facts.folder), and up to \(Quantities.text(bytes: facts.wantedBytes)) more are to "
                        + "be kept",
                    "lower \(facts.keys), or give it a larger disk"
                )
            )
        } else {
            findings.append(.ok(.disk, facts.role, "\(free) free in \(facts.folder)"))
        }
        if let files = facts.freeFiles, files < Self.leastFiles {
            findings.append(
                .problem(
                    .disk,
                    facts.role,
                    "only \(Int(files)) more files can be made in \(facts.folder)",
                    "remove small files from that file system, or use one with more inodes"
                )
            )
        }
        return findings
    }

    /// Bytes the trend log will still grow by.
    static func trendLogGrowth(_ configuration: ServiceConfiguration, presentBytes: Double) -> Double {
        let windowsPerSecond = configuration.machines.reduce(0.0) { $0 + 1 / $1.hopSeconds }
        let kept = windowsPerSecond * configuration.store.retainSeconds * bytesPerWindow
        return max(0, min(kept, Double(configuration.store.maxSizeBytes)) - presentBytes)
    }
}
