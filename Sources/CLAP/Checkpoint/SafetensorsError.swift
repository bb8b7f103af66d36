// What can be wrong with a safetensors file.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A safetensors file that cannot be used: which file, which tensor, what was found and what was expected.
public struct SafetensorsError: Error, CustomStringConvertible, Sendable, Equatable {
    public enum Problem: Sendable, Equatable {
        case unreadable(String)
        case fileTooShort(bytes: Int)
        case headerLength(found: UInt64, fileBytes: Int)
        case headerNotJSON(String)
        case headerNotObject
        case duplicateTensor(String)
        case malformedTensor(String, field: String, found: String, expected: String)
        case unknownType(String, found: String)
        case shapeTooLarge(String, shape: String)
        case outsideFile(String, begin: Int, end: Int, dataBytes: Int)
        case wrongSize(String, type: String, shape: [Int], expectedBytes: Int, foundBytes: Int)
        case overlap(String, other: String)
        case hole(String, bytes: Int)
        case trailingBytes(String, bytes: Int)
    }

    /// The file.
    public let path: String
    public let problem: Problem

    static func systemCall(path: String, call: String, _ code: Int32) -> SafetensorsError {
        SafetensorsError(path: path, problem: .unreadable("\(call): \(String(cString: strerror(code)))"))
    }

    public var description: String { "\(path): \(reason)" }

    private var reason: String {
        switch problem {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .fileTooShort(let bytes):
            "has \(bytes) bytes; a safetensors file starts with 8 bytes of header length. Download it again."
        case .headerLength(let found, let fileBytes):
            "says its header has \(found) bytes, but the file has \(fileBytes) and a header may have at most "
                + "\(SafetensorsHeader.longestHeaderBytes). It is truncated or not a safetensors file; download it again."
        case .headerNotJSON(let reason): "has a header that is not JSON: \(reason). Download it again."
        case .headerNotObject: "has a header that is not a JSON object. Download it again."
        case .duplicateTensor(let name): "tensor '\(name)' is listed twice."
        case .malformedTensor(let name, let field, let found, let expected):
            "tensor '\(name)': \(field) is \(found), expected \(expected)."
        case .unknownType(let name, let found):
            "tensor '\(name)': dtype \(found) is unknown, expected one of \(TensorType.names)."
        case .shapeTooLarge(let name, let shape):
            "tensor '\(name)': shape \(shape) has more bytes than can be addressed."
        case .outsideFile(let name, let begin, let end, let dataBytes):
            "tensor '\(name)': bytes \(begin) to \(end) do not lie in the file's \(dataBytes) bytes of data. "
                + "It is truncated; download it again."
        case .wrongSize(let name, let type, let shape, let expectedBytes, let foundBytes):
            "tensor '\(name)': \(type) of shape \(shape) takes \(expectedBytes) bytes, found \(foundBytes)."
        case .overlap(let name, let other): "tensor '\(name)' overlaps tensor '\(other)'."
        case .hole(let name, let bytes): "tensor '\(name)': \(bytes) bytes before it belong to no tensor."
        case .trailingBytes(let name, let bytes):
            "\(bytes) bytes after the last tensor '\(name)' belong to no tensor."
        }
    }
}
