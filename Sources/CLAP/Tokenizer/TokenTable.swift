// The vocabulary: spelled tokens to ids, in one block of bytes and one open-addressed table.

/// Maps the UTF-8 of a token, spelled as in the vocabulary's file, to its id.
///
/// Fifty thousand Swift strings in a dictionary take a quarter of a second to load; this takes milliseconds.
struct TokenTable: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int32] = []  // end of each entry in `bytes`; entry n starts where n - 1 ends
    private var ids: [Int32] = []
    private var slots: [Int32]  // entry number plus one, 0 for an empty slot

    /// Entries.
    var count: Int { ids.count }

    init(minimumCapacity: Int = 1024) {
        var slotCount = 2048
        while slotCount < 2 * minimumCapacity { slotCount *= 2 }
        slots = [Int32](repeating: 0, count: slotCount)
    }

    /// The id of a token, nil for an unknown one.
    func id(of token: some Collection<UInt8>) -> Int32? {
        let found = token.withContiguousStorageIfAvailable { find($0) }
        if let found { return found }
        return Array(token).withUnsafeBufferPointer { find($0) }
    }

    /// The id of the token in a buffer.
    func find(_ token: UnsafeBufferPointer<UInt8>) -> Int32? {
        let entry = slots[slot(for: token)]
        return entry == 0 ? nil : ids[Int(entry) - 1]
    }

    /// Adds a token; false where it is there already.
    mutating func insert(_ token: [UInt8], id: Int32) -> Bool {
        token.withUnsafeBufferPointer { token in
            let slot = slot(for: token)
            if slots[slot] != 0 { return false }
            bytes.append(contentsOf: token)
            ends.append(Int32(bytes.count))
            ids.append(id)
            slots[slot] = Int32(ids.count)
            if 2 * ids.count > slots.count { grow() }
            return true
        }
    }

    /// Every token with its id, in the order of insertion.
    func forEach<Failure: Error>(_ body: (ArraySlice<UInt8>, Int32) throws(Failure) -> Void) throws(Failure) {
        var start = 0
        for entry in ids.indices {
            let end = Int(ends[entry])
            try body(bytes[start..<end], ids[entry])
            start = end
        }
    }

    /// The slot that holds the token, or the empty one where it belongs.
    private func slot(for token: UnsafeBufferPointer<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(token) & mask
        while true {
            let entry = Int(slots[slot])
            if entry == 0 || matches(entry: entry - 1, token) { return slot }
            slot = (slot + 1) & mask
        }
    }

    private func matches(entry: Int, _ token: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = entry == 0 ? 0 : Int(ends[entry - 1])
        guard Int(ends[entry]) - start == token.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<token.count where bytes[start + index] != token[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: 2 * slots.count)
        let mask = slots.count - 1
        var start = 0
        bytes.withUnsafeBufferPointer { bytes in
            for entry in ids.indices {
                let end = Int(ends[entry])
                var slot = Self.hash(UnsafeBufferPointer(rebasing: bytes[start..<end])) & mask
                while slots[slot] != 0 { slot = (slot + 1) & mask }
                slots[slot] = Int32(entry + 1)
                start = end
            }
        }
    }

    /// FNV-1a, its high bits folded in.
    private static func hash(_ token: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in token { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }
}
