// What is wrong with an enrolment is found and said; what is right is left alone.
import Foundation
import Testing

@testable import Detection

@Suite struct EnrolmentCheckTests {
    private func normal(_ count: Int, seed: UInt64, spread: Double = 0.2) -> [EnrolmentWindow] {
        var generator = SeededGenerator(seed: seed)
        let centre = generator.vector(32)
        return (0..<count).map { _ in
            EnrolmentWindow(embedding: generator.near(centre, by: spread), levelDBFS: -30, clippedFraction: 0)
        }
    }

    private func changed(
        _ window: EnrolmentWindow,
        level: Double = -30,
        clipped: Double = 0
    ) -> EnrolmentWindow {
        EnrolmentWindow(embedding: window.embedding, levelDBFS: level, clippedFraction: clipped)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func aGoodEnrolmentHasNoFindings(seed: UInt64) throws {
        #expect(try EnrolmentCheck.findings(normal(40, seed: seed)).isEmpty)
    }

    @Test func tooFew() throws {
        #expect(try EnrolmentCheck.findings(normal(5, seed: 1)) == [.tooFewWindows(found: 5, needed: 30)])
        let none = try EnrolmentCheck.findings([])
        #expect(none == [.tooFewWindows(found: 0, needed: 30)])
        #expect(none.allSatisfy { $0.isRefusal })
    }

    @Test func silenceIsAdviceThenRefusal() throws {
        var windows = normal(40, seed: 2)
        windows[3] = changed(windows[3], level: -90)
        #expect(try EnrolmentCheck.findings(windows) == [.silence(windows: [3], of: 40, isRefused: false)])
        for index in 0..<10 { windows[index] = changed(windows[index], level: index == 0 ? .nan : -.infinity) }
        let findings = try EnrolmentCheck.findings(windows)
        #expect(findings == [.silence(windows: Array(0..<10), of: 40, isRefused: true)])
        #expect(findings[0].isRefusal && findings[0].windows.count == 10)
    }

    @Test func clipping() throws {
        var windows = normal(40, seed: 3)
        windows[7] = changed(windows[7], clipped: 0.02)
        #expect(try EnrolmentCheck.findings(windows) == [.clipping(windows: [7], of: 40, isRefused: false)])
    }

    @Test func aFrozenStream() throws {
        let windows = [EnrolmentWindow](repeating: normal(1, seed: 4)[0], count: 40)
        let findings = try EnrolmentCheck.findings(windows)
        guard case .tooLittleVariety = findings.first else {
            Issue.record("\(findings)")
            return
        }
        #expect(findings.count == 1 && findings[0].isRefusal)
    }

    @Test(arguments: [1, 3, 5])
    func somebodySpeaks(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(100 + count))
        let speaker = generator.vector(32)
        var windows = normal(60, seed: 5)
        for index in 20..<20 + count {
            windows[index] = EnrolmentWindow(
                embedding: generator.near(speaker, by: 0.1),
                levelDBFS: -25,
                clippedFraction: 0
            )
        }
        let findings = try EnrolmentCheck.findings(windows)
        #expect(findings == [.outliers(windows: Array(20..<20 + count), of: 60)])
        #expect(findings.allSatisfy { !$0.isRefusal })
    }

    @Test func everyFindingSpeaksBothLanguages() {
        let all: [EnrolmentFinding] = [
            .tooFewWindows(found: 1, needed: 2), .silence(windows: [1], of: 2, isRefused: true),
            .clipping(windows: [1], of: 2, isRefused: false), .tooLittleVariety(medianDistance: 1e-6),
            .outliers(windows: [1], of: 3),
        ]
        #expect(Set(all.map(\.text.english)).count == all.count)
        #expect(all.allSatisfy { $0.text.chinese.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } })
    }

    @Test func differingWidthsAreRefused() {
        let windows = normal(3, seed: 6) + [EnrolmentWindow(embedding: [1], levelDBFS: -30, clippedFraction: 0)]
        #expect(throws: DetectionError.self) { try EnrolmentCheck.findings(windows) }
    }
}
