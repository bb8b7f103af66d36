// Automatic enrolment: a machine that was heard long enough gets a proposed bank, and an operator decides.
import Foundation
import MachineHealth
import TrendLog

extension LearningRoom {
    /// Who proposals are noted under.
    static let proposer = "ausculta"

    /// Proposes banks for machines that were never enrolled with the present model and were heard long enough.
    ///
    /// A stretch the checks refuse is tried again when as much has been heard anew; a proposal that somebody turned down
    /// is not made again.
    func propose() async {
        guard settings.isAutomatic else { return }
        let time = now()
        for machine in profiles.keys.sorted() where !enrolled.contains(machine) {
            if let next = nextLooks[machine], time < next { continue }
            do {
                try await look(at: machine, time)
            } catch let error as TrendLogError where error.code == .notFound {
                continue
            } catch {
                logger.error("\(machine): no normal sound can be proposed: \(error)")
                nextLooks[machine] = time.addingTimeInterval(settings.afterSeconds)
            }
        }
    }

    private func look(at machine: String, _ time: Date) async throws {
        let hop = hopSeconds[machine] ?? 5
        let needed = max(1, Int((settings.afterSeconds / hop).rounded(.up)))
        let heard = try await store.reader.heard(machine: machine, model: model, limit: needed)
        guard let heard, heard.windows >= needed else {
            // Not before the missing windows can have come, and yet soon where they come faster than real time.
            let missing = Double(needed - (heard?.windows ?? 0)) * hop
            nextLooks[machine] = time.addingTimeInterval(min(60, missing / 20))
            return
        }
        let outcome = try await outcome(machine, state: "", since: heard.start, until: heard.end)
        guard let made = outcome.made else {
            let reasons = outcome.report.findings.filter(\.isRefusal).map(\.text.en).joined(separator: " ")
            logger.warning("\(machine): no normal sound is proposed yet: \(reasons)")
            nextLooks[machine] = time.addingTimeInterval(settings.afterSeconds)
            return
        }
        let record = try await store.propose(
            try draft(outcome.report, made.bank, user: Self.proposer, comment: nil),
            at: time
        )
        enrolled.insert(machine)
        tell(
            .enrolmentProposed,
            machine,
            "normal sound proposed from \(record.windows) windows (version \(record.version)); confirm it with "
                + "`ausculta enroll confirm \(machine)` if the machine was healthy, or turn it down with `enroll undo`",
            user: Self.proposer
        )
    }
}
