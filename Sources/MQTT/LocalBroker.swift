// A private mosquitto on a loopback port, for the demo, the tests and the doctor. Nothing of it outlives its owner.
// mosquitto.conf: https://mosquitto.org/man/mosquitto-conf-5.html

import Foundation
import Synchronization

/// What is wrong with a private broker, and what to do.
public enum LocalBrokerError: Error, Sendable, Hashable, CustomStringConvertible {
    case notInstalled(searched: [String])
    case cannotPrepare(folder: String, reason: String)
    case noFreePort(reason: String)
    case endedAtStart(port: Int, log: String)
    case notReady(port: Int, seconds: Double, log: String)

    public var description: String {
        switch self {
        case .notInstalled(let searched):
            "mosquitto was not found (looked in \(searched.joined(separator: ", "))); install it with "
                + "'sudo apt-get install mosquitto' (Debian, Ubuntu) or 'brew install mosquitto' (macOS)"
        case .cannotPrepare(let folder, let reason):
            "cannot write the private broker's configuration to \(folder): \(reason)"
        case .noFreePort(let reason):
            "cannot find a free loopback port: \(reason)"
        case .endedAtStart(let port, let log):
            "the private mosquitto on port \(port) ended at once; its last words: \(log)"
        case .notReady(let port, let seconds, let log):
            "the private mosquitto on port \(port) took no connection within \(seconds) s; its last words: \(log)"
        }
    }
}

/// Starts, watches and stops one mosquitto process with a configuration of its own.
public final class LocalBroker: Sendable {
    /// The configuration beside `listener` and `log_dest`. The default lets everybody on this host in.
    public struct Settings: Sendable {
        /// 0 picks a free port.
        public var port: Int
        /// Lines of mosquitto.conf that belong to the listener and to the broker.
        public var lines: [String]
        /// Keeps retained messages and sessions in the folder across `stop` and `start`.
        public var isPersistent: Bool
        /// Holds configuration, log and database; nil makes a temporary one that `stop(removingFolder:)` removes.
        public var folder: URL?

        public init(
            port: Int = 0,
            lines: [String] = ["allow_anonymous true"],
            isPersistent: Bool = false,
            folder: URL? = nil
        ) {
            self.port = port
            self.lines = lines
            self.isPersistent = isPersistent
            self.folder = folder
        }
    }

    private struct State {
        var process: Process?
        var lifeline: Pipe?
        var exit: ExitSignal?
    }

    public let settings: Settings
    public let port: Int
    public let folder: URL
    private let executable: String
    private let state = Mutex(State())

    /// Finds mosquitto, a port and a folder, and writes the configuration. Nothing runs yet.
    public init(_ settings: Settings = Settings()) throws(LocalBrokerError) {
        self.settings = settings
        executable = try Self.findExecutable()
        port = settings.port == 0 ? try Loopback.freePort() : settings.port
        let name = "ausculta-broker-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
        folder = settings.folder ?? FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try writeConfiguration()
    }

    deinit { kill9() }

    /// The address for clients on this host.
    public var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: port) }

    /// The process id while it runs.
    public var processID: Int32? {
        state.withLock { $0.process.flatMap { $0.isRunning ? $0.processIdentifier : nil } }
    }

    private var configurationFile: URL { folder.appendingPathComponent("mosquitto.conf") }
    private var logFile: URL { folder.appendingPathComponent("mosquitto.log") }

    private var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

    /// The last lines mosquitto wrote.
    public var logTail: String {
        log.split(separator: "\n").suffix(8).joined(separator: " | ")
    }

    /// Starts the process and returns once it takes connections.
    public func start(timeoutSeconds: Double = 10) async throws {
        try launch()
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            // A thread of its own: this waits, and the cooperative pool is no place for that.
            Thread.detachNewThread { [self] in
                waiter.resume(with: Result { try waitUntilReady(timeoutSeconds: timeoutSeconds) })
            }
        }
    }

    /// Ends the broker as an administrator would, and waits for it.
    public func stop(removingFolder: Bool = true) {
        end(with: SIGTERM)
        if removingFolder { try? FileManager.default.removeItem(at: folder) }
    }

    /// Ends the broker like a power cut; folder and port stay as they are for the next `start()`.
    public func kill9() {
        end(with: SIGKILL)
    }

    /// Stops it, keeps the folder, and starts it again on the same port.
    public func restart(timeoutSeconds: Double = 10) async throws {
        stop(removingFolder: false)
        try await start(timeoutSeconds: timeoutSeconds)
    }

    /// Where mosquitto lives. Debian keeps it in /usr/sbin, which is often not in a user's PATH.
    public static func findExecutable() throws(LocalBrokerError) -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            path.split(separator: ":").map(String.init) + [
                "/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/sbin",
                "/opt/homebrew/opt/mosquitto/sbin", "/usr/local/opt/mosquitto/sbin",
            ]
        for folder in folders where FileManager.default.isExecutableFile(atPath: folder + "/mosquitto") {
            return folder + "/mosquitto"
        }
        throw .notInstalled(searched: folders)
    }

    // MARK: - Process

    private func writeConfiguration() throws(LocalBrokerError) {
        // Persistence paths end with a slash: mosquitto appends the file name as it is.
        var lines = ["listener \(port) 127.0.0.1"] + settings.lines
        lines += ["persistence \(settings.isPersistent)", "log_dest stderr", "log_type error", "log_type warning"]
        lines += ["log_type notice", "log_type information", "log_timestamp false"]
        if settings.isPersistent { lines.append("persistence_location \(folder.path)/") }
        // Started as root it would become user 'mosquitto', who may not read this folder.
        if geteuid() == 0 { lines.append("user root") }
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: configurationFile)
        } catch {
            throw .cannotPrepare(folder: folder.path, reason: "\(error)")
        }
    }

    /// Runs mosquitto behind a guard that kills it when our end of a pipe closes, however we die.
    private func launch() throws {
        guard FileManager.default.createFile(atPath: logFile.path, contents: nil),
            let log = FileHandle(forWritingAtPath: logFile.path)
        else { throw LocalBrokerError.cannotPrepare(folder: folder.path, reason: "cannot make \(logFile.path)") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // `exec` keeps the process id; the guard ends quietly when it reads a line, and kills at end of file.
        let script = """
            exec 3<&0
            (read -r word <&3 || kill -TERM $$) >/dev/null 2>&1 &
            exec 3<&- </dev/null
            exec "$0" -c "$1"
            """
        process.arguments = ["-c", script, executable, configurationFile.path]
        let lifeline = Pipe()
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = log
        let exit = ExitSignal()
        try Self.runWithSignalsUnblocked(process)
        try? log.close()
        Self.watch(process.processIdentifier, exit)
        state.withLock { $0 = State(process: process, lifeline: lifeline, exit: exit) }
    }

    /// A child inherits the blocked signals of the thread that starts it, and the worker threads of the concurrency
    /// pool block all of them: SIGTERM would never reach mosquitto.
    private static func runWithSignalsUnblocked(_ process: Process) throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    /// Foundation tells the end of a process only after all its children, the guard among them, have ended too.
    private static func watch(_ processID: Int32, _ exit: ExitSignal) {
        Thread.detachNewThread {
            var information = siginfo_t()
            // WNOWAIT leaves the process to be collected by Foundation.
            while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            exit.set()
        }
    }

    private func waitUntilReady(timeoutSeconds: Double) throws(LocalBrokerError) {
        guard let exit = state.withLock({ $0.exit }) else { return }
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        // The log line first: a stranger on the same port would accept connections as well.
        while !(log.contains(" running") && Loopback.accepts(port: port)) {
            // Waits for the end of the process, so that a broker that dies is noticed at once.
            if exit.wait(seconds: 0.01) { throw .endedAtStart(port: port, log: logTail) }
            if ContinuousClock.now > deadline {
                throw .notReady(port: port, seconds: timeoutSeconds, log: logTail)
            }
        }
    }

    private func end(with signalNumber: Int32) {
        let last = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard let process = last.process, let exit = last.exit else { return }
        if process.isRunning { kill(process.processIdentifier, signalNumber) }
        if !exit.wait(seconds: 5) {
            kill(process.processIdentifier, SIGKILL)
            _ = exit.wait(seconds: 5)
        }
        // Tells the guard that there is nothing left to kill. Should it be gone, that must not end this process.
        signal(SIGPIPE, SIG_IGN)
        try? last.lifeline?.fileHandleForWriting.write(contentsOf: Data("done\n".utf8))
        try? last.lifeline?.fileHandleForWriting.close()
    }
}

/// Set once; any number of threads may wait for it.
private final class ExitSignal: Sendable {
    private let group = DispatchGroup()
    private let isSet = Atomic<Bool>(false)

    init() { group.enter() }

    func set() {
        if !isSet.exchange(true, ordering: .acquiringAndReleasing) { group.leave() }
    }

    /// True once set; waits for at most `seconds`.
    func wait(seconds: Double) -> Bool { group.wait(timeout: .now() + seconds) == .success }

    deinit { set() }
}
