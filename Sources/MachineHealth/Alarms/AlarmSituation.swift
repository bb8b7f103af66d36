// The whole alarm state machine (ISA-18.2 / IEC 62682): the shown states, and what hides them, as one pure value.

/// Where an alarm stands, with all that hides it: inputs in, steps out, no time and no instance.
///
/// While an alarm is hidden its condition is followed beneath and decides the state on leaving:
/// - a fault that is present and has not been shown is raised as a new instance;
/// - an alarm that stood before comes back as it is by now: unacknowledged ones are never lost;
/// - a fault that arose and went while hidden leaves nothing behind.
///
/// Nobody acknowledges or resets what is hidden. Maintenance, shelf and suppression may hide an alarm at a time; it shows
/// again when the last of them is gone.
public struct AlarmSituation: Hashable, Sendable {
    /// The state it shows.
    public private(set) var state: AlarmState
    /// What hides it; nil exactly where `state` is not a hidden one.
    public private(set) var hiding: AlarmHiding?

    /// An alarm that nothing hides.
    public init(state: AlarmState = .normal) {
        self.state = state
    }

    /// An alarm as stored; nil where state and hiding contradict each other.
    public init?(state: AlarmState, hiding: AlarmHiding?) {
        guard hiding?.shown == (state.isHidden ? state : nil), hiding == nil || state.isHidden,
            !(hiding?.beneath.isHidden ?? false), !(hiding.map { $0.beneath.isActive && $0.hasArisen } ?? false)
        else { return nil }
        self.state = state
        self.hiding = hiding
    }

    /// Where it would stand if nothing hid it, but for a fault that arose meanwhile.
    public var beneath: AlarmState { hiding?.beneath ?? state }

    /// Whether the fault is present, shown or not.
    public var hasCondition: Bool { hiding?.hasCondition ?? state.isActive }

    /// Whether it asks, or would ask, for somebody's attention.
    public var isStanding: Bool { beneath != .normal || hiding?.hasArisen ?? false }

    /// Takes an input.
    public mutating func take(_ input: AlarmInput, isLatching: Bool = false) -> AlarmStep {
        guard var hiding else {
            let step = AlarmStateMachine.step(state, input, isLatching: isLatching)
            if case .move(let next, _) = step { state = next }
            return step
        }
        switch input {
        case .acknowledge, .reset: return .refuse(.hidden)
        case .realarm: return .stay
        case .conditionRaised:
            guard !hiding.hasCondition else { return .stay }
            hiding.hasArisen = true
        case .conditionCleared:
            guard hiding.hasCondition else { return .stay }
            if hiding.hasArisen {
                hiding.hasArisen = false
            } else if case .move(let next, _) = AlarmStateMachine.step(hiding.beneath, input, isLatching: isLatching) {
                hiding.beneath = next
            }
        }
        self.hiding = hiding
        return .noted
    }

    /// Hides it, or hides it otherwise: a second shelf takes the place of the first.
    public mutating func cover(_ cover: AlarmCover) -> AlarmStep {
        var hiding = hiding ?? AlarmHiding(beneath: state)
        guard !isCovered(by: cover) else { return .stay }
        hiding.put(cover)
        return show(hiding)
    }

    /// Takes away one thing that hides it.
    public mutating func uncover(_ kind: AlarmCover.Kind) -> AlarmStep {
        guard var hiding, hiding.has(kind) else {
            let refusal: AlarmRefusal =
                switch kind {
                case .shelf: .notShelved
                case .suppression: .notSuppressed
                case .outOfService: .notOutOfService
                }
            return .refuse(refusal)
        }
        hiding.remove(kind)
        guard hiding.shown == nil else { return show(hiding) }
        self.hiding = nil
        state = hiding.beneath
        guard hiding.hasArisen else { return .move(to: state, newInstance: false) }
        return take(.conditionRaised)
    }

    private func isCovered(by cover: AlarmCover) -> Bool {
        switch cover {
        case .shelf(let shelf): hiding?.shelf == shelf
        case .suppression(let suppression): hiding?.suppression == suppression
        case .outOfService(let removal): hiding?.outOfService == removal
        }
    }

    private mutating func show(_ hiding: AlarmHiding) -> AlarmStep {
        self.hiding = hiding
        guard let shown = hiding.shown, shown != state else { return .noted }
        state = shown
        return .move(to: shown, newInstance: false)
    }
}
