// Labels as typed by hand: "normal, bearing lacking oil, 其他".
import Foundation

/// Splits typed labels at commas (also the Chinese ones) and semicolons; blanks around them and empty ones go.
public func splitLabels(_ text: String) -> [String] {
    text.split { ",，、;；\n\r\r\n".contains($0) }
        .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        .filter { !$0.isEmpty }
}
