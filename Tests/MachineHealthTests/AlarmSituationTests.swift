// The whole alarm machine: every situation with every input, against a second reading of the rules; and random lives.
import Foundation
import MachineHealth
import Testing

@Suite struct AlarmSituationTests {
    /// Everything that can happen to an alarm.
    enum Happening: Hashable, CaseIterable {
        case raised, cleared, acknowledge, reset, realarm
        case shelve, suppress, takeOut
        case unshelve, release, takeBack

        func apply(to situation: inout AlarmSituation, isLatching: Bool) -> AlarmStep {
            switch self {
            case .raised: situation.take(.conditionRaised, isLatching: isLatching)
            case .cleared: situation.take(.conditionCleared, isLatching: isLatching)
            case .acknowledge: situation.take(.acknowledge, isLatching: isLatching)
            case .reset: situation.take(.reset, isLatching: isLatching)
            case .realarm: situation.take(.realarm, isLatching: isLatching)
            case .shelve: situation.cover(.shelf(AlarmSituationTests.shelf))
            case .suppress: situation.cover(.suppression(AlarmSituationTests.suppression))
            case .takeOut: situation.cover(.outOfService(AlarmSituationTests.removal))
            case .unshelve: situation.uncover(.shelf)
            case .release: situation.uncover(.suppression)
            case .takeBack: situation.uncover(.outOfService)
            }
        }
    }

    static let time = Date(timeIntervalSince1970: 1_800_000_000)
    static let shelf = AlarmShelf(since: time, until: time.addingTimeInterval(60), user: "u")
    static let suppression = AlarmSuppression(cause: .machineStopped, since: time)
    static let removal = ServiceRemoval(since: time, user: "u")

    /// A second reading of the rules, in plain facts instead of states.
    struct Facts: Hashable {
        var isPresent = false
        /// An alarm was shown and nobody has acknowledged it.
        var isUnacknowledged = false
        /// The fault that is present was shown.
        var isShown = false
        var isLatched = false
        var covers: Set<AlarmCover.Kind> = []

        var state: AlarmState {
            if covers.contains(.outOfService) { return .outOfService }
            if covers.contains(.shelf) { return .shelved }
            if covers.contains(.suppression) { return .suppressed }
            if isPresent { return isUnacknowledged ? .unackActive : .ackActive }
            if isUnacknowledged { return .rtnUnack }
            return isLatched ? .latchedAck : .normal
        }

        /// Whether the happening is taken; a raise that is shown begins a new instance.
        mutating func take(_ happening: Happening, isLatching: Bool) -> (isTaken: Bool, isNew: Bool) {
            let isHidden = !covers.isEmpty
            switch happening {
            case .raised:
                guard !isPresent else { return (true, false) }
                isPresent = true
                if !isHidden { return (true, show()) }
            case .cleared:
                guard isPresent else { return (true, false) }
                isPresent = false
                if isShown, !isUnacknowledged, isLatching { isLatched = true }
                isShown = false
            case .acknowledge:
                guard !isHidden, isUnacknowledged else { return (false, false) }
                isUnacknowledged = false
                if !isPresent, isLatching { isLatched = true }
            case .reset:
                guard !isHidden, state == .latchedAck else { return (false, false) }
                isLatched = false
            case .realarm:
                guard !isHidden, isPresent, !isUnacknowledged else { return (true, false) }
                isUnacknowledged = true
                return (true, true)
            case .shelve: covers.insert(.shelf)
            case .suppress: covers.insert(.suppression)
            case .takeOut: covers.insert(.outOfService)
            case .unshelve, .release, .takeBack:
                let kind: AlarmCover.Kind =
                    happening == .unshelve ? .shelf : happening == .release ? .suppression : .outOfService
                guard covers.remove(kind) != nil else { return (false, false) }
                if covers.isEmpty, isPresent, !isShown { return (true, show()) }
            }
            return (true, false)
        }

        private mutating func show() -> Bool {
            isShown = true
            isUnacknowledged = true
            isLatched = false
            return true
        }
    }

    /// Every situation that can be reached, with the facts behind it and how it was reached.
    private static func reachable(isLatching: Bool) -> [(AlarmSituation, Facts)] {
        var found: [AlarmSituation: Facts] = [AlarmSituation(): Facts()]
        var open: [(AlarmSituation, Facts)] = [(AlarmSituation(), Facts())]
        while let (situation, facts) = open.popLast() {
            for happening in Happening.allCases {
                var next = situation
                var nextFacts = facts
                _ = happening.apply(to: &next, isLatching: isLatching)
                _ = nextFacts.take(happening, isLatching: isLatching)
                if found[next] == nil {
                    found[next] = nextFacts
                    open.append((next, nextFacts))
                }
            }
        }
        return found.map { ($0.key, $0.value) }
    }

    @Test(arguments: [false, true])
    func everySituationWithEveryHappening(isLatching: Bool) throws {
        let all = Self.reachable(isLatching: isLatching)
        // Four or five shown states, each beneath seven sets of covers, and three or two of them with a fault that arose.
        let shown = isLatching ? 5 : 4
        #expect(all.count == shown + 7 * (shown + shown - 2))
        #expect(Set(all.map(\.0.state)) == Set(AlarmState.allCases).subtracting(isLatching ? [] : [.latchedAck]))
        for (situation, facts) in all {
            #expect(AlarmSituation(state: situation.state, hiding: situation.hiding) == situation)
            for happening in Happening.allCases {
                var next = situation
                var expected = facts
                let step = happening.apply(to: &next, isLatching: isLatching)
                let (isTaken, isNew) = expected.take(happening, isLatching: isLatching)
                let place: Comment = "\(happening) in \(situation)"
                #expect(next.state == expected.state, place)
                #expect(next.hasCondition == expected.isPresent, place)
                switch step {
                case .refuse:
                    #expect(!isTaken, place)
                    #expect(next == situation, place)
                case .stay: #expect(isTaken && next == situation, place)
                case .noted: #expect(isTaken && next != situation && next.state == situation.state, place)
                case .move(let state, let newInstance):
                    #expect(isTaken && state == next.state, place)
                    #expect(newInstance == isNew, place)
                    #expect(state != situation.state, place)
                }
                #expect(isNew == (step == .move(to: .unackActive, newInstance: true)), place)
            }
        }
    }

    @Test(arguments: 0..<200)
    func randomLivesAgreeWithTheFacts(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let isLatching = Bool.random(using: &generator)
        var situation = AlarmSituation()
        var facts = Facts()
        for step in 0..<400 {
            guard let happening = Happening.allCases.randomElement(using: &generator) else { return }
            let wasUnacknowledged = [.unackActive, .rtnUnack].contains(situation.beneath)
            _ = happening.apply(to: &situation, isLatching: isLatching)
            _ = facts.take(happening, isLatching: isLatching)
            #expect(situation.state == facts.state, "step \(step)")
            #expect(situation.hasCondition == facts.isPresent, "step \(step)")
            if wasUnacknowledged, happening != .acknowledge {
                #expect(
                    [.unackActive, .rtnUnack].contains(situation.beneath),
                    "step \(step): \(happening) lost an alarm"
                )
            }
        }
    }

    @Test func aContradictionIsNoSituation() throws {
        var hidden = AlarmSituation(state: .unackActive)
        _ = hidden.cover(.shelf(Self.shelf))
        let hiding = try #require(hidden.hiding)
        #expect(AlarmSituation(state: .shelved, hiding: hiding) != nil)
        #expect(AlarmSituation(state: .suppressed, hiding: hiding) == nil)
        #expect(AlarmSituation(state: .normal, hiding: hiding) == nil)
        #expect(AlarmSituation(state: .shelved, hiding: nil) == nil)
    }
}
