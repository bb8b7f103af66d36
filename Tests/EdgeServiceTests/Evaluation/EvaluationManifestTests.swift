// Reading labelled sets: columns by name, quotes, paths, and an error with its line for what cannot be used.
import Foundation
import Testing

@testable import EdgeService

@Suite struct EvaluationManifestTests {
    private func error(_ text: String) throws -> EvaluationManifestError {
        try #require(throws: EvaluationManifestError.self) { _ = try EvaluationManifest(text, path: "/data/set.csv") }
    }

    @Test func columnsAreFoundByName() throws {
        let text = "machine,label,snr_db,file\nc-1,normal,20,a.wav\nc-2,other,20,sub/b.wav\n\n"
        let manifest = try EvaluationManifest(text, path: "/data/set.csv")
        #expect(manifest.rows.map(\.file) == ["/data/a.wav", "/data/sub/b.wav"])
        #expect(manifest.rows.map(\.label) == ["normal", "other"])
    }

    @Test func labelsComeInTheOrderOfTheirFirstRow() throws {
        let text = "file,label\n1,b\n2,a\n3,b\n4,c\n"
        #expect(try EvaluationManifest(text, path: "x.csv").labels == ["b", "a", "c"])
    }

    @Test func absolutePathsStayAndWindowsLineEndsAreTaken() throws {
        let manifest = try EvaluationManifest("file,label\r\n/elsewhere/a.wav,normal\r\n", path: "/data/set.csv")
        #expect(manifest.rows.map(\.file) == ["/elsewhere/a.wav"])
        #expect(manifest.rows.map(\.label) == ["normal"])
    }

    @Test func conditionMachineProfileAndTimeAreRead() throws {
        let text = """
            file,machine,kind,condition,label,time
            a.wav,pump-1,pump,normal,,2026-03-01T08:00:00Z
            b.wav,pump-1,pump,ok,run-in,2026-03-01T08:00:30Z
            c.wav,,fan,ng,unbalance,
            d.wav,fan-1,fan,,其他,12.5

            """
        let rows = try EvaluationManifest("\u{FEFF}" + text, path: "/data/set.csv").rows
        #expect(rows.map(\.label) == ["normal", "run-in", "unbalance", "其他"])
        #expect(rows.map(\.condition) == [.normal, .normal, .anomalous, .other])
        #expect(rows.map(\.machine) == ["pump-1", "pump-1", nil, "fan-1"])
        #expect(rows.map(\.profile) == ["pump", "pump", "fan", "fan"])
        #expect(rows[3].timeSeconds == 12.5)
        let first = try #require(rows[0].timeSeconds)
        #expect(rows[1].timeSeconds == first + 30)
        #expect(rows[2].timeSeconds == nil)
    }

    @Test func aConditionAloneIsALabelToo() throws {
        let manifest = try EvaluationManifest("file,condition\na.wav,normal\nb.wav,anomalous\n", path: "x.csv")
        #expect(manifest.labels == ["normal", "anomalous"])
        #expect(manifest.rows.map(\.condition) == [.normal, .anomalous])
        #expect(manifest.machines.isEmpty)
        #expect(!manifest.hasTimes)
    }

    @Test(arguments: [
        ("normal", RecordingCondition.normal), ("Healthy", .normal), ("normal-running", .normal), ("OK", .normal),
        ("0", .normal), ("正常运行", .normal), ("anomalous", .anomalous), ("1", .anomalous), ("bearing-worn", .anomalous),
        ("abnormal", .anomalous), ("轴承缺油", .anomalous), ("other", .other), ("Background", .other), ("其他", .other),
    ])
    func aWordIsACondition(word: String, condition: RecordingCondition) {
        #expect(RecordingCondition(word: word) == condition)
    }

    @Test func aTimeThatIsNoneIsToldAtItsLine() throws {
        let error = try error("file,label,time\na.wav,normal,1\nb.wav,normal,yesterday\n")
        #expect(error.line == 3)
        #expect(error.description.contains("yesterday"))
        #expect(error.description.contains("ISO 8601"))
    }

    @Test(arguments: [
        ("a,b", ["a", "b"]),
        ("\"a,b\",c", ["a,b", "c"]),
        ("\"say \"\"no\"\"\",x", ["say \"no\"", "x"]),
        ("\"\",x", ["", "x"]),
        (" a , b ", ["a", "b"]),
        ("a,", ["a", ""]),
        ("文件,标签", ["文件", "标签"]),
    ])
    func fieldsFollowRFC4180(line: String, fields: [String]) {
        #expect(EvaluationManifest.fields(Substring(line)) == fields)
    }

    @Test func aMissingColumnIsToldAtTheFirstLine() throws {
        for text in ["", "file,machine\na.wav,c-1\n", "label\nnormal\n", "a.wav,normal\n"] {
            let error = try error(text)
            #expect(error.line == 1)
            #expect(error.description.contains("/data/set.csv:1:"))
            #expect(error.description.contains("file,machine,condition,label"))
        }
    }

    @Test func aShortRowIsToldAtItsLine() throws {
        let error = try error("file,machine,label\na.wav,c-1,normal\nb.wav,c-1\n")
        #expect(error.line == 3)
        #expect(error.description.contains("found 2 columns"))
        #expect(try self.error("file,label\n,normal\n").line == 2)
    }

    @Test func aManifestWithoutRowsAndAMissingFileAreErrors() throws {
        #expect(try error("file,label\n").description.contains("no rows"))
        let missing = try #require(throws: EvaluationManifestError.self) {
            _ = try EvaluationManifest(contentsOf: "/nowhere/at-all.csv")
        }
        #expect(missing.description.hasPrefix("/nowhere/at-all.csv"))
    }
}
