// Checks passwords one after the other on a thread of its own: a hash takes long on purpose, and nothing else may wait.
import Dispatch
import Foundation
import Synchronization

/// Compares passwords with hashes, away from the threads that answer requests.
final class PasswordDesk: Sendable {
    /// More checks than this are not queued: somebody is hammering.
    static let maximumWaiting = 16

    private let queue = DispatchQueue(label: "ausculta.passwords", qos: .utility)
    private let waiting = Mutex(0)
    /// What an unknown user's password is compared with: the answer takes as long as for a known one.
    private let nobody: PasswordHash?

    init() {
        nobody = try? PasswordHash(of: RandomToken.make())
    }

    /// Whether a password is right; nil where too many are waiting.
    func check(_ password: String, against hash: PasswordHash?) async -> Bool? {
        let isFull = waiting.withLock { waiting in
            if waiting >= Self.maximumWaiting { return true }
            waiting += 1
            return false
        }
        if isFull { return nil }
        return await withCheckedContinuation { continuation in
            queue.async { [self] in
                let matches = (hash ?? nobody)?.matches(password) ?? false
                waiting.withLock { $0 -= 1 }
                continuation.resume(returning: matches && hash != nil)
            }
        }
    }
}
