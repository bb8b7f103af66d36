// Bad files are refused with the line, the key, what was found and what to do; all problems at once.
import Foundation
import Testing

@testable import EdgeService

@Suite struct ConfigurationBadFileTests {
    @Test(arguments: BadFile.all)
    func saysWhereWhatAndWhatToDo(_ row: BadFile) throws {
        let problems = ConfigurationSupport.problems(row.yaml)
        let matching = problems.filter { problem in
            problem.line == row.line && problem.keyPath == row.keyPath
                && row.words.allSatisfy { problem.message.contains($0) }
        }
        #expect(!matching.isEmpty, "\(problems.map(\.description).joined(separator: "\n"))")
        #expect(problems.allSatisfy { $0.file == "/etc/ausculta/test.yaml" && $0.line >= 1 && $0.column >= 1 })
        // One mistake is one message, or two where it breaks two things.
        #expect(problems.count <= 2, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test func namesDiffer() {
        let names = BadFile.all.map(
            \.name
        )
        #expect(Set(names).count == names.count)
    }

    @Test func everythingWrongIsSaidAtOnce() {
        let yaml = """
            site: plant 1
            stie: x
            window: {length: 10, hop: 1s}
            labels:
              pump:
                - {id: normal, name: N, kind: normal, prompts: []}
                - {id: normal, name: N, kind: fault, severity: bad, prompts: [a]}
            rule: {confidence: 2}
            machines:
              - {id: a, profile: pump, gain: loud, gain: auto}
              - {id: a, profile: fan, topic: "x/#/y"}
            store: {retain: 5}
            """
        let problems = ConfigurationSupport.problems(yaml)
        #expect(problems.map(\.line) == problems.map(\.line).sorted())
        for (line, words) in [
            (1, "letters, digits"), (2, "did you mean site?"), (3, "unit is missing"), (3, "2s to 1h"),
            (6, "no prompts"),
            (7, "repeats the id"), (7, "advisory"), (8, "between 0 and 1"), (10, "stands twice"),
            (11, "also on line 10"),
            (11, "no profile"), (12, "unit is missing"),
        ] {
            #expect(problems.contains { $0.line == line && $0.message.contains(words) }, "line \(line): \(words)")
        }
        let text = ConfigurationErrors(problems: problems).description
        #expect(text.contains("/etc/ausculta/test.yaml:3:18: window.length:"))
        #expect(text.hasSuffix("\(problems.count) errors in /etc/ausculta/test.yaml"))
    }

    @Test func passwordsAreNeverRepeated() {
        let problems = ConfigurationSupport.problems(
            ConfigurationSupport.minimal + "\nbroker: {url: \"mqtt://u:hunter2@b\", password: hunter3}"
        )
        #expect(problems.count == 2)
        #expect(!problems.contains { $0.message.contains("hunter") })
    }

    @Test func aMistakeInAGeneralRuleIsSaidOnceForManyMachines() {
        let machines = (1...40).map { "  - {id: m\($0), profile: pump}" }.joined(separator: "\n")
        let yaml = ConfigurationSupport.minimal + "\n" + machines + "\nrule: {clear_below: 0.9}"
        #expect(ConfigurationSupport.problems(yaml).count == 1)
    }
}
