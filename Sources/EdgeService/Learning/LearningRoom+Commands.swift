// Operators' orders to learn: enrol, confirm, take back, teach.
import Detection
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// An order that cannot be carried out, in words for whoever gave it.
private struct OrderRefusal: Error, CustomStringConvertible {
    let description: String
}

extension LearningRoom {
    /// Carries an order out.
    ///
    /// - Parameter topicMachine: the machine of the command topic; nil where the order came another way.
    func carryOut(_ command: OperatorCommand, topicMachine: String?) async -> CommandResult {
        var machine = command.machine ?? topicMachine
        do {
            if let topicMachine, let named = command.machine, named != topicMachine {
                throw OrderRefusal(
                    description: "it names the machine \(named) on the topic of \(topicMachine); send it there instead"
                )
            }
            switch command {
            case .acknowledge, .alarm:
                throw OrderRefusal(description: "\"\(command.name)\" belongs to the alarms")
            case .enroll(let order):
                return try await enrol(order, command, try configured(machine))
            case .confirmEnrolment(let order):
                return try await confirm(order, command, try configured(machine))
            case .undoEnrolment(let order):
                return try await undo(order, command, try configured(machine))
            case .teach(let order):
                return try await teach(order, command, try configured(machine))
            case .undoTeaching(let id, let user):
                guard let decision = try await store.reader.decision(id) else {
                    throw ReviewRefusal.unknownDecision(id)
                }
                machine = machine ?? decision.machine
                guard machine == decision.machine else {
                    throw OrderRefusal(description: "decision \(id.text) is about \(decision.machine)")
                }
                let undone = try await store.undo(decision: id, user: user ?? "unknown", at: now())
                let teaching = try await teach(undone.machine, because: undone)
                return CommandResult.done(
                    command,
                    machine: undone.machine,
                    message: "decision taken back; \(teaching?.text.en ?? "the machine is not configured any more")"
                ).adding(teaching)
            }
        } catch {
            return .refused(command, machine: machine, error: "\(error)")
        }
    }

    private func configured(_ machine: String?) throws -> String {
        guard let machine else {
            throw OrderRefusal(description: "it names no \"machine\"")
        }
        guard profiles[machine] != nil else {
            let known = profiles.keys.sorted().prefix(20).joined(separator: ", ")
            throw OrderRefusal(description: "there is no machine \(machine); configured are: \(known)")
        }
        return machine
    }

    // MARK: - Enrolment

    private func enrol(
        _ order: EnrolmentOrder,
        _ command: OperatorCommand,
        _ machine: String
    ) async throws -> CommandResult {
        let until = order.until ?? now()
        let state = order.state ?? ""
        let active = try await store.reader.activeBank(machine: machine)
        var present: NormalBank?
        if !state.isEmpty, let active, active.model == model { present = try await bank(of: active) }
        let outcome = try await outcome(machine, state: state, since: order.since, until: until, extending: present)
        guard let made = outcome.made else {
            let reasons = outcome.report.findings.filter(\.isRefusal).map(\.text.en)
            let answer = EnrolmentAnswer(
                version: nil,
                standing: nil,
                activeVersion: active?.version,
                report: outcome.report
            )
            return CommandResult.refused(command, machine: machine, error: reasons.joined(separator: " "))
                .adding(answer)
        }
        let user = order.user ?? "unknown"
        let record = try await store.enrol(
            try draft(outcome.report, made.bank, user: user, comment: order.comment),
            at: now()
        )
        enrolled.insert(machine)
        try await use(made.sound, of: record)
        let message =
            "normal sound enrolled from \(record.windows) windows (version \(record.version)"
            + "\(state.isEmpty ? "" : ", state \(state)"))"
        tell(.enrolled, machine, message, user: user, comment: order.comment)
        return CommandResult.done(command, machine: machine, message: message).adding(
            EnrolmentAnswer(
                version: record.version,
                standing: record.state.rawValue,
                activeVersion: record.version,
                report: outcome.report
            )
        )
    }

    /// Reads a stretch and makes a bank of it.
    func outcome(
        _ machine: String,
        state: String,
        since: Date,
        until: Date,
        extending present: NormalBank? = nil
    ) async throws -> EnrolmentOutcome {
        let heard = try await store.reader.heard(
            machine: machine,
            model: model,
            since: since,
            until: until,
            limit: EnrolmentMaker.mostWindowsCounted
        )
        // A day of windows stands for the day, not for its last hours.
        let most = EnrolmentMaker.mostWindowsRead
        let windows = try await store.reader.learningWindows(
            machine: machine,
            model: model,
            since: since,
            until: until,
            every: ((heard?.windows ?? 0) + most - 1) / most,
            limit: most
        )
        let maker = EnrolmentMaker(machine: machine, state: state, capacity: settings.capacity)
        return try maker.make(
            windows,
            heard: heard?.windows ?? 0,
            since: since,
            until: until,
            extending: present
        )
    }

    func draft(
        _ report: EnrolmentReport,
        _ bank: NormalBank,
        user: String,
        comment: String?
    ) throws -> BankDraft {
        BankDraft(
            machine: report.machine,
            model: model,
            operatingState: report.state,
            since: report.since,
            until: report.until,
            windows: report.windowsUsed,
            points: bank.points,
            report: try PayloadCoder.encode(report),
            user: user,
            comment: comment,
            bank: bank.encoded()
        )
    }

    /// Puts a machine's normal sound in force, or takes it out; its examples are compared around the new centre.
    private func use(_ sound: NormalSound?, of record: BankRecord) async throws {
        var sound = sound
        sound?.version = record.version
        let ready = sound
        judges.update(record.machine) { $0.normalSound = ready }
        _ = try await teach(record.machine, because: nil)
    }

    private func confirm(
        _ order: BankOrder,
        _ command: OperatorCommand,
        _ machine: String
    ) async throws -> CommandResult {
        let user = order.user ?? "unknown"
        let record = try await store.confirmBank(machine: machine, version: order.version, user: user, at: now())
        try await use(await normalSound(of: record), of: record)
        let message = "proposed normal sound confirmed (version \(record.version))"
        tell(.enrolled, machine, message, user: user)
        return CommandResult.done(command, machine: machine, message: message).adding(answer(record, active: record))
    }

    private func undo(
        _ order: BankOrder,
        _ command: OperatorCommand,
        _ machine: String
    ) async throws -> CommandResult {
        let user = order.user ?? "unknown"
        let (undone, active) = try await store.undoBank(
            machine: machine,
            version: order.version,
            user: user,
            at: now()
        )
        if let active {
            let isInForce = judges[machine]?.normalSound?.version == active.version
            if !isInForce { try await use(await normalSound(of: active), of: active) }
        } else {
            try await use(nil, of: undone)
        }
        let rest = active.map { "version \($0.version) is in use" } ?? "none is in use"
        let message = "normal sound version \(undone.version) taken back; \(rest)"
        tell(.enrolmentUndone, machine, message, user: user)
        return CommandResult.done(command, machine: machine, message: message).adding(answer(undone, active: active))
    }

    private func answer(_ record: BankRecord, active: BankRecord?) -> EnrolmentAnswer {
        EnrolmentAnswer(
            version: record.version,
            standing: record.state.rawValue,
            activeVersion: active?.version,
            report: try? PayloadCoder.decode(EnrolmentReport.self, from: record.report)
        )
    }

    // MARK: - Teaching

    private func teach(
        _ order: TeachingOrder,
        _ command: OperatorCommand,
        _ machine: String
    ) async throws -> CommandResult {
        let label = LabelID(order.label)
        let known = judges[machine]?.labels ?? []
        guard known.contains(label) else {
            throw OrderRefusal(
                description: "\(machine) has no label \"\(order.label)\"; it has: "
                    + known.map(\.rawValue).joined(separator: ", ")
            )
        }
        let decision = try await store.teach(
            machine: machine,
            at: order.time,
            verdict: order.isRejection ? .reject : .label,
            label: label,
            user: order.user ?? "unknown",
            comment: order.comment,
            time: now()
        )
        guard decision.embedding != nil, decision.model == model else {
            return .done(
                command,
                machine: machine,
                message: "noted as decision \(decision.id.text), but nothing can be learned from it: "
                    + (decision.embedding == nil
                        ? "its embedding is not stored any more"
                        : "it was judged by the model \(decision.model ?? "?")")
            )
        }
        let teaching = try await teach(machine, because: decision)
        let said = order.isRejection ? "not \(order.label)" : order.label
        return CommandResult.done(
            command,
            machine: machine,
            message: "window of \(RFC3339.text(decision.start)) is \(said) (decision \(decision.id.text)); "
                + (teaching?.text.en ?? "")
        ).adding(teaching)
    }
}
