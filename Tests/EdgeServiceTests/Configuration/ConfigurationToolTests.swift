// The small tools behind the reader: quantities, nearest names, overlapping filters, differences.
import Foundation
import Testing

@testable import EdgeService

@Suite struct ConfigurationToolTests {
    @Test(
        arguments: [
            ("10s", 10), ("500ms", 0.5), ("5m", 300), ("5 min", 300), ("2h", 7_200), ("90d", 7_776_000),
            ("1w", 604_800),
            ("0.5h", 1_800), ("10", nil), ("s", nil), ("", nil), ("10 parsec", nil), ("1e3s", nil), ("nan s", nil),
            ("٣s", nil), ("--1s", nil), ("-2s", -2),
        ] as [(String, Double?)]
    )
    func durations(text: String, seconds: Double?) {
        #expect(Quantities.seconds(text) == seconds)
    }

    @Test(
        arguments: [
            ("2GB", 2_000_000_000), ("2 GiB", 2_147_483_648), ("500kb", 500_000), ("1.5MB", 1_500_000), ("12B", 12),
            ("12", nil), ("GB", nil), ("99999999999TB", nil),
        ] as [(String, Int?)]
    )
    func sizes(text: String, bytes: Int?) {
        #expect(Quantities.bytes(text) == bytes)
    }

    @Test(
        arguments: [("0.75", 0.75), ("75%", 0.75), ("75 %", 0.75), ("75", 75), (".5", 0.5), ("x", nil), ("1‰", nil)]
            as [(String, Double?)]
    )
    func shares(text: String, share: Double?) {
        #expect(Quantities.share(text) == share)
    }

    @Test(
        arguments: [
            ("machine", "machines"), ("sotre", "store"), ("Site", "site"), ("confidance", "confidence"), ("xyz", nil),
            ("", nil), ("http", "http"),
        ] as [(String, String?)]
    )
    func nearestNames(text: String, name: String?) {
        let names = ["machines", "store", "site", "confidence", "http"]
        #expect(NearestName.suggestion(for: text, among: names) == name)
    }

    @Test(arguments: [
        ("a/b", "a/b", true), ("a/b", "a/c", false), ("a/+", "a/b", true), ("+/b", "a/+", true), ("a/#", "a", true),
        ("a/#", "a/b/c", true), ("#", "x", true), ("a/+", "a/b/c", false), ("a/+/c", "a/b/#", true),
        ("a//c", "a/+/c", true),
        ("a", "a/", false), ("a/b/#", "a/c/#", false), ("+/+", "#", true), ("a/+/d", "a/b/c", false),
    ])
    func overlaps(left: String, right: String, expected: Bool) {
        let (left, right) = (TopicOverlap.levels(left), TopicOverlap.levels(right))
        #expect(TopicOverlap.overlap(left, right) == expected)
        #expect(TopicOverlap.overlap(right, left) == expected)
    }

    private func configuration(_ yaml: String) throws -> ServiceConfiguration {
        try ServiceConfiguration.parse(yaml, file: "/etc/ausculta/a.yaml")
    }

    @Test func equalFilesDoNotDiffer() throws {
        let old = try configuration(ConfigurationSupport.minimal)
        let new = try configuration("# a comment\n" + ConfigurationSupport.minimal + "\nrule: {confidence: 75%}")
        #expect(ServiceConfiguration.diff(old, new).isEmpty)
    }

    @Test(
        arguments: [
            ("site: plant1", "site: plant2", ["site: plant1 -> plant2 (takes effect after a restart)"]),
            ("node: edge-1", "node: edge-1\nstore: {retain: 10d}", ["store.retain: 90d -> 10d"]),
            (
                "node: edge-1",
                "node: edge-1\nrule: {within: 5, novelty_guard: false, changed: {consecutive: 9}}",
                [
                    "machine pump-1: rule: changed.consecutive 5 -> 9",
                    "machine pump-1: rule: within none -> 5, novelty_guard true -> false",
                ]
            ),
            (
                "node: edge-1", "node: edge-1\nhttp: {listen: \"[::1]:80\"}",
                ["http.listen: 127.0.0.1:8750 -> [::1]:80 (takes effect after a restart)"]
            ),
            (
                "node: edge-1", "node: edge-1\nevidence: {capture: false, retain: 2h}",
                ["evidence.capture: true -> false", "evidence.retain: 30d -> 2h"]
            ),
            (
                "profile: pump}", "profile: pump, capture: false}",
                ["machine pump-1: capture true -> capture false"]
            ),
            (
                "node: edge-1", "node: edge-1\nrule: {consecutive: 5, stale_after: 90s}",
                ["machine pump-1: rule: consecutive 3 -> 5, stale_after 1m -> 90s"]
            ),
            (
                "profile: pump}", "profile: pump, labels: {cavitation: {rule: {clear_after: 9}}}}",
                ["machine pump-1: rule of cavitation: clear_after 3 -> 9"]
            ),
            (
                "profile: pump}", "profile: pump}\n  - {id: pump-2, profile: pump}",
                ["machine pump-2: added, listening to ausculta/plant1/pump-2/audio"]
            ),
            (
                "id: pump-1", "id: pump-9",
                [
                    "machine pump-1: removed; its history stays in the trend log",
                    "machine pump-9: added, listening to ausculta/plant1/pump-9/audio",
                ]
            ),
            ("a pump cavitating", "a pump full of bubbles", ["labels.pump.cavitation: prompts changed"]),
            (
                "id: cavitation", "id: bubbles",
                [
                    "labels.pump.cavitation: label removed; a standing alarm of it cannot clear any more",
                    "labels.pump.bubbles: new label",
                ]
            ),
            (
                "profile: pump}", "profile: pump, gain: fixed, channel: 2, window: {hop: 2m}}",
                [
                    "machine pump-1: average of channels -> channel 2", "machine pump-1: gain auto -> gain fixed",
                    "machine pump-1: hop 5s -> hop 2m", "machine pump-1: rule: stale_after 1m -> 6m",
                ]
            ),
        ] as [(String, String, [String])]
    )
    func differencesInWords(old: String, new: String, expected: [String]) throws {
        let before = try configuration(ConfigurationSupport.minimal)
        let after = try configuration(ConfigurationSupport.minimal(replacing: old, with: new))
        let changes = ServiceConfiguration.diff(before, after).map(\.description)
        let relevant = old.hasPrefix("site") ? changes.filter { $0.hasPrefix("site") } : changes
        #expect(relevant == expected)
    }
}
