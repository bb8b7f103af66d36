// Commands that name nobody are by where they came from; those that name somebody stay as they are.
import Foundation
import MachineHealth
import Testing

@testable import Publishing

@Suite("Publishing: who a command is by")
struct CommandCallerTests {
    private static let topic = "ausculta/plant1/pump-1/cmd"
    static let origins: [(CommandOrigin, String)] = [
        (.mqtt(topic: topic), "mqtt ausculta/plant1/pump-1/cmd"), (.commandLine, "command line"),
        (.http(address: "127.0.0.1"), "http 127.0.0.1"), (.http(address: nil), "http"),
        (.sparkplug(device: "pump-1"), "sparkplug pump-1"),
    ]

    /// One of each kind.
    private static func commands(_ user: String?) -> [OperatorCommand] {
        [
            .acknowledge(alarmID: Samples.alarmID, user: user, comment: "c"),
            .alarm(AlarmCommand(.reset, target: .instance(Samples.alarmID), user: user, comment: "c")),
            .enroll(EnrolmentOrder(machine: "pump-1", since: Samples.start, user: user)),
            .confirmEnrolment(BankOrder(machine: "pump-1", version: 2, user: user)),
            .undoEnrolment(BankOrder(machine: "pump-1", user: user)),
            .teach(TeachingOrder(machine: "pump-1", time: Samples.start, label: "normal", user: user)),
            .undoTeaching(decisionID: Samples.eventID, user: user),
        ]
    }

    @Test("nobody, an empty name and blanks are the origin", arguments: origins)
    func nobody(origin: CommandOrigin, name: String) {
        for user in [nil, "", " \t\n"] {
            #expect(Self.commands(user).map { $0.signed(by: origin) } == Self.commands(name))
        }
    }

    @Test("a name stays", arguments: origins)
    func somebody(origin: CommandOrigin, name: String) {
        #expect(Self.commands("mei").map { $0.signed(by: origin) } == Self.commands("mei"))
    }
}
