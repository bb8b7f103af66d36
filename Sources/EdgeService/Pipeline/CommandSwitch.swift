// Hands each command to the room that carries it out.
import MachineHealth
import Publishing

/// Where operators' commands go: what is about alarms to the health desk, what is to be learned to the learning room.
struct CommandSwitch: Sendable {
    let desk: AsyncStream<DeskInput>.Continuation
    let learning: LearningRoom

    /// Hands a command on, by its origin where it names no user; false where none is taken any more.
    ///
    /// - Parameters:
    ///   - machine: of the topic it came on; nil where it came another way.
    ///   - origin: where it came from, for the audit trail.
    @discardableResult
    func give(
        _ command: OperatorCommand,
        machine: String?,
        from origin: CommandOrigin,
        reply: @escaping @Sendable (CommandResult) async -> Void
    ) -> Bool {
        let command = command.signed(by: origin)
        if command.isLearning { return learning.give(.command(command, machine: machine, reply: reply)) }
        if case .terminated = desk.yield(.command(command, machine: machine, from: origin, reply: reply)) {
            return false
        }
        return true
    }
}
