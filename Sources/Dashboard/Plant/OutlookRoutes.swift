// /api/v1/machines/{id}/outlook: smoothed values of a machine's faults, and when they may reach their limits.
import Foundation
import Hummingbird
import MachineHealth

/// The trends of the running service.
public protocol OutlookSource: Sendable {
    /// A machine's trends; nil where none are followed.
    func outlook(of machine: String) -> MachineOutlook?
}

/// A machine's outlook.
public struct OutlookRoutes: APIRoutes {
    private let plant: any PlantSource
    private let source: any OutlookSource

    public init(plant: any PlantSource, source: any OutlookSource) {
        self.plant = plant
        self.source = source
    }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/machines/:id/outlook") { _, context in
            let machine = try plant.named(context)
            let id = machine.description.id
            return try APIResponse.json(OutlookDocument(id, source.outlook(of: id), name: machine.name(of:)))
        }
    }
}

/// A machine's outlook as JSON.
struct OutlookDocument: Encodable {
    struct Reading: Encodable {
        /// Null for the distance from the machine's normal sound.
        @OrNull var label: String?
        @OrNull var name: Words?
        @OrNull var smoothed: Double?
        @OrNull var slopePerHour: Double?
        @OrNull var slopeErrorPerHour: Double?
        @OrNull var limit: Double?
        @OrNull var forecast: Forecast?
    }

    struct Forecast: Encodable {
        let outcome: TrendForecast.Outcome
        @OrNull var earliest: Date?
        @OrNull var latest: Date?
        let made: Date
    }

    let machine: String
    /// False where the configuration does not follow trends.
    let isFollowed: Bool
    @OrNull var memoryS: Double?
    @OrNull var verdict: String?
    @OrNull var verdictSince: Date?
    @OrNull var updated: Date?
    let readings: [Reading]

    init(_ machine: String, _ outlook: MachineOutlook?, name: (LabelID) -> Words) {
        self.machine = machine
        isFollowed = outlook != nil
        memoryS = outlook?.memorySeconds
        verdict = outlook?.verdict
        verdictSince = outlook?.verdictSince
        updated = outlook?.updated
        readings = (outlook?.readings ?? []).map { reading in
            Reading(
                label: reading.label?.rawValue,
                name: reading.label.map(name),
                smoothed: reading.smoothed.rounded(decimals: 6),
                slopePerHour: reading.slopePerHour?.rounded(decimals: 6),
                slopeErrorPerHour: reading.slopeErrorPerHour?.rounded(decimals: 6),
                limit: reading.limit?.rounded(decimals: 6),
                forecast: reading.forecast.map {
                    Forecast(outcome: $0.outcome, earliest: $0.earliest, latest: $0.latest, made: $0.made)
                }
            )
        }
    }

    enum CodingKeys: String, CodingKey {
        case machine, memoryS, verdict, verdictSince, updated, readings
        case isFollowed = "followed"
    }
}
