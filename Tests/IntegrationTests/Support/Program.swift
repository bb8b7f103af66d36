// The real `ausculta` as a child process: found beside the test bundle, started, watched line by line, ended.
import BrokerSupport
import Foundation
import Synchronization

/// A program that could not be started, or did not do what the test waits for.
struct ProgramError: Error, CustomStringConvertible {
    let description: String
}

/// How a program ended and what it wrote.
struct ProgramResult: Sendable {
    /// Exit status; nil where a signal ended it.
    let status: Int32?
    /// The signal that ended it.
    let signal: Int32?
    let output: String
    let errors: String

    /// The output as JSON.
    func json<Document: Decodable>(_ type: Document.Type = Document.self) throws -> Document {
        try JSONDecoder().decode(type, from: Data(output.utf8))
    }

    /// The output as a JSON object.
    func object() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
            throw ProgramError(description: "no JSON object but: \(output.prefix(200))")
        }
        return object
    }
}

/// A child process of a test. It does not outlive the value that holds it.
final class Program: Sendable {
    /// Process id.
    let processID: pid_t
    /// What it was started with, for messages.
    let arguments: [String]
    /// Lines of standard output and of standard error, as they come.
    let outputLines = Inbox<String>()
    let logLines = Inbox<String>()

    private let ends = Inbox<ProgramResult>()
    private let isOver = Mutex(false)
    private let input: Mutex<FileHandle?>

    /// Starts `ausculta` with some arguments.
    ///
    /// - Parameters:
    ///   - keepsInputOpen: leaves standard input to `write` and `closeInput`; otherwise it is empty.
    ///   - environment: set on top of the tests' own.
    init(_ arguments: [String], keepsInputOpen: Bool = false, environment: [String: String] = [:]) throws {
        self.arguments = arguments
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        processID = try Self.spawn(
            try Self.executable().path,
            arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { _, new in new },
            descriptors: [
                stdin.fileHandleForReading.fileDescriptor, stdout.fileHandleForWriting.fileDescriptor,
                stderr.fileHandleForWriting.fileDescriptor,
            ]
        )
        try stdin.fileHandleForReading.close()
        try stdout.fileHandleForWriting.close()
        try stderr.fileHandleForWriting.close()
        input = Mutex(keepsInputOpen ? stdin.fileHandleForWriting : nil)
        if !keepsInputOpen { try stdin.fileHandleForWriting.close() }
        let readers = DispatchGroup()
        let texts = [Mutexed(""), Mutexed("")]
        for (handle, lines, text) in [
            (stdout.fileHandleForReading, outputLines, texts[0]), (stderr.fileHandleForReading, logLines, texts[1]),
        ] {
            readers.enter()
            Thread.detachNewThread {
                text.set(Self.read(handle, lines: lines))
                readers.leave()
            }
        }
        Thread.detachNewThread { [processID, ends] in
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            readers.wait()
            let signal = status & 0x7F
            ends.put(
                ProgramResult(
                    status: signal == 0 ? (status >> 8) & 0xFF : nil,
                    signal: signal == 0 ? nil : signal,
                    output: texts[0].value,
                    errors: texts[1].value
                )
            )
        }
    }

    deinit {
        if !isOver.withLock({ $0 }) { kill(processID, SIGKILL) }
    }

    /// Runs `ausculta` to its end.
    static func run(
        _ arguments: [String],
        input: Data? = nil,
        environment: [String: String] = [:],
        seconds: Double = 120
    ) async throws -> ProgramResult {
        let program = try Program(arguments, keepsInputOpen: input != nil, environment: environment)
        if let input {
            // A thread of its own: a program that does not read must not hold up the test.
            Thread.detachNewThread { program.write(input) }
        }
        return try await program.end(seconds: seconds)
    }

    /// Sends a signal.
    func send(signal number: Int32) {
        if !isOver.withLock({ $0 }) { kill(processID, number) }
    }

    /// Writes to its standard input and closes it.
    func write(_ data: Data) {
        input.withLock { handle in
            try? handle?.write(contentsOf: data)
            try? handle?.close()
            handle = nil
        }
    }

    /// Waits for its end.
    func end(seconds: Double = 600) async throws -> ProgramResult {
        let what = "the end of ausculta \(arguments.joined(separator: " "))"
        let ended: [ProgramResult]
        do {
            ended = try await ends.wait(for: what, seconds: seconds) { !$0.isEmpty }
        } catch {
            throw ProgramError(description: "\(error); its last words: \(logLines.values.suffix(8))")
        }
        isOver.withLock { $0 = true }
        return ended[0]
    }

    /// Waits for a line of its log that holds a text, and returns it.
    @discardableResult
    func waitForLog(_ text: String, count: Int = 1, seconds: Double = 600) async throws -> String {
        let isThere: @Sendable ([String]) -> Bool = { lines in lines.count { $0.contains(text) } >= count }
        do {
            let lines = try await logLines.wait(for: "the log line '\(text)'", seconds: seconds, until: isThere)
            return lines.last { $0.contains(text) } ?? ""
        } catch {
            throw ProgramError(description: "\(error); the log: \(logLines.values.suffix(12).joined(separator: "\n"))")
        }
    }

    // MARK: - Parts

    /// The program beside the test bundle, else the one of a plain debug build.
    static func executable() throws -> URL {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var places = [bundle, URL(fileURLWithPath: CommandLine.arguments[0])]
            .map { $0.deletingLastPathComponent().appendingPathComponent("ausculta") }
        places.append(Repository.root.appendingPathComponent(".build/debug/ausculta"))
        guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            let looked = places.map(\.path).joined(separator: ", ")
            throw ProgramError(
                description:
                    "the program is not built (looked for \(looked)); run `swift build --product ausculta` first"
            )
        }
        return found
    }

    /// Signals are unblocked and reset for the child: the worker threads of a test block all of them, and a child
    /// inherits that.
    private static func spawn(
        _ path: String,
        _ arguments: [String],
        environment: [String: String],
        descriptors: [Int32]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        // Descriptors of other tests' pipes and sockets: held open by a stranger they would never report their end.
        // Closing one that is not open does no harm.
        for descriptor in Int32(3)..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var processID: pid_t = 0
        let code = posix_spawn(&processID, path, &actions, &attributes, words, settings)
        guard code == 0 else { throw ProgramError(description: "\(path): \(String(cString: strerror(code)))") }
        return processID
    }

    private static func read(_ handle: FileHandle, lines: Inbox<String>) -> String {
        var all = Data()
        var rest = Data()
        while true {
            let data = handle.availableData
            if data.isEmpty { break }
            all.append(data)
            rest.append(data)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                lines.put(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                rest = Data(rest[rest.index(after: end)...])
            }
        }
        if !rest.isEmpty { lines.put(String(decoding: rest, as: UTF8.self)) }
        return String(decoding: all, as: UTF8.self)
    }
}

/// A value shared between threads.
final class Mutexed<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func set(_ value: Value) { state.withLock { $0 = value } }
}

/// Places of this repository.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The small random checkpoint.
    static let tinyModel = root.appendingPathComponent("Tests/Fixtures/clap/tiny-fused")

    /// The model that comes with the program; nil while it is not there.
    static let embeddedModel: URL? = {
        let folder = root.appendingPathComponent("Models/embedded")
        let isThere = ["config.json", "model.safetensors"].allSatisfy {
            FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
        }
        return isThere ? folder : nil
    }()

    /// Real recordings beside the repository; nil where they are absent.
    static let recordings: URL? = {
        let folder = root.deletingLastPathComponent()
            .appendingPathComponent("shared/recordings")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()
}
