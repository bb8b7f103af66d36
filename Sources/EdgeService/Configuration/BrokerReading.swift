// The section `broker`: address, credentials by file, TLS.
import MQTT

struct BrokerReading {
    static let defaultURL = "mqtt://localhost:1883"

    static func broker(_ node: ConfigurationNode?, clientID: String) -> BrokerConfiguration? {
        var result = defaults(clientID: clientID)
        guard let node else { return result }
        guard
            let section = ConfigurationSection(
                node,
                keys: ConfigurationKeys.broker,
                expected: "a section such as {url: \"mqtts://broker:8883\", username: …, password_file: …}"
            )
        else { return nil }
        if let urlNode = section["url"], let address = address(urlNode) { result?.address = address }
        result?.username = section["username"]?.text(expected: "a user name")
        result?.passwordFile = section["password_file"].flatMap(passwordFile)
        result?.caFile = section["ca_file"]?.readableFile("the PEM file of the trusted authorities")
        result?.certificateFile = section["cert_file"]?.readableFile("the PEM file of the client certificate")
        result?.keyFile = section["key_file"]?.readableFile("the PEM file of the client certificate's key")
        if let text = section["client_id"]?.text(expected: "an MQTT client id") { result?.clientID = text }
        if let node = section["keep_alive"], let seconds = node.seconds(5...65_535, "5s to 18h") {
            result?.keepAliveSeconds = Int(seconds.rounded())
        }
        checkTogether(section, usesTLS: result?.address.usesTLS ?? false)
        return result
    }

    private static func defaults(clientID: String) -> BrokerConfiguration? {
        guard let address = try? BrokerAddress(url: defaultURL) else { return nil }
        return BrokerConfiguration(address: address, clientID: clientID, keepAliveSeconds: 30)
    }

    private static func address(_ node: ConfigurationNode) -> BrokerAddress? {
        guard let text = node.text(expected: "a URL such as mqtt://localhost:1883 or mqtts://broker:8883")
        else { return nil }
        // Before anything else: a message must not repeat a password.
        guard !text.contains("@") else {
            node.report("the URL holds credentials; use username and password_file, and leave only host and port here")
            return nil
        }
        do {
            return try BrokerAddress(url: text)
        } catch {
            if case .invalidConfiguration(let reason) = error {
                node.report(reason)
            } else {
                node.report("\(error)")
            }
            return nil
        }
    }

    private static func passwordFile(_ node: ConfigurationNode) -> String? {
        guard let path = node.path(expected: "the path of a file whose first line is the password") else { return nil }
        do {
            _ = try PasswordFile.read(path)
            return path
        } catch {
            node.report("\(path): \(error.reason)")
            return nil
        }
    }

    private static func checkTogether(_ section: ConfigurationSection, usesTLS: Bool) {
        if let password = section["password_file"], section["username"] == nil {
            password.report("a password without a user; add username")
        }
        if let certificate = section["cert_file"], section["key_file"] == nil {
            certificate.report("a client certificate needs its key; add key_file")
        }
        if let key = section["key_file"], section["cert_file"] == nil {
            key.report("a key needs its client certificate; add cert_file")
        }
        guard !usesTLS, section["url"] == nil || section["url"].map({ !$0.isEmpty }) == true else { return }
        for name in ["ca_file", "cert_file", "key_file"] {
            section[name]?.report(
                "the broker's url is not encrypted, so this would not be used; write mqtts:// there "
                    + "or remove it"
            )
        }
    }
}
