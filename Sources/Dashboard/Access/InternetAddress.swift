// Addresses of callers, and ranges of them: who is this machine itself, and who is a trusted proxy.
import Foundation

/// An IPv4 or IPv6 address. An IPv4 address that came mapped into IPv6 (`::ffff:10.0.0.1`) is an IPv4 address.
public struct InternetAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes, in network order.
    let bytes: [UInt8]

    /// Reads `10.0.0.1`, `::1` or `[::1]`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        if let zone = text.firstIndex(of: "%") { text = String(text[..<zone]) }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let all = withUnsafeBytes(of: v6) { Array($0) }
        let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
        bytes = isMapped ? Array(all[12...]) : all
    }

    /// Whether it is this machine's own.
    public var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// What one subscriber usually has: an IPv4 address, or the first 64 bits of an IPv6 address.
    var neighbourhood: [UInt8] { bytes.count == 4 ? bytes : Array(bytes.prefix(8)) }

    public var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { $0.copyBytes(from: bytes) }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count)) != nil else { return "?" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// All addresses that begin with the same bits, such as `10.1.0.0/16`; a single address is a range of one.
public struct AddressRange: Hashable, Sendable {
    /// The first address.
    public let base: InternetAddress
    /// How many leading bits count.
    public let prefixBits: Int

    /// Reads `10.1.0.0/16`, `fd00::/8` or a single address; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ InternetAddress($0) }) else { return nil }
        base = address
        let all = address.bytes.count * 8
        guard parts.count == 2 else {
            prefixBits = all
            return
        }
        guard let bits = Int(parts[1]), (0...all).contains(bits) else { return nil }
        prefixBits = bits
    }

    /// Whether an address lies in it.
    public func contains(_ address: InternetAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        for (index, (left, right)) in zip(address.bytes, base.bytes).enumerated() {
            let bits = prefixBits - index * 8
            if bits <= 0 { return true }
            let mask: UInt8 = bits >= 8 ? 0xFF : ~(0xFF >> UInt8(bits))
            if left & mask != right & mask { return false }
        }
        return true
    }
}
