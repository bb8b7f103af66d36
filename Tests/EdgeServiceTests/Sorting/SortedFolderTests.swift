// Sorting into folders: names, the journal, what is never overwritten, and going on after an interruption.
import Foundation
import Testing

@testable import EdgeService

@Suite struct SortedFolderTests {
    private static func with(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-sorting-\(UUID().uuidString)").resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private static func sorted(
        _ folder: URL,
        labels: [String] = ["dog", "泵/1"],
        threshold: Double = 0.7,
        placement: FilePlacement = .copy
    ) throws -> SortedFolder {
        try SortedFolder(
            folder.appendingPathComponent("out").path,
            model: "model",
            labels: labels,
            options: ClassificationOptions(threshold: threshold),
            placement: placement
        )
    }

    private static func result(_ file: String, _ probabilities: [Float]) -> FileClassification {
        let scores = LabelledScores(probabilities: probabilities, threshold: 0.7)
        return FileClassification(file: file, durationSeconds: 1, windows: [], fused: scores, longestRun: nil)
    }

    private static func write(_ folder: URL, _ name: String, _ text: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private static func read(_ folder: URL, _ name: String) -> String? {
        try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test(arguments: [
        ("bearing lacking oil", "bearing lacking oil"), ("轴承缺油", "轴承缺油"), ("a/b\\c:d", "a-b-c-d"),
        ("../../etc", "-..-etc"), ("..", "label"), (" . ", "label"), ("", "label"), ("tab\there", "tab-here"),
        ("what?*", "what--"), ("CON", "CON-"), ("trailing. ", "trailing"), ("e\u{301}", "é"), ("a\u{202E}b", "a-b"),
        ("👩‍🔧 at work", "👩-🔧 at work"),
    ])
    func folderNamesAreSafe(label: String, name: String) {
        #expect(FolderName.safe(label) == name)
    }

    @Test func folderNamesAreDistinct() {
        let names = FolderName.all(["Dog", "dog", "a/b", "a:b", "review", "tags.csv"], taken: ["review", "tags.csv"])
        #expect(names == ["Dog", "dog-2", "a-b", "a-b-2", "review-2", "tags.csv-2"])
        #expect(FolderName.safe(String(repeating: "轴", count: 300)).utf8.count <= FolderName.maximumBytes)
    }

    @Test func recordsSurviveTheirOwnSigns() {
        let fields = ["a,b", "say \"x\"", "line\nbreak", " blank ", "轴承", "", "plain"]
        let text = CSVText.record(fields)
        #expect(CSVText.records(text) == [fields])
        #expect(CSVText.records(text + text.dropLast(1)) == [fields], "a line cut short is none")
        #expect(CSVText.records("a,\"b\nc") == [])
        #expect(CSVText.records("a,b\nc,d\r\n") == [["a", "b"], ["c", "d"]])
    }

    @Test func filesGoWhereTheirLabelIs() throws {
        try Self.with { folder in
            let one = try Self.write(folder, "in/one.wav", "1")
            let two = try Self.write(folder, "in/two.wav", "2")
            let out = try Self.sorted(folder)
            #expect(try out.add(Self.result(one, [0.9, 0.1])).sorted == "dog/one.wav")
            #expect(try out.add(Self.result(two, [0.5, 0.5])).sorted == "review/two.wav")
            try out.addUnreadable("in/three.wav", problem: "no \"sound\", none")
            #expect(Self.read(folder, "out/dog/one.wav") == "1")
            #expect(Self.read(folder, "out/review/two.wav") == "2")
            #expect(Self.read(folder, "in/one.wav") == "1")
            #expect(out.counts.labels == [1, 0] && out.counts.review == 1)
            #expect(out.contains(folder.appendingPathComponent("out/dog/one.wav").path))
            #expect(!out.contains(one))
            let lines = CSVText.records(try #require(Self.read(folder, "out/tags.csv")))
            #expect(
                lines[0] == ["file", "label", "confidence", "verdict", "sorted", "problem", "score:dog", "score:泵/1"]
            )
            #expect(lines[1] == [one, "dog", "0.900000", "dog", "dog/one.wav", "", "0.900000", "0.100000"])
            #expect(lines[2][3] == "undetermined")
            #expect(lines[3] == ["in/three.wav", "", "", "unreadable", "", "no \"sound\", none"])
        }
    }

    @Test func nothingIsOverwritten() throws {
        try Self.with { folder in
            _ = try Self.write(folder, "out/dog/same.wav", "there before")
            let one = try Self.write(folder, "a/same.wav", "a")
            let two = try Self.write(folder, "b/same.wav", "b")
            let out = try Self.sorted(folder)
            #expect(try out.add(Self.result(one, [0.9, 0.1])).sorted == "dog/same-2.wav")
            #expect(try out.add(Self.result(two, [0.9, 0.1])).sorted == "dog/same-3.wav")
            #expect(Self.read(folder, "out/dog/same.wav") == "there before")
            #expect(Self.read(folder, "out/dog/same-3.wav") == "b")
            #expect(throws: SortingError.self) {
                try FilePlacement.copy.place(one, at: folder.appendingPathComponent("out/dog/same.wav").path)
            }
        }
    }

    @Test(arguments: FilePlacement.allCases)
    func filesAreCopiedLinkedOrMoved(placement: FilePlacement) throws {
        try Self.with { folder in
            let file = try Self.write(folder, "in/x.wav", "x")
            let out = try Self.sorted(folder, placement: placement)
            try out.add(Self.result(file, [0.1, 0.9]))
            #expect(Self.read(folder, "out/泵-1/x.wav") == "x")
            #expect(FileManager.default.fileExists(atPath: file) == (placement != .move))
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder.appendingPathComponent("out/泵-1/x.wav").path
            )
            #expect(attributes[.referenceCount] as? Int == (placement == .link ? 2 : 1))
        }
    }

    /// The journal is ahead of the files: whatever is missing is made good, and a line cut short never happened.
    @Test func anInterruptedRunIsMadeGood() throws {
        try Self.with { folder in
            let one = try Self.write(folder, "in/one.wav", "1")
            let two = try Self.write(folder, "in/two.wav", "2")
            do {
                let out = try Self.sorted(folder)
                try out.add(Self.result(one, [0.9, 0.1]))
                try out.addUnreadable(two, problem: "broken")
            }
            let copy = folder.appendingPathComponent("out/dog/one.wav")
            try FileManager.default.removeItem(at: copy)
            _ = try Self.write(folder, "out/dog/.ausculta-part-1", "half")
            let journal = folder.appendingPathComponent("out/tags.csv")
            let handle = try FileHandle(forWritingTo: journal)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("\(two),dog,0.9".utf8))
            try handle.close()
            let out = try Self.sorted(folder)
            #expect(out.isDone(one))
            #expect(!out.isDone(two), "what could not be read is tried again")
            #expect(Self.read(folder, "out/dog/one.wav") == "1")
            #expect(Self.read(folder, "out/dog/.ausculta-part-1") == nil)
            try out.add(Self.result(two, [0.2, 0.8]))
            let lines = CSVText.records(try #require(Self.read(folder, "out/tags.csv")))
            #expect(lines.dropFirst().map { $0[0] } == [one, two])
        }
    }

    @Test func otherSettingsAndOtherRunsAreRefused() throws {
        try Self.with { folder in
            var first: SortedFolder? = try Self.sorted(folder)
            let busy = #expect(throws: SortingError.self) { try Self.sorted(folder) }
            #expect(busy?.description.contains("another run") == true)
            _ = first
            first = nil
            let labels = #expect(throws: SortingError.self) { try Self.sorted(folder, labels: ["cat", "dog"]) }
            #expect(labels?.description.contains("--labels was dog,泵/1 and is cat,dog") == true)
            let threshold = #expect(throws: SortingError.self) { try Self.sorted(folder, threshold: 0.5) }
            #expect(threshold?.description.contains("--threshold") == true)
            _ = try Self.sorted(folder)
        }
    }
}
