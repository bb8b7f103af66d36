// The review list: candidates in, few items out; the budget is kept across restarts because the list itself is asked.
import Foundation
import Logging
import MachineHealth
import TrendLog

/// Puts windows before people.
public actor ReviewDesk {
    private let store: TrendLogStore
    private let budget: ReviewBudget
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let changed: @Sendable (Int) -> Void
    /// What the present slot of each machine has, so that the usual window needs no look into the trend log.
    private var slots: [String: (since: Date, items: [ReviewItem])] = [:]

    /// - Parameter changed: told how many items are open whenever that may have changed.
    public init(
        store: TrendLogStore,
        budget: ReviewBudget = ReviewBudget(),
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        changed: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.store = store
        self.budget = budget
        self.logger = logger
        self.now = now
        self.changed = changed
    }

    /// Looks at a window the service found doubtful.
    ///
    /// - Returns: the item it became; nil where the budget is better spent otherwise.
    public func consider(_ candidate: ReviewCandidate) async -> ReviewItem? {
        do {
            let (since, until) = budget.slot(of: candidate.start)
            if slots[candidate.machine]?.since != since {
                let items = try await store.reader.reviewItems(machine: candidate.machine, since: since, until: until)
                slots[candidate.machine] = (since, items)
            }
            let present = slots[candidate.machine]?.items ?? []
            let item = item(of: candidate)
            switch ReviewPolicy.choose(candidate, slot: present, budget: budget) {
            case .pass: return nil
            case .add: try await add(item, expiring: [])
            case .replace(let old):
                try await add(item, expiring: [old])
                slots[candidate.machine]?.items.removeAll { $0.id == old }
            }
            slots[candidate.machine]?.items.append(item)
            return item
        } catch let error as TrendLogError where error.code == .notFound {
            return nil
        } catch {
            logger.error("\(candidate.machine): review: \(error)")
            return nil
        }
    }

    /// Puts a window on the list because a person asked for it.
    public func add(manually candidate: ReviewCandidate) async throws -> ReviewItem {
        let item = item(of: candidate)
        try await add(item, expiring: [])
        return item
    }

    /// Notes a decision. See `TrendLogStore.decide`.
    public func decide(
        item: UUID,
        verdict: ReviewVerdict,
        label: LabelID?,
        user: String,
        comment: String?
    ) async throws -> (decision: ReviewDecision, open: Int) {
        let decision = try await store.decide(
            item: item,
            verdict: verdict,
            label: label,
            user: user,
            comment: comment,
            at: now()
        )
        slots[decision.machine] = nil
        return (decision, try await tell())
    }

    /// Takes a decision back.
    public func undo(_ decision: UUID, user: String) async throws -> ReviewDecision {
        let decision = try await store.undo(decision: decision, user: user, at: now())
        slots[decision.machine] = nil
        _ = try await tell()
        return decision
    }

    private func item(of candidate: ReviewCandidate) -> ReviewItem {
        ReviewItem(
            machine: candidate.machine,
            start: candidate.start,
            end: candidate.end,
            reason: candidate.reason,
            label: candidate.label,
            confidence: candidate.confidence,
            distance: candidate.distance,
            scores: candidate.scores,
            model: candidate.model,
            created: now()
        )
    }

    private func add(_ item: ReviewItem, expiring replaced: [UUID]) async throws {
        let surplus = try await store.reader.openReviewCount() + 1 - replaced.count - budget.maximumOpen
        let oldest = surplus > 0 ? try await store.reader.oldestOpenReviewItems(limit: surplus) : []
        try await store.add(item, expiring: replaced + oldest)
        _ = try await tell()
    }

    private func tell() async throws -> Int {
        let open = try await store.reader.openReviewCount()
        changed(open)
        return open
    }
}
