// /api/v1/events: what changes, as it changes, by server-sent events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization
import TrendLog

/// Live updates.
///
/// A listener first gets every machine and the system, then what changes, at most twice a second. A slow listener never
/// makes anybody wait: its changes are put together until it takes them.
public struct EventRoutes: APIRoutes {
    /// How often, and how many.
    public struct Limits: Sendable {
        /// Least time between two rounds of news.
        public var interval: Duration = .milliseconds(500)
        /// A comment is sent after so long, so that proxies and pages see that the line stands.
        public var heartbeat: Duration = .seconds(15)
        /// Changes of machines can change what is wrong with the plant; looked at no more often than this.
        public var systemInterval: Duration = .seconds(2)
        /// Listeners at a time.
        public var listeners = 200

        /// The defaults.
        public init() {}
    }

    private final class Counters: Sendable {
        /// Rises over all listeners.
        let id = Atomic<Int>(0)
        let listeners = Atomic<Int>(0)
    }

    private let plant: any PlantSource
    private let book: AlarmBook
    private let limits: Limits
    private let now: @Sendable () -> Date
    private let counters = Counters()

    /// - Parameters:
    ///   - clips: kept sound, where some is kept.
    ///   - now: the present time.
    public init(
        plant: any PlantSource,
        reader: TrendLogReader,
        clips: any AlarmClips = NoAlarmClips(),
        limits: Limits = Limits(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.plant = plant
        self.limits = limits
        self.now = now
        book = AlarmBook(plant: plant, reader: reader, clips: clips)
    }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/events") { request, _ in
            let machine = RequestQuery(request).text("machine")
            if let machine, plant.machine(machine) == nil {
                throw APIError(.notFound, "not_found", "there is no machine \"\(machine.prefix(128))\"")
            }
            guard counters.listeners.load(ordering: .relaxed) < limits.listeners else {
                throw APIError(
                    .tooManyRequests,
                    "too_many_listeners",
                    "\(limits.listeners) pages listen already; close some",
                    headers: [.retryAfter: "30"]
                )
            }
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    try await tell(&writer, windowsOf: machine)
                    try await writer.finish(nil)
                }
            )
        }
    }

    /// Tells until the listener leaves or the service stops.
    private func tell(_ writer: inout any ResponseBodyWriter, windowsOf machine: String?) async throws {
        counters.listeners.add(1, ordering: .relaxed)
        let mailbox = plant.subscribe(windowsOf: machine)
        let heartbeat = Task { [limits] in
            while !Task.isCancelled {
                do { try await Task.sleep(for: limits.heartbeat) } catch { return }
                mailbox.ring()
            }
        }
        defer {
            heartbeat.cancel()
            plant.unsubscribe(mailbox)
            counters.listeners.subtract(1, ordering: .relaxed)
        }
        try await withGracefulShutdownHandler {
            // Where the listener has left, the next write or the one after it throws.
            try await tellAll(mailbox, &writer)
        } onGracefulShutdown: {
            mailbox.finish()
        }
    }

    private func tellAll(_ mailbox: PlantMailbox, _ writer: inout any ResponseBodyWriter) async throws {
        var lookedAt = ContinuousClock.now
        var system = SystemDocument(await plant.status(), machines: plant.machines).news
        var text = "retry: 2000\n\n"
        text += try event("machines", cards(of: plant.machines))
        text += try event("system", system)
        try await writer.write(ByteBuffer(string: text))
        for await _ in mailbox.signals {
            let changes = mailbox.take()
            var text = try await self.text(changes)
            if changes.system || ContinuousClock.now - lookedAt >= limits.systemInterval {
                lookedAt = .now
                let present = SystemDocument(await plant.status(), machines: plant.machines).news
                if present != system { text += try event("system", present) }
                system = present
            }
            try await writer.write(ByteBuffer(string: text.isEmpty ? ": heartbeat\n\n" : text))
            if !changes.isEmpty { try await Task.sleep(for: limits.interval) }
        }
    }

    private func text(_ changes: PlantChanges) async throws -> String {
        var text = ""
        if !changes.machines.isEmpty {
            let changed = plant.machines.filter { changes.machines.contains($0.description.id) }
            if !changed.isEmpty { text += try event("machines", cards(of: changed)) }
        }
        for window in changes.windows { text += try event("window", WindowNews(window)) }
        var told: Set<UUID> = []
        for alarm in changes.alarms where told.insert(alarm).inserted {
            if let document = try await book.document(alarm, now: now()) { text += try event("alarm", document) }
        }
        if let open = changes.openReviews { text += try event("review", ["open": open]) }
        return text
    }

    private struct Cards: Encodable {
        let machines: [MachineCard]
        let time: Date
    }

    private func cards(of machines: [LiveMachine]) -> Cards {
        Cards(machines: machines.sorted(by: LiveMachine.worstFirst).map { MachineCard($0) }, time: now())
    }

    private struct WindowNews: Encodable {
        let machine: String
        let start: Date
        let end: Date
        @OrNull var label: String?
        @OrNull var confidence: Double?
        let verdict: String
        let scores: [String: Double]
        @OrNull var levelDBFS: Double?
        let quality: String

        init(_ window: LiveWindow) {
            let observation = window.observation
            let top = observation.quality == .good ? observation.top : nil
            machine = observation.machine
            start = observation.start
            end = observation.end
            label = top?.label.rawValue
            confidence = top?.confidence.share
            verdict = window.verdict.description
            scores = observation.scores.shares
            levelDBFS = observation.levelDBFS.level
            quality = observation.quality.rawValue
        }
    }

    /// One event. JSON as the API writes it has no line breaks of its own, so one data line is enough.
    private func event(_ name: String, _ data: some Encodable) throws -> String {
        let id = counters.id.add(1, ordering: .relaxed).newValue
        let json = String(decoding: try APIResponse.encode(data), as: UTF8.self)
        return "id: \(id)\nevent: \(name)\ndata: \(json)\n\n"
    }
}
