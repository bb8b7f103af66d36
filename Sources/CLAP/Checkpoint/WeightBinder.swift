// Binds a checkpoint's tensors to the fields of the model, by key name and shape.
import Kernels

/// Takes tensors out of a file one by one, notes everything that does not fit, and reports it at the end.
///
/// Names are the checkpoint's own keys, built from nested prefixes. A tensor that is missing or has the wrong shape or
/// type yields an empty stand-in, which nobody reads because `finish` throws.
final class WeightBinder {
    private let file: SafetensorsFile
    /// Whether sixteen-bit weights are converted now; false only checks names, types and shapes.
    private let convertsWeights: Bool
    /// What the audio tower's linear layers are packed in.
    let precision: Precision
    private var used = Set<String>()
    private var problems: [ClapModelError.Problem] = []
    private var pool: WeightPool
    /// Floats that the derived weights asked for so far take up.
    private(set) var derivedFloatCount = 0

    private static let standIn = Weight(shape: [0]) { _ in }

    /// - Parameter derivedFloatCount: of a binder that made the same weights before; those it derives lie side by side then.
    init(
        _ file: SafetensorsFile,
        convertsWeights: Bool,
        precision: Precision = .float32,
        derivedFloatCount: Int = 0
    ) {
        self.file = file
        self.convertsWeights = convertsWeights
        self.precision = precision
        pool = WeightPool(floatCount: derivedFloatCount)
    }

    /// The tensor `name`, which must have this shape.
    func tensor(_ name: String, _ shape: [Int]) -> Weight {
        used.insert(name)
        guard let entry = file.entries[name] else {
            problems.append(.missingTensor(name, expected: shape))
            return Self.standIn
        }
        guard entry.shape == shape else {
            problems.append(.wrongShape(name, found: entry.shape, expected: shape))
            return Self.standIn
        }
        guard entry.type == .f32 || entry.type == .f16 || entry.type == .bf16 else {
            problems.append(.wrongType(name, found: entry.type.rawValue))
            return Self.standIn
        }
        if isCopied(entry) { return copy(entry) }
        guard convertsWeights || entry.type == .f32 else { return Self.standIn }
        return file.weight(entry) ?? Self.standIn
    }

    /// Norms and biases of the audio tower: in place each would keep a page of the file resident, of 2 MB where the system has
    /// such.
    private func isCopied(_ entry: TensorEntry) -> Bool {
        !TextWeights.owns(entry.name) && entry.bytes.count <= Self.copiedByteCount
    }

    private static let copiedByteCount = 1 << 16

    private func copy(_ entry: TensorEntry) -> Weight {
        derive(entry.shape) { out in
            guard let weight = file.weight(entry) else { return }
            withExtendedLifetime(weight.memory) { out.update(from: weight.pointer, count: weight.count) }
        }
    }

    /// A weight made of others, which `fill` may read; an empty stand-in where one of them is missing.
    ///
    /// - Parameter fill: writes the values; finds zeros.
    func derive(_ shape: [Int], fill: (UnsafeMutablePointer<Float>) -> Void) -> Weight {
        derivedFloatCount += WeightPool.footprint(shape)
        return isComplete ? pool.take(shape, fill: fill) : Self.standIn
    }

    /// Gives the file's pages of a tensor back, once it lives on in another form.
    func releasePages(of name: String) {
        if isComplete { file.releasePages { $0 == name } }
    }

    /// Whether every tensor so far was there and has been read, so that others may be derived from it.
    private var isComplete: Bool { problems.isEmpty && convertsWeights }

    /// Throws the first problem, with the number of the others; and where the whole model was bound, names tensors of
    /// the file that nothing asked for.
    func finish(reportsUnexpected: Bool) throws(ClapModelError) {
        if let first = problems.first {
            throw ClapModelError(path: file.path, problem: first, furtherProblemCount: problems.count - 1)
        }
        guard reportsUnexpected else { return }
        let unexpected = file.entries.keys.filter { !used.contains($0) && !Self.isBuffer($0) }.sorted()
        guard let name = unexpected.first, let entry = file.entries[name] else { return }
        throw ClapModelError(
            path: file.path,
            problem: .unexpectedTensor(name, shape: entry.shape),
            furtherProblemCount: unexpected.count - 1
        )
    }

    /// Values the reference stores with its weights but computes itself.
    private static func isBuffer(_ name: String) -> Bool {
        ["relative_position_index", "position_ids", "token_type_ids", "num_batches_tracked"]
            .contains { name.hasSuffix("." + $0) }
    }
}
