// Whether the model is there, is what was fetched, loads, and knows the labels already.
import CLAP
import Foundation
import MachineHealth
import ModelStore

/// What is known about the model.
struct ModelFacts: Hashable, Sendable {
    /// Its folder; nil where none was found.
    var folder: String?
    /// Where none was found: the places looked at.
    var searchProblem: String?
    /// What differs from the manifest, or is missing.
    var fileProblems: [String] = []
    /// What could not be judged.
    var notes: [String] = []
    /// Why it does not load.
    var loadProblem: String?
    /// Phrases of all labels.
    var phraseCount = 0
    /// Those whose embeddings are remembered, so that a start leaves the text tower alone.
    var knownPhraseCount = 0
}

/// Looks at a configuration's model without writing anywhere, the hashes it remembers included.
struct ModelVisit: Sendable {
    let configuration: ServiceConfiguration

    /// The facts, and the model where it loads.
    func make() async -> (facts: ModelFacts, model: SoundModel?) {
        var facts = ModelFacts()
        let folder: URL
        do { folder = try configuration.modelDirectory() } catch {
            facts.searchProblem = "\(error)"
            return (facts, nil)
        }
        facts.folder = folder.path
        var digests: [String: String] = [:]
        do {
            let verification = try await ModelDirectory.verify(folder)
            facts.fileProblems = verification.problems
            facts.notes = verification.notes
            for file in verification.files {
                if let digest = file.sha256 { digests[file.path] = digest }
            }
        } catch {
            facts.fileProblems = ["\(error)"]
        }
        do {
            let model = try SoundModel(directory: folder, precision: configuration.model.precision)
            let memory = LabelMemory(
                cache: DerivedCache(folder: configuration.derivedCacheFolder),
                fileDigests: digests.filter { name, _ in
                    name == "model.safetensors" || SoundModel.textFiles.contains(name)
                },
                dimension: model.clap.configuration.projectionDimension
            )
            let used = Set(configuration.machines.map(\.profile))
            let phrases = Set(
                configuration.vocabularies.filter { used.contains($0.key) }
                    .flatMap { $0.value.labels.flatMap(\.prompts) }
            )
            facts.phraseCount = phrases.count
            facts.knownPhraseCount = phrases.count { memory[$0] != nil }
            return (facts, model)
        } catch {
            facts.loadProblem = "\(error)"
            return (facts, nil)
        }
    }
}

/// Judges the model.
struct ModelCheck: Sendable {
    let facts: ModelFacts

    var findings: [DoctorFinding] {
        guard let folder = facts.folder else {
            let places = (facts.searchProblem ?? "not found").split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
            return [
                .problem(
                    .model,
                    "folder",
                    places,
                    "set model.path to a checkpoint's folder, or fetch one: ausculta model fetch NAME"
                )
            ]
        }
        var findings: [DoctorFinding] = []
        if facts.fileProblems.isEmpty {
            let note = facts.notes.isEmpty ? "every file is the one of its manifest" : "complete, without a manifest"
            findings.append(.ok(.model, "files", "\(folder): \(note)"))
        }
        for problem in facts.fileProblems.prefix(5) {
            findings.append(
                .problem(.model, "files", problem, "ausculta model verify \(folder) tells every file; fetch it again")
            )
        }
        if let problem = facts.loadProblem {
            findings.append(
                .problem(.model, "loading", problem, "fetch the model again, or name another one in model.path")
            )
        } else {
            let missing = facts.phraseCount - facts.knownPhraseCount
            let labels =
                missing == 0 ? "every prompt is encoded already" : "\(missing) prompts are encoded at the next start"
            findings.append(.ok(.model, "loading", "loads; \(labels)"))
        }
        return findings
    }
}
