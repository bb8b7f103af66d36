// Small helpers of a fetch: the progress meter, the disk check, and the lock on a model's folder.

import Foundation
import Synchronization

/// Turns byte counts into reports, ten a second at most.
final class ProgressMeter: Sendable {
    private struct State {
        var firstBytes: Int?
        var startedAt = ContinuousClock.now
        var lastReport: ContinuousClock.Instant?
    }

    private let file: String
    private let fileNumber: Int
    private let fileCount: Int
    private let report: @Sendable (FetchProgress) -> Void
    private let state = Mutex(State())

    init(file: String, fileNumber: Int, fileCount: Int, report: @escaping @Sendable (FetchProgress) -> Void) {
        self.file = file
        self.fileNumber = fileNumber
        self.fileCount = fileCount
        self.report = report
    }

    func update(bytesDone: Int, bytesTotal: Int?) {
        let now = ContinuousClock.now
        let rate = state.withLock { state -> Double? in
            let firstBytes = state.firstBytes ?? bytesDone
            state.firstBytes = firstBytes
            if let last = state.lastReport, now - last < .milliseconds(100) { return nil }
            state.lastReport = now
            return Self.rate(bytesDone - firstBytes, now - state.startedAt)
        }
        if let rate { send(bytesDone, bytesTotal, rate) }
    }

    func finish(bytes: Int) {
        let rate = state.withLock { state in
            Self.rate(bytes - (state.firstBytes ?? bytes), ContinuousClock.now - state.startedAt)
        }
        send(bytes, bytes, rate)
    }

    private func send(_ bytesDone: Int, _ bytesTotal: Int?, _ rate: Double) {
        report(
            FetchProgress(
                file: file,
                fileNumber: fileNumber,
                fileCount: fileCount,
                bytesDone: bytesDone,
                bytesTotal: bytesTotal,
                bytesPerSecond: rate
            )
        )
    }

    private static func rate(_ bytes: Int, _ duration: Duration) -> Double {
        let seconds = duration / .seconds(1)
        return seconds > 0 ? Double(bytes) / seconds : 0
    }
}

/// Refuses a download that the disk cannot take.
enum DiskSpace {
    /// Left free for the rest of the system.
    static let reserveBytes = 64 << 20

    static func freeBytes(in folder: URL) -> Int? {
        var information = statvfs()
        guard statvfs(folder.path, &information) == 0 else { return nil }
        return Int(information.f_bavail) * Int(information.f_frsize)
    }

    static func require(_ bytes: Int, in folder: URL) throws(ModelStoreError) {
        guard let free = freeBytes(in: folder), bytes > 0, free < bytes + reserveBytes else { return }
        throw .diskFull(folder: folder.path, neededBytes: bytes + reserveBytes, freeBytes: free)
    }

    /// Asks the file system once per file, not with every piece.
    final class Once: Sendable {
        private let isDone = Atomic<Bool>(false)

        func require(_ bytes: Int, in folder: URL) throws(ModelStoreError) {
            if !isDone.exchange(true, ordering: .relaxed) { try DiskSpace.require(bytes, in: folder) }
        }
    }
}

/// Keeps two fetches out of one folder. The kernel lets go of it when the process ends, however it ends.
struct FolderLock: Sendable {
    private let descriptor: Int32

    init(_ folder: URL) throws(ModelStoreError) {
        let path = folder.appendingPathComponent(".fetch.lock").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .fetchInProgress(folder: folder.path)
        }
        self.descriptor = descriptor
    }

    func release() {
        // Unlocked by name: a child being started at this moment holds a copy of the descriptor until its exec.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
