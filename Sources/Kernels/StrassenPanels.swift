// A weight matrix packed for the product that saves an eighth of the multiply-adds, and that product.
// Strassen 1969, https://doi.org/10.1007/BF02165411
import CKernels
import Dispatch

/// A packed weight in memory that its owner keeps alive: a shape and a place, no storage.
///
/// The weight's four quarters become seven sums, made once at load, in the panels of `WeightPanels`. Seven products of half
/// the size take the place of eight, at 7/4 of the memory. Float32 only.
public struct StrassenPanels {
    public let base: UnsafePointer<Float>
    public let outputCount: Int
    public let inputCount: Int

    /// - Parameter base: `floatCount(outputs:inputs:)` floats written by `pack`.
    public init(base: UnsafePointer<Float>, outputCount: Int, inputCount: Int) {
        self.base = base
        self.outputCount = outputCount
        self.inputCount = inputCount
    }

    /// Whether the product by a weight of this shape is faster this way, `rows` at a time or in all. Below these sizes the sums
    /// and the larger weight cost more than they save; docs/performance.md has the measurements.
    public static func pays(rows: Int, outputs: Int, inputs: Int) -> Bool {
        rows >= 128 && outputs >= 384 && inputs >= 384 && fits(outputs: outputs, inputs: inputs)
    }

    /// Whether a weight of this shape can be packed so: outputs in whole multiples of 64, inputs that can be cut evenly.
    public static func fits(outputs: Int, inputs: Int) -> Bool { ck_strassen_fits(outputs, inputs) != 0 }

    /// Floats of a packed weight.
    public static func floatCount(outputs: Int, inputs: Int) -> Int { ck_strassen_floats(outputs, inputs) }

    /// Floats of scratch memory that a product by a weight of at most this shape needs.
    public static func scratchCount(outputs: Int, inputs: Int) -> Int { ck_strassen_scratch_floats(outputs, inputs) }

    /// Packs a weight, on two cores.
    ///
    /// - Parameters:
    ///   - rows: the weight's rows of `inputs` values each, one for every output, wherever they lie.
    ///   - panels: `floatCount(outputs:inputs:)` floats.
    public static func pack(rows: [UnsafePointer<Float>], inputs: Int, into panels: UnsafeMutablePointer<Float>) {
        precondition(fits(outputs: rows.count, inputs: inputs), "a weight of \(inputs) to \(rows.count) columns")
        let outputs = rows.count
        let panelCount = outputs / 2 / Int(CK_PANEL_WIDTH)
        let parts = [0..<(panelCount / 2), (panelCount / 2)..<panelCount]
        nonisolated(unsafe) let panels = panels
        let pointers = rows.map(Optional.some)
        pointers.withUnsafeBufferPointer { pointers in
            nonisolated(unsafe) let first = pointers.baseAddress
            DispatchQueue.concurrentPerform(iterations: parts.count) { number in
                let part = parts[number]
                ck_strassen_pack(first, outputs, inputs, part.lowerBound, part.count, panels)
            }
        }
    }
}

extension MatrixProduct {
    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias).
    ///
    /// Rows are taken in pairs by their numbers: the same call gives the same bits, but a row depends on its partner, and its
    /// error, a small multiple of the other product's, is relative to the larger of the two.
    ///
    /// - Parameters:
    ///   - input: (rows, inputs)
    ///   - weight: (outputs, inputs), packed.
    ///   - out: (rows, outputs); must not overlap `input`.
    ///   - accumulate: whether to add to what `out` holds.
    ///   - bias: (outputs)
    ///   - scratch: `StrassenPanels.scratchCount(outputs:inputs:)` floats.
    public static func multiply(
        _ input: MatrixView,
        by weight: StrassenPanels,
        into out: MatrixView,
        accumulate: Bool = false,
        addingBias bias: UnsafePointer<Float>? = nil,
        then: Then = .nothing,
        scratch: UnsafeMutablePointer<Float>
    ) {
        var call = productCall(
            input,
            weight.base,
            outputs: weight.outputCount,
            inputs: weight.inputCount,
            into: out,
            accumulate: accumulate,
            addingBias: bias,
            then: then
        )
        ck_strassen_product(&call, scratch)
    }
}
