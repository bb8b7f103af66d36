// Versions of a machine's normal sound: enrolled, proposed, confirmed, taken back, kept.
import Foundation
import GRDB
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: enrolled normal sound")
struct BankTests {
    private let folder: TemporaryFolder
    private let store: TrendLogStore
    private let machine = "compressor-2"

    init() throws {
        folder = try TemporaryFolder()
        store = try TrendLogStore(url: folder.store)
    }

    private func draft(_ byte: UInt8, user: String = "mei", model: String = "tiny@1234") -> BankDraft {
        BankDraft(
            machine: machine,
            model: model,
            operatingState: "idle",
            since: Samples.start,
            until: Samples.start.addingTimeInterval(1_800),
            windows: 180,
            points: 120,
            report: Data(#"{"points":120}"#.utf8),
            user: user,
            comment: "after the oil change",
            bank: Data(repeating: byte, count: 1_000)
        )
    }

    private func time(_ seconds: Double) -> Date { Samples.start.addingTimeInterval(seconds) }

    private func states() async throws -> [BankState] {
        try await store.reader.banks(machine: machine).reversed().map(\.state)
    }

    @Test("an enrolment comes back as it was stored")
    func roundTrip() async throws {
        let record = try await store.enrol(draft(7), at: time(1))
        #expect(record.version == 1)
        #expect(record.state == .active)
        #expect(record.replaces == nil)
        #expect(record.model == "tiny@1234")
        #expect(record.operatingState == "idle")
        #expect(record.since == Samples.start)
        #expect(record.until == time(1_800))
        #expect(record.windows == 180 && record.points == 120)
        #expect(record.report == Data(#"{"points":120}"#.utf8))
        #expect(record.user == "mei")
        #expect(record.comment == "after the oil change")
        #expect(record.created == time(1))
        #expect(record.bytes == 1_000)
        #expect(try await store.reader.activeBank(machine: machine) == record)
        #expect(try await store.reader.activeBanks() == [record])
        #expect(try await store.reader.bankData(machine: machine, version: 1) == Data(repeating: 7, count: 1_000))
        #expect(try await store.reader.machinesEnrolled(withModel: "tiny@1234") == [machine])
        #expect(try await store.reader.machinesEnrolled(withModel: "other").isEmpty)
    }

    @Test("undoing goes back version by version, to the bytes that were there")
    func undoing() async throws {
        for version in 1...3 { _ = try await store.enrol(draft(UInt8(version)), at: time(Double(version))) }
        #expect(try await states() == [.superseded, .superseded, .active])
        let (third, second) = try await store.undoBank(machine: machine, user: "li", at: time(10))
        #expect(third.version == 3)
        #expect(third.undone == BankRecord.Step(time: time(10), user: "li"))
        #expect(second?.version == 2)
        #expect(try await store.reader.bankData(machine: machine, version: 2) == Data(repeating: 2, count: 1_000))
        // A new enrolment replaces the second, not the one that was taken back.
        let fourth = try await store.enrol(draft(4), at: time(11))
        #expect(fourth.replaces == 2)
        #expect(try await store.undoBank(machine: machine, user: "li", at: time(12)).active?.version == 2)
        #expect(try await store.undoBank(machine: machine, user: "li", at: time(13)).active?.version == 1)
        #expect(try await store.undoBank(machine: machine, user: "li", at: time(14)).active == nil)
        #expect(try await store.reader.activeBank(machine: machine) == nil)
        await #expect(throws: BankRefusal.nothingActive(machine: machine)) {
            try await store.undoBank(machine: machine, user: "li", at: time(15))
        }
    }

    @Test("a proposal works only once it is confirmed, and a person's enrolment turns it down")
    func proposals() async throws {
        let proposed = try await store.propose(draft(1, user: "ausculta"), at: time(1))
        #expect(proposed.state == .proposed)
        #expect(try await store.reader.activeBank(machine: machine) == nil)
        let confirmed = try await store.confirmBank(machine: machine, user: "mei", at: time(2))
        #expect(confirmed.state == .active)
        #expect(confirmed.confirmed == BankRecord.Step(time: time(2), user: "mei"))
        await #expect(throws: BankRefusal.nothingProposed(machine: machine)) {
            try await store.confirmBank(machine: machine, user: "mei", at: time(3))
        }
        await #expect(throws: BankRefusal.notProposed(machine: machine, version: 1, .active)) {
            try await store.confirmBank(machine: machine, version: 1, user: "mei", at: time(3))
        }
        let second = try await store.propose(draft(2, user: "ausculta"), at: time(4))
        let third = try await store.propose(draft(3, user: "ausculta"), at: time(5))
        #expect(try await states() == [.active, .undone, .proposed])
        let turnedDown = try await store.undoBank(machine: machine, version: third.version, user: "li", at: time(6))
        #expect(turnedDown.undone.version == third.version)
        #expect(turnedDown.active?.version == 1)
        await #expect(throws: BankRefusal.alreadyUndone(machine: machine, version: second.version)) {
            try await store.undoBank(machine: machine, version: second.version, user: "li", at: time(7))
        }
        _ = try await store.propose(draft(4, user: "ausculta"), at: time(8))
        let own = try await store.enrol(draft(5), at: time(9))
        #expect(own.replaces == 1)
        #expect(try await states() == [.superseded, .undone, .undone, .undone, .active])
        await #expect(throws: BankRefusal.notTheLast(machine: machine, version: 1, active: 5)) {
            try await store.undoBank(machine: machine, version: 1, user: "li", at: time(10))
        }
        await #expect(throws: BankRefusal.unknownVersion(machine: machine, version: 9)) {
            try await store.undoBank(machine: machine, version: 9, user: "li", at: time(10))
        }
    }

    @Test("retention keeps the bank in use, the one an undo returns to, and every row")
    func retention() async throws {
        let count = TrendLogStore.oldBanksKept + 4
        for version in 1...count { _ = try await store.enrol(draft(UInt8(version)), at: time(Double(version))) }
        // Back to the first two, so that the version an undo would return to is the oldest of all.
        for step in 0..<(count - 2) {
            _ = try await store.undoBank(machine: machine, user: "li", at: time(100 + Double(step)))
        }
        _ = try await store.enforce(
            RetentionPolicy(maximumAgeSeconds: 3_600, maximumBytes: 1),
            now: time(365 * 86_400)
        )
        let banks = try await store.reader.banks(machine: machine)
        #expect(banks.count == count)
        let kept = banks.filter { $0.bytes != nil }.map(\.version)
        #expect(kept.contains(1) && kept.contains(2))
        #expect(kept.count == TrendLogStore.oldBanksKept + 2)
        #expect(try await store.undoBank(machine: machine, user: "li", at: time(1_000)).active?.version == 1)
    }

    @Test("a machine has at most one active bank, whoever writes")
    func oneActive() async throws {
        _ = try await store.enrol(draft(1), at: time(1))
        _ = try await store.enrol(draft(2), at: time(2))
        let error = await trendLogError {
            try await store.write { try $0.execute(sql: "UPDATE banks SET state = 'active'") }
        }
        #expect(error?.code == .database)
        #expect(try await states() == [.superseded, .active])
    }
}
