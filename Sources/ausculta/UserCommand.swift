// `ausculta user`: who may sign in at the dashboard.
import ArgumentParser
import Dashboard
import Foundation

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Who may sign in at the dashboard.",
        discussion: """
            Keeps a file of names, roles and password hashes (argon2id) that the configuration names in http.users_file. \
            A running service takes a change over at once; removing a user or changing a password signs them out.

            Viewers see everything; operators also acknowledge alarms and decide reviews. The password is asked for at \
            the terminal, or read from the first line of standard input.

            Examples:
              ausculta user add mei --role operator --file /etc/ausculta/users
              ausculta user list --file /etc/ausculta/users
            """,
        subcommands: [Add.self, List.self, Password.self, Remove.self]
    )

    struct FileOption: ParsableArguments {
        @Option(name: .shortAndLong, help: ArgumentHelp("The users file.", valueName: "file"))
        var file: String

        var users: UserFile { UserFile(path: (file as NSString).expandingTildeInPath) }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a user; makes the file where there is none.")

        @Argument(help: "The name to sign in with: 1 to 64 bytes without blanks, colons and number signs.")
        var name: String
        @Option(help: "viewer or operator.") var role: Identity.Role
        @OptionGroup var file: FileOption

        func validate() throws {
            guard UserFile.isName(name) else {
                throw ValidationError("'\(name)': expected 1 to 64 bytes without blanks, colons and number signs")
            }
        }

        func run() throws {
            let users = file.users
            let isKnown = FileManager.default.fileExists(atPath: users.path)
            if isKnown, try users.read().contains(where: { $0.name == name }) { throw exists() }
            let hash = try PasswordHash(of: try PasswordPrompt.read(for: name))
            try users.change { list in
                guard !list.contains(where: { $0.name == name }) else { throw exists() }
                list.append(User(name: name, role: role, password: hash))
            }
            Console.remark("\(name) was added to \(users.path) as \(role.rawValue)")
            if !isKnown, getuid() == 0 {
                Console.remark("the file is readable by root only: give it to the user the service runs as (chown)")
            }
        }

        private func exists() -> ValidationError {
            ValidationError("\(name) is there already; use: ausculta user password \(name) --file \(file.file)")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users and roles.")

        @OptionGroup var file: FileOption
        @Flag(help: "Print JSON.") var json = false

        private struct Row: Encodable {
            let name: String
            let role: String
        }

        func run() throws {
            let users = try file.users.read()
            if json { return try Console.json(users.map { Row(name: $0.name, role: $0.role.rawValue) }) }
            for user in users {
                Console.result("\(user.role.rawValue)\(user.role == .viewer ? "  " : "")  \(user.name)")
            }
        }
    }

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a user another password.")

        @Argument(help: "The user.") var name: String
        @OptionGroup var file: FileOption

        func run() throws {
            let users = file.users
            guard try users.read().contains(where: { $0.name == name }) else { throw UserCommand.unknown(name, file) }
            let hash = try PasswordHash(of: try PasswordPrompt.read(for: name))
            try users.change { list in
                guard let index = list.firstIndex(where: { $0.name == name }) else {
                    throw UserCommand.unknown(name, file)
                }
                list[index] = User(name: name, role: list[index].role, password: hash)
            }
            Console.remark("\(name) has another password and was signed out")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a user.")

        @Argument(help: "The user.") var name: String
        @OptionGroup var file: FileOption

        func run() throws {
            try file.users.change { list in
                guard let index = list.firstIndex(where: { $0.name == name }) else {
                    throw UserCommand.unknown(name, file)
                }
                list.remove(at: index)
            }
            Console.remark("\(name) was removed and signed out")
        }
    }

    private static func unknown(_ name: String, _ file: FileOption) -> ValidationError {
        ValidationError("there is no user \(name) in \(file.file); see: ausculta user list --file \(file.file)")
    }
}

extension Identity.Role: ExpressibleByArgument {}

/// Asks for a password without showing it.
private enum PasswordPrompt {
    static func read(for name: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                throw ValidationError("standard input holds no password; write it on the first line")
            }
            return line
        }
        let first = try ask("Password for \(name): ")
        guard try ask("Once more: ") == first else {
            throw ValidationError("the two passwords differ; nothing changed")
        }
        return first
    }

    private static func ask(_ question: String) throws -> String {
        FileHandle.standardError.write(Data(question.utf8))
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw ValidationError("the terminal cannot be set up") }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine(strippingNewline: true) ?? ""
    }
}
