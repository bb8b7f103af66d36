// Awkward sizes and values for kernel tests.
import Kernels
import Testing

/// Sizes around and between the vector widths.
let awkwardSizes = [1, 7, 8, 15, 31, 32, 33, 61, 64, 127]

/// The paths this machine can run.
let paths = InstructionSet.allCases.filter(\.isSupported)

/// Ranges of input magnitude: denormal, ordinary, large.
enum Magnitude: Double, CaseIterable, Sendable {
    case denormal = 1e-40
    case ordinary = 3
    case large = 1e4
}

/// A repeatable source of values.
struct Values {
    private var state: UInt64

    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

    /// Evenly spread over -1 ..< 1.
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 52) - 1
    }

    mutating func list(_ count: Int, scale: Double = 1) -> [Float] { (0..<count).map { _ in Float(next() * scale) } }
}

extension Workspace {
    /// A matrix holding `values`.
    func matrix(_ values: [Float], rows: Int, columns: Int) -> MatrixView {
        let view = takeMatrix(rows: rows, columns: columns)
        _ = view.values.update(from: values)
        return view
    }
}

/// A workspace for tests, far larger than they need.
func scratchWorkspace() -> Workspace { Workspace(capacityFloats: 1 << 20) }

/// Keeps a workspace until here: views do not own their memory.
func keep(_ workspace: Workspace) { withExtendedLifetime(workspace) {} }

/// Runs `body` on a path, which must exist.
func on<Result>(_ path: InstructionSet, _ body: () throws -> Result) throws -> Result {
    try #require(try path.withOverride(body))
}
