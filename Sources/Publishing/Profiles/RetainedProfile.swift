// Profiles that are nothing but retained topics: what each should read follows from the machine alone.
import Foundation
import Synchronization

/// A retained topic as a profile wants it.
public struct RetainedValue: Hashable, Sendable {
    /// Topic without wildcards.
    public var topic: String
    /// What it should read.
    public var payload: Data
    /// Equal where nothing worth telling changed, whatever the payload says of its time.
    public var identity: String

    /// Makes a value.
    public init(topic: String, payload: Data, identity: String) {
        self.topic = topic
        self.payload = payload
        self.identity = identity
    }
}

/// Turns a machine into retained topics. Pure.
public protocol RetainedProfile: Sendable {
    /// Every topic of a machine.
    func values(of picture: MachinePicture) throws -> [RetainedValue]
}

/// Keeps the topics of such profiles up to date, and takes away what is no more.
final class RetainedProfileKeeper: PublishProfile {
    private let profiles: [any RetainedProfile]
    private let retained: RetainedTopics
    private let report: @Sendable (String) -> Void
    /// Topic to identity, by machine.
    private let told = Mutex<[String: [String: String]]>([:])

    /// - Parameter report: told what could not be written.
    init(_ profiles: [any RetainedProfile], retained: RetainedTopics, report: @escaping @Sendable (String) -> Void) {
        self.profiles = profiles
        self.retained = retained
        self.report = report
    }

    func show(_ picture: MachinePicture) {
        var values: [RetainedValue] = []
        for profile in profiles {
            do { values += try profile.values(of: picture) } catch { report("\(picture.machine): \(error)") }
        }
        let next = Dictionary(values.map { ($0.topic, $0.identity) }) { first, _ in first }
        let before = told.withLock { told in
            defer { told[picture.machine] = next }
            return told[picture.machine] ?? [:]
        }
        for value in values where before[value.topic] != value.identity {
            retained.set(OutgoingMessage(topic: value.topic, payload: value.payload, retain: true))
        }
        for topic in before.keys where next[topic] == nil { retained.remove(topic) }
    }

    func forget(machine: String) {
        let topics = told.withLock { $0.removeValue(forKey: machine) } ?? [:]
        for topic in topics.keys { retained.remove(topic) }
    }
}
