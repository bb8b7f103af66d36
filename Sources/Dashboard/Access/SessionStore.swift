// Who is signed in. Sessions live in memory: a restart of the service signs everybody out.
import Foundation

/// A signed-in browser.
struct Session: Sendable {
    let user: String
    /// The password it was opened with; another one ends it.
    let password: PasswordHash
    /// What changes must carry in `X-CSRF-Token`.
    let csrf: String
    let opened: Date
    var lastUsed: Date
}

/// The open sessions. A value type; time comes in.
struct SessionStore {
    /// Unused for so long, a session ends.
    static let idleSeconds = 12.0 * 3_600
    /// After so long a session ends in any case.
    static let longestSeconds = 7.0 * 86_400
    /// Beyond so many the one that was not used for longest ends.
    static let maximumCount = 1_000

    private var sessions: [String: Session] = [:]

    /// How many are kept.
    var count: Int { sessions.count }

    /// Opens a session and returns its secret, 256 bits in hexadecimal.
    mutating func open(_ user: User, now: Date) -> (token: String, session: Session) {
        sessions = sessions.filter { Self.isValid($0.value, now: now) }
        if sessions.count >= Self.maximumCount,
            let oldest = sessions.min(by: { $0.value.lastUsed < $1.value.lastUsed })?.key
        {
            sessions[oldest] = nil
        }
        let token = RandomToken.make()
        let session = Session(
            user: user.name,
            password: user.password,
            csrf: RandomToken.make(),
            opened: now,
            lastUsed: now
        )
        sessions[token] = session
        return (token, session)
    }

    /// The session of a secret, used now; nil where there is none or it has ended.
    mutating func use(_ token: String, now: Date) -> Session? {
        guard let session = sessions[token] else { return nil }
        guard Self.isValid(session, now: now) else {
            sessions[token] = nil
            return nil
        }
        sessions[token]?.lastUsed = now
        return session
    }

    mutating func close(_ token: String) { sessions[token] = nil }

    private static func isValid(_ session: Session, now: Date) -> Bool {
        now.timeIntervalSince(session.lastUsed) < idleSeconds && now.timeIntervalSince(session.opened) < longestSeconds
    }
}
