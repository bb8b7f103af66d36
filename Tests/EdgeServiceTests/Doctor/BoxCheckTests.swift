// Clock, disk, processor: what is known becomes a finding.
import Foundation
import Testing

@testable import EdgeService

@Suite struct BoxCheckTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    // MARK: - Clock

    private func clock(_ change: (inout ClockFacts) -> Void) -> [DoctorFinding] {
        var facts = ClockFacts(now: Self.now)
        change(&facts)
        return ClockCheck(facts: facts).findings
    }

    @Test func thisBoxesClock() {
        #expect(clock { $0.isSynchronised = true }.map(\.status) == [.ok])
        #expect(clock { _ in }.map(\.status) == [.ok])
        #expect(clock { $0.isSynchronised = false }.map(\.status) == [.remark])
        let past = clock { facts in
            facts.isSynchronised = true
            facts.installedAt = Self.now.addingTimeInterval(86_400)
        }
        #expect(past.map(\.status) == [.problem])
        #expect(past[0].found.contains("before this program was installed"))
    }

    @Test(arguments: [
        (2.0, DoctorFinding.Status.ok, "within 2 s"), (-29, .ok, "within 29 s"), (60, .remark, "60 s behind"),
        (-240, .remark, "4.0 min ahead"), (301, .problem, "behind"), (-90_000, .problem, "25.0 h ahead"),
    ])
    func sendersClocks(lag: Double, status: DoctorFinding.Status, words: String) throws {
        let found = clock { $0.lagsSeconds = ["pump-1": lag] }
        #expect(found.count == 2)
        #expect(found[1].status == status && found[1].found.contains(words), "\(found[1].found)")
    }

    // MARK: - Disk

    private func disk(_ change: (inout DiskFacts) -> Void) -> [DoctorFinding] {
        var facts = DiskFacts(
            role: "trend log",
            folder: "/var/lib/ausculta",
            isWritable: true,
            freeBytes: 50e9,
            freeFiles: 1e6,
            wantedBytes: 10e9,
            keys: "store.retain"
        )
        change(&facts)
        return DiskCheck(facts: facts).findings
    }

    @Test func roomOnTheDisk() {
        #expect(disk { _ in } == [.ok(.disk, "trend log", "50.0 GB free in /var/lib/ausculta")])
        let full = disk { $0.freeBytes = 4_096 }
        #expect(full.map(\.status) == [.problem])
        #expect(full[0].found == "4 kB free in /var/lib/ausculta" && full[0].remedy?.contains("store.retain") == true)
        #expect(disk { $0.freeBytes = 5e9 }.map(\.status) == [.remark])
        #expect(disk { $0.isWritable = false }.map(\.status) == [.problem])
        #expect(disk { $0.freeFiles = 12 }.map(\.status) == [.ok, .problem])
        #expect(disk { $0.freeFiles = nil }.map(\.status) == [.ok])
    }

    @Test func theTrendLogGrowsUntilItsRetention() throws {
        // Two machines, a window every 5 s each, ten days: 345,600 windows of 2,000 bytes.
        let yaml = ConfigurationSupport.minimal + "\n  - {id: pump-2, profile: pump}\nstore: {retain: 10d}\n"
        let configuration = try ServiceConfiguration.parse(yaml, file: "/etc/ausculta/test.yaml")
        #expect(DiskCheck.trendLogGrowth(configuration, presentBytes: 0) == 691_200_000)
        #expect(DiskCheck.trendLogGrowth(configuration, presentBytes: 691_000_000) == 200_000)
        #expect(DiskCheck.trendLogGrowth(configuration, presentBytes: 1e12) == 0)
    }

    @Test func aRealFolderAndOneThatIsNotThere() throws {
        try ConfigurationSupport.withFolder { folder in
            let deep = folder.appendingPathComponent("not/yet/there")
            let facts = DiskFacts.read(role: "r", folder: deep, wantedBytes: 0, keys: "k")
            #expect(facts.isWritable && facts.freeBytes > 0 && facts.folder == deep.path)
        }
    }

    // MARK: - Processor

    @Test(arguments: [(1.0, DoctorFinding.Status.ok), (7.5, .remark), (12, .problem)])
    func loadAgainstWhatWasMeasured(needed: Double, status: DoctorFinding.Status) {
        let facts = ProcessorFacts(
            instructionSet: .avx2,
            cores: 2,
            load: ProcessorFacts.Load(windowsPerSecond: 10, neededPerSecond: needed, machines: 3, threads: 2)
        )
        let found = ProcessorCheck(facts: facts).findings
        #expect(found.map(\.status) == [.ok, status])
        #expect(found[1].found.contains("10.0 windows a second on 2 threads; 3 machines bring"))
    }

    @Test func withoutVectorsItIsSlow() {
        let found = ProcessorCheck(facts: ProcessorFacts(instructionSet: .scalar, cores: 4)).findings
        #expect(found.map(\.status) == [.remark])
    }
}
