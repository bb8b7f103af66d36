// What is said when a value cannot be worked with: the place, what was found, what was expected, what to do.

/// A refusal of this room; every one names what to change.
public struct DetectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed set of reasons.
    public enum Code: String, Sendable, CaseIterable {
        /// A vector has another width than those it is compared with.
        case width
        /// A value is not a number or infinite.
        case notFinite
        /// Nothing to work on.
        case empty
        /// A name that is not known here.
        case unknown
        /// Stored bytes that are not what they claim to be.
        case damaged
        /// Stored bytes of a version this program does not read.
        case version
        /// More than the limit allows.
        case tooLarge
    }

    /// The reason.
    public let code: Code
    /// Where, what was found and what was expected.
    public let message: String

    /// Makes a refusal.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// Refuses a vector of another width or with a value that is no number.
    static func check(_ vector: [Float], width: Int, place: String) throws(DetectionError) {
        guard vector.count == width else {
            throw DetectionError(.width, "\(place) has \(vector.count) values, expected \(width); use the same model")
        }
        guard let bad = vector.firstIndex(where: { !$0.isFinite }) else { return }
        throw DetectionError(
            .notFinite,
            "\(place) holds \(vector[bad]) at \(bad), expected a finite number; leave it out"
        )
    }
}
