// The splitting rule, case by case.
import Testing

@testable import CLAP

@Suite struct WordSplitterTests {
    static let table: [(String, [String])] = [
        ("", []), (" ", [" "]), ("   ", ["   "]), ("a", ["a"]), ("a b", ["a", " b"]), ("a  b", ["a", " ", " b"]),
        ("a   b", ["a", "  ", " b"]), ("a ", ["a", " "]), ("a  ", ["a", "  "]), ("\ta", ["\t", "a"]),
        ("a\n b", ["a", "\n", " b"]), ("a \nb", ["a", " ", "\n", "b"]), ("it's", ["it", "'s"]),
        ("IT'S", ["IT", "'", "S"]), ("'ll", ["'ll"]), ("'l", ["'", "l"]), ("'re'v", ["'re", "'", "v"]),
        ("''s", ["''", "s"]), (" 's", [" '", "s"]), ("a1 2b", ["a", "1", " 2", "b"]), ("x² ½", ["x", "²", " ½"]),
        ("轴承 缺油", ["轴承", " 缺油"]), ("a\u{301}b", ["a", "\u{301}", "b"]), ("a\u{a0}b", ["a", "\u{a0}", "b"]),
        ("a\u{a0} b", ["a", "\u{a0}", " b"]), ("hi!? ok", ["hi", "!?", " ok"]), ("\u{0}a", ["\u{0}", "a"]),
    ]

    @Test(arguments: table)
    func splits(text: String, words: [String]) {
        let scalars = Array(text.unicodeScalars)
        let found = WordSplitter.words(in: scalars).map { range in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            return String(view)
        }
        #expect(found.map { Array($0.unicodeScalars) } == words.map { Array($0.unicodeScalars) })
    }

    @Test func charactersNewerThanTheReferencesTablesAreOther() {
        #expect(WordSplitter.kind("\u{1c89}") == .letter)  // Unicode 16
        #expect(WordSplitter.kind("\u{11db0}") == .other)  // Unicode 17
        #expect(WordSplitter.kind("\u{378}") == .other)  // unassigned
    }
}
