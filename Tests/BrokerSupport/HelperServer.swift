// A helper server of a test, written in Python: prints "port N", serves, and ends when its input closes.

import Foundation
import Synchronization

/// Starts the script and keeps what it prints.
public final class HelperServer: Sendable {
    public let port: Int
    private let process: Mutex<Process>
    private let input: Pipe
    private let lines: Inbox<String>

    public init(script: URL, arguments: [String]) async throws {
        let process = Process()
        // The system's own where there is one: wrappers in PATH can take a second to find the interpreter.
        let system = "/usr/bin/python3"
        let hasSystem = FileManager.default.isExecutableFile(atPath: system)
        process.executableURL = URL(fileURLWithPath: hasSystem ? system : "/usr/bin/env")
        process.arguments = (hasSystem ? [] : ["python3"]) + [script.path] + arguments
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let lines = Inbox<String>()
        Thread.detachNewThread {
            var rest = Data()
            while true {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { return }
                rest.append(data)
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    lines.put(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[rest.index(after: end)...])
                }
            }
        }
        let first = try await lines.wait(count: 1)[0]
        guard first.hasPrefix("port "), let port = Int(first.dropFirst(5)) else {
            throw ToolError(description: "\(script.lastPathComponent) said '\(first)' instead of 'port N'")
        }
        self.port = port
        self.process = Mutex(process)
        self.input = input
        self.lines = lines
    }

    /// Lines it printed after the first, so far; the pipe may lag behind the answers.
    public var output: [String] { Array(lines.values.dropFirst()) }

    /// Those lines, once `condition` holds for them.
    public func output(
        where what: String,
        _ condition: @escaping @Sendable ([String]) -> Bool
    ) async throws -> [String] {
        let all = try await lines.wait(for: what) { condition(Array($0.dropFirst())) }
        return Array(all.dropFirst())
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.withLock { if $0.isRunning { kill($0.processIdentifier, SIGKILL) } }
    }
}
