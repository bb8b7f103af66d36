// One weight tensor, ready to be read as float32.

/// A float32 tensor in `WeightMemory`, row-major.
struct Weight: Sendable {
    let memory: WeightMemory
    let byteOffset: Int
    let shape: [Int]

    /// The values, valid only as long as `memory` lives: use it on weights that something else holds (a model's), never
    /// on a temporary; `values` is for those.
    var pointer: UnsafePointer<Float> {
        (memory.base + byteOffset).assumingMemoryBound(to: Float.self)
    }

    var count: Int { shape.reduce(1, *) }

    /// A copy of the values.
    var values: [Float] {
        withExtendedLifetime(memory) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
    }

    /// A weight computed at load from others, in a block of its own.
    ///
    /// - Parameter fill: writes the values; finds zeros.
    init(shape: [Int], fill: (UnsafeMutablePointer<Float>) -> Void) {
        var pool = WeightPool(floatCount: WeightPool.footprint(shape))
        self = pool.take(shape, fill: fill)
    }

    init(memory: WeightMemory, byteOffset: Int, shape: [Int]) {
        self.memory = memory
        self.byteOffset = byteOffset
        self.shape = shape
    }
}
