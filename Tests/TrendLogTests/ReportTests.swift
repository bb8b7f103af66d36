// What the terminal and files show, held against golden files.
import Foundation
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: reports and export")
struct ReportTests {
    private let folder: TemporaryFolder
    private let store: TrendLogStore
    private let utc = TimeZone.gmt
    private let alarmID = UUID(uuid: (0x6F, 0x1D, 0x2C, 0x3B, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))

    init() async throws {
        folder = try TemporaryFolder()
        store = try TrendLogStore(url: folder.store)
        try await fill()
    }

    /// Two hours: normal, a near miss, a gap, the fault growing until its alarm, acknowledged and cleared.
    private func fill() async throws {
        try await store.register([Samples.registration("compressor-1"), Samples.registration("compressor-2")])
        func time(_ number: Int) -> Date { Samples.start.addingTimeInterval(Double(number) * 10) }
        for number in 0..<720 where !(200..<260).contains(number) {
            if (300..<312).contains(number) {
                try await store.commit(WindowCommit(window: Samples.incomplete(at: time(number))))
                continue
            }
            var oil = 0.04
            if (120..<122).contains(number) { oil = 0.81 }
            if (400..<600).contains(number) { oil = min(0.95, 0.05 + Double(number - 400) * 0.008) }
            let scores = [(1 - oil) * 0.9, oil, (1 - oil) * 0.1]
            try await store.commit(
                WindowCommit(window: Samples.window(at: time(number), scores: scores, levelDBFS: -24.06))
            )
        }
        func windows(_ numbers: Range<Int>) -> [EventWindow] {
            numbers.map { EventWindow(start: time($0), confidence: 0.81) }
        }
        func step(_ from: AlarmState, _ to: AlarmState, _ number: Int) -> AlarmTransition {
            AlarmTransition(
                machine: "compressor-2",
                label: Samples.oil,
                alarmID: alarmID,
                from: from,
                to: to,
                time: time(number)
            )
        }
        try await store.commit(
            WindowCommit(
                alarms: [
                    Samples.alarm(consecutive: 2, state: .normal, id: alarmID, since: time(640)),
                    Samples.alarm(label: Samples.valve, state: .normal, id: nil, since: time(0), severity: .critical),
                    Samples.alarm("compressor-1", state: .unackActive, id: alarmID, since: time(700)),
                ],
                transitions: [
                    step(.normal, .unackActive, 496), step(.unackActive, .ackActive, 550),
                    step(.ackActive, .normal, 640),
                ],
                events: [
                    Samples.event(
                        .nearMiss,
                        windows: windows(120..<122),
                        time: time(123),
                        message: "compressor-2: Bearing lacking oil, 2 of 3; the third was 0.04, needed 0.75"
                    ),
                    Samples.event(.streamLost, label: nil, time: time(206), message: "compressor-2 is no longer heard"),
                    Samples.event(windows: windows(492..<495), time: time(496), alarmID: alarmID),
                    Samples.event(
                        .acknowledged,
                        time: time(550),
                        alarmID: alarmID,
                        message: "acknowledged by mei: 已派人"
                    ),
                    Samples.event(.faultCleared, time: time(640), alarmID: alarmID, message: "clear for 3 windows"),
                ]
            )
        )
        let sent = try await store.pendingMessages(
            target: "json",
            topic: "ausculta/plant1/compressor-2/event",
            limit: 4
        ).map(\.id)
        try await store.markSent(sent, at: time(720))
    }

    private func style(_ language: ReportStyle.Language = .both, width: Int = 100) -> ReportStyle {
        ReportStyle(
            language: language,
            timeZone: utc,
            width: width,
            now: Samples.start.addingTimeInterval(7_212)
        )
    }

    private func trend(_ style: ReportStyle, since: Date = Samples.start) async throws -> MachineTrend {
        let labels = try await store.reader.labels(machine: "compressor-2")
        return try await store.reader.trend(
            machine: "compressor-2",
            since: since,
            until: Samples.start.addingTimeInterval(7_200),
            columns: MachineTrendReport.curveColumns(labels: labels, style: style)
        )
    }

    @Test("trend show", arguments: [(ReportStyle.Language.both, 110), (.chinese, 80), (.english, 40)])
    func show(language: ReportStyle.Language, width: Int) async throws {
        let style = style(language, width: width)
        let lines = MachineTrendReport.lines(try await trend(style), style: style)
        #expect(lines.allSatisfy { $0.displayWidth <= width })
        try Fixtures.expectGolden(lines.joined(separator: "\n") + "\n", "show-\(language.rawValue)-\(width).txt")
    }

    @Test("trend show tells a microphone in trouble from sound that is missing")
    func showTrouble() async throws {
        for number in 0..<12 {
            let start = Samples.start.addingTimeInterval(Double(number) * 10)
            let isTroubled = number < 8
            let observation = Observation(
                machine: "compressor-1",
                start: start,
                end: start.addingTimeInterval(10),
                scores: [],
                levelDBFS: -90,
                missingFraction: isTroubled ? 0 : 0.4,
                quality: isTroubled ? .good : .incomplete,
                trouble: isTroubled ? .silence : nil
            )
            let record = WindowRecord(
                observation: observation,
                verdict: isTroubled ? .microphone(.silence) : .incomplete,
                model: "tiny@1234abcd",
                latencyMS: 1
            )
            try await store.commit(WindowCommit(window: record))
        }
        let trend = try await store.reader.trend(
            machine: "compressor-1",
            since: Samples.start,
            until: Samples.start.addingTimeInterval(120),
            columns: 12
        )
        let lines = MachineTrendReport.lines(trend, style: style(.english, width: 120))
        #expect(lines.contains { $0.contains("12 windows, 4 of them incomplete, 8 with the microphone in trouble;") })
        #expect(lines.contains { $0.contains("× too much sound missing  ! microphone in trouble") })
        #expect(lines.contains { $0.contains("!×") })
    }

    @Test("trend show of one label, of a short range, and of none")
    func showParts() async throws {
        let style = style(.english, width: 90)
        var text = MachineTrendReport.lines(try await trend(style), only: Samples.oil, style: style)
        let short = try await trend(style, since: Samples.start.addingTimeInterval(6_900))
        text += ["", "----", ""] + MachineTrendReport.lines(short, style: style)
        let later = try await store.reader.trend(
            machine: "compressor-2",
            since: Samples.start.addingTimeInterval(86_400),
            until: Samples.start.addingTimeInterval(90_000),
            columns: 60
        )
        text += ["", "----", ""] + MachineTrendReport.lines(later, style: style)
        try Fixtures.expectGolden(text.joined(separator: "\n") + "\n", "show-parts.txt")
    }

    @Test("trend list and alarms list")
    func lists() async throws {
        let reader = store.reader
        let machines = try await reader.machines()
        let alarms = try await reader.alarms(includingNormal: true)
        let labels = Dictionary(uniqueKeysWithValues: machines.map { ($0.machine, $0.labels) })
        var text = MachineListReport.lines(machines, style: style()) + [""]
        text += MachineListReport.lines(machines, style: style(.chinese, width: 72)) + [""]
        text += AlarmListReport.lines(alarms, labels: labels, style: style(.chinese, width: 140)) + [""]
        text += AlarmListReport.lines([], labels: [:], style: style()) + MachineListReport.lines([], style: style())
        try Fixtures.expectGolden(text.joined(separator: "\n") + "\n", "lists.txt")
    }

    @Test("JSON of trend list, trend show and alarms list can be read back")
    func json() async throws {
        func object(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        let machines = try await store.reader.machines()
        let list = try #require(try object(try MachineListReport.json(machines)) as? [[String: Any]])
        #expect(list.map { $0["machine"] as? String } == ["compressor-1", "compressor-2"])
        #expect(list[1]["windows"] as? Int == 660)
        let shown = try await trend(style())
        let show = try #require(try object(try MachineTrendReport.json(shown, only: Samples.oil)) as? [String: Any])
        #expect(show["bucket_s"] as? Double == shown.series.bucketSeconds)
        let buckets = try #require(show["buckets"] as? [[String: Any]])
        #expect(buckets.count == shown.series.buckets.count)
        let score = try #require((buckets[0]["scores"] as? [String: [String: Double]])?["bearing-lacking-oil"])
        #expect(abs((score["mean"] ?? 0) - 0.04) < 1e-6)
        #expect((buckets[0]["scores"] as? [String: Any])?.count == 1)
        #expect((show["events"] as? [[String: Any]])?.map { $0["sent"] as? Bool } == [true, true, true, true, false])
        let standing = try await store.reader.alarms()
        let alarms = try #require(try object(try AlarmListReport.json(standing)) as? [[String: Any]])
        #expect(alarms.map { $0["alarm_id"] as? String } == [alarmID.text])
    }

    @Test("CSV holds every window with a column per label, and comes back")
    func csv() async throws {
        var text = ""
        let count = try await TrendExporter(reader: store.reader, format: .csv).export(machines: []) { text += $0 }
        let rows = CSVParser.parse(text)
        #expect(count == 660)
        #expect(rows.count == 661)
        #expect(rows[0].suffix(3) == ["score:normal", "score:bearing-lacking-oil", "score:valve-plate-broken"])
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        let windows = try await store.reader.windows(machine: "compressor-2", limit: 1_000)
        for (row, window) in zip(rows.dropFirst(), windows) {
            #expect(RFC3339.date(row[1]) == window.start)
            #expect(row[3] == window.top?.rawValue ?? "")
            #expect(row[5] == window.verdict)
            #expect(abs((Double(row[7]) ?? 0) - window.levelDBFS) < 1e-6)
            for (cell, score) in zip(row.suffix(3), window.scores) {
                #expect(abs((Double(cell) ?? -1) - score.confidence) < 1e-6)
            }
            if window.quality == .incomplete { #expect(row.suffix(3) == ["", "", ""]) }
        }
    }

    @Test("JSON and JSON lines hold the same windows", arguments: [TrendExporter.Format.json, .jsonl])
    func exportJSON(format: TrendExporter.Format) async throws {
        var text = ""
        let since = Samples.start.addingTimeInterval(2_990)
        let until = Samples.start.addingTimeInterval(3_130)
        try await TrendExporter(reader: store.reader, format: format).export(
            machines: ["compressor-2"],
            since: since,
            until: until
        ) { text += $0 }
        let documents =
            format == .json
            ? [text] : text.split(separator: "\n").map(String.init)
        let objects = try documents.flatMap { document -> [[String: Any]] in
            let value = try JSONSerialization.jsonObject(with: Data(document.utf8))
            return value as? [[String: Any]] ?? (value as? [String: Any]).map { [$0] } ?? []
        }
        #expect(objects.count == 14)
        #expect(objects[0]["start"] as? String == RFC3339.text(since))
        #expect(objects[0]["verdict"] as? String == "normal")
        #expect(objects[1]["verdict"] as? String == "incomplete")
        #expect(objects[1]["confidence"] is NSNull)
        #expect((objects[0]["scores"] as? [String: Double])?.count == 3)
    }

    @Test("an export tells how unlike normal a window is, and of a microphone in trouble")
    func exportNovelty() async throws {
        func record(_ number: Int, novelty: Novelty?, trouble: MicrophoneTrouble?) -> WindowRecord {
            let start = Samples.start.addingTimeInterval(Double(number) * 10)
            return WindowRecord(
                observation: Observation(
                    machine: "compressor-1",
                    start: start,
                    end: start.addingTimeInterval(10),
                    scores: trouble == nil ? [LabelScore(label: Samples.normal, confidence: 1)] : [],
                    levelDBFS: -24,
                    missingFraction: 0,
                    quality: .good,
                    novelty: novelty,
                    trouble: trouble
                ),
                verdict: trouble.map { .microphone($0) } ?? .label(Samples.normal),
                model: "tiny@1234abcd",
                latencyMS: 1
            )
        }
        let novelty = Novelty(score: 3.5, limit: 2.25, share: 0.5, state: "idle \"low\"")
        try await store.commit(WindowCommit(window: record(0, novelty: novelty, trouble: nil)))
        try await store.commit(WindowCommit(window: record(1, novelty: nil, trouble: .silence)))

        var table = ""
        try await TrendExporter(reader: store.reader, format: .csv).export(machines: ["compressor-1"]) { table += $0 }
        let rows = CSVParser.parse(table)
        let first = try #require(rows[0].firstIndex(of: "novelty"))
        #expect(rows[0][first..<(first + 4)] == ["novelty", "novelty_limit", "is_novel", "trouble"])
        #expect(rows[1][first..<(first + 4)] == ["3.5", "2.25", "true", ""])
        #expect(rows[2][first..<(first + 4)] == ["", "", "", "silence"])

        var text = ""
        try await TrendExporter(reader: store.reader, format: .json).export(machines: ["compressor-1"]) { text += $0 }
        let objects = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        let told = try #require(objects[0]["novelty"] as? [String: Any])
        #expect(told["score"] as? Double == 3.5)
        #expect(told["state"] as? String == "idle \"low\"")
        #expect(told["is_novel"] as? Bool == true)
        #expect(objects[0]["trouble"] is NSNull)
        #expect(objects[1]["novelty"] is NSNull)
        #expect(objects[1]["trouble"] as? String == "silence")
    }

    @Test("an export of nothing is still a document", arguments: TrendExporter.Format.allCases)
    func emptyExport(format: TrendExporter.Format) async throws {
        var text = ""
        let count = try await TrendExporter(reader: store.reader, format: format).export(
            machines: ["compressor-1"],
            label: LabelID("nothing")
        ) { text += $0 }
        #expect(count == 0)
        switch format {
        case .csv: #expect(CSVParser.parse(text).count == 1)
        case .json:
            let array = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any]
            #expect(array?.isEmpty ?? false)
        case .jsonl: #expect(text.isEmpty)
        }
    }

    @Test("an alarm is named by its id or an unmistakable beginning of it")
    func references() throws {
        let other = UUID(uuid: (0x6F, 0x1D, 0x2C, 0xFF, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 2))
        let alarms = [Samples.alarm(id: alarmID), Samples.alarm("pump-1", id: other)]
        #expect(try AlarmReference.resolve("6F1D2C3", among: alarms) == alarmID)
        #expect(try AlarmReference.resolve(other.uuidString, among: []) == other)
        for text in ["6f1d", "6f1", "", "abcd"] {
            #expect(throws: AlarmReferenceError.self) { try AlarmReference.resolve(text, among: alarms) }
        }
    }
}
