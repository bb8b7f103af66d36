// Births, deaths and data in their order, without a broker.
import Foundation
import Testing

@testable import SparkplugB

@Suite("Sparkplug B: the edge node's session")
struct EdgeSessionTests {
    private static let births: [SessionAction] = [.nodeBirth, .deviceBirth("a"), .deviceBirth("b"), .sendData]

    private func born(waitsForHost: Bool = false) -> EdgeSession {
        var session = EdgeSession(waitsForHost: waitsForHost)
        _ = session.devices(["b", "a"])
        _ = session.connected(atMS: 0)
        if waitsForHost { _ = session.host(HostState(online: true, timestamp: 100), atMS: 0) }
        return session
    }

    @Test("without a primary host births follow the connection: node, then devices, then data")
    func birthOrder() {
        var session = EdgeSession(waitsForHost: false)
        let changed1 = session.devices(["b", "a"])
        #expect(changed1.isEmpty)
        #expect(!session.takesData)
        let begun1 = session.connected(atMS: 0)
        #expect(begun1 == Self.births)
        #expect(session.takesData(of: "a") && !session.takesData(of: "c"))
    }

    @Test("with a primary host nothing is said before it is online")
    func waitsForHost() {
        var session = EdgeSession(waitsForHost: true)
        _ = session.devices(["a", "b"])
        let begun1 = session.connected(atMS: 0)
        #expect(begun1.isEmpty)
        #expect(session.phase == .awaitingHost && !session.takesData)
        let asked1 = session.rebirthRequested(atMS: 5)
        #expect(asked1.isEmpty)
        let changed1 = session.devices(["a", "b"])
        #expect(changed1.isEmpty)
        let heard1 = session.host(HostState(online: false, timestamp: 90), atMS: 10)
        #expect(heard1.isEmpty)
        let late = session.host(HostState(online: true, timestamp: 89), atMS: 20)
        #expect(late.isEmpty, "older than what it said before")
        let heard2 = session.host(HostState(online: true, timestamp: 90), atMS: 30)
        #expect(heard2 == Self.births)
    }

    @Test("the primary host's end is the session's; older news is not believed, and the connection starts anew")
    func hostGone() {
        var session = born(waitsForHost: true)
        let heard1 = session.host(HostState(online: false, timestamp: 99), atMS: 10)
        #expect(heard1.isEmpty)
        #expect(session.takesData)
        let heard2 = session.host(HostState(online: false, timestamp: 100), atMS: 20)
        #expect(heard2 == [.leave])
        #expect(session.phase == .leaving && !session.takesData)
        let heard3 = session.host(HostState(online: true, timestamp: 101), atMS: 21)
        #expect(heard3.isEmpty)
        session.disconnected()
        let begun1 = session.connected(atMS: 30)
        #expect(begun1.isEmpty)
        let heard4 = session.host(HostState(online: true, timestamp: 100), atMS: 31)
        #expect(heard4.isEmpty, "a retained word from before")
        let heard5 = session.host(HostState(online: true, timestamp: 101), atMS: 32)
        #expect(heard5 == Self.births)
    }

    @Test("without a primary host nobody's end matters")
    func otherHosts() {
        var session = born()
        let heard1 = session.host(HostState(online: false, timestamp: 100), atMS: 1)
        #expect(heard1.isEmpty)
        #expect(session.takesData)
    }

    @Test("devices come and go on their own; other metrics mean another birth")
    func devices() {
        var session = born()
        let changed1 = session.devices(["a"])
        #expect(changed1 == [.deviceDeath("b")])
        #expect(!session.takesData(of: "b"))
        let changed2 = session.devices(["a", "c"])
        #expect(changed2 == [.deviceBirth("c")])
        let changed3 = session.devices(["a", "c"], redefined: ["a", "b"])
        #expect(changed3 == [.deviceBirth("a")])
        let changed4 = session.devices(["a", "c"])
        #expect(changed4.isEmpty)
    }

    @Test("a rebirth is a whole birth, at most one a second; what is asked meanwhile is answered together")
    func rebirths() {
        var session = born()
        let asked1 = session.rebirthRequested(atMS: 1_000)
        #expect(asked1 == Self.births)
        let asked2 = session.rebirthRequested(atMS: 1_200)
        #expect(asked2 == [.wake(afterMS: 800)])
        #expect(!session.takesData, "no data between the request and the birth")
        let asked3 = session.rebirthRequested(atMS: 1_300)
        #expect(asked3.isEmpty)
        let passed1 = session.tick(atMS: 1_900)
        #expect(passed1 == [.wake(afterMS: 100)])
        let passed2 = session.tick(atMS: 2_000)
        #expect(passed2 == Self.births)
        #expect(session.takesData)
        let passed3 = session.tick(atMS: 9_000)
        #expect(passed3.isEmpty)
    }

    @Test("a connection that is lost takes births and requests with it")
    func lost() {
        var session = born()
        _ = session.rebirthRequested(atMS: 1)
        session.disconnected()
        #expect(!session.takesData && session.bornDevices.isEmpty)
        let passed1 = session.tick(atMS: 5_000)
        #expect(passed1.isEmpty)
        let begun1 = session.connected(atMS: 6_000)
        #expect(begun1 == Self.births)
    }

    @Test("leaving is said once")
    func leaving() {
        var session = born()
        let left1 = session.leave()
        #expect(left1 == [.leave])
        let left2 = session.leave()
        #expect(left2.isEmpty)
        var offline = EdgeSession(waitsForHost: false)
        let left3 = offline.leave()
        #expect(left3.isEmpty)
    }

    @Test("sequence numbers run through 255 to 0, and a birth is always 0")
    func sequence() {
        var session = born()
        let number1 = session.takeSequence(for: .nodeBirth)
        #expect(number1 == 0)
        let numbers = (1...600).map { _ in session.takeSequence(for: .deviceData) }
        #expect(numbers == (1...600).map { UInt64($0 % 256) })
        let number2 = session.takeSequence(for: .nodeBirth)
        #expect(number2 == 0)
        let number3 = session.takeSequence(for: .deviceBirth)
        #expect(number3 == 1)
    }

    @Test(
        "whatever comes, data never goes out before births or while they are due",
        arguments: 0..<100 as Range<UInt64>
    )
    func anyOrder(seed: UInt64) {
        var random = SeededNumbers(seed)
        var session = EdgeSession(waitsForHost: seed.isMultiple(of: 2))
        var heard: (node: Bool, devices: Set<String>) = (false, [])
        var time = 0
        for _ in 0..<400 {
            time += Int.random(in: 0...700, using: &random)
            let actions: [SessionAction]
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                actions = session.connected(atMS: time)
                // The will, or our own NDEATH, ended what a host knew.
                if actions.isEmpty { heard = (false, []) }
            case 1:
                session.disconnected()
                heard = (false, [])
                actions = []
            case 2:
                actions = session.host(HostState(online: .random(using: &random), timestamp: UInt64(time)), atMS: time)
            case 3: actions = session.rebirthRequested(atMS: time)
            case 4: actions = session.tick(atMS: time)
            case 5: actions = session.leave()
            default: actions = session.devices(Set(["a", "b", "c"].filter { _ in Bool.random(using: &random) }))
            }
            for action in actions {
                switch action {
                case .nodeBirth: heard = (true, [])
                case .deviceBirth(let device):
                    #expect(heard.node)
                    heard.devices.insert(device)
                case .deviceDeath(let device):
                    #expect(heard.devices.remove(device) != nil)
                case .leave: heard = (false, [])
                case .sendData: #expect(session.takesData)
                case .wake(let afterMS): #expect((1...1_000).contains(afterMS))
                }
            }
            if session.takesData { #expect(heard.node && heard.devices == session.bornDevices) }
        }
    }
}

@Suite("Sparkplug B: numbers and host states")
struct SequenceTests {
    @Test("birth and death numbers begin at 0, rise with each CONNECT and pass 255")
    func birthDeath() {
        var numbers = BirthDeathSequence(last: nil)
        for expected in (0...300).map({ UInt8(truncatingIfNeeded: $0) }) {
            let attempt1 = numbers.beginAttempt()
            #expect(attempt1 == (expected, true))
            numbers.connectWasSent()
            #expect(numbers.current == expected)
        }
    }

    @Test("an attempt that sent no CONNECT uses no number up")
    func failedAttempts() {
        var numbers = BirthDeathSequence(last: 41)
        let attempt1 = numbers.beginAttempt()
        #expect(attempt1 == (42, true))
        let attempt2 = numbers.beginAttempt()
        #expect(attempt2 == (42, false))
        numbers.connectWasSent()
        let attempt3 = numbers.beginAttempt()
        #expect(attempt3 == (43, true))
    }

    @Test("after a restart the number that was kept counts as used")
    func restart() {
        var numbers = BirthDeathSequence(last: 255)
        let attempt1 = numbers.beginAttempt()
        #expect(attempt1 == (0, true))
    }

    @Test(
        "host states",
        arguments: [
            (#"{"online":true,"timestamp":1795341600000}"#, HostState(online: true, timestamp: 1_795_341_600_000)),
            (#"{ "timestamp": 5, "online": false, "more": [] }"#, HostState(online: false, timestamp: 5)),
            ("ONLINE", nil), (#"{"online":1,"timestamp":5}"#, nil), (#"{"online":true}"#, nil),
            (#"{"online":true,"timestamp":-5}"#, nil), (#"{"online":true,"timestamp":1.5}"#, nil), ("", nil),
        ] as [(String, HostState?)]
    )
    func hostStates(json: String, expected: HostState?) { #expect(HostState(json: Data(json.utf8)) == expected) }
}
