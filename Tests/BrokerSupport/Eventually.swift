// The wait for what nothing tells of: a file or a port of another process, an answer over HTTP.
// What a test can be told of is waited for in an `Inbox`.

/// Looks again and again until something is there.
///
/// - Throws: `InboxTimeout` once `seconds` are over.
public func eventually<Value>(
    _ what: String,
    seconds: Double = 600,
    _ look: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if let value = try await look() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw InboxTimeout(description: "\(what) did not come within \(seconds) s")
}

/// Looks again and again until something holds.
///
/// - Throws: `InboxTimeout` once `seconds` are over.
public func eventually(
    _ what: String,
    seconds: Double = 600,
    _ holds: () async throws -> Bool
) async throws {
    try await eventually(what, seconds: seconds) { try await holds() ? () : nil }
}
