// Digests of weights.
import CKernels

/// SHA-256 of memory.
public enum SHA256 {
    /// The digest in hexadecimal.
    ///
    /// - Parameter progress: called now and then with the bytes that have been read and are not needed again.
    public static func hexadecimal(
        of bytes: UnsafeRawBufferPointer,
        progress: (Range<Int>) -> Void = { _ in }
    ) -> String {
        var state = ck_sha256_begin()
        var start = 0
        while bytes.count - start > pieceBytes {
            let end = start + pieceBytes
            ck_sha256_add(&state, bytes[start..<end].baseAddressOfSlice, pieceBytes)
            progress(start..<end)
            start = end
        }
        var digest = [UInt8](repeating: 0, count: 32)
        ck_sha256_end(&state, bytes[start...].baseAddressOfSlice, bytes.count - start, &digest)
        progress(start..<bytes.count)
        return digest.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    /// Whole blocks, and few enough bytes to stay unnoticed in a process's memory.
    private static let pieceBytes = 4 << 20
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var baseAddressOfSlice: UnsafeRawPointer? { base.baseAddress.map { $0 + startIndex } }
}
