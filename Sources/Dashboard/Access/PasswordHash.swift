// Passwords as argon2id hashes (RFC 9106), made and checked by libargon2.
import CArgon2
import Foundation

/// A password that is kept as a hash only.
public struct PasswordHash: Hashable, Sendable {
    /// The hash with its salt and costs, as libargon2 writes it: `$argon2id$v=19$m=…`.
    public let encoded: String

    /// 32 MiB and three passes: some 100 ms of one core of an edge box, which is what a guess costs an attacker too.
    static let costs = (memoryKiB: UInt32(32 << 10), passes: UInt32(3))
    /// Shortest and longest password taken, in UTF-8 bytes.
    public static let acceptedBytes = 8...1_024

    /// A hash as it stands in a users file; nil where it is not one.
    public init?(encoded: String) {
        guard encoded.hasPrefix("$argon2id$"), encoded.utf8.count <= 512,
            encoded.split(separator: "$").count == 5, !encoded.utf8.contains(0)
        else { return nil }
        self.encoded = encoded
    }

    /// Hashes a password with a salt of its own. Takes some 100 ms.
    ///
    /// - Throws: `UserFileError` where the password is too short or too long, or memory is short.
    public init(of password: String) throws(UserFileError) {
        guard Self.acceptedBytes.contains(password.utf8.count) else {
            throw UserFileError(
                "the password has \(password.utf8.count) bytes; expected \(Self.acceptedBytes.lowerBound) to "
                    + "\(Self.acceptedBytes.upperBound)"
            )
        }
        let salt = RandomToken.bytes(16)
        let bytes = Array(password.utf8)
        var text = [CChar](repeating: 0, count: 256)
        let code = argon2id_hash_encoded(
            Self.costs.passes,
            Self.costs.memoryKiB,
            1,
            bytes,
            bytes.count,
            salt,
            salt.count,
            32,
            &text,
            text.count
        )
        guard code == ARGON2_OK.rawValue else {
            throw UserFileError("the password could not be hashed: \(Self.explain(code))")
        }
        encoded = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether this is the hash of a password; compared in constant time. Takes as long as hashing.
    public func matches(_ password: String) -> Bool {
        let bytes = Array(password.utf8)
        guard bytes.count <= Self.acceptedBytes.upperBound else { return false }
        return argon2id_verify(encoded, bytes, bytes.count) == ARGON2_OK.rawValue
    }

    private static func explain(_ code: Int32) -> String {
        argon2_error_message(code).map { String(cString: $0) } ?? "?"
    }
}

/// Secrets that nobody can guess.
enum RandomToken {
    /// Random bytes of the system.
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// 256 bits, in hexadecimal.
    static func make() -> String { bytes(32).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() }

    /// Whether a text could be one.
    static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Equality whose time does not tell where two texts differ.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
