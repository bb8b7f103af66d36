// Folder names from labels: any language stays readable, nothing leads out of the folder.
import Foundation

/// Names of folders for labels.
enum FolderName {
    /// Longest name in bytes; file systems take 255, and a suffix must fit.
    static let maximumBytes = 200

    private static let forbidden = Set("/\\:*?\"<>|".unicodeScalars)
    private static let devices: Set = [
        "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3",
    ]

    /// A name for one label: characters that some file system refuses become hyphens; dots and blanks at either end go,
    /// and with them "..".
    static func safe(_ label: String) -> String {
        let scalars = label.precomposedStringWithCanonicalMapping.unicodeScalars.map { scalar -> Unicode.Scalar in
            let isControl =
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            return forbidden.contains(scalar) || isControl ? "-" : scalar
        }
        let ends = CharacterSet(charactersIn: ".").union(.whitespacesAndNewlines)
        var name = String(String.UnicodeScalarView(scalars)).trimmingCharacters(in: ends)
        while name.utf8.count > maximumBytes { name.removeLast() }
        name = name.trimmingCharacters(in: ends)
        if name.isEmpty { return "label" }
        return devices.contains(name.lowercased()) ? name + "-" : name
    }

    /// A name for each label, no two alike (also where upper and lower case are one), none of them `taken`.
    static func all(_ labels: [String], taken: [String]) -> [String] {
        var used = Set(taken.map { $0.lowercased() })
        return labels.map { label in
            let base = safe(label)
            var name = base
            var number = 2
            while !used.insert(name.lowercased()).inserted {
                name = "\(base)-\(number)"
                number += 1
            }
            return name
        }
    }
}
