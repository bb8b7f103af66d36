// The broker's certificate as `openssl s_client` describes it.
// Verification codes: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
import Foundation

/// What a TLS handshake told about the broker's certificate.
struct CertificateFacts: Hashable, Sendable {
    /// OpenSSL's verification code; 0 is sound.
    var verifyCode: Int
    /// OpenSSL's words for the code.
    var verifyText: String
    /// Whom it was made out to.
    var subject: String?
    /// Who signed it.
    var issuer: String?
    /// The last moment it is valid.
    var validUntil: Date?

    /// Reads the output of `openssl s_client`; nil where no certificate came.
    init?(sessionText text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard text.contains("-----BEGIN CERTIFICATE-----"),
            let verdict = lines.last(where: { $0.hasPrefix("Verify return code:") })?
                .dropFirst("Verify return code:".count).trimmingCharacters(in: .whitespaces),
            let code = Int(verdict.prefix { $0.isNumber })
        else { return nil }
        verifyCode = code
        verifyText = verdict.drop { $0 != "(" }.trimmingCharacters(in: CharacterSet(charactersIn: "()"))
        subject = lines.first { $0.hasPrefix("subject=") }.map { String($0.dropFirst("subject=".count)) }
        issuer = lines.first { $0.hasPrefix("issuer=") }.map { String($0.dropFirst("issuer=".count)) }
        // The first line of this kind belongs to the broker's own certificate; OpenSSL before 3.0 prints none.
        validUntil = lines.first { $0.contains("NotAfter:") }?
            .components(separatedBy: "NotAfter:").last.flatMap(Self.date)
    }

    init(
        verifyCode: Int,
        verifyText: String,
        subject: String? = nil,
        issuer: String? = nil,
        validUntil: Date? = nil
    ) {
        self.verifyCode = verifyCode
        self.verifyText = verifyText
        self.subject = subject
        self.issuer = issuer
        self.validUntil = validUntil
    }

    /// "Nov  9 05:59:45 2026 GMT".
    private static func date(_ text: String) -> Date? {
        let words = text.split(separator: " ").joined(separator: " ")
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "MMM d HH:mm:ss yyyy 'GMT'"
        return formatter.date(from: words)
    }
}
