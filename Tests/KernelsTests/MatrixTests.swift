// Matrix products, views, workspace, conversions, digests, peaks.
import Foundation
import Kernels
import Testing

@Suite struct MatrixTests {
    @Test(arguments: [(1, 1, 1), (7, 31, 33), (64, 96, 24), (33, 7, 127)])
    func productsOfTheYardstickMatchTheSumOfProducts(_ rows: Int, _ columns: Int, _ depth: Int) {
        guard let library = OpenBLAS.shared else { return }
        var source = Values(seed: rows)
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let input = workspace.matrix(source.list(rows * depth), rows: rows, columns: depth)
        let weight = workspace.matrix(source.list(columns * depth), rows: columns, columns: depth)
        // Into the middle of a wider matrix, whose edges must stay.
        let wide = workspace.takeMatrix(rows: rows, columns: columns + 4)
        wide.values.update(repeating: 5)
        let out = wide.columns(2..<(columns + 2))
        library.multiply(input, byTransposed: weight.base, into: out)
        library.multiply(input, byTransposed: weight.base, into: out, accumulate: true)
        for i in 0..<rows {
            for j in 0..<columns {
                var expected = 0.0
                for k in 0..<depth {
                    expected += Double(input.values[i * depth + k]) * Double(weight.values[j * depth + k])
                }
                #expect(abs(Double(wide.values[i * (columns + 4) + j + 2]) - 2 * expected) <= 1e-5)
            }
            #expect(wide.values[i * (columns + 4) + 1] == 5 && wide.values[i * (columns + 4) + columns + 2] == 5)
        }
    }

    @Test(arguments: awkwardSizes, [1, 2, 3, 31, 32, 61])
    func fewRowsMatchTheSumOfProductsAndIgnoreTheirNeighbours(_ depth: Int, _ rows: Int) throws {
        var source = Values(seed: depth * 64 + rows)
        let columns = depth % 2 == 0 ? 8 : 7
        let x = source.list(rows * depth), weights = source.list(columns * depth)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let input = workspace.matrix(x, rows: rows, columns: depth)
            let weight = workspace.matrix(weights, rows: columns, columns: depth)
            let out = workspace.takeMatrix(rows: rows, columns: columns)
            let alone = workspace.takeMatrix(rows: 1, columns: columns)
            try on(path) {
                MatrixProduct.multiplyFewRows(input, byTransposed: weight.base, into: out)
                for i in 0..<rows {
                    MatrixProduct.multiplyFewRows(input.rows(i..<(i + 1)), byTransposed: weight.base, into: alone)
                    #expect(Array(alone.values) == Array(out.rows(i..<(i + 1)).values), "\(path) row \(i)")
                    for j in 0..<columns {
                        var expected = 0.0
                        for k in 0..<depth { expected += Double(x[i * depth + k]) * Double(weights[j * depth + k]) }
                        #expect(abs(Double(alone.values[j]) - expected) <= 1e-5, "\(path) row \(i) column \(j)")
                    }
                }
                let once = Array(out.values)
                MatrixProduct.multiplyFewRows(input, byTransposed: weight.base, into: out, accumulate: true)
                #expect(Array(out.values) == once.map { $0 + $0 })
            }
        }
    }

    @Test func piecesOfAWorkspaceAreAlignedAndApart() {
        let workspace = Workspace(capacityFloats: [5, 17, 1].map(Workspace.footprint).reduce(0, +))
        defer { keep(workspace) }
        let pieces = [5, 17, 1].map { workspace.take($0) }
        for piece in pieces { #expect(UInt(bitPattern: piece) % 64 == 0) }
        #expect(pieces[1] - pieces[0] == 16 && pieces[2] - pieces[1] == 32)
        #expect(pieces[1][16] == 0)
    }

    @Test func everyHalfConvertsExactly() {
        let patterns = (0...UInt16.max).map { $0 }
        var floats = [Float](repeating: 0, count: patterns.count)
        patterns.withUnsafeBytes { bytes in
            floats.withUnsafeMutableBufferPointer { out in
                guard let source = bytes.baseAddress, let target = out.baseAddress else { return }
                HalfPrecision.convertHalf(source, count: patterns.count, to: target)
            }
        }
        for (bits, found) in zip(patterns, floats) {
            let exponent = Int(bits >> 10 & 0x1F), fraction = Double(bits & 0x3FF)
            let sign = bits >> 15 == 1 ? -1.0 : 1.0
            switch (exponent, fraction) {
            case (31, 0): #expect(found == Float(sign) * .infinity)
            case (31, _): #expect(found.isNaN)
            case (0, _): #expect(Double(found) == sign * fraction * 0x1p-24 && (found.sign == .minus) == (sign < 0))
            default: #expect(Double(found) == sign * scalbn(1 + fraction / 1024, exponent - 15))
            }
        }
    }

    @Test func bfloatsAreTheUpperHalf() {
        let values: [Float] = [0, -1.5, 3.0e38, .leastNormalMagnitude / 64, .infinity]
        let patterns = values.map { UInt16($0.bitPattern >> 16) }
        var floats = [Float](repeating: 9, count: values.count)
        patterns.withUnsafeBytes { bytes in
            floats.withUnsafeMutableBufferPointer { out in
                guard let source = bytes.baseAddress, let target = out.baseAddress else { return }
                HalfPrecision.convertBFloat(source, count: patterns.count, to: target)
            }
        }
        #expect(floats.map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
    }

    /// Examples of FIPS 180-4's test vectors: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func digestsMatchTheStandard(_ message: String, _ expected: String) {
        #expect(Array(message.utf8).withUnsafeBytes { SHA256.hexadecimal(of: $0) } == expected)
    }

    @Test func peaksArePositive() {
        let peak = MachinePeak.measure(milliseconds: 5)
        #expect(peak.multiplyAddGigaflops > 0.1 && peak.multiplyAddGigaflops.isFinite)
        let product = peak.matrixProductGigaflops
        #expect((product != nil) == (OpenBLAS.shared != nil) && product.map { $0 > 0.1 && $0.isFinite } ?? true)
    }

    @Test func overridesEndWithTheirScope() throws {
        let before = InstructionSet.active
        try on(.scalar) { #expect(InstructionSet.active == .scalar) }
        #expect(InstructionSet.active == before)
        let impossible: InstructionSet = paths.contains(.neon) ? .avx2 : .neon
        #expect(impossible.withOverride { 1 } == nil)
    }
}
