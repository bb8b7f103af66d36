// Commit before publish, in one place: what a window changes is in the trend log before anything of it is on the wire.
import Foundation
import Logging
import MachineHealth
import Synchronization
import TrendLog

/// Writes and tells what happens to machines.
///
/// `record` commits first, then hands the events to the outbox, the retained topics to their keeper and the window to
/// the broker. `run` keeps the outbox and the retained topics going and belongs into the service's task tree.
public final class HealthPublisher: Sendable {
    /// The publish profile.
    public let profile: JSONProfile
    /// Events on their way.
    public let outbox: Outbox
    /// Retained topics.
    public let retained: RetainedTopics

    private let profiles: [any PublishProfile]
    private let tellsJSON: Bool
    private let publisher: any MessagePublisher
    private let journal: CommitJournal
    private let lostLive = Atomic<Int>(0)

    /// Makes the publishing end of a service.
    ///
    /// - Parameters:
    ///   - profiles: tell the same in other ways.
    ///   - retainedProfiles: those that are nothing but retained topics of the same connection.
    ///   - tellsJSON: whether machines are told in plain JSON at all; answers to commands and the node's status are.
    ///   - now: the present time, for the rows' sent time.
    public init(
        profile: JSONProfile,
        profiles: [any PublishProfile] = [],
        retainedProfiles: [any RetainedProfile] = [],
        tellsJSON: Bool = true,
        store: TrendLogStore,
        publisher: any MessagePublisher,
        logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.profile = profile
        self.tellsJSON = tellsJSON
        self.publisher = publisher
        outbox = Outbox(store: store, publisher: publisher, now: now, logger: logger)
        let retained = RetainedTopics(publisher: publisher, logger: logger)
        self.retained = retained
        let keeper = RetainedProfileKeeper(retainedProfiles, retained: retained) { logger.error("\($0)") }
        self.profiles = retainedProfiles.isEmpty ? profiles : profiles + [keeper]
        journal = CommitJournal(store: store, logger: logger)
    }

    /// Runs until the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.outbox.run() }
            group.addTask { await self.retained.run() }
            for profile in profiles { group.addTask { await profile.run() } }
        }
    }

    /// Lets every further profile say goodbye.
    public func close() async {
        for profile in profiles { await profile.close() }
    }

    /// Commits and publishes what a window, a command or the passing of time came to.
    ///
    /// Calls for one machine must come one after the other; machines are independent of each other.
    ///
    /// - Parameter ordered: the operator's order behind it, for the audit trail.
    /// - Parameter picture: the machine after it, for further profiles.
    /// - Throws: `TrendLogError` where the trend log could not be written. The commit is then kept in memory, as many
    ///   as `CommitJournal.capacity`, and written ahead of the next one; its events are not told before that. Retained
    ///   topics are told all the same: a full disk must not hide a fault from SCADA.
    public func record(
        window: WindowRecord?,
        actions: [HealthAction],
        tracker: TrackerSnapshot? = nil,
        stream: StreamStatus = StreamStatus(),
        outlook: MachineOutlook? = nil,
        ordered: OperatorAction? = nil,
        picture: MachinePicture? = nil,
        name: (LabelID) -> LocalizedName?
    ) async throws {
        var plan = try profile.plan(
            window: window,
            actions: actions,
            tracker: tracker,
            stream: stream,
            outlook: outlook,
            name: name
        )
        if let ordered { plan.commit.operatorActions.append(ordered) }
        if !tellsJSON { plan.mute() }
        var picture = picture
        if let shown = picture {
            for index in plan.commit.events.indices {
                let event = plan.commit.events[index].event
                plan.commit.events[index].deliveries += profiles.flatMap { $0.deliveries(of: event, in: shown) }
                picture?.event = event
            }
        }
        let outcome: Result<Void, any Error>
        do {
            try await journal.write(plan.commit)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        outbox.wake()
        for message in plan.retained { retained.set(message) }
        for message in plan.live { await sendLive(message) }
        if let picture { show(picture) }
        try outcome.get()
    }

    /// Says what a machine's retained topic should read.
    public func retain(_ message: OutgoingMessage) {
        if tellsJSON { retained.set(message) }
    }

    /// Shows further profiles a machine of which nothing was committed.
    public func show(_ picture: MachinePicture) {
        for profile in profiles { profile.show(picture) }
    }

    /// Tells further profiles that a machine is configured no more.
    public func forget(machine: String) {
        for profile in profiles { profile.forget(machine: machine) }
    }

    /// Live messages (QoS 0) that were not sent, because the broker was away or slow.
    public var liveMessagesLost: Int { lostLive.load(ordering: .relaxed) }

    /// Commits that wait for the trend log to become writable.
    public var commitsWaiting: Int { get async { await journal.waitingCount } }

    /// Sends a message that is worth something only now; a failure is counted, not told.
    public func sendLive(_ message: OutgoingMessage) async {
        do {
            try await publisher.publish(message)
        } catch {
            lostLive.add(1, ordering: .relaxed)
        }
    }
}
