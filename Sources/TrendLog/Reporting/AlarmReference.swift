// How people name an alarm on the command line: its id, or as much of it as tells it from the others.
import Foundation
import MachineHealth

/// A text that names no alarm, or more than one.
public struct AlarmReferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
}

/// An alarm as people name it: its instance, or the fault of a machine.
public enum NamedAlarm: Hashable, Sendable {
    case instance(UUID)
    case fault(machine: String, label: LabelID)
}

/// Finds alarm instances by what people type.
public enum AlarmReference {
    private static let shortest = 4

    /// The alarm instance a text names.
    ///
    /// - Parameters:
    ///   - text: a whole id, or at least the first four characters of one that stands.
    ///   - alarms: the alarms that stand.
    /// - Returns: the instance; a whole id is returned as it is, so that the service can say what became of it.
    public static func resolve(_ text: String, among alarms: [AlarmRecord]) throws(AlarmReferenceError) -> UUID {
        let wanted = text.trimmingCharacters(in: .whitespaces).lowercased()
        if let id = UUID(uuidString: wanted) { return id }
        guard wanted.count >= shortest else {
            throw AlarmReferenceError(
                description: "\"\(text)\" is too short for an alarm id; give at least \(shortest) characters of it"
            )
        }
        let matches = alarms.filter { $0.alarmID?.text.hasPrefix(wanted) ?? false }
        guard let match = matches.first, let id = match.alarmID else {
            throw AlarmReferenceError(
                description: "no alarm that stands has an id beginning with \"\(text)\"; see `ausculta alarms list`"
            )
        }
        guard matches.count == 1 else {
            let found = matches.map { "\($0.alarmID?.text ?? "") (\($0.machine), \($0.label))" }
            throw AlarmReferenceError(
                description:
                    "\"\(text)\" fits \(matches.count) alarms, give more of it: \(found.joined(separator: ", "))"
            )
        }
        return id
    }

    /// The alarm a text names: an id as `resolve` takes it, or `MACHINE/LABEL`, whether that alarm stands or not.
    public static func named(_ text: String, among alarms: [AlarmRecord]) throws(AlarmReferenceError) -> NamedAlarm {
        guard let slash = text.lastIndex(of: "/") else { return .instance(try resolve(text, among: alarms)) }
        let machine = String(text[..<slash])
        let label = String(text[text.index(after: slash)...])
        guard !machine.isEmpty, LabelVocabulary.isValidID(label) else {
            throw AlarmReferenceError(
                description:
                    "\"\(text)\" names no alarm; give an id, or MACHINE/LABEL such as compressor-1/bearing-lacking-oil"
            )
        }
        return .fault(machine: machine, label: LabelID(label))
    }
}
