// The trends of all machines, as the health desk keeps them: followers by machine, warnings as events.
import Dashboard
import Foundation
import MachineHealth
import Synchronization
import TrendLog

/// Followers of every machine and what is told of them. A value: the health desk owns it.
struct TrendDesk: Sendable {
    private var settings = TrendSettings()
    private var followers: [String: TrendFollower] = [:]
    private let board: OutlookBoard
    private let makeID: @Sendable () -> UUID

    init(board: OutlookBoard, makeID: @escaping @Sendable () -> UUID = { UUID() }) {
        self.board = board
        self.makeID = makeID
    }

    /// Takes up the machines of a configuration: those that were followed go on, others from what is stored.
    mutating func open(_ settings: TrendSettings, monitors: [String: MachineMonitor], stored: [String: TrendFollower]) {
        self.settings = settings
        let before = followers
        followers = [:]
        board.clear()
        guard settings.isOn else { return }
        for (machine, monitor) in monitors {
            let gap = monitor.rules.machine.staleAfterSeconds
            let known = before[machine] ?? stored[machine]
            followers[machine] =
                known?.continued(
                    memorySeconds: settings.memorySeconds,
                    longestGapSeconds: gap,
                    faults: monitor.vocabulary.faults.map(\.id)
                ) ?? TrendFollower(memorySeconds: settings.memorySeconds, longestGapSeconds: gap)
            show(monitor)
        }
    }

    /// A machine's trends, to be stored; nil where none are followed.
    subscript(machine: String) -> TrendFollower? { followers[machine] }

    /// Takes a window.
    mutating func observe(_ observation: Observation, verdict: Verdict, of monitor: MachineMonitor) {
        guard followers[monitor.machine] != nil else { return }
        followers[monitor.machine]?.observe(
            observation,
            verdict: verdict,
            faults: monitor.vocabulary.faults.map(\.id)
        )
        show(monitor)
    }

    /// Takes forecasts and gives the warnings they come to.
    mutating func take(_ forecasts: [LabelID: TrendForecast], of monitor: MachineMonitor) -> [HealthEvent] {
        guard var follower = followers[monitor.machine] else { return [] }
        let warned = follower.take(
            forecasts,
            withinSeconds: settings.warnWithinSeconds,
            hasAlarm: Set(monitor.records.filter(\.state.isActive).map(\.label))
        )
        followers[monitor.machine] = follower
        let outlook = show(monitor)
        guard settings.warns else { return [] }
        return warned.compactMap { label in
            // The reading of the distance from normal sound has no label of its own.
            outlook.readings.first { $0.label == label || ($0.label == nil && label == .changed) }
                .flatMap { event($0, label: label, monitor: monitor) }
        }
    }

    /// How a machine's trends stand; nil where none are followed.
    func outlook(_ monitor: MachineMonitor) -> MachineOutlook? {
        followers[monitor.machine]?.outlook(
            machine: monitor.machine,
            limits: monitor.vocabulary.faults.map { ($0.id, monitor.rules[$0.id].confidence) }
        )
    }

    @discardableResult
    private func show(_ monitor: MachineMonitor) -> MachineOutlook {
        let outlook =
            outlook(monitor)
            ?? MachineOutlook(
                machine: monitor.machine,
                memorySeconds: settings.memorySeconds,
                readings: [],
                verdict: nil,
                verdictSince: nil,
                updated: nil
            )
        board.show(outlook)
        return outlook
    }

    private func event(_ reading: TrendReading, label: LabelID, monitor: MachineMonitor) -> HealthEvent? {
        guard let forecast = reading.forecast, let earliest = forecast.earliest, let latest = forecast.latest else {
            return nil
        }
        let isNovelty = label == .changed
        let name = isNovelty ? "the distance from its normal sound" : monitor.vocabulary.name(of: label)
        let limit = Sentence.number(reading.limit ?? monitor.rules[label].confidence, decimals: 2)
        let smoothed = Sentence.number(reading.smoothed, decimals: 2)
        let span = TrendWords.span(
            earliest.timeIntervalSince(forecast.made),
            latest.timeIntervalSince(forecast.made)
        )
        return HealthEvent(
            id: makeID(),
            type: .trendWarning,
            machine: monitor.machine,
            label: label,
            // A distance is no share of one.
            confidence: isNovelty ? nil : reading.smoothed,
            severity: .advisory,
            time: forecast.made,
            message:
                "\(monitor.machine): \(name) rises: smoothed \(smoothed), reaches \(limit) in \(span) if it goes on "
                + "like this",
            forecast: ForecastInterval(earliest: earliest, latest: latest)
        )
    }
}

/// The trends as last shown, for those who ask from outside the health desk.
final class OutlookBoard: OutlookSource {
    private let outlooks = Mutex<[String: MachineOutlook]>([:])

    func outlook(of machine: String) -> MachineOutlook? { outlooks.withLock { $0[machine] } }

    func show(_ outlook: MachineOutlook) { outlooks.withLock { $0[outlook.machine] = outlook } }

    func clear() { outlooks.withLock { $0 = [:] } }
}
