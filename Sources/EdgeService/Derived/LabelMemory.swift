// Embeddings of phrases, remembered: a restart with known labels leaves the text tower on the disk.
import Foundation
import Kernels

/// Embeddings by phrase, for one checkpoint and one way of computing it.
struct LabelMemory: Sendable {
    private static let limit = 4_000

    private let cache: DerivedCache
    /// Everything an embedding depends on beside the phrase.
    private let origin: String
    private let dimension: Int

    /// - Parameters:
    ///   - fileDigests: SHA-256 by name of every file the text tower and its tokenizer are read from.
    ///   - dimension: length of an embedding.
    init(cache: DerivedCache, fileDigests: [String: String], dimension: Int) {
        self.cache = cache
        self.dimension = dimension
        // Kernels differ in the last bits from one instruction set to the next, and from one version to the next.
        let origin = ["ausculta \(EdgeNode.version)", InstructionSet.active.rawValue, "\(dimension)"]
        self.origin = (origin + fileDigests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
            .joined(separator: "\n")
    }

    /// The embedding of a phrase, of length 1; nil where it is not known.
    subscript(phrase: String) -> [Float]? {
        guard let data = cache.read(name(phrase)), data.count == dimension * MemoryLayout<Float>.size else {
            return nil
        }
        let values = data.withUnsafeBytes { bytes in
            (0..<dimension).map { index in
                let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Float>.size, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
        let length = values.reduce(0) { $0 + Double($1) * Double($1) }
        return abs(length - 1) < 1e-3 ? values : nil
    }

    /// Remembers embeddings; a cache that cannot be written stays as it is.
    func remember(_ embeddings: [(phrase: String, values: [Float])]) {
        for (phrase, values) in embeddings {
            var data = Data(capacity: values.count * MemoryLayout<Float>.size)
            for value in values {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
            cache.write(name(phrase), data)
        }
        cache.trim("labels", limit: Self.limit)
    }

    private func name(_ phrase: String) -> String { "labels/\(DerivedCache.digest("\(origin)\n\(phrase)"))" }
}
