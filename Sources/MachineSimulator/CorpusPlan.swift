// Which windows make up a labelled corpus: states, severities, noise and microphones over a range of individuals.

/// One labelled window to render.
public struct CorpusItem: Sendable {
    /// File name without extension, unique within the corpus.
    public let name: String
    /// The machine or place it was taken at.
    public let machine: String
    /// The label of the default vocabulary: a state of the machine, or `other`.
    public let label: String
    /// The label in more detail: the state, or the kind of ambient sound.
    public let detail: String
    /// Severity of the fault, 0 for healthy machines and other sounds.
    public let severity: Double
    public let settings: SimulationSettings
}

/// Draws the windows of a corpus; equal plans give equal corpora, and disjoint individuals never meet.
public struct CorpusPlan: Sendable {
    public var kind: MachineKind
    public var individuals: Range<UInt64>
    /// Windows of each state per individual.
    public var windows: Int
    /// Ambient windows per individual.
    public var others: Int
    /// Severity of faults.
    public var severity: ClosedRange<Double>
    /// Every machine, healthy ones too, carries traces of all faults up to this severity.
    public var wear: Double
    public var snrDB: ClosedRange<Double>
    public var sampleRatesHz: [Int]
    /// Makers of the machines' sound; the windows of an individual take them in turn.
    public var generators: [SoundGenerator]

    public init(
        kind: MachineKind = .compressor,
        individuals: Range<UInt64>,
        windows: Int,
        others: Int,
        severity: ClosedRange<Double>,
        wear: Double,
        snrDB: ClosedRange<Double>,
        sampleRatesHz: [Int],
        generators: [SoundGenerator] = [.modal]
    ) {
        self.kind = kind
        self.individuals = individuals
        self.windows = windows
        self.others = others
        self.severity = severity
        self.wear = wear
        self.snrDB = snrDB
        self.sampleRatesHz = sampleRatesHz
        self.generators = generators
    }

    /// The windows of one individual.
    public func items(individual: UInt64) -> [CorpusItem] {
        var draw = SeededRandom(seed: individual, stream: 8)
        var items: [CorpusItem] = []
        for take in 0..<windows {
            for state in kind.states {
                let severity = state == .normal ? 0 : draw.uniform(severity.lowerBound, severity.upperBound)
                var condition = MachineCondition(state: state, severity: severity)
                for fault in kind.faults {
                    condition[fault] = max(condition[fault], draw.uniform(0, wear))
                }
                let source = SoundSource.machine(kind, .constant(condition))
                items.append(
                    item(
                        individual,
                        take: take,
                        source: source,
                        label: state.rawValue,
                        detail: state.rawValue,
                        severity: severity,
                        draw: &draw
                    )
                )
            }
        }
        for take in 0..<others {
            let kinds = AmbientKind.allCases
            let kind = kinds[Int((individual &* UInt64(others) &+ UInt64(take)) % UInt64(kinds.count))]
            items.append(
                item(
                    individual,
                    take: take,
                    source: .ambient(kind),
                    label: "other",
                    detail: kind.rawValue,
                    severity: 0,
                    draw: &draw
                )
            )
        }
        return items
    }

    private func item(
        _ individual: UInt64,
        take: Int,
        source: SoundSource,
        label: String,
        detail: String,
        severity: Double,
        draw: inout SeededRandom
    ) -> CorpusItem {
        let settings = SimulationSettings(
            source: source,
            individual: individual,
            take: UInt64(take),
            snrDB: draw.uniform(snrDB.lowerBound, snrDB.upperBound),
            sampleRateHz: sampleRatesHz[draw.integer(0, sampleRatesHz.count - 1)],
            generator: generators.isEmpty ? .modal : generators[take % generators.count]
        )
        return CorpusItem(
            name: "\(individual)-\(detail)-\(take)",
            machine: "\(kind.rawValue)-\(individual)",
            label: label,
            detail: detail,
            severity: severity,
            settings: settings
        )
    }
}
