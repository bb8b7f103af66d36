// A mapped safetensors file and its tensors as float32.
// Format: https://github.com/huggingface/safetensors#format
import Kernels

/// A safetensors file mapped into memory, its header checked.
struct SafetensorsFile: Sendable {
    let path: String
    let memory: WeightMemory
    let entries: [String: TensorEntry]
    private let dataOffset: Int

    init(path: String) throws(SafetensorsError) {
        self.path = path
        memory = try WeightMemory(mapping: path)
        let header = try SafetensorsHeader(
            file: UnsafeRawBufferPointer(start: memory.base, count: memory.byteCount),
            path: path
        )
        dataOffset = header.dataOffset
        entries = Dictionary(header.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The tensor's values: straight from the map where the file holds aligned F32, otherwise converted into memory of
    /// their own. Nil where the type is not a float of 16 or 32 bits.
    func weight(_ entry: TensorEntry) -> Weight? {
        let offset = dataOffset + entry.bytes.lowerBound
        let count = entry.shape.reduce(1, *)
        let source = memory.base + offset
        if offset % entry.type.byteCount != 0, entry.type == .f16 || entry.type == .bf16 {
            // Odd offsets are allowed by the format and rare: move the bytes to where they may be read as pairs.
            let moved = UnsafeMutableRawPointer.allocate(byteCount: max(entry.bytes.count, 2), alignment: 64)
            defer { moved.deallocate() }
            moved.copyMemory(from: source, byteCount: entry.bytes.count)
            return Self.converted(UnsafeRawPointer(moved), entry, count: count)
        }
        switch entry.type {
        case .f32 where offset % MemoryLayout<Float>.alignment == 0:
            return Weight(memory: memory, byteOffset: offset, shape: entry.shape)
        case .f32:
            return Weight(shape: entry.shape) {
                UnsafeMutableRawPointer($0).copyMemory(from: source, byteCount: entry.bytes.count)
            }
        default:
            return Self.converted(source, entry, count: count)
        }
    }

    private static func converted(_ source: UnsafeRawPointer, _ entry: TensorEntry, count: Int) -> Weight? {
        switch entry.type {
        case .f16: Weight(shape: entry.shape) { HalfPrecision.convertHalf(source, count: count, to: $0) }
        case .bf16: Weight(shape: entry.shape) { HalfPrecision.convertBFloat(source, count: count, to: $0) }
        default: nil
        }
    }

    /// Lets go of the pages that hold these tensors' bytes; they are read from the file again when needed.
    func releasePages(where isReleased: (String) -> Bool) {
        for range in joinedRanges(where: { isReleased($0.name) }) { memory.release(range) }
    }

    /// Has these tensors' bytes read and mapped in large pages.
    func useLargePages(where isWanted: (String) -> Bool) {
        for range in joinedRanges(where: { isWanted($0.name) }) { memory.useLargePages(range) }
    }

    /// Has these tensors' bytes mapped a few pages at a time, and lets go of them.
    func useSmallPages(where isWanted: (String) -> Bool) {
        for range in joinedRanges(where: { isWanted($0.name) }) {
            memory.useSmallPages(range)
            memory.release(range)
        }
    }

    /// Where tensors lie that are read in place as float32: what to map before they are used.
    func rangesInPlace(where isMember: (String) -> Bool) -> [Range<Int>] {
        joinedRanges { $0.type == .f32 && isMember($0.name) }
    }

    /// Where these tensors lie in the file; neighbours are joined, so that the pages they share belong to both.
    private func joinedRanges(where isMember: (TensorEntry) -> Bool) -> [Range<Int>] {
        let ranges = entries.values.filter(isMember).map(\.bytes).sorted { $0.lowerBound < $1.lowerBound }
        var joined: [Range<Int>] = []
        for range in ranges {
            if let last = joined.last, last.upperBound == range.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined.map { (dataOffset + $0.lowerBound)..<(dataOffset + $0.upperBound) }
    }
}
