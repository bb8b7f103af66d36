// Times, widths and separated values as text.
import Foundation
import Testing

@testable import TrendLog

@Suite("Trend log: text")
struct TextTests {
    @Test("RFC 3339 out: against Foundation's formatter over four centuries")
    func timesOut() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        for number in -3_000..<6_000 {
            let date = Date(millisecondsSince1970: Int64(number) * 86_400_000 * 17 + Int64(number) * 7_919)
            #expect(RFC3339.text(date) == formatter.string(from: date))
            #expect(RFC3339.date(RFC3339.text(date)) == date)
        }
    }

    @Test(
        "RFC 3339 in",
        arguments: [
            ("2026-11-22T10:00:00Z", 1_795_341_600.0),
            ("2026-11-22T10:00:00.25Z", 1_795_341_600.25),
            ("2026-11-22t10:00:00.123456789z", 1_795_341_600.123),
            ("2026-11-22 18:00:00+08:00", 1_795_341_600),
            ("2026-11-22T05:30:00-04:30", 1_795_341_600),
            ("2024-02-29T00:00:00Z", 1_709_164_800),
        ]
    )
    func timesIn(text: String, seconds: Double) {
        #expect(RFC3339.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "yesterday", "2026-11-22", "2026-11-22T10:00:00", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
            "2026-11-22T24:00:00Z", "2026-11-22T10:00:00+25:00", "2026-11-22T10:00:00Zx", "２０２６-11-22T10:00:00Z",
        ]
    )
    func noTimes(text: String) {
        #expect(RFC3339.date(text) == nil)
    }

    @Test(
        "what people type for a moment",
        arguments: [
            ("now", 0.0), ("2h", -7_200), ("90s", -90), ("1h30m", -5_400), ("3d", -259_200), ("1.5h", -5_400),
            ("2026-11-22 12:00", 0), ("2026-11-22", -43_200), (" 2026-11-22T10:00:00Z ", -3_600),
        ]
    )
    func moments(text: String, offset: Double) throws {
        let zone = try #require(TimeZone(secondsFromGMT: 3_600))
        let now = Samples.start.addingTimeInterval(3_600)
        #expect(try TimeExpression.date(text, now: now, timeZone: zone) == now.addingTimeInterval(offset))
    }

    @Test("local times near a change of clocks", arguments: [("2026-03-29 01:59", 0.0), ("2026-03-29 03:00", 60)])
    func daylightSaving(text: String, offset: Double) throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let before = try #require(RFC3339.date("2026-03-29T00:59:00Z"))
        #expect(try TimeExpression.date(text, now: before, timeZone: zone) == before.addingTimeInterval(offset))
    }

    @Test(
        "what is no duration is refused with an example",
        arguments: ["", "2", "h", "-2h", "2 h", "2y", "0s", "1h2", "∞s"]
    )
    func noDurations(text: String) {
        let error = #expect(throws: TimeExpressionError.self) { try TimeExpression.seconds(text) }
        #expect(error?.description.contains("90s") ?? false)
    }

    @Test(
        "columns of a text on a terminal",
        arguments: [
            ("", 0), ("abc", 3), ("轴承缺油", 8), ("Bearing / 轴承", 14), ("ｱｲｳ", 3), ("ＡＢ", 4), ("é", 1),
            ("e\u{301}", 1), ("한글", 4), ("カナ", 4), ("🔧", 2), ("✓", 1), ("▁▂█", 3), ("a\u{200B}b", 2), ("☎\u{FE0F}", 2),
            ("“”", 2), ("。、", 4), ("\u{7}", 0),
        ]
    )
    func width(text: String, columns: Int) {
        #expect(text.displayWidth == columns)
    }

    @Test("cutting and filling keep to the columns, also through wide characters", arguments: 0...16)
    func cutting(width: Int) {
        let text = "Oil 轴承缺油 low"
        let cut = text.truncated(to: width)
        #expect(cut.displayWidth <= width)
        #expect(width < text.displayWidth || cut == text)
        #expect(cut.padded(to: width).displayWidth == width)
        #expect(cut.paddedLeft(to: width).displayWidth == width)
    }

    @Test("wrapping loses nothing and keeps to the columns", arguments: [12, 17, 24, 80])
    func wrapping(width: Int) {
        let text = "near miss  轴承缺油轴承缺油 2 of 3; an-uncommonly-long-word-without-any-space was 0.71, needed 0.75"
        let lines = text.wrapped(to: width, indent: 2)
        #expect(lines.allSatisfy { $0.displayWidth <= width })
        #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  ") })
        #expect("short".wrapped(to: width) == ["short"])
        #expect("".wrapped(to: width) == [""])
    }

    @Test("text from outside cannot steer the terminal")
    func controls() {
        #expect("a\u{1B}[2Jb\nc\u{9B}d".singleLine == "a [2Jb c d")
    }

    @Test("separated values come back as they went, whatever is in them")
    func csv() {
        let rows = [
            ["machine", "a,b", "say \"oil\"", "two\nlines", "", "轴承\r\n缺油"], ["\"", ",", "\r", " ", "x", "\"\""],
        ]
        #expect(CSVParser.parse(rows.map(CSV.line).joined()) == rows)
    }

    @Test("vectors keep their values in half precision, and blobs of odd length do no harm")
    func vectors() {
        let values: [Float] = [0, -0.0, 1, -1, 0.333251953125, 65_504, -65_504, 6e-8]
        let back = BinaryCodec.floats(float16Data: BinaryCodec.float16Data(values))
        #expect(zip(back, values).allSatisfy { abs($0 - $1) <= abs($1) * 0.0005 + 3e-8 })
        #expect(BinaryCodec.floats(float16Data: BinaryCodec.float16Data([1e9, -1e9])) == [65_504, -65_504])
        #expect(BinaryCodec.floats(float16Data: BinaryCodec.float16Data([.nan]))[0].isNaN)
        #expect(BinaryCodec.floats(float16Data: Data([0, 0x3C, 7])) == [1])
    }
}

/// A reader of RFC 4180, written from the grammar, to hold the writer against.
enum CSVParser {
    static func parse(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field = ""
        var isQuoted = false
        // Scalars, because Swift takes CR LF for one character.
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where isQuoted && scalars.first == "\"":
                field.append("\"")
                scalars.removeFirst()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                record.append(field)
                field = ""
            case "\r" where !isQuoted && scalars.first == "\n":
                scalars.removeFirst()
                records.append(record + [field])
                (record, field) = ([], "")
            default: field.unicodeScalars.append(scalar)
            }
        }
        return records
    }
}
