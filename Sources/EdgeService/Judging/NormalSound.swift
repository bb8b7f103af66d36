// A machine's enrolled normal sound, ready to hold windows against: scorers, limits and yardsticks per operating state.
import AudioFeatures
import Detection
import MachineHealth

/// Made once per bank (tenths of a second); scoring a window takes well under a millisecond.
public struct NormalSound: Sendable {
    /// Version of the bank it was made from.
    var version: Int
    /// Mean of the bank's embeddings; examples are compared around it.
    let centre: [Float]
    /// RMS levels in dBFS of the bank's windows; nil where it keeps no descriptors.
    let levelsDBFS: ClosedRange<Double>?
    private let novelty: MachineNovelty
    private let limits: [String: OpenSetLimit]
    /// Leave-one-out scores of the bank's own windows, ascending.
    private let normalScores: [String: [Double]]

    /// How novelty is measured unless told otherwise: what scored best over recordings and simulated machines
    /// (docs/detection-methods.md). How loud a sound is counts as much as what it sounds like; that is asked of the embedding
    /// and of the descriptor, whose 193 values would drown the one that is the level.
    public static let usualOptions = NoveltyOptions(
        methods: [.nearest],
        spaceRule: .logarithmic,
        descriptorViews: [
            .everything,
            DescriptorView(
                name: "level",
                parts: [DescriptorPart(first: AcousticDescriptor.levelPlace, count: 1, leastDeviation: 1)],
                weight: 2
            ),
        ]
    )
    /// Share of normal windows meant to lie below the limit.
    public static let usualLimitShare = 0.98
    /// Deviations the limit lies above the median at least: windows that overlap judge each other too well, and a short
    /// enrolment has not heard everything.
    static let leastMargin = 2.0

    /// - Parameters:
    ///   - bank: the machine's normal windows.
    ///   - version: of the bank.
    ///   - options: how novelty is measured.
    ///   - limitShare: share of normal windows meant to lie below the limit.
    /// - Throws: `DetectionError` for a state with too few windows to learn a limit from.
    init(
        _ bank: NormalBank,
        version: Int,
        options: NoveltyOptions = Self.usualOptions,
        limitShare: Double = Self.usualLimitShare
    ) throws(DetectionError) {
        self.version = version
        centre = bank.centre
        levelsDBFS = Self.levels(of: bank)
        let novelty = MachineNovelty(bank, options: options)
        var limits: [String: OpenSetLimit] = [:]
        for model in novelty.models {
            limits[model.state] = try OpenSetLimit(
                normalScores: model.normalScores,
                share: limitShare,
                margin: Self.leastMargin
            )
        }
        self.novelty = novelty
        self.limits = limits
        normalScores = Dictionary(uniqueKeysWithValues: novelty.models.map { ($0.state, $0.normalScores.sorted()) })
    }

    private static func levels(of bank: NormalBank) -> ClosedRange<Double>? {
        guard bank.descriptorWidth > AcousticDescriptor.levelPlace else { return nil }
        let levels = bank.states.flatMap { state in
            (0..<state.points).map { Double(state.descriptors[$0][AcousticDescriptor.levelPlace]) }
        }
        guard let lowest = levels.min(), let highest = levels.max() else { return nil }
        return lowest...highest
    }

    /// The limit of an operating state; nil for one that was not enrolled.
    func limit(of state: String) -> Double? { limits[state]?.limit }

    /// A window's distance.
    ///
    /// - Parameter state: the operating state where it is known; nil holds it against the one that fits best.
    /// - Throws: `DetectionError` for another width or a state that was not enrolled.
    func novelty(of window: NormalWindow, state: String? = nil) throws(DetectionError) -> Novelty? {
        let score = try novelty.score(window, state: state)
        guard let limit = limits[score.state]?.limit, let normal = normalScores[score.state] else { return nil }
        let below = normal.count { $0 < score.combined }
        return Novelty(
            score: score.combined,
            limit: limit,
            share: normal.isEmpty ? 0 : Double(below) / Double(normal.count),
            state: score.state
        )
    }
}
