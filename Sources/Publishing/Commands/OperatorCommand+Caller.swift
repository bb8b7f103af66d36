// Who a command is by where it names nobody: where it came from.

extension OperatorCommand {
    /// The same command; one that names nobody, or an empty name, is by its origin, such as "mqtt TOPIC".
    public func signed(by origin: CommandOrigin) -> OperatorCommand {
        func name(_ user: String?) -> String {
            guard let user, !user.allSatisfy(\.isWhitespace) else { return origin.description }
            return user
        }
        switch self {
        case .acknowledge(let id, let user, let comment):
            return .acknowledge(alarmID: id, user: name(user), comment: comment)
        case .alarm(var command):
            command.user = name(command.user)
            return .alarm(command)
        case .enroll(var order):
            order.user = name(order.user)
            return .enroll(order)
        case .confirmEnrolment(var order):
            order.user = name(order.user)
            return .confirmEnrolment(order)
        case .undoEnrolment(var order):
            order.user = name(order.user)
            return .undoEnrolment(order)
        case .teach(var order):
            order.user = name(order.user)
            return .teach(order)
        case .undoTeaching(let id, let user): return .undoTeaching(decisionID: id, user: name(user))
        }
    }
}
