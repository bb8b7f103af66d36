// The configuration of a test's plant, as the YAML a person would write.
import Foundation

/// What differs between tests; the rest is as small as the rules allow, so that tests take no time.
struct PlantSettings: Sendable {
    var machines: [String] = ["compressor-1", "compressor-2"]
    var consecutive = 3
    var clearAfter = 2
    /// Nil takes one between what the two test sounds score.
    var confidence: Double?
    var staleAfter = "10m"
    /// Swaps what the two labels mean: the sound of the fault is then the healthy one.
    var swapsPhrases = false
    /// Keys of every machine, such as `format: {…}`.
    var machineKeys = ""
    var model = Repository.tinyModel.path
    var store = "trend.sqlite"
    /// The dashboard: off, unless a test is about it.
    var http = "{listen: off}"
    /// Further top-level sections.
    var extra = ""

    func yaml(plant: Plant) throws -> String {
        let ears = try Ears.found()
        let phrases = [ears.healthyPhrase, ears.faultPhrase]
        let (healthy, faulty) = swapsPhrases ? (phrases[1], phrases[0]) : (phrases[0], phrases[1])
        let rows = machines.map { "  - {id: \($0), profile: compressor, gain: fixed\(machineKeys)}" }
        return """
            site: \(plant.site)
            node: edge-1
            broker: {url: "\(plant.brokerURL)"}
            model: {path: "\(model)", threads: 1}
            window: {length: 2s, hop: 2s}
            labels:
              compressor:
                - {id: normal, name: {en: Normal running, zh: 正常运行}, kind: normal, prompts: ["\(healthy)"]}
                - id: \(Plant.fault)
                  name: {en: Bearing lacking oil, zh: 轴承缺油}
                  kind: fault
                  severity: warning
                  prompts: ["\(faulty)"]
            rule:
              valid_above: 0.5
              confidence: \(confidence ?? ears.threshold)
              consecutive: \(consecutive)
              clear_after: \(clearAfter)
              clear_below: 0.5
              stale_after: \(staleAfter)
            machines:
            \(rows.joined(separator: "\n"))
            store: {path: \(store), retain: 90d}
            http: \(http)
            \(extra)

            """
    }
}
