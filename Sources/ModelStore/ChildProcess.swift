// Runs a tool, streams what it prints, and ends it when the task is cancelled.

import Foundation
import Synchronization

/// How a tool ended.
public struct ChildResult: Sendable {
    public let status: Int32
    public let errorText: String
}

/// One run of a tool. Its output is taken as it comes: the pipe holds the tool back, so memory stays flat.
public struct ChildProcess: Sendable {
    private let executable: String
    private let arguments: [String]
    private let input: FileHandle?
    private let environment: [String: String]

    /// Describes a run; nothing is started yet.
    public init(
        _ executable: String,
        _ arguments: [String],
        input: FileHandle? = nil,
        environment: [String: String] = [:]
    ) {
        self.environment = environment
        self.executable = executable
        self.arguments = arguments
        self.input = input
    }

    /// Path of a tool in PATH, nil where it is not installed.
    public static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/bin", "/bin", "/usr/local/bin"]
        return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:))
    }

    /// Starts the tool and returns when it has ended.
    ///
    /// - Parameter onOutput: called with each piece of standard output, on a thread of its own; throwing ends the tool
    ///   and is thrown on. Cancelling the task ends the tool as well, and `CancellationError` is thrown.
    public func run(onOutput: @escaping @Sendable (Data) throws -> Void) async throws -> ChildResult {
        let running = RunningChild()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<ChildResult, any Error>) in
                Thread.detachNewThread {
                    waiter.resume(with: Result { try work(running, onOutput) })
                }
            }
        } onCancel: {
            running.end(wasCancelled: true)
        }
    }

    private func work(_ running: RunningChild, _ onOutput: (Data) throws -> Void) throws -> ChildResult {
        // Runs on a new thread with all signals open: a child inherits blocked ones, and would not hear SIGTERM.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input ?? FileHandle.nullDevice
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        do { try process.run() } catch {
            throw ModelStoreError.toolFailed(tool: executable, reason: "\(error)")
        }
        running.started(process)
        let errorText = OutputBuffer()
        let errorsDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while let data = try? Self.nextPiece(of: errors.fileHandleForReading) { errorText.append(data) }
            errorsDone.signal()
        }
        var failure: (any Error)?
        do {
            while let data = try Self.nextPiece(of: output.fileHandleForReading) { try onOutput(data) }
        } catch {
            failure = error
            running.end(wasCancelled: false)
        }
        process.waitUntilExit()
        running.ended()
        errorsDone.wait()
        if running.wasCancelled { throw CancellationError() }
        if let failure { throw failure }
        let text = errorText.text.trimmingCharacters(in: .whitespacesAndNewlines)
        return ChildResult(status: process.terminationStatus, errorText: text)
    }
}

extension ChildProcess {
    /// What the pipe holds now, nil at its end. `FileHandle.read(upToCount:)` would wait until the count is full.
    private static func nextPiece(of pipe: FileHandle) throws -> Data? {
        let capacity = 1 << 18
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(pipe.fileDescriptor, buffer.baseAddress, capacity)
            if count > 0 { return Data(buffer[0..<count]) }
            if count == 0 { return nil }
            if errno != EINTR {
                throw ModelStoreError.cannotRead(path: "a pipe", reason: String(cString: strerror(errno)))
            }
        }
    }
}

/// The process while it runs, for the cancellation.
private final class RunningChild: Sendable {
    private struct State {
        var processID: Int32?
        var isEnded = false
        var wasCancelled = false
    }

    private let state = Mutex(State())

    var wasCancelled: Bool { state.withLock { $0.wasCancelled } }

    func started(_ process: Process) {
        let isEnded = state.withLock { state in
            state.processID = process.processIdentifier
            return state.isEnded
        }
        if isEnded { kill(process.processIdentifier, SIGTERM) }
    }

    /// The process id may belong to somebody else from now on.
    func ended() { state.withLock { $0.processID = nil } }

    func end(wasCancelled: Bool) {
        let processID = state.withLock { state in
            state.isEnded = true
            state.wasCancelled = state.wasCancelled || wasCancelled
            return state.processID
        }
        if let processID { kill(processID, SIGTERM) }
    }
}

/// Bytes collected from another thread; only the first 64 KiB are kept.
final class OutputBuffer: Sendable {
    private let data = Mutex(Data())

    func append(_ piece: Data) {
        data.withLock { data in
            if data.count < 65_536 { data.append(piece) }
        }
    }

    var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
}
