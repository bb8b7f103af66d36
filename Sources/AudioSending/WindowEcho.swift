// How much of what a sender sent has been judged, and how much more the service can take without dropping any of it.
import Foundation
import MQTT
import Publishing
import Synchronization

/// Listens to a machine's window topic and paces a fast sender by it.
///
/// The service lets only a few windows of a machine wait for inference, so a sender that runs ahead by more loses some.
/// How long windows are and how often they come is the service's business: the first two tell, and until then the
/// sender feels its way forward.
final class WindowEcho: Sendable {
    /// Sound sent ahead of the newest result at most, seconds: longer than any window.
    private static let leadSeconds = 40.0
    /// Hops sent ahead of the newest result once the hop is known.
    private static let leadHops = 3.0
    /// Sound sent at a time before that, seconds: the shortest hop there is.
    private static let stepSeconds = 2.0
    /// How long to listen after each of these steps.
    private static let stepPause = Duration.milliseconds(250)
    /// How long to wait for a result before going on without.
    private static let patience = Duration.seconds(4)

    private struct Heard {
        var firstStart: Date?
        var lastStart: Date?
        var hopSeconds: Double?
        /// End of the newest window, counted from the start of the first.
        var seconds = 0.0
        var windows = 0
        /// Sound sent when the last step was made.
        var steppedAtSeconds = 0.0
    }

    private let heard = Mutex(Heard())
    private let subscription: Mutex<MQTTSubscription?> = Mutex(nil)

    init(client: MQTTClient, topic: String) async throws {
        let subscription = try await client.subscribe(to: topic, qos: .atMostOnce) { [weak self] message in
            self?.take(message)
        }
        self.subscription.withLock { $0 = subscription }
    }

    /// Windows heard so far.
    var windowCount: Int { heard.withLock { $0.windows } }

    func cancel() {
        subscription.withLock { $0?.cancel() }
    }

    /// Waits until the service can take more than the `sentSeconds` it was sent; false when nobody answers.
    func waitForTurn(sentSeconds: Double) async -> Bool {
        let (hop, seconds, stepped) = heard.withLock { ($0.hopSeconds, $0.seconds, $0.steppedAtSeconds) }
        if let hop {
            return await wait(untilHeardSeconds: sentSeconds - Self.leadHops * hop, patience: Self.patience)
        }
        if sentSeconds - seconds >= Self.leadSeconds {
            return await wait(untilHeardSeconds: sentSeconds - Self.leadSeconds, patience: Self.patience)
        }
        guard sentSeconds - stepped >= Self.stepSeconds else { return true }
        heard.withLock { $0.steppedAtSeconds = sentSeconds }
        _ = await wait(untilHeardSeconds: seconds + 0.001, patience: Self.stepPause)
        return !Task.isCancelled
    }

    /// Waits for the windows of the last sound sent, so that they can be counted.
    func waitForRest(sentSeconds: Double) async {
        // The resampler keeps the last samples of a stream that does not go on: a window that needs them does not come.
        let lead = heard.withLock { $0.hopSeconds ?? Self.leadSeconds / 2 } + 0.1
        _ = await wait(untilHeardSeconds: sentSeconds - lead, patience: Self.patience)
    }

    /// Waits until so many seconds of this stream were judged; false when nothing moved for `patience`.
    private func wait(untilHeardSeconds wanted: Double, patience: Duration) async -> Bool {
        let clock = ContinuousClock()
        var seen = heard.withLock { $0.seconds }
        var deadline = clock.now + patience
        while seen < wanted {
            guard clock.now < deadline else { return false }
            do { try await clock.sleep(for: .milliseconds(5)) } catch { return false }
            let now = heard.withLock { $0.seconds }
            if now > seen {
                seen = now
                deadline = clock.now + patience
            }
        }
        return true
    }

    private func take(_ message: MQTTMessage) {
        guard let window = try? PayloadCoder.decode(WindowPayload.self, from: message.payload) else { return }
        heard.withLock { heard in
            let first = heard.firstStart ?? window.start
            if let last = heard.lastStart, window.start > last {
                // The shortest one: a gap or a lost message is not the hop.
                heard.hopSeconds = min(heard.hopSeconds ?? .infinity, window.start.timeIntervalSince(last))
            }
            heard.firstStart = first
            heard.lastStart = window.start
            heard.windows += 1
            heard.seconds = max(heard.seconds, window.end.timeIntervalSince(first))
        }
    }
}
