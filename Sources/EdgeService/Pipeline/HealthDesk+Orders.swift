// Operators' orders at the health desk: found, carried out, written to the audit trail whatever becomes of them.
import Foundation
import MachineHealth
import Publishing
import TrendLog

extension HealthDesk {
    /// Carries out an order about an alarm.
    ///
    /// - Parameters:
    ///   - machine: of the topic it came on; nil where it came another way.
    ///   - origin: where it came from.
    func carryOut(_ command: OperatorCommand, machine: String?, from origin: CommandOrigin) async -> CommandResult {
        guard let wish = AlarmCommand(command) else {
            return .refused(command, machine: machine, error: "it is not about an alarm")
        }
        let named = machine ?? wish.machine
        let user = wish.user ?? origin.description
        let time = now()
        guard let owner = owner(of: wish, named: named), var monitor = monitors[owner] else {
            let error = missing(wish, named: named)
            await note(wish, at: time, machine: named, user: user, from: origin, refused: error)
            return .refused(command, machine: machine, error: error)
        }
        let record = wish.record(in: monitor)
        switch monitor.carryOut(wish.order, on: wish.target, user: user, comment: wish.comment, at: time) {
        case .failure(let refusal):
            await note(
                wish,
                at: time,
                machine: owner,
                label: record?.label,
                alarmID: record?.alarmID,
                user: user,
                from: origin,
                refused: refusal.reason
            )
            return .refused(command, machine: owner, error: refusal.reason)
        case .success(let actions):
            monitors[owner] = monitor
            let message = "\(wish.done) by \(user)"
            let ordered = OperatorAction(
                time: time,
                command: wish.name,
                machine: owner,
                label: record?.label,
                alarmID: record?.alarmID ?? wish.record(in: monitor)?.alarmID,
                user: user,
                origin: origin.description,
                comment: wish.comment,
                isDone: true,
                outcome: message
            )
            await self.record(monitor, window: nil, actions: actions, ordered: ordered)
            return .done(command, machine: owner, message: message)
        }
    }

    private func owner(of wish: AlarmCommand, named: String?) -> String? {
        switch wish.target {
        case .label: return named.flatMap { monitors[$0] == nil ? nil : $0 }
        case .instance:
            let candidates = named.map { name in monitors.keys.filter { $0 == name } } ?? Array(monitors.keys)
            return candidates.first { name in monitors[name].flatMap { wish.record(in: $0) } != nil }
        }
    }

    private func missing(_ wish: AlarmCommand, named: String?) -> String {
        switch wish.target {
        case .label(let label):
            guard let named else {
                return "it names the fault \"\(label)\" and no machine; send \"machine\", or use the machine's topic"
            }
            return
                "there is no machine \"\(named)\"; the configured ones are \(monitors.keys.sorted().joined(separator: ", "))"
        case .instance(let id):
            let place = named.map { "machine \($0) has" } ?? "there is"
            return "\(place) no alarm \(id.text); `ausculta alarms list` shows the present ones"
        }
    }

    private func note(
        _ wish: AlarmCommand,
        at time: Date,
        machine: String?,
        label: LabelID? = nil,
        alarmID: UUID? = nil,
        user: String,
        from origin: CommandOrigin,
        refused reason: String
    ) async {
        let action = OperatorAction(
            time: time,
            command: wish.name,
            machine: machine,
            label: label ?? wish.label,
            alarmID: alarmID ?? wish.alarmID,
            user: user,
            origin: origin.description,
            comment: wish.comment,
            isDone: false,
            outcome: reason
        )
        do {
            try await publisher.record(window: nil, actions: [], ordered: action) { _ in nil }
        } catch {
            logger.error("audit trail: \(error)")
        }
    }
}

extension AlarmCommand {
    /// The order a command about an alarm comes to; nil for commands about what was learned.
    fileprivate init?(_ command: OperatorCommand) {
        switch command {
        case .acknowledge(let id, let user, let comment):
            self.init(.acknowledge, target: .instance(id), user: user, comment: comment)
        case .alarm(let command): self = command
        case .enroll, .confirmEnrolment, .undoEnrolment, .teach, .undoTeaching: return nil
        }
    }

    fileprivate func record(in monitor: MachineMonitor) -> AlarmRecord? {
        switch target {
        case .instance(let id): monitor.records.first { $0.alarmID == id }
        case .label(let label): monitor.records.first { $0.label == label }
        }
    }

    /// What was done, in a word or three.
    fileprivate var done: String {
        switch order {
        case .acknowledge: "acknowledged"
        case .reset: "reset"
        case .shelve(.seconds(let seconds)): "shelved for \(Int(seconds.rounded())) s"
        case .shelve(.oneShot): "shelved until the fault is over once"
        case .unshelve: "taken off the shelf"
        case .outOfService: "taken out of service"
        case .inService: "put back into service"
        }
    }
}
