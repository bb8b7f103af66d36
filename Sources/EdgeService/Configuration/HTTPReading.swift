// The section `http`: where the dashboard listens, and who may come in.
import Dashboard

struct HTTPReading {
    static let standard = HTTPConfiguration(host: "127.0.0.1", port: 8_750)
    private static let listenExpected =
        "an address and a port such as 127.0.0.1:8750 or [::1]:8750 (port 0: any), or off"

    static func http(_ node: ConfigurationNode?) -> HTTPConfiguration {
        guard let node,
            let section = ConfigurationSection(
                node,
                keys: ConfigurationKeys.http,
                expected: "a section such as {listen: \"127.0.0.1:8750\"}"
            )
        else { return standard }
        var result = section["listen"].flatMap(listen) ?? standard
        result.usersFile = section["users_file"].flatMap(usersFile)
        result.proxyHeader = section["proxy_header"].flatMap(header)
        result.proxyRoleHeader = section["proxy_role_header"].flatMap(header)
        result.trustedProxies =
            list(section["trusted_proxies"], "a list of addresses such as [10.0.0.1, 10.1.0.0/16]", trustedProxy)
        result.hosts = list(section["hosts"], "a list of host names such as [edge-1.plant.example]", hostName)
        result.desk = DeskReading.limits(section["desk"])
        checkTogether(result, section)
        return result
    }

    private static func listen(_ node: ConfigurationNode) -> HTTPConfiguration? {
        guard let text = node.text(expected: listenExpected) else { return nil }
        if ["off", "false", "no"].contains(text.lowercased()) {
            var off = standard
            off.isOn = false
            return off
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), let host = host(text[..<colon])
        else {
            node.report("found \(node.found), expected \(listenExpected)")
            return nil
        }
        return HTTPConfiguration(host: host, port: port)
    }

    private static func host(_ text: Substring) -> String? {
        if text.hasPrefix("["), text.hasSuffix("]"), text.count > 2 { return String(text.dropFirst().dropLast()) }
        guard !text.isEmpty, !text.contains(where: { $0.isWhitespace || "[]:/@".contains($0) }) else { return nil }
        return String(text)
    }

    /// A file that holds somebody: without users nobody could come in.
    private static func usersFile(_ node: ConfigurationNode) -> String? {
        guard let path = node.path(expected: "the path of a file made by ausculta user add") else { return nil }
        do {
            if try UserFile(path: path).read().isEmpty {
                node.report(
                    "users file \(path) holds nobody; add one: ausculta user add NAME --role operator --file \(path)"
                )
            }
        } catch {
            node.report("\(error)")
        }
        return path
    }

    private static func header(_ node: ConfigurationNode) -> String? {
        let expected = "the name of a header such as X-Forwarded-User"
        guard let text = node.text(expected: expected) else { return nil }
        let isName = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
        }
        guard isName, !["cookie", "authorization", "host", "origin"].contains(text.lowercased()) else {
            node.report("found \(node.found), expected \(expected) that only the proxy sets")
            return nil
        }
        return text
    }

    private static func trustedProxy(_ node: ConfigurationNode) -> String? {
        let expected = "an address or a range of addresses such as 10.0.0.1 or 10.1.0.0/16"
        guard let text = node.text(expected: expected) else { return nil }
        guard let range = AddressRange(text) else {
            node.report("found \(node.found), expected \(expected)")
            return nil
        }
        guard range.prefixBits > 0 else {
            node.report("found \(node.found), which would believe everyone; name the proxy's own address")
            return nil
        }
        return text
    }

    private static func hostName(_ node: ConfigurationNode) -> String? {
        let expected = "a host name without a port, such as edge-1.plant.example"
        guard let text = node.text(expected: expected) else { return nil }
        guard text.utf8.count <= 253,
            text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
        else {
            node.report("found \(node.found), expected \(expected)")
            return nil
        }
        return text
    }

    private static func list(
        _ node: ConfigurationNode?,
        _ expected: String,
        _ read: (ConfigurationNode) -> String?
    ) -> [String] {
        (node?.list(expected: expected, maximum: 64) ?? []).compactMap(read)
    }

    private static func checkTogether(_ http: HTTPConfiguration, _ section: ConfigurationSection) {
        if let header = section["proxy_header"] {
            if section["users_file"] != nil {
                header.report("users_file is set too; either users sign in here or the proxy names them: remove one")
            }
            if section["trusted_proxies"] == nil {
                header.report(
                    "whoever reaches the port could name themselves in this header; add trusted_proxies with the "
                        + "proxy's address, such as [127.0.0.1]"
                )
            }
        } else if let role = section["proxy_role_header"] {
            role.report("a role without a user; add proxy_header")
        }
        guard let listen = section["listen"], http.isOn, !DashboardSettings.isLoopback(http.host),
            section["users_file"] == nil, section["proxy_header"] == nil
        else { return }
        listen.report(
            "found \(listen.found): whoever reaches this address could acknowledge alarms. Add users_file (made by: "
                + "ausculta user add NAME --role operator --file users), or proxy_header with trusted_proxies, or "
                + "listen on 127.0.0.1"
        )
    }
}
