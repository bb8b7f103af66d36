// Trends through the health desk: windows and forecasts in, an event in the trend log, and all of it after a restart.
import Foundation
import Logging
import MachineHealth
import Publishing
import Testing
import TrendLog

@testable import EdgeService

@Suite struct HealthDeskTrendTests {
    private let dry = LabelID("dry")

    /// A broker that takes everything and tells nobody.
    private struct Nowhere: MessagePublisher {
        func publish(_ message: OutgoingMessage) async throws {}
        func failureScope(of error: any Error) -> PublishFailureScope { .connection }
        var connectivity: AsyncStream<Bool> { AsyncStream { $0.finish() } }
    }

    /// Lets a desk of its own work through inputs; returns when all are committed.
    private func work(
        _ inputs: [DeskInput],
        _ store: TrendLogStore,
        _ configuration: ServiceConfiguration,
        board: OutlookBoard = OutlookBoard()
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let now: @Sendable () -> Date = { ReplaySupport.start.addingTimeInterval(7_200) }
        let publisher = HealthPublisher(
            profile: JSONProfile(topics: try TopicScheme(site: "plant1")),
            store: store,
            publisher: Nowhere(),
            logger: logger,
            now: now
        )
        let desk = HealthDesk(
            publisher: publisher,
            store: store,
            board: StreamBoard(),
            feed: PlantFeed(configuration),
            modelSignature: ReplaySupport.model,
            now: now,
            hasNormalSound: { _ in false },
            logger: logger,
            outlooks: board,
            finished: { _ in }
        )
        try await desk.open(configuration)
        let (stream, continuation) = AsyncStream<DeskInput>.makeStream()
        for input in inputs { continuation.yield(input) }
        continuation.finish()
        await desk.run(stream)
    }

    private func window(_ number: Int) throws -> DeskInput {
        let vocabulary = try #require(try ReplaySupport.configuration().vocabularies["compressor"])
        let start = ReplaySupport.start.addingTimeInterval(Double(number) * 5)
        let record = try ReplaySupport.record(at: start, dry: 0.3, vocabulary: vocabulary)
        return .window(
            JudgedWindow(observation: record.observation, received: start.addingTimeInterval(10), heard: nil)
        )
    }

    private func forecasts(_ number: Int) -> DeskInput {
        let made = ReplaySupport.start.addingTimeInterval(Double(number) * 1_800)
        let day = 86_400.0
        return .forecasts(
            machine: "c1",
            [
                dry: TrendForecast(
                    .between,
                    earliest: made.addingTimeInterval(day),
                    latest: made.addingTimeInterval(2 * day),
                    made: made
                )
            ]
        )
    }

    @Test func aWarningIsCommittedAndOwedToTheBroker() async throws {
        let configuration = try ReplaySupport.configuration()
        try await ReplaySupport.withStore { store in
            try await work([window(0)] + (1...4).map { forecasts($0) }, store, configuration)
            let events = try await store.reader.events(machine: "c1", types: [.trendWarning])
            #expect(events.count == 1)
            #expect(events.first?.label == dry)
            #expect(events.first?.unsent == 1)
            #expect(events.first?.time == ReplaySupport.start.addingTimeInterval(3 * 1_800))
            #expect(events.first?.message.contains("rises: smoothed 0.30, reaches 0.75 in 1.0 to 2.0 days") ?? false)
        }
    }

    /// Two forecasts before the restart and one after it make three.
    @Test func trendsAndForecastsGoOnAfterARestart() async throws {
        let configuration = try ReplaySupport.configuration()
        try await ReplaySupport.withStore { store in
            // A window commits what the forecasts before it changed.
            try await work([window(0), forecasts(1), forecasts(2), window(1)], store, configuration)
            let board = OutlookBoard()
            try await work([forecasts(3)], store, configuration, board: board)
            let count = try await store.reader.events(machine: "c1", types: [.trendWarning]).count
            #expect(count == 1)
            let reading = try #require(board.outlook(of: "c1")?.readings.first)
            #expect(abs(reading.smoothed - 0.3) < 0.001)

            let stored = try #require(
                try await StoredOutlook.read(store.reader, machine: "c1", configuration: configuration)
            )
            #expect(stored.readings.first?.label == dry)
            #expect(stored.readings.first?.limit == 0.75)
            #expect(stored.readings.first?.forecast?.made == ReplaySupport.start.addingTimeInterval(3 * 1_800))
            let lines = MachineTrendReport.lines(
                stored,
                labels: try await store.reader.labels(machine: "c1"),
                style: ReportStyle(language: .english, timeZone: .gmt, width: 160, now: ReplaySupport.start)
            )
            #expect(lines.contains { $0.hasPrefix("Bearing lacking oil     0.300") }, "\(lines)")
            #expect(lines.contains { $0.contains("reaches the limit in 1.0 to 2.0 days from 2026-11-22 11:30:00") })
        }
    }

    @Test func withoutTrendsNothingIsStoredOrTold() async throws {
        let configuration = try ReplaySupport.configuration(ReplaySupport.yaml + "\ntrend: {follow: false}")
        try await ReplaySupport.withStore { store in
            try await work([window(0)] + (1...4).map { forecasts($0) }, store, configuration)
            let events = try await store.reader.events(machine: "c1", types: [.trendWarning])
            #expect(events.isEmpty)
            let stored = try await StoredOutlook.read(store.reader, machine: "c1", configuration: configuration)
            #expect(stored == nil)
        }
    }
}
