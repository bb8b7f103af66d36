// Runs a command-line tool the tests need.

import Foundation

/// A tool that failed or is absent.
public struct ToolError: Error, CustomStringConvertible {
    public let description: String
}

public enum Tool {
    /// Runs the tool and returns what it printed; throws with its error output where it fails.
    @discardableResult
    public static func run(_ name: String, _ arguments: [String], candidates: [String] = []) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let places = candidates + path.split(separator: ":").map { "\($0)/\(name)" }
        guard let executable = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw ToolError(description: "'\(name)' is not installed; the tests need it")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ToolError(description: "\(name) \(arguments.joined(separator: " ")) failed: \(text)")
        }
        return text
    }
}
