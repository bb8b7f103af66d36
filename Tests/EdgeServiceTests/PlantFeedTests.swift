// What the dashboard is told of running machines: present values, listeners, reloads.
import Dashboard
import Foundation
import MachineHealth
import Publishing
import Testing
import TrendLog

@testable import EdgeService

@Suite struct PlantFeedTests {
    private let time = Date(timeIntervalSince1970: 1_795_341_600)

    private func configuration(_ machines: String = "{id: pump-1, profile: pump}") throws -> ServiceConfiguration {
        let text = ConfigurationSupport.minimal(replacing: "{id: pump-1, profile: pump}", with: machines)
        return try ServiceConfiguration.parse(text, file: "/etc/ausculta/test.yaml")
    }

    private func monitors(_ configuration: ServiceConfiguration) throws -> [String: MachineMonitor] {
        var monitors: [String: MachineMonitor] = [:]
        for machine in configuration.machines {
            monitors[machine.id] = MachineMonitor(
                machine: machine.id,
                vocabulary: try #require(configuration.vocabulary(of: machine)),
                rules: machine.rules,
                startingAt: time
            )
        }
        return monitors
    }

    private func hear(_ monitor: inout MachineMonitor, _ index: Int, feed: PlantFeed) {
        let labels = monitor.vocabulary.labels
        let fault = monitor.vocabulary.faults.first?.id
        let start = time.addingTimeInterval(Double(index) * 5)
        let observation = Observation(
            machine: monitor.machine,
            start: start,
            end: start.addingTimeInterval(10),
            scores: labels.map { LabelScore(label: $0.id, confidence: $0.id == fault ? 0.95 : 0.01) },
            levelDBFS: -20,
            missingFraction: 0,
            quality: .good
        )
        let verdict = monitor.verdict(on: observation)
        let actions = monitor.streamRestored(at: start) + monitor.observe(observation)
        let window = WindowRecord(observation: observation, verdict: verdict, model: "m", latencyMS: 120)
        feed.note(
            monitor,
            window: window,
            actions: actions,
            stream: StreamStatus(droppedChunks: index, lastChunk: start),
            inferenceSeconds: 0.01
        )
    }

    @Test func windowsAndAlarmsReachValuesAndListeners() throws {
        let configuration = try configuration()
        let monitors = try monitors(configuration)
        let feed = PlantFeed(configuration)
        feed.open(configuration, monitors: monitors) { _ in StreamStatus() }
        var monitor = try #require(monitors["pump-1"])
        hear(&monitor, 0, feed: feed)
        let (mine, others) = (feed.subscribe(windowsOf: "pump-1"), feed.subscribe(windowsOf: nil))
        #expect(mine.take().isEmpty, "what was before the subscription is no news")
        for index in 1...5 { hear(&monitor, index, feed: feed) }

        let machine = try #require(feed.machine("pump-1"))
        #expect(machine.recent.count == 6)
        #expect(machine.verdictCounts.values.reduce(0, +) == 6)
        #expect(machine.latency.count == 6)
        #expect(machine.stream.droppedChunks == 5)
        #expect(machine.health.standingAlarms.count == 1)
        let changes = mine.take()
        #expect(changes.windows.count == 5)
        #expect(changes.alarms == machine.health.standingAlarms.map(\.alarmID))
        #expect(others.take().windows.isEmpty)
        #expect(feed.windows.total == 6)
        #expect(feed.windows.inference.count == 6)
        #expect(feed.windows.perSecond > 0)
        feed.unsubscribe(mine)
        #expect(feed.listenerCount == 1)
    }

    @Test func aReloadKeepsWhatWasHeardAndForgetsWhatIsGone() async throws {
        let before = try configuration()
        var monitors = try monitors(before)
        let feed = PlantFeed(before)
        feed.open(before, monitors: monitors) { _ in StreamStatus() }
        var monitor = try #require(monitors["pump-1"])
        hear(&monitor, 0, feed: feed)
        let mailbox = feed.subscribe(windowsOf: nil)
        let after = try configuration("{id: pump-1, profile: pump}\n  - {id: pump-2, profile: pump}")
        monitors = try self.monitors(after)
        monitors["pump-1"] = monitor
        feed.open(after, monitors: monitors) { _ in StreamStatus() }
        #expect(feed.machines.map(\.description.id) == ["pump-1", "pump-2"])
        #expect(feed.machine("pump-1")?.recent.count == 1)
        #expect(mailbox.take().machines == ["pump-1", "pump-2"])
        feed.open(before, monitors: ["pump-1": monitor]) { _ in StreamStatus() }
        #expect(feed.machine("pump-2") == nil)
        #expect(feed.configuration == before)

        feed.close()
        for await _ in mailbox.signals {}
        for await _ in feed.subscribe(windowsOf: nil).signals {}
        #expect(feed.listenerCount == 0)
    }

    /// A machine's sound is kept where both its own switch and the service's are on.
    @Test(arguments: [("true", "true", true), ("true", "false", false), ("false", "true", false)])
    func aMachineSaysWhetherItsSoundIsKept(service: String, machine: String, isKept: Bool) throws {
        let text = ConfigurationSupport.minimal(
            replacing: "{id: pump-1, profile: pump}",
            with: "{id: pump-1, profile: pump, capture: \(machine)}"
        )
        let file = "\(text)\nevidence: {capture: \(service)}\n"
        let configuration = try ServiceConfiguration.parse(file, file: "/etc/ausculta/test.yaml")
        let feed = PlantFeed(configuration)
        feed.open(configuration, monitors: try monitors(configuration)) { _ in StreamStatus() }
        #expect(feed.machine("pump-1")?.description.keepsSound == isKept)
    }

    @Test func theProcessKnowsItself() {
        let (bytes, threads) = ProcessFacts.present()
        #expect(bytes > 1_000_000)
        #expect(threads >= 1)
        #expect(ProcessFacts.freeBytes(at: "/") ?? 0 > 0)
    }
}
