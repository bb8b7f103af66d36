// Short ways to write windows, runs of them, and monitors with numbered ids.
import Foundation
import MachineHealth
import Synchronization
import Testing

enum HealthSupport {
    static let oil = LabelID("bearing-lacking-oil")
    static let valve = LabelID("valve-plate-broken")
    static let normal = LabelID("normal")
    static let other = LabelID("other")
    static let beginning = Date(timeIntervalSince1970: 1_800_000_000)
    static let hopSeconds = 5.0

    static func vocabulary() throws -> LabelVocabulary {
        try LabelVocabulary(
            profile: "compressor",
            labels: [
                Label(id: normal, name: name("Normal running", "正常运行"), kind: .normal, prompts: ["normal"]),
                Label(id: oil, name: name("Bearing lacking oil", "轴承缺油"), kind: .fault, prompts: ["dry"]),
                Label(
                    id: valve,
                    name: name("Valve plate broken", "阀片破裂"),
                    kind: .fault,
                    severity: .critical,
                    prompts: ["broken"]
                ),
                Label(id: other, name: name("Other", "其他"), kind: .anchor, prompts: ["else"]),
            ]
        )
    }

    static func name(_ english: String, _ chinese: String) -> LocalizedName {
        LocalizedName(["en": english, "zh": chinese])
    }

    static func monitor(
        rules: TrendRules = TrendRules(),
        ids: NumberedIDs = NumberedIDs(),
        followsNovelty: Bool = false,
        context: ContextPolicy = ContextPolicy()
    ) throws -> MachineMonitor {
        MachineMonitor(
            machine: "c1",
            vocabulary: try vocabulary(),
            rules: rules,
            startingAt: beginning,
            followsNovelty: followsNovelty,
            context: context,
            makeID: { ids.next() }
        )
    }

    static func tracker(rules: TrendRules = TrendRules(), followsNovelty: Bool = false) throws -> TrendTracker {
        TrendTracker(machine: "c1", vocabulary: try vocabulary(), rules: rules, followsNovelty: followsNovelty)
    }

    /// A distance well beyond the limit, or well within it.
    static func novelty(isNovel: Bool) -> Novelty {
        isNovel ? Novelty(score: 4.5, limit: 3, share: 1) : Novelty(score: 0.5, limit: 3, share: 0.6)
    }

    /// The time `windows` hops after the beginning.
    static func time(_ windows: Double) -> Date { beginning.addingTimeInterval(windows * hopSeconds) }

    /// A window with these scores; 10 s long, starting `index` hops after the beginning.
    static func window(
        _ index: Double,
        _ scores: [(LabelID, Double)],
        novelty: Novelty? = nil,
        trouble: MicrophoneTrouble? = nil
    ) -> Observation {
        Observation(
            machine: "c1",
            start: time(index),
            end: time(index).addingTimeInterval(10),
            scores: scores.map { LabelScore(label: $0, confidence: $1) },
            levelDBFS: -20,
            missingFraction: scores.isEmpty && trouble == nil ? 0.4 : 0,
            quality: scores.isEmpty && trouble == nil ? .incomplete : .good,
            novelty: novelty,
            trouble: trouble
        )
    }

    /// A window from its short form: a letter for the label on top and its score in percent, the rest going to others.
    ///
    /// `O81` is oil at 0.81, `V`, `N` and `X` are valve, normal and other; `o` and `v` add a second fault (`N60o30`);
    /// `I` is incomplete; `!` behind a window makes it unlike the machine's normal sound, `=` like it. `T` is a silent
    /// microphone, `C` a clipping one; in front of scores (`TO99`) they are there all the same.
    static func window(_ index: Double, _ form: Substring) -> Observation {
        if form == "I" { return window(index, []) }
        if let trouble = ["T": MicrophoneTrouble.silence, "C": .clipping][form.prefix(1)] {
            let scores = form.count > 1 ? window(index, form.dropFirst()).scores : []
            return window(index, scores.map { ($0.label, $0.confidence) }, trouble: trouble)
        }
        if let last = form.last, last == "!" || last == "=" {
            let scores = window(index, form.dropLast()).scores
            return window(index, scores.map { ($0.label, $0.confidence) }, novelty: novelty(isNovel: last == "!"))
        }
        var scores: [LabelID: Double] = [:]
        var rest = form
        while let letter = rest.first {
            let digits = rest.dropFirst().prefix { $0.isNumber }
            rest = rest.dropFirst(1 + digits.count)
            let label: LabelID? = ["O": oil, "V": valve, "N": normal, "X": other][letter.uppercased()]
            guard let label, let percent = Double(digits) else {
                Issue.record("\(form) is not a window")
                break
            }
            scores[label] = percent / 100
        }
        let left = max(0, 1 - scores.values.reduce(0, +))
        let missing = [normal, oil, valve, other].filter { scores[$0] == nil }
        for label in missing { scores[label] = left / Double(missing.count) }
        return window(index, [normal, oil, valve, other].map { ($0, scores[$0] ?? 0) })
    }

    /// Windows one hop apart from their short forms, separated by blanks.
    static func windows(_ forms: String, from first: Double = 0) -> [Observation] {
        forms.split(separator: " ").enumerated().map { window(first + Double($0), $1) }
    }
}

/// Ids in a row, so that two runs can be compared.
final class NumberedIDs: Sendable {
    private let counter = Mutex<UInt64>(0)

    func next() -> UUID {
        let number = counter.withLock { value in
            value += 1
            return value
        }
        return Self.id(number)
    }

    static func id(_ number: UInt64) -> UUID {
        let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
        return UUID(
            uuid: (
                0, 0, 0, 0, 0, 0, 0, 0, bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]
            )
        )
    }
}

/// SplitMix64: the same numbers from the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension [HealthAction] {
    var events: [HealthEvent] { compactMap { if case .event(let event) = $0 { event } else { nil } } }
    var transitions: [AlarmTransition] { compactMap { if case .transition(let step) = $0 { step } else { nil } } }
    var records: [AlarmRecord] { compactMap { if case .recordChanged(let record) = $0 { record } else { nil } } }
    var states: [MachineHealthState] { compactMap { if case .stateChanged(let state) = $0 { state } else { nil } } }
    var nearMisses: [NearMiss] { compactMap { if case .nearMiss(let miss) = $0 { miss } else { nil } } }
}
