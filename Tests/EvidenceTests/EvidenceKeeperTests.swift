// Clips end to end: rings, real FLAC files, a real trend log.
import AudioFeatures
import BrokerSupport
import Foundation
import MachineHealth
import Synchronization
import Testing
import TrendLog

@testable import Evidence

/// A keeper at work, with a clock of its own.
private final class Bench: Sendable {
    let place: TestStore
    let keeper: EvidenceKeeper
    let clock = Clock()
    private let log = LogInbox()
    private let running: Mutex<Task<Void, Never>?>

    init(_ settings: EvidenceSettings = EvidenceSettings(), place: TestStore? = nil) async throws {
        let place = try place ?? TestStore()
        self.place = place
        let clock = clock
        keeper = EvidenceKeeper(settings: settings, store: place.store, logger: log.logger, now: { clock.now })
        let keeper = keeper
        await keeper.tidy()
        await keeper.reconfigure(settings, capturing: ["pump-1"])
        running = Mutex(Task { await keeper.run() })
    }

    final class Clock: Sendable {
        private let time = Mutex(TestSounds.start)
        var now: Date { time.withLock { $0 } }
        func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    func close() async { await keeper.close(running.withLock { $0 }) }

    func feed(_ seconds: Range<Int>) {
        for second in seconds { keeper.sound.feed("pump-1", TestSounds.block(second)) }
    }

    func request(_ start: Double, _ end: Double, _ reason: ClipReason = .alarm, alarm: UUID? = nil) async -> UUID? {
        await keeper.keep(
            ClipRequest(
                machine: "pump-1",
                cause: ClipCause(
                    reason: reason,
                    label: TestSounds.oil,
                    alarmID: alarm,
                    start: TestSounds.seconds(start),
                    end: TestSounds.seconds(end)
                )
            )
        )
    }

    /// Waits until the keeper has written so many clips, and returns those that are there.
    func written(_ count: Int) async throws -> [ClipRecord] {
        try await log.wait(for: "of sound are kept", count: count)
        return try await place.store.reader.clips()
    }
}

@Suite struct EvidenceKeeperTests {
    @Test func aClipHasTheSoundBeforeAndAfterBitForBit() async throws {
        let bench = try await Bench()
        bench.feed(0..<40)
        let alarm = UUID()
        let id = try #require(await bench.request(25, 35, alarm: alarm))
        bench.feed(40..<44)
        #expect(try await bench.place.store.reader.clips().isEmpty, "the tail is not there yet")
        bench.feed(44..<46)
        let clips = try await bench.written(1)
        let clip = try #require(clips.first)
        #expect(clip.id == id)
        #expect(clip.start == TestSounds.seconds(15))
        #expect(clip.end == TestSounds.seconds(45))
        #expect(clip.mainCause?.alarmID == alarm)
        #expect(clip.file == "pump-1/2026-11-22/\(id.uuidString.lowercased()).flac")
        #expect(bench.place.clipFiles == [clip.file])
        let file = bench.place.clips.appendingPathComponent(clip.file)
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int64
        #expect(clip.bytes == size)
        let sound = try AudioFileReader(path: file.path).readAll()
        #expect(sound.sampleRateHz == 8_000)
        #expect(sound.samples.count == 240_000)
        let seconds = stride(from: 4_000, to: 240_000, by: 8_000).map { Int((sound.samples[$0] * 32_768).rounded()) }
        #expect(seconds == Array(16...45))
        await bench.close()
    }

    @Test func theServiceThatStopsClosesItsClips() async throws {
        let bench = try await Bench()
        bench.feed(0..<30)
        _ = await bench.request(20, 30)
        await bench.close()
        let clip = try #require(try await bench.place.store.reader.clips().first)
        #expect(clip.start == TestSounds.seconds(10))
        #expect(clip.end == TestSounds.seconds(30))
        #expect(bench.place.clipFiles.count == 1)
    }

    @Test func aStreamThatEndsClosesItsClip() async throws {
        let bench = try await Bench()
        bench.feed(0..<30)
        _ = await bench.request(20, 30)
        await bench.keeper.tick()
        bench.clock.pass(54)
        await bench.keeper.tick()
        #expect(try await bench.place.store.reader.clips().isEmpty)
        bench.clock.pass(2)
        await bench.keeper.tick()
        let clips = try await bench.written(1)
        #expect(clips.first?.end == TestSounds.seconds(30))
        await bench.close()
    }

    @Test func requestsThatOverlapShareAClip() async throws {
        let bench = try await Bench()
        bench.feed(0..<30)
        let first = await bench.request(20, 30, .nearMiss)
        #expect(await bench.request(25, 35, .alarm, alarm: UUID()) == first)
        bench.feed(30..<46)
        let clip = try #require(try await bench.written(1).first)
        #expect(clip.end == TestSounds.seconds(45))
        #expect(clip.causes.map(\.reason) == [.nearMiss, .alarm])
        #expect(clip.mainCause?.reason == .alarm)
        // A window inside the clip that is written already.
        #expect(await bench.request(25, 35, .review) == first)
        let causes = try await bench.place.store.reader.clips().flatMap(\.causes)
        #expect(causes.count == 3)
        await bench.close()
    }

    @Test func withoutSoundNothingIsKept() async throws {
        let bench = try await Bench()
        let id = await bench.keeper.keep(
            ClipRequest(
                machine: "pump-2",
                cause: ClipCause(reason: .alarm, start: TestSounds.start, end: TestSounds.seconds(10))
            )
        )
        #expect(id == nil)
        _ = await bench.request(20, 30)
        await bench.close()
        #expect(try await bench.place.store.reader.clips().isEmpty)
        #expect(bench.place.clipFiles.isEmpty)
        #expect(await bench.keeper.counters.empty == 1)
    }

    @Test func capturingCanBeTurnedOffAltogether() async throws {
        let bench = try await Bench(EvidenceSettings(isOn: false))
        bench.feed(0..<60)
        #expect(await bench.request(20, 30) == nil)
        #expect(bench.keeper.sound.byteCount == 0)
        await bench.close()
        #expect(!FileManager.default.fileExists(atPath: bench.place.clips.path))
    }

    @Test func aDiskThatTakesNothingCostsTheClipOnly() async throws {
        let bench = try await Bench()
        try Data("in the way".utf8).write(to: bench.place.clips)
        bench.feed(0..<45)
        _ = await bench.request(20, 30)
        await bench.close()
        let counters = await bench.keeper.counters
        #expect(counters.failed == 1)
        #expect(counters.lastFailure?.contains("clips") == true)
        #expect(try await bench.place.store.reader.clips().isEmpty)
    }

    @Test func clipsOfOpenAlarmsAreNeverDeleted() async throws {
        let bench = try await Bench(EvidenceSettings(maxClips: 1))
        let alarm = UUID()
        let record = AlarmRecord(
            machine: "pump-1",
            label: TestSounds.oil,
            state: .unackActive,
            alarmID: alarm,
            since: TestSounds.start,
            required: 3,
            severity: .warning
        )
        try await bench.place.store.commit(WindowCommit(alarms: [record]))
        bench.feed(0..<25)
        let kept = try #require(await bench.request(10, 12, .alarm, alarm: alarm))
        _ = try await bench.written(1)
        bench.feed(25..<60)
        let second = try #require(await bench.request(40, 42, .review))
        let third = try #require(await bench.request(55, 58, .review))
        bench.feed(60..<70)
        await bench.close()
        let left = try await bench.place.store.reader.clips().map(\.id)
        #expect(left == [kept], "one clip is allowed, and the alarm's is never the one to go")
        #expect(try await bench.keeper.delete(kept) == .protected)
        #expect(try await bench.keeper.delete(second) == .unknown)
        #expect(try await bench.keeper.delete(third) == .unknown)
        #expect(bench.place.clipFiles.count == 1)
        var normal = record
        normal.state = .normal
        try await bench.place.store.commit(WindowCommit(alarms: [normal]))
        #expect(try await bench.keeper.delete(kept) == .deleted)
        #expect(bench.place.clipFiles.isEmpty)
    }

    @Test func orphansAreTidiedAwayAtStart() async throws {
        let place = try TestStore()
        let first = try await Bench(place: place)
        first.feed(0..<80)
        _ = await first.request(30, 32, .review)
        _ = await first.request(60, 62, .review)
        await first.close()
        let files = place.clipFiles
        try #require(files.count == 2)
        try FileManager.default.removeItem(at: place.clips.appendingPathComponent(files[0]))
        let day = place.clips.appendingPathComponent("pump-1/2026-11-22")
        let strangers = ["\(UUID().uuidString.lowercased()).flac", ".half.flac.tmp", "notes.txt"]
        for name in strangers { try Data("x".utf8).write(to: day.appendingPathComponent(name)) }

        let second = try await Bench(place: place)
        let clips = try await place.store.reader.clips()
        #expect(clips.map(\.file) == [files[1]])
        #expect(place.clipFiles == [files[1], "pump-1/2026-11-22/notes.txt"].sorted())
        #expect(!FileManager.default.fileExists(atPath: day.appendingPathComponent(".half.flac.tmp").path))
        await second.close()

        // Another trend log in the same folder must not touch them.
        let other = try TrendLogStore(url: place.folder.appendingPathComponent("other.sqlite"))
        let stranger = EvidenceKeeper(
            settings: EvidenceSettings(),
            store: other,
            logger: TestSounds.quiet,
            now: { TestSounds.start }
        )
        await stranger.tidy()
        #expect(place.clipFiles.contains(files[1]))
        try other.close()
    }

    @Test func theSpectrogramIsMadeOnce() async throws {
        let bench = try await Bench()
        bench.feed(0..<45)
        _ = await bench.request(20, 30)
        let clip = try #require(try await bench.written(1).first)
        let picture = try await bench.keeper.spectrogram(of: clip)
        let cache = try #require(bench.keeper.folder.pictureURL(clip.file))
        #expect(try Data(contentsOf: cache) == picture)
        let made = try FileManager.default.attributesOfItem(atPath: cache.path)[.systemFileNumber] as? Int
        #expect(try await bench.keeper.spectrogram(of: clip) == picture)
        let again = try FileManager.default.attributesOfItem(atPath: cache.path)[.systemFileNumber] as? Int
        #expect(made == again)
        #expect(try await bench.keeper.delete(clip.id) == .deleted)
        #expect(bench.place.clipFiles.isEmpty)
        await bench.close()
    }

    @Test(arguments: ["../../etc/passwd", "a/../b.flac", "a/b", "/a/b/c.flac", "a/b/.hidden", "a//c.flac", ""])
    func noNameLeadsOutOfTheFolder(name: String) {
        let folder = ClipFolder(storeFile: URL(fileURLWithPath: "/var/lib/ausculta/trend.sqlite"))
        #expect(folder.url(name) == nil)
    }
}
