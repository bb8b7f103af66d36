// One value of the file with its place: typed reading that reports what it cannot use and goes on.
import Foundation
import Yams

struct ConfigurationNode {
    let node: Node
    let place: ConfigurationPlace
    let problems: ProblemList
    /// The folder relative paths start from.
    let folder: URL

    init(_ node: Node, path: String, problems: ProblemList, folder: URL) {
        self.node = node
        self.place = ConfigurationText.place(node.mark, path: path)
        self.problems = problems
        self.folder = folder
    }

    func child(_ node: Node, path: String) -> ConfigurationNode {
        ConfigurationNode(node, path: path, problems: problems, folder: folder)
    }

    func report(_ message: String) { problems.add(place, message) }

    /// What stands here, for messages.
    var found: String {
        switch node {
        case .scalar(let scalar):
            let text = scalar.string.count > 60 ? scalar.string.prefix(60) + "…" : Substring(scalar.string)
            return isEmpty ? "nothing" : "\"\(text)\""
        case .mapping: return "a section"
        case .sequence: return "a list"
        case .alias: return "an alias"
        }
    }

    /// Whether nothing was written here (or null).
    var isEmpty: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The text of a single value.
    func text(expected: String) -> String? {
        guard case .scalar(let scalar) = node, !isEmpty else {
            report("found \(found), expected \(expected)")
            return nil
        }
        let trimmed = scalar.string.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else {
            report("found only blanks, expected \(expected)")
            return nil
        }
        return trimmed
    }

    /// An id that can be a topic level and a file name.
    func identifier() -> String? {
        let expected = "an id of letters, digits, '-', '_' and '.', at most 64, such as compressor-1"
        guard let text = text(expected: expected) else { return nil }
        let isGood =
            text.utf8.count <= 64
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
            && text.first.map { $0.isLetter || $0.isNumber } ?? false
        guard isGood else {
            report("found \(found), expected \(expected), beginning with a letter or digit: it becomes a topic level")
            return nil
        }
        return text
    }

    func choice<Value: CaseIterable & RawRepresentable>(_ type: Value.Type) -> Value? where Value.RawValue == String {
        let names = Value.allCases.map(\.rawValue)
        let list = names.joined(separator: ", ")
        guard let text = text(expected: "one of \(list)") else { return nil }
        if let value = Value(rawValue: text) { return value }
        let hint = NearestName.suggestion(for: text, among: names).map { "; did you mean \($0)?" } ?? ""
        report("found \(found), expected one of \(list)\(hint)")
        return nil
    }

    func seconds(_ range: ClosedRange<Double>, _ rangeText: String) -> Double? {
        let expected = "a duration with its unit from \(rangeText), such as 500ms, 10s, 5m, 2h or 90d"
        guard let text = text(expected: expected) else { return nil }
        guard let seconds = Quantities.seconds(text) else {
            let hint = Double(text) == nil ? "" : "; the unit is missing: write \(text)s for seconds"
            report("found \(found), expected \(expected)\(hint)")
            return nil
        }
        guard range.contains(seconds) else {
            report("found \(found), expected \(rangeText)")
            return nil
        }
        return seconds
    }

    func bytes(_ range: ClosedRange<Int>, _ rangeText: String) -> Int? {
        let expected = "a size with its unit from \(rangeText), such as 500MB or 2GB"
        guard let text = text(expected: expected) else { return nil }
        guard let bytes = Quantities.bytes(text), range.contains(bytes) else {
            report("found \(found), expected \(expected)")
            return nil
        }
        return bytes
    }

    func boolean() -> Bool? {
        let expected = "true or false"
        guard let text = text(expected: expected) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            report("found \(found), expected \(expected)")
            return nil
        }
    }

    func share() -> Double? {
        let expected = "a share such as 0.75 or 75%"
        guard let text = text(expected: expected) else { return nil }
        guard let share = Quantities.share(text) else {
            report("found \(found), expected \(expected)")
            return nil
        }
        return share
    }

    func integer(_ range: ClosedRange<Int>, _ unit: String) -> Int? {
        let expected = "a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)"
        guard let text = text(expected: expected) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            report("found \(found), expected \(expected)")
            return nil
        }
        return value
    }

    /// A path, made absolute against the file's folder.
    func path(expected: String) -> String? {
        guard let text = text(expected: expected) else { return nil }
        guard !text.contains("\0") else {
            report("found a path with a NUL character, expected \(expected)")
            return nil
        }
        let expanded = (text as NSString).expandingTildeInPath
        return URL(fileURLWithPath: expanded, relativeTo: folder).standardizedFileURL.path
    }

    /// A path of a file that must be readable now.
    func readableFile(_ what: String) -> String? {
        guard let path = path(expected: "the path of \(what)") else { return nil }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists, !isFolder.boolValue, FileManager.default.isReadableFile(atPath: path) else {
            report("\(what) is \(path): \(PasswordFile.unreadable(path))")
            return nil
        }
        return path
    }

    /// The elements of a list.
    func list(expected: String, maximum: Int) -> [ConfigurationNode]? {
        guard case .sequence(let sequence) = node else {
            report("found \(found), expected \(expected)")
            return nil
        }
        if sequence.count > maximum { report("found \(sequence.count) entries, expected at most \(maximum)") }
        return sequence.prefix(maximum).enumerated().map { child($1, path: "\(place.path)[\($0 + 1)]") }
    }
}
