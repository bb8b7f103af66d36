import Foundation
import MachineHealth
import Testing
import TrendLog

@testable import Evidence

@Suite struct ReviewPolicyTests {
    private func candidate(
        _ reason: ReviewReason = .undetermined,
        confidence: Double = 0.6,
        level: Double = -20,
        at seconds: Double = 0
    ) -> ReviewCandidate {
        ReviewCandidate(
            machine: "a",
            start: TestSounds.seconds(seconds),
            end: TestSounds.seconds(seconds + 10),
            reason: reason,
            label: TestSounds.oil,
            confidence: confidence,
            threshold: 0.7,
            scores: [LabelScore(label: TestSounds.oil, confidence: confidence)],
            levelDBFS: level,
            model: "tiny@1"
        )
    }

    private func item(_ reason: ReviewReason, distance: Double, _ state: ReviewState = .open) -> ReviewItem {
        ReviewItem(
            machine: "a",
            start: TestSounds.start,
            end: TestSounds.seconds(10),
            reason: reason,
            label: nil,
            confidence: nil,
            distance: distance,
            scores: [],
            model: "",
            created: TestSounds.start,
            state: state
        )
    }

    private func novel(score: Double, limit: Double = 3) -> ReviewCandidate {
        ReviewCandidate(
            machine: "a",
            start: TestSounds.start,
            end: TestSounds.seconds(10),
            reason: .novel,
            label: TestSounds.oil,
            confidence: 0.95,
            threshold: 0.7,
            scores: [LabelScore(label: TestSounds.oil, confidence: 0.95)],
            levelDBFS: -20,
            model: "tiny@1",
            novelty: Novelty(score: score, limit: limit, share: 1)
        )
    }

    @Test func theStrangerANovelWindowTheMoreItSays() {
        #expect(novel(score: 4).distance == 0.75)
        #expect(novel(score: 2).distance == 1)
        let budget = ReviewBudget()
        let present = item(.novel, distance: 0.5)
        #expect(ReviewPolicy.choose(novel(score: 8), slot: [], budget: budget) == .add)
        #expect(ReviewPolicy.choose(novel(score: 8), slot: [present], budget: budget) == .pass)
        #expect(ReviewPolicy.choose(novel(score: 13), slot: [present], budget: budget) == .replace(present.id))
        #expect(ReviewPolicy.choose(candidate(.nearMiss), slot: [present], budget: budget) == .replace(present.id))
        let near = item(.nearMiss, distance: 0.9)
        #expect(ReviewPolicy.choose(novel(score: 100), slot: [near], budget: budget) == .pass)
    }

    @Test func oneWindowPerMachineAndSlot() {
        let budget = ReviewBudget()
        #expect(ReviewPolicy.choose(candidate(), slot: [], budget: budget) == .add)
        let present = item(.undetermined, distance: 0.1)
        #expect(ReviewPolicy.choose(candidate(confidence: 0.62), slot: [present], budget: budget) == .pass)
        #expect(
            ReviewPolicy.choose(candidate(confidence: 0.66), slot: [present], budget: budget) == .replace(present.id)
        )
    }

    @Test func aNearMissSaysMoreThanDoubt() {
        let budget = ReviewBudget()
        let doubt = item(.undetermined, distance: 0.001)
        #expect(
            ReviewPolicy.choose(candidate(.nearMiss, confidence: 0.1), slot: [doubt], budget: budget)
                == .replace(doubt.id)
        )
        let near = item(.nearMiss, distance: 0.5)
        #expect(ReviewPolicy.choose(candidate(confidence: 0.7), slot: [near], budget: budget) == .pass)
    }

    @Test func whatAPersonHasDecidedIsNotAskedAgain() {
        let decided = item(.undetermined, distance: 0.3, .decided)
        #expect(ReviewPolicy.choose(candidate(.nearMiss), slot: [decided], budget: ReviewBudget()) == .pass)
        let gone = item(.undetermined, distance: 0.3, .expired)
        #expect(ReviewPolicy.choose(candidate(), slot: [gone], budget: ReviewBudget()) == .add)
    }

    @Test func silenceIsNothingToHear() {
        #expect(ReviewPolicy.choose(candidate(level: -90), slot: [], budget: ReviewBudget()) == .pass)
    }

    @Test func slotsFollowTheClock() {
        let (since, until) = ReviewBudget().slot(of: TestSounds.seconds(725))
        #expect(since == TestSounds.seconds(600))
        #expect(until == TestSounds.seconds(1_200))
    }

    @Test func theListKeepsItsBudgetAndItsOrder() async throws {
        let place = try TestStore()
        let now = TestSounds.seconds(0)
        let desk = ReviewDesk(
            store: place.store,
            budget: ReviewBudget(maximumOpen: 3),
            logger: TestSounds.quiet,
            now: { now }
        )
        let reader = place.store.reader
        for slot in 0..<5 {
            let confidence = 0.6 + 0.01 * Double(slot)
            let item = await desk.consider(candidate(confidence: confidence, at: Double(slot) * 600))
            #expect(item != nil)
            #expect(await desk.consider(candidate(confidence: confidence, at: Double(slot) * 600 + 20)) == nil)
        }
        #expect(try await reader.openReviewCount() == 3)
        let page = try await reader.reviewPage(state: .open, limit: 2)
        #expect(page.items.compactMap(\.confidence).map { Int(($0 * 100).rounded()) } == [64, 63])
        let rest = try await reader.reviewPage(state: .open, limit: 2, after: page.next)
        #expect(rest.items.compactMap(\.confidence).map { Int(($0 * 100).rounded()) } == [62])
        #expect(rest.next == nil)

        // The same slot again after a restart: the list itself is the memory.
        let restarted = ReviewDesk(store: place.store, logger: TestSounds.quiet, now: { now })
        #expect(await restarted.consider(candidate(confidence: 0.6, at: 4 * 600 + 40)) == nil)
        let near = await restarted.consider(candidate(.nearMiss, confidence: 0.5, at: 4 * 600 + 60))
        #expect(near != nil)
        let first = try await reader.reviewPage(state: .open).items.first
        #expect(first?.reason == .nearMiss)
        #expect(try await reader.openReviewCount() == 3)
    }
}
