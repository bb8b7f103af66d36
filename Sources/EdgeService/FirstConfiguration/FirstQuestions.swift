// The few questions a first configuration needs, apart from the terminal they are asked at.
import Foundation
import MQTT

/// Asks a person. `ask` is given a question and the answer proposed; it returns what was typed, the proposal where that
/// was nothing.
public struct FirstQuestions {
    private let ask: (_ question: String, _ proposal: String) -> String
    private let tell: (String) -> Void

    /// Answers that cannot be used are asked for so often; then the proposal is taken.
    private static let patience = 5

    public init(
        ask: @escaping (_ question: String, _ proposal: String) -> String,
        tell: @escaping (String) -> Void
    ) {
        self.ask = ask
        self.tell = tell
    }

    /// Asks for what is needed to reach the broker.
    public func broker(_ configuration: inout FirstConfiguration) {
        configuration.brokerURL = answer("Broker", configuration.brokerURL) { text in
            guard !text.contains("@") else { return "leave user and password out; they are asked for next" }
            do {
                _ = try BrokerAddress(url: text)
                return nil
            } catch {
                return "\(error)"
            }
        }
        let user = answer("User name at the broker (empty: none)", configuration.username ?? "") { _ in nil }
        configuration.username = user.isEmpty ? nil : user
        configuration.passwordFile =
            user.isEmpty ? nil : file("File whose first line is the password", configuration.passwordFile)
        if (try? BrokerAddress(url: configuration.brokerURL))?.usesTLS == true {
            configuration.authorityFile = file(
                "PEM file of the authority that signed the broker's certificate (empty: the system's)",
                configuration.authorityFile
            )
        }
    }

    /// Asks for the site, and which machines to take.
    ///
    /// - Parameter proposals: machines that were heard at a site.
    public func plant(_ configuration: inout FirstConfiguration, proposals: (_ site: String) -> [MachineProposal]) {
        configuration.site = answer("Site", configuration.site) { text in
            MachineProposals.isIdentifier(text)
                ? nil : "letters, digits, '-', '_' and '.', beginning with a letter or digit"
        }
        let heard = proposals(configuration.site)
        for machine in heard { tell("  \(machine.id)  \(machine.topic ?? "usual topic")  \(machine.heard)") }
        let known = heard.isEmpty ? "compressor-1" : heard.map(\.id).joined(separator: ", ")
        let ids = answer("Machines, separated by commas", known) { text in
            let ids = Self.list(text)
            if ids.isEmpty { return "name at least one" }
            if Set(ids).count < ids.count { return "each only once" }
            return ids.first { !MachineProposals.isIdentifier($0) }.map { "'\($0)' cannot be an id" }
        }
        configuration.machines = Self.list(ids).map { id in heard.first { $0.id == id } ?? MachineProposal(id: id) }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// An absolute path of a file that can be read; nil for none.
    private func file(_ question: String, _ proposal: String?) -> String? {
        let text = answer(question, proposal ?? "") { text in
            text.isEmpty || FileManager.default.isReadableFile(atPath: Self.absolute(text))
                ? nil : "\(text) cannot be read"
        }
        return text.isEmpty ? nil : Self.absolute(text)
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: (path as NSString).expandingTildeInPath).standardizedFileURL.path
    }

    /// Asks until the answer is usable.
    private func answer(_ question: String, _ proposal: String, problem: (String) -> String?) -> String {
        for _ in 0..<Self.patience {
            let text = ask(question, proposal).trimmingCharacters(in: .whitespaces)
            guard let complaint = problem(text) else { return text }
            tell("  \(complaint)")
        }
        return proposal
    }
}
