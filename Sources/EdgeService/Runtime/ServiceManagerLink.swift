// What a running node tells the service manager: ready, reloading, stopping, its connection, and signs of life.
import Foundation
import Logging
import MQTT

/// Keeps the service manager informed; does nothing where there is none.
struct ServiceManagerLink: Sendable {
    private let manager: ServiceManager?
    private let node: EdgeNode
    private let logger: Logger

    init(_ manager: ServiceManager?, node: EdgeNode, logger: Logger) {
        self.manager = manager
        self.node = node
        self.logger = logger
    }

    func ready() { tell(.ready) }
    func stopping() { tell(.stopping) }

    /// The configuration is read again; `ready` follows.
    func reloading() {
        tell(.reloading(monotonicMicroseconds: UInt64(ProcessInfo.processInfo.systemUptime * 1e6)))
    }

    /// Tells the connection and gives signs of life until the task is cancelled.
    func run() async {
        guard let manager else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await tellConnection() }
            if let seconds = manager.watchdogSeconds { group.addTask { await giveSigns(within: seconds) } }
        }
    }

    private func tellConnection() async {
        for await state in node.connectionStates { tell(.status("broker: \(state)")) }
    }

    /// A sign four times as often as one is due, and only while the pipeline advances: a service that answers and hears
    /// nothing any more is restarted like one that hangs.
    private func giveSigns(within seconds: Double) async {
        let clock = ContinuousClock()
        let start = clock.now
        func elapsedSeconds() -> Double { (clock.now - start) / .seconds(1) }
        var pulse = PipelinePulse(patienceSeconds: seconds / 2, progress: node.progress, atSeconds: 0)
        var stalled: [PipelinePulse.Stage] = []
        while !Task.isCancelled {
            let standing = pulse.take(node.progress, atSeconds: elapsedSeconds())
            if standing.isEmpty {
                tell(.alive)
            } else if standing != stalled {
                let names = standing.map(\.rawValue).joined(separator: ", ")
                logger.critical(
                    """
                    \(names): nothing done for \(Int(pulse.patienceSeconds)) s although there is work; the service manager \
                    gets no sign of life and will restart the service
                    """
                )
            }
            stalled = standing
            do { try await Task.sleep(for: .seconds(seconds / 4)) } catch { return }
        }
    }

    private func tell(_ message: ServiceManager.Message) {
        do { try manager?.tell(message) } catch { logger.warning("\(error)") }
    }
}
