// /api/v1/machines: the plant at a glance, one machine, its windows.
import Foundation
import Hummingbird
import MachineHealth
import TrendLog

/// Machines as they are now.
public struct MachineRoutes: APIRoutes {
    /// Minutes of a sparkline.
    private static let sparklineMinutes = 60

    private let plant: any PlantSource
    private let reader: TrendLogReader
    private let now: @Sendable () -> Date

    /// - Parameter now: the present time.
    public init(plant: any PlantSource, reader: TrendLogReader, now: @escaping @Sendable () -> Date = { Date() }) {
        self.plant = plant
        self.reader = reader
        self.now = now
    }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/machines") { _, _ in try await list() }
        router.get("/api/v1/machines/:id") { _, context in try await detail(try plant.named(context)) }
        router.get("/api/v1/machines/:id/windows") { request, context in
            try await windows(of: try plant.named(context), RequestQuery(request))
        }
    }

    private struct List: Encodable {
        let machines: [MachineCard]
        let time: Date
    }

    private func list() async throws -> Response {
        let time = now()
        let (start, peaks) = try await sparklines(at: time)
        let machines = plant.machines.sorted(by: LiveMachine.worstFirst).map { machine in
            MachineCard(machine, sparkline: Self.sparkline(start, peaks[machine.description.id]))
        }
        return try APIResponse.json(List(machines: machines, time: time))
    }

    private func detail(_ machine: LiveMachine) async throws -> Response {
        let (start, peaks) = try await sparklines(at: now())
        let sparkline = Self.sparkline(start, peaks[machine.description.id])
        return try APIResponse.json(MachineDetail(machine, sparkline: sparkline))
    }

    private func sparklines(at time: Date) async throws -> (start: Date, peaks: [String: [Double?]]) {
        let minute = (time.timeIntervalSince1970 / 60).rounded(.down) * 60
        let start = Date(timeIntervalSince1970: minute - Double(Self.sparklineMinutes - 1) * 60)
        return (start, try await reader.faultPeaks(since: start, minutes: Self.sparklineMinutes))
    }

    private static func sparkline(_ start: Date, _ values: [Double?]?) -> MachineCard.Sparkline {
        MachineCard.Sparkline(
            start: start,
            stepS: 60,
            values: (values ?? Array(repeating: nil, count: sparklineMinutes)).map { $0?.rounded(decimals: 3) }
        )
    }

    private struct WindowList: Encodable {
        let windows: [Window]
    }

    private struct Window: Encodable {
        let start: Date
        let end: Date
        @OrNull var label: String?
        @OrNull var confidence: Double?
        let verdict: String
        let scores: [String: Double]
        @OrNull var levelDBFS: Double?
        let quality: ObservationQuality
        let missingFraction: Double
        let latencyMS: Double

        init(_ window: StoredWindow) {
            start = window.start
            end = window.end
            label = window.top?.rawValue
            confidence = window.confidence?.share
            verdict = window.verdict
            scores = window.scores.shares
            levelDBFS = window.levelDBFS.level
            quality = window.quality
            missingFraction = window.missingFraction.share
            latencyMS = window.latencyMS.rounded(decimals: 1) ?? 0
        }
    }

    private func windows(of machine: LiveMachine, _ query: RequestQuery) async throws -> Response {
        let since = try query.date("since")
        let until = try query.date("until")
        let limit = try query.integer("limit", in: 1...2_000, default: 200)
        let windows = try await reader.known(or: []) { reader in
            try await reader.windows(machine: machine.description.id, since: since, until: until, limit: limit)
        }
        return try APIResponse.json(WindowList(windows: windows.reversed().map(Window.init)))
    }
}

extension [LabelScore] {
    /// Scores by label, as every window of the API carries them.
    var shares: [String: Double] {
        Dictionary(map { ($0.label.rawValue, $0.confidence.share) }) { first, _ in first }
    }
}
