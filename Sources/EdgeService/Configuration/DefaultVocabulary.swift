// The label set for air compressors that `ausculta demo` uses; Deploy/examples/ausculta.yaml holds the same text.
import MachineHealth

/// The five labels of an air compressor, as the YAML a person would edit.
///
/// Prompts are English because every CLAP checkpoint reads English. The Chinese ones are comments: models that read
/// Chinese, such as the one that comes with Ausculta, take them too, while for an English-only one they are noise in the
/// average.
public enum DefaultVocabulary {
    /// The profile's name.
    public static let profile = "compressor"

    /// The section `labels`, ready to stand in a configuration file.
    public static let yaml = """
        labels:
          compressor:
            - id: normal
              name: {en: Normal running, zh: 正常运行}
              kind: normal
              prompts:
                - the sound of an air compressor running normally
                - a healthy air compressor running smoothly and evenly
                # - 空气压缩机正常运行的声音
            - id: bearing-lacking-oil
              name: {en: Bearing lacking oil, zh: 轴承缺油}
              kind: fault
              severity: warning
              prompts:
                - the sound of an air compressor with a dry bearing that lacks oil
                - a dry bearing squealing and grinding without lubrication
                # - 空气压缩机轴承缺油的声音
            - id: valve-plate-broken
              name: {en: Valve plate broken, zh: 阀片破裂}
              kind: fault
              severity: critical
              prompts:
                - the sound of an air compressor with a broken valve plate
                - a broken valve plate clattering and leaking in an air compressor
                # - 空气压缩机阀片破裂的声音
            - id: motor-overheating
              name: {en: Motor overheating, zh: 电机过热}
              kind: fault
              severity: critical
              prompts:
                - the sound of an air compressor with an overheating motor
                - an overloaded electric motor humming loudly as it overheats
                # - 空气压缩机电机过热的声音
            - id: other
              name: {en: Other, zh: 其他}
              kind: anchor
              prompts:
                - the sound of something else
                - people talking, music, vehicles or tools near a machine
                # - 其他声音

        """

    /// The labels.
    ///
    /// - Throws: `ConfigurationErrors` where the text above was edited into something unusable.
    public static func vocabulary() throws(ConfigurationErrors) -> LabelVocabulary {
        let file = "DefaultVocabulary.yaml"
        let machines = "machines: [{id: machine, profile: \(profile)}]"
        let configuration = try ServiceConfiguration.parse("site: site\n\(machines)\n\(yaml)", file: file)
        guard let vocabulary = configuration.vocabularies[profile] else {
            let message = "the built-in labels have no profile \(profile)"
            throw ConfigurationErrors(problems: [
                ConfigurationProblem(file: file, line: 1, column: 1, keyPath: "labels", message: message)
            ])
        }
        return vocabulary
    }
}
