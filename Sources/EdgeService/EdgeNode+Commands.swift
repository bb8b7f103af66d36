// Commands from the broker and from the trend log's table, on their way to whoever carries them out.
import Foundation
import Logging
import MQTT
import MachineHealth
import Publishing
import TrendLog

extension EdgeNode {
    func receive(_ message: MQTTMessage) {
        guard !message.retain, let machine = topics.machine(ofCommandTopic: message.topic) else { return }
        let reply: @Sendable (CommandResult) async -> Void = { [publisher, topics, logger] result in
            do {
                await publisher.sendLive(try result.reply(to: message, machine: machine, topics: topics))
            } catch {
                logger.error("answer to a command on \(message.topic): \(error)")
            }
        }
        do {
            commandSwitch.give(
                try OperatorCommand(json: message.payload),
                machine: machine,
                from: .mqtt(topic: message.topic),
                reply: reply
            )
        } catch {
            logger.warning("\(message.topic): \(error)")
            Task { await reply(.refused(nil, machine: machine, error: error.reason)) }
        }
    }

    func takeStoredCommands() async {
        do {
            for stored in try await store.takeCommands() {
                let reply: @Sendable (CommandResult) async -> Void = { [store, now, logger] result in
                    do {
                        try await store.answerCommand(stored.id, result: try result.json(), at: now())
                    } catch {
                        logger.error("answer to a command: \(error)")
                    }
                }
                do throws(OperatorCommandError) {
                    let command = try OperatorCommand(json: stored.command)
                    commandSwitch.give(command, machine: nil, from: .commandLine, reply: reply)
                } catch {
                    await reply(.refused(nil, error: error.reason))
                }
            }
        } catch {
            logger.debug("commands: \(error)")
        }
    }

    func withdrawOldCommands() async throws {
        let result = try CommandResult.refused(nil, error: "the service restarted before it took this command").json()
        _ = try await store.withdrawOpenCommands(result: result, at: now())
    }
}
