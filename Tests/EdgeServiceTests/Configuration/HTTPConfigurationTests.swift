// The section `http`: where the dashboard listens, and who may come in.
import Dashboard
import Foundation
import Testing

@testable import EdgeService

@Suite struct HTTPConfigurationTests {
    private func http(_ section: String, in folder: URL? = nil) throws -> HTTPConfiguration {
        let file = folder?.appendingPathComponent("a.yaml").path ?? "/etc/ausculta/a.yaml"
        return try ServiceConfiguration.parse(ConfigurationSupport.minimal + "\nhttp: \(section)", file: file).http
    }

    @Test func offAndAnyPort() throws {
        #expect(try http("{listen: off}").isOn == false)
        #expect(try http("{listen: \"127.0.0.1:0\"}").port == 0)
        #expect(try http("{listen: \"localhost:9000\"}").host == "localhost")
    }

    @Test func usersOpenItToOthers() throws {
        try ConfigurationSupport.withFolder { folder in
            let file = UserFile(path: folder.appendingPathComponent("users").path)
            let section =
                "{listen: \"0.0.0.0:8750\", users_file: users, hosts: [edge-1], trusted_proxies: [10.0.0.0/8]}"
            // A file that is there and holds nobody is said to be so.
            try file.change { _ in }
            let problems = ConfigurationSupport.problems(
                ConfigurationSupport.minimal + "\nhttp: \(section)",
                file: folder.appendingPathComponent("a.yaml").path
            )
            #expect(problems.map(\.keyPath) == ["http.users_file"])
            #expect(problems.first?.message.contains("holds nobody") == true)
            try file.change {
                $0.append(User(name: "mei", role: .operator, password: try PasswordHash(of: "long enough")))
            }
            let http = try http(section, in: folder)
            #expect(http.usersFile == file.path)
            let settings = DashboardSettings(http, version: "1")
            #expect(settings.access == .users(file: file.path))
            #expect(settings.hosts == ["edge-1"])
            #expect(settings.trustedProxies.count == 1)
        }
    }

    @Test func aProxyOpensItToOthers() throws {
        let http = try http(
            "{listen: \"[::]:80\", proxy_header: X-User, proxy_role_header: X-Role, trusted_proxies: [\"fd00::1\"]}"
        )
        #expect(DashboardSettings(http, version: "1").access == .proxy(header: "X-User", roleHeader: "X-Role"))
    }

    @Test func usersAndAProxyExcludeEachOther() throws {
        try ConfigurationSupport.withFolder { folder in
            try UserFile(path: folder.appendingPathComponent("users").path).change {
                $0.append(User(name: "mei", role: .viewer, password: try PasswordHash(of: "long enough")))
            }
            let problems = ConfigurationSupport.problems(
                ConfigurationSupport.minimal
                    + "\nhttp: {users_file: users, proxy_header: X-User, trusted_proxies: [10.0.0.1]}",
                file: folder.appendingPathComponent("a.yaml").path
            )
            #expect(problems.map(\.keyPath) == ["http.proxy_header"])
        }
    }
}
