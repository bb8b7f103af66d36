// What waits for the Sparkplug node: news of the connection, commands, and the newest picture of each machine.
import MQTT
import SparkplugB
import Synchronization

/// Filled by the network thread and the health desk, emptied by the node. Bounded: pictures replace each other.
final class SparkplugInbox: Sendable {
    /// In the order it came.
    enum News: Sendable {
        /// The connection stands, as the given attempt.
        case connected(attempt: Int)
        case disconnected
        /// The primary host said something of itself, on the connection of the given attempt.
        case host(HostState, attempt: Int)
        case command(MQTTMessage)
        case result(machine: String, text: String)
        /// A rebirth that was put off is due.
        case wake
        /// A minute passed.
        case time
        case close
    }

    struct Batch {
        var news: [News] = []
        var pictures: [String: MachinePicture] = [:]
        var forgotten: Set<String> = []
        var commandCount = 0
    }

    /// Commands that may wait; a flood beyond it is dropped.
    private static let commandCapacity = 1_000

    let signal = WakeSignal()
    private let batch = Mutex(Batch())

    /// Takes news; false where there were too many commands.
    @discardableResult
    func put(_ news: News) -> Bool {
        let isTaken = batch.withLock { batch in
            if case .command = news {
                guard batch.commandCount < Self.commandCapacity else { return false }
                batch.commandCount += 1
            }
            batch.news.append(news)
            return true
        }
        signal.ring()
        return isTaken
    }

    func put(_ picture: MachinePicture) {
        batch.withLock { batch in
            var picture = picture
            // An event must not be lost because a newer picture came before anybody looked.
            picture.event = picture.event ?? batch.pictures[picture.machine]?.event
            batch.pictures[picture.machine] = picture
            batch.forgotten.remove(picture.machine)
        }
        signal.ring()
    }

    func forget(_ machine: String) {
        batch.withLock { batch in
            batch.pictures[machine] = nil
            batch.forgotten.insert(machine)
        }
        signal.ring()
    }

    func take() -> Batch {
        batch.withLock { batch in
            defer { batch = Batch() }
            return batch
        }
    }

    /// Whether something came that cannot wait for the end of a long flush.
    var isUrgent: Bool { batch.withLock { !$0.news.isEmpty } }
}
