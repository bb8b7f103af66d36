import Foundation
import Testing

@testable import Dashboard

@Suite struct UserFileTests {
    @Test func usersAreWrittenForTheOwnerOnlyAndReadBack() async throws {
        try await withFolder { folder in
            let file = UserFile(path: folder.appendingPathComponent("users").path)
            let hash = try PasswordHash(of: "correct horse")
            try file.change { $0.append(User(name: "mei", role: .operator, password: hash)) }
            try file.change { $0.append(User(name: "李工", role: .viewer, password: hash)) }
            let users = try file.read()
            #expect(users.map(\.name) == ["mei", "李工"])
            #expect(users.map(\.role) == [.operator, .viewer])
            #expect(users.map(\.password) == [hash, hash])
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["users"])
            // A change that fails leaves the file as it was.
            #expect(throws: UserFileError.self) {
                try file.change { users in
                    users.removeAll()
                    throw UserFileError("no")
                }
            }
            #expect(try file.read().count == 2)
        }
    }

    @Test(arguments: [
        ("mei", ":2: expected name:viewer|operator"), ("mei:admin:$argon2id$v=19$m=1$a$b", "expected name"),
        ("mei:viewer:secret", "expected name"), ("m i:viewer:$argon2id$v=19$m=1$a$b", "expected name"),
        ("a:viewer:$argon2id$v=19$m=1$a$b\na:viewer:$argon2id$v=19$m=1$a$b", ":3: user a is there twice"),
    ])
    func badLinesAreNamed(line: String, words: String) async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("users").path
            try Data("# users\n\(line)\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect {
                try UserFile(path: path).read()
            } throws: { error in
                "\(error)".contains(words) && "\(error)".contains(path)
            }
        }
    }

    @Test func aMissingFileSaysHowToMakeIt() {
        #expect {
            try UserFile(path: "/nowhere/users").read()
        } throws: { error in
            "\(error)".contains("ausculta user add")
        }
    }

    @Test func passwordsAreHashedWithSaltAndChecked() throws {
        let first = try PasswordHash(of: "correct horse")
        let second = try PasswordHash(of: "correct horse")
        #expect(first != second)
        #expect(first.encoded.hasPrefix("$argon2id$v=19$m=32768,t=3,p=1$"))
        #expect(first.matches("correct horse"))
        #expect(second.matches("correct horse"))
        #expect(!first.matches("correct horsf"))
        #expect(!first.matches(""))
        #expect(!first.matches(String(repeating: "x", count: 5_000)))
        #expect(throws: UserFileError.self) { try PasswordHash(of: "short") }
        #expect(PasswordHash(encoded: "$argon2i$v=19$m=1,t=1,p=1$a$b") == nil)
    }

    @Test(arguments: [
        ("10.1.2.3", "10.1.0.0/16", true), ("10.2.2.3", "10.1.0.0/16", false), ("10.1.255.9", "10.1.254.0/23", true),
        ("::1", "::1", true), ("::ffff:10.1.2.3", "10.1.0.0/16", true), ("fd00::1", "fd00::/8", true),
        ("fe00::1", "fd00::/8", false), ("10.1.2.3", "::/1", false), ("10.1.2.3", "10.1.2.3", true),
    ])
    func rangesOfAddresses(address: String, range: String, isIn: Bool) throws {
        let address = try #require(InternetAddress(address))
        let range = try #require(AddressRange(range))
        #expect(range.contains(address) == isIn)
    }

    @Test func textsThatAreNoAddresses() {
        for text in ["", "10.1", "10.1.2.3/33", "::1/129", "name", "10.1.2.3/-1", "10.1.2.3/"] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
        #expect(InternetAddress("[::1]")?.isLoopback == true)
        #expect(InternetAddress("127.8.0.1")?.isLoopback == true)
        #expect(InternetAddress("::2")?.isLoopback == false)
        #expect(InternetAddress("fd00::1")?.description == "fd00::1")
    }
}
