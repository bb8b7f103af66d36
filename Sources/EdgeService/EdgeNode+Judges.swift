// The judges of a configuration's machines, before anything is learned.
import MachineHealth

extension EdgeNode {
    /// One judge per machine; machines of a profile share its encoded labels.
    ///
    /// - Throws: where a profile's labels cannot be encoded.
    static func judges(
        _ configuration: ServiceConfiguration,
        model: SoundModel
    ) throws -> [String: WindowJudge] {
        defer { model.releaseTextWeights() }
        let heads = try configuration.vocabularies.mapValues { try model.makeHead(prompts: $0.labels.map(\.prompts)) }
        var judges: [String: WindowJudge] = [:]
        for machine in configuration.machines {
            guard let vocabulary = configuration.vocabulary(of: machine), let head = heads[machine.profile] else {
                continue
            }
            var judge = WindowJudge(
                labels: vocabulary.labels.map(\.id),
                head: head,
                gain: machine.gain == .auto ? .auto : .none
            )
            judge.expect(vocabulary)
            judges[machine.id] = judge
        }
        return judges
    }
}
