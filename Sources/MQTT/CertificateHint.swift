// What OpenSSL's words about certificates mean for whoever has to mend them.

/// Remedies for refusals that libmosquitto passes on as OpenSSL words them.
enum CertificateHint {
    /// - Returns: the remedy in parentheses, with a leading space; empty where the words are about something else.
    static func remedy(for words: String, broker: BrokerAddress) -> String {
        let words = words.lowercased()
        let isAddress =
            broker.host.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" }
            && broker.host.contains { ".:".contains($0) }
        if words.contains("certificate verify failed") {
            return
                " (the broker's certificate is over, is for another name than \(broker.host), or comes from an authority "
                + "that ca_file does not hold; openssl s_client -connect \(broker.host):\(broker.port) "
                + "\(isAddress ? "-verify_ip" : "-verify_hostname") \(broker.host) -CAfile FILE says which)"
        }
        if words.contains("alert certificate expired") {
            return " (this client's own certificate is over: renew cert_file)"
        }
        if words.contains("alert unknown ca") || words.contains("alert bad certificate") {
            return " (the broker does not accept this client's own certificate: see cert_file)"
        }
        if words.contains("alert certificate required") || words.contains("peer did not return a certificate") {
            return " (the broker wants a certificate of this client: give cert_file and key_file)"
        }
        return ""
    }
}
