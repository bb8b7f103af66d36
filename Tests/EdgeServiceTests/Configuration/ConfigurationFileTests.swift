// Files as such: unreadable, not text, too large, cut off anywhere.
import Foundation
import Testing

@testable import EdgeService

@Suite struct ConfigurationFileTests {
    private func problems(of data: Data) throws -> [ConfigurationProblem] {
        try ConfigurationSupport.withFolder { folder in
            let file = folder.appendingPathComponent("a.yaml")
            try data.write(to: file)
            do {
                _ = try ServiceConfiguration.load(file.path)
                return []
            } catch let errors as ConfigurationErrors {
                return errors.problems
            }
        }
    }

    @Test func missingFileAndFolder() throws {
        for (path, words) in [("/nowhere/ausculta.yaml", "does not exist"), ("/tmp", "is a folder")] {
            do {
                _ = try ServiceConfiguration.load(path)
                Issue.record("\(path) was loaded")
            } catch {
                #expect(error.description.contains(path))
                #expect(error.description.contains(words))
            }
        }
    }

    @Test(arguments: [
        (Data([0x73, 0x69, 0x74, 0x65, 0x3A, 0x20, 0x61, 0x0A, 0x6E, 0xE9, 0x3A]), 2, "not UTF-8"),
        (Data([0xFF, 0xFE, 0x73, 0x00]), 1, "UTF-16"),
        (Data(repeating: 0, count: 64), 1, "control character"),
        (Data(repeating: UInt8(ascii: "#"), count: 2 << 20), 1, "1048576"),
    ])
    func notText(data: Data, line: Int, words: String) throws {
        let problems = try problems(of: data)
        #expect(problems.count == 1)
        #expect(problems.first?.line == line)
        #expect(problems.first?.message.contains(words) == true, "\(problems)")
    }

    @Test func passwordFilesAreChecked() throws {
        try ConfigurationSupport.withFolder { folder in
            for (content, words) in [(Data("\nx".utf8), "first line is empty"), (Data([0xFF, 0xFE]), "not UTF-8")] {
                let file = folder.appendingPathComponent("pw")
                try content.write(to: file)
                let problems = ConfigurationSupport.problems(
                    ConfigurationSupport.minimal + "\nbroker: {username: u, password_file: pw}",
                    file: folder.appendingPathComponent("a.yaml").path
                )
                #expect(problems.map(\.keyPath) == ["broker.password_file"])
                #expect(problems.first?.message.contains(words) == true)
            }
        }
    }

    @Test func theExampleCutAtEveryLineLoadsOrExplains() throws {
        let lines = try String(contentsOf: ConfigurationSupport.exampleFile, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        var loaded = 0
        for count in 0..<lines.count {
            let problems = ConfigurationSupport.problems(lines.prefix(count).joined(separator: "\n"))
            if problems.isEmpty { loaded += 1 }
            #expect(problems.allSatisfy { !$0.message.isEmpty && $0.line <= count + 1 })
        }
        // From the first complete machine on, most cuts are good files.
        #expect(loaded > 10)
    }

    @Test func theExampleWithoutAnyOneLineLoadsOrExplains() throws {
        let lines = try String(contentsOf: ConfigurationSupport.exampleFile, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var kept = lines
            kept.remove(at: index)
            let problems = ConfigurationSupport.problems(kept.joined(separator: "\n"))
            let isComment = lines[index].drop { $0 == " " }.first.map { $0 == "#" } ?? true
            if isComment { #expect(problems.isEmpty, "line \(index + 1)") }
        }
    }

    @Test func theExampleWithAnyByteChangedNeverCrashes() throws {
        let original = Array(try Data(contentsOf: ConfigurationSupport.exampleFile))
        let replacements = Array("\0\t:{}[]&*!|>'\"%@`\n-,#".utf8) + [0xFF, 0xC3]
        for step in 0..<400 {
            var bytes = original
            bytes[(step * 7_919) % bytes.count] = replacements[step % replacements.count]
            do {
                _ = try ServiceConfiguration.parse(Data(bytes), file: "a.yaml")
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
    }

    @Test func deepNestingAndAliasTowersEndQuickly() {
        let deep = "site: " + String(repeating: "[", count: 5_000)
        #expect(!ConfigurationSupport.problems(deep).isEmpty)
        let nested = "site: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(!ConfigurationSupport.problems(nested).isEmpty)
        let tower = (1...30).map { "k\($0): &a\($0) [" + String(repeating: "*a\($0 - 1),", count: 9) + "]" }
        let bomb = (["k0: &a0 [x]"] + tower + ["labels: *a30", "machines: *a30"]).joined(separator: "\n")
        #expect(!ConfigurationSupport.problems(bomb).isEmpty)
    }
}
