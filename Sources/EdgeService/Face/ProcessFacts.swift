// What the operating system says about this process and the disk it writes to.
import Foundation

/// Readings of /proc and of the file system.
enum ProcessFacts {
    /// Resident memory in bytes and the number of threads; zero where the system does not tell.
    static func present() -> (residentBytes: Int64, threads: Int) {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return (0, 0) }
        var kilobytes: Int64 = 0
        var threads = 0
        for line in text.split(separator: "\n") {
            if line.hasPrefix("VmRSS:") { kilobytes = number(line) }
            if line.hasPrefix("Threads:") { threads = Int(number(line)) }
        }
        return (kilobytes * 1_024, threads)
    }

    /// Bytes an ordinary user may still write where a file lies.
    static func freeBytes(at path: String) -> Int64? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    private static func number(_ line: Substring) -> Int64 {
        Int64(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0
    }
}
