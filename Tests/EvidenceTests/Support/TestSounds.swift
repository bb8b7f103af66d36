// Sounds and stores for the tests of kept sound.
import AudioFeatures
import Evidence
import Foundation
import Logging
import MachineHealth
import Testing
import TrendLog

/// A folder with a trend log in it; gone when the test is over.
final class TestStore: Sendable {
    let folder: URL
    let store: TrendLogStore

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-evidence-\(UUID().uuidString)")
        store = try TrendLogStore(url: folder.appendingPathComponent("trend.sqlite"))
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    var clips: URL { folder.appendingPathComponent("clips") }

    /// Paths of all files under `clips`, hidden ones left out.
    var clipFiles: [String] {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: clips.path)) ?? []
        return all.map { $0 as NSString }
            .filter { !$0.lastPathComponent.hasPrefix(".") && !$0.pathExtension.isEmpty }
            .map { $0 as String }.sorted()
    }
}

enum TestSounds {
    /// 2026-11-22T10:00:00Z.
    static let start = Date(timeIntervalSince1970: 1_795_341_600)
    static let quiet = Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() }
    static let oil = LabelID("bearing-lacking-oil")

    /// One second whose samples all have the value `second`, so that a stretch shows where it came from.
    static func block(
        _ second: Int,
        epoch: Int = 0,
        position: Int? = nil,
        at time: Date? = nil,
        rate: Int = 8_000
    ) -> SoundBlock {
        SoundBlock(
            epoch: epoch,
            position: position ?? second * rate,
            start: time ?? start.addingTimeInterval(Double(second)),
            sampleRateHz: rate,
            samples: [Int16](repeating: Int16(second + 1), count: rate)
        )
    }

    static func seconds(_ value: Double) -> Date { start.addingTimeInterval(value) }

    static func tone(_ hertz: Double, seconds: Double, rate: Int) -> [Float] {
        (0..<Int(seconds * Double(rate))).map { Float(0.5 * sin(2 * .pi * hertz * Double($0) / Double(rate))) }
    }
}

/// The value of each second of a stretch, 0 where it is silent.
func values(_ stretch: SoundStretch) -> [Int] {
    stride(from: stretch.sampleRateHz / 2, to: stretch.samples.count, by: stretch.sampleRateHz)
        .map { Int(stretch.samples[$0]) }
}
