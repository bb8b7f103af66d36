// Valid configurations that could be better.
import Foundation
import Testing

@testable import EdgeService

@Suite struct AdviceCheckTests {
    /// Everything as it should be; each row of the tests changes one thing.
    private static let good = """
        site: plant1
        node: edge-1
        labels:
          pump:
            - {id: normal, name: Normal running, kind: normal, prompts: ["a pump running normally"]}
            - {id: cavitation, name: Cavitation, kind: fault, prompts: ["a pump cavitating"]}
            - {id: other, name: Other, kind: anchor, prompts: ["something else"]}
        machines:
          - {id: pump-1, profile: pump}

        """

    private func findings(_ yaml: String, enrolled: Set<String>? = ["pump-1"]) throws -> [DoctorFinding] {
        let configuration = try ServiceConfiguration.parse(yaml, file: "/etc/ausculta/test.yaml")
        return AdviceCheck(configuration: configuration, enrolledMachines: enrolled).findings
    }

    @Test func aGoodConfigurationGetsNoAdvice() throws {
        let found = try findings(Self.good)
        #expect(found.map(\.status) == [.ok])
        #expect(found[0].found.contains("site plant1, node edge-1, 1 machine"))
    }

    @Test(arguments: [
        ("broker: {url: \"mqtt://10.0.0.7\"}", "broker.url"),
        ("evidence: {capture: false}", "evidence.capture"),
        ("evidence: {retain: 40d}\nstore: {retain: 30d}", "evidence.retain"),
    ])
    func sectionsThatCouldBeBetter(section: String, subject: String) throws {
        let found = try findings(Self.good + section + "\n")
        #expect(found.map(\.status) == [.ok, .remark])
        #expect(found[1].subject == subject)
    }

    @Test(arguments: [
        "broker: {url: \"mqtts://10.0.0.7\"}", "broker: {url: \"mqtt://127.0.0.1\"}", "http: {listen: off}",
        "enrolment: {automatic: true}",
    ])
    func sectionsThatAreFine(section: String) throws {
        #expect(
            try findings(Self.good + section + "\n", enrolled: section.contains("enrol") ? [] : ["pump-1"]).count == 1
        )
    }

    @Test func labelsWithoutAnchorOrFault() throws {
        let anchor = "    - {id: other, name: Other, kind: anchor, prompts: [\"something else\"]}\n"
        let without = try findings(Self.good.replacingOccurrences(of: anchor, with: ""))
        #expect(without.map(\.subject) == ["file", "labels.pump"])
        #expect(without[1].found.contains("anchor"))
        let faultless = try findings(Self.good.replacingOccurrences(of: "kind: fault", with: "kind: normal"))
        #expect(faultless.map(\.subject) == ["file", "labels.pump"])
        #expect(faultless[1].found.contains("kind fault"))
    }

    @Test func machinesWithoutEnrolment() throws {
        let found = try findings(Self.good, enrolled: [])
        #expect(found.map(\.status) == [.ok, .remark])
        #expect(found[1].remedy?.contains("ausculta enroll pump-1") == true)
        #expect(try findings(Self.good, enrolled: nil).count == 1)
    }

    @Test(arguments: [(0o644, true), (0o604, true), (0o640, false), (0o600, false)])
    func aPasswordThatEveryoneCanRead(mode: Int, isProblem: Bool) throws {
        try ConfigurationSupport.withFolder { folder in
            let password = folder.appendingPathComponent("password")
            try Data("oil every bearing\n".utf8).write(to: password)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: password.path)
            let yaml = Self.good + "broker: {username: edge, password_file: \"\(password.path)\"}\n"
            let configuration = try ServiceConfiguration.parse(yaml, file: "/etc/ausculta/test.yaml")
            let modes = AdviceCheck.modes(of: configuration)
            #expect(modes == [password.path: UInt16(mode)])
            let found = AdviceCheck(configuration: configuration, enrolledMachines: nil, fileModes: modes).findings
            #expect(found.contains { $0.status == .problem && $0.subject == "broker.password_file" } == isProblem)
        }
    }

    @Test func aDashboardForThePlantWantsAProxy() throws {
        try ConfigurationSupport.withFolder { folder in
            let proxied = "http: {listen: \"0.0.0.0:8750\", proxy_header: X-User, trusted_proxies: [127.0.0.1]}\n"
            #expect(try findings(Self.good + proxied).count == 1)
            let users = folder.appendingPathComponent("users")
            var configuration = try ServiceConfiguration.parse(Self.good, file: "/etc/ausculta/test.yaml")
            configuration.http.host = "0.0.0.0"
            configuration.http.usersFile = users.path
            let found = AdviceCheck(configuration: configuration, enrolledMachines: nil).findings
            #expect(found.map(\.subject) == ["file", "http.listen"])
        }
    }
}
