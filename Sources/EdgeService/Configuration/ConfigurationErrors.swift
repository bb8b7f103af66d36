// What is wrong with a configuration file: every problem at once, each with its place and its remedy.

/// One problem of a configuration file.
public struct ConfigurationProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The file as it was named.
    public let file: String
    /// Line, counted from 1.
    public let line: Int
    /// Column in characters, counted from 1.
    public let column: Int
    /// Where in the structure ("machines[1].format.rate"; lists count from 1); empty for the file as a whole.
    public let keyPath: String
    /// What was found, what was expected and what to do.
    public let message: String

    public var description: String {
        "\(file):\(line):\(column): " + (keyPath.isEmpty ? "" : "\(keyPath): ") + message
    }
}

/// Everything wrong with a configuration file, in the order of its lines.
public struct ConfigurationErrors: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The problems, at least one.
    public let problems: [ConfigurationProblem]

    /// One problem per line, then their count.
    public var description: String {
        let count = problems.count == 1 ? "1 error" : "\(problems.count) errors"
        return (problems.map(\.description) + ["\(count) in \(problems.first?.file ?? "the configuration")"])
            .joined(separator: "\n")
    }
}

/// A place in the file and in its structure.
struct ConfigurationPlace: Hashable {
    var line: Int
    var column: Int
    var path: String

    func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

/// Collects problems while a file is read; each is kept once.
final class ProblemList {
    let file: String
    private(set) var problems: [ConfigurationProblem] = []
    private var seen: Set<ConfigurationProblem> = []
    private var topics: Set<String> = []
    /// More than this many help nobody.
    static let maximum = 500

    init(file: String) { self.file = file }

    func add(_ place: ConfigurationPlace, _ message: String) {
        let problem = ConfigurationProblem(
            file: file,
            line: place.line,
            column: place.column,
            keyPath: place.path,
            message: message
        )
        guard problems.count < Self.maximum, seen.insert(problem).inserted else { return }
        problems.append(problem)
    }

    /// Adds a problem unless its text was said about this place before, whatever the subject: a contradiction in a
    /// general rule shows up again in every machine.
    func addOnce(_ place: ConfigurationPlace, _ text: String, subject: String) {
        guard topics.insert("\(place.line):\(place.column) \(text)").inserted else { return }
        add(place, subject.isEmpty ? text : "\(text) (\(subject))")
    }

    /// The problems in the order of the file's lines.
    var sorted: [ConfigurationProblem] {
        problems.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }.map(\.element)
    }
}
