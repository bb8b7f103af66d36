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

    /// A weight computed at load from others.
    init(shape: [Int], fill: (UnsafeMutablePointer<Float>) -> Void) {
        memory = WeightMemory(floatCount: shape.reduce(1, *), fill: fill)
        byteOffset = 0
        self.shape = shape
    }

    init(memory: WeightMemory, byteOffset: Int, shape: [Int]) {
        self.memory = memory
        self.byteOffset = byteOffset
        self.shape = shape
    }
}
