// What changed since somebody looked last: bounded however slowly they look, because the same change is kept once.
import Foundation
import Synchronization

/// What changed.
public struct PlantChanges: Sendable {
    /// Machines that read differently.
    public var machines: Set<String> = []
    /// Windows of the machine asked for, oldest first; the newest are kept.
    public var windows: [LiveWindow] = []
    /// Alarms that were raised or moved on, in order; the newest are kept.
    public var alarms: [UUID] = []
    /// Whether the service itself reads differently.
    public var system = false
    /// Open items of the review queue, where their number changed.
    public var openReviews: Int?

    /// Whether nothing did.
    public var isEmpty: Bool {
        machines.isEmpty && windows.isEmpty && alarms.isEmpty && !system && openReviews == nil
    }
}

/// One listener's mailbox. The service puts changes in, never waits, and keeps each kind once.
public final class PlantMailbox: Sendable {
    private static let windowLimit = 64
    private static let alarmLimit = 256

    /// Says that there may be something; ends when the service stops.
    public let signals: AsyncStream<Void>
    /// Whose windows are wanted.
    public let machine: String?

    private let signal: AsyncStream<Void>.Continuation
    private let changes = Mutex(PlantChanges())

    /// Makes an empty mailbox.
    public init(windowsOf machine: String?) {
        self.machine = machine
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Everything since the last call.
    public func take() -> PlantChanges {
        changes.withLock { changes in
            defer { changes = PlantChanges() }
            return changes
        }
    }

    /// Puts changes in.
    public func put(_ change: (inout PlantChanges) -> Void) {
        changes.withLock { changes in
            change(&changes)
            let windows = changes.windows.count - Self.windowLimit
            if windows > 0 { changes.windows.removeFirst(windows) }
            let alarms = changes.alarms.count - Self.alarmLimit
            if alarms > 0 { changes.alarms.removeFirst(alarms) }
        }
        signal.yield()
    }

    /// Wakes the listener without news.
    public func ring() { signal.yield() }

    /// No more will come.
    public func finish() { signal.finish() }
}
