// One checkpoint, ready to compare sound with phrases: weights, tokenizer and front end together.
import CLAP
import Foundation
import Kernels
import ModelStore
import Synchronization

/// A loaded checkpoint. Share one; make a `Listener` per worker.
public final class SoundModel: Sendable {
    /// Folder of the checkpoint.
    public let directory: URL
    /// The checkpoint's name: its folder's.
    public let name: String
    /// The engine.
    public let clap: ClapModel
    /// Front-end settings of the checkpoint.
    public let preprocessor: ClapPreprocessorConfiguration

    /// Read when the first phrase needs it: a start with known labels does without.
    private let tokenizer = Mutex<RobertaTokenizer?>(nil)
    private let weightsDigest: String?
    private let memory: LabelMemory?
    private let encoded = Atomic<Int>(0)

    /// Files beside the weights that decide what a phrase turns into.
    static let textFiles = [
        "config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt",
    ]

    /// Loads a checkpoint folder in Hugging Face's layout.
    ///
    /// - Parameter precision: of the linear layers.
    /// - Throws: an error that names the file or tensor, what was found and what to do.
    public convenience init(directory: URL, precision: ModelPrecision = .preferred) throws {
        let clap = try ClapModel.load(from: directory, precision: precision)
        try self.init(clap: clap, weightsDigest: nil, memory: nil)
    }

    /// Loads a checkpoint and remembers the weights' hash and the labels' embeddings in a cache folder, so that the next
    /// start neither reads the whole weights file nor touches the text tower for labels it knows.
    ///
    /// - Parameters:
    ///   - cache: made where it is absent. A cache that cannot be read or written costs time, nothing else.
    ///   - precision: of the linear layers; embeddings of labels that the cache holds stay as they were encoded.
    /// - Throws: an error that names the file or tensor, what was found and what to do.
    public static func load(
        directory: URL,
        cache: URL,
        precision: ModelPrecision = .preferred
    ) async throws -> SoundModel {
        let clap = try ClapModel.load(from: directory, precision: precision)
        let derived = DerivedCache(folder: cache)
        let fingerprints = FileFingerprints(cache: derived)
        let weights = try await fingerprints.sha256(of: clap.weightsFile)
        var digests = ["model.safetensors": weights]
        for name in textFiles {
            let file = clap.directory.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            digests[name] = try await fingerprints.sha256(of: file)
        }
        // Reading configuration and digests is over.
        FilePages.letGoOfCode()
        let memory = LabelMemory(
            cache: derived,
            fileDigests: digests,
            dimension: clap.configuration.projectionDimension
        )
        return try SoundModel(clap: clap, weightsDigest: weights, memory: memory)
    }

    private init(clap: ClapModel, weightsDigest: String?, memory: LabelMemory?) throws {
        self.clap = clap
        self.weightsDigest = weightsDigest
        self.memory = memory
        directory = clap.directory
        preprocessor = try ClapPreprocessorConfiguration(modelFolder: clap.directory)
        name = clap.name
    }

    /// Samples per second the front end expects.
    public var sampleRateHz: Int { preprocessor.sampleRateHz }

    /// Phrases that went through the text tower so far.
    var encodedPhraseCount: Int { encoded.load(ordering: .relaxed) }

    /// Embeds phrases; shape `(texts.count, projection)`, each L2-normalised.
    public func embed(texts: [String]) throws -> [[Float]] {
        guard !texts.isEmpty else { return [] }
        let tokenizer = try readyTokenizer()
        encoded.add(texts.count, ordering: .relaxed)
        return try clap.makeTextEncoder().embed(texts: texts.map { tokenizer.encode($0) })
    }

    /// Tokens of phrases, start and end included.
    func tokenCounts(of texts: [String]) throws -> [Int] {
        let tokenizer = try readyTokenizer()
        return texts.map { tokenizer.encode($0).count }
    }

    private func readyTokenizer() throws -> RobertaTokenizer {
        try tokenizer.withLock { known in
            let tokenizer = try known ?? makeTokenizer()
            known = tokenizer
            return tokenizer
        }
    }

    /// A classifier over labels, each given by one or more phrases.
    public func makeHead(prompts: [[String]]) throws -> ZeroShotHead {
        let known = try embeddings(of: prompts.flatMap { $0 })
        return ZeroShotHead(
            promptEmbeddings: prompts.map { phrases in phrases.compactMap { known[$0] } },
            scale: clap.logitScaleAudio
        )
    }

    /// Every phrase's embedding, from memory where it is there; the others go through the tower together.
    private func embeddings(of phrases: [String]) throws -> [String: [Float]] {
        var known: [String: [Float]] = [:]
        var unknown: [String] = []
        for phrase in phrases where known[phrase] == nil && !unknown.contains(phrase) {
            if let remembered = memory?[phrase] { known[phrase] = remembered } else { unknown.append(phrase) }
        }
        guard !unknown.isEmpty else { return known }
        let computed = Array(zip(unknown, try embed(texts: unknown)))
        memory?.remember(computed.map { (phrase: $0.0, values: $0.1) })
        for (phrase, values) in computed { known[phrase] = values }
        return known
    }

    /// What stored and published results are signed with: the name and the first digits of the weights' SHA-256, and
    /// "+bf16" where the last digits of results are those of bfloat16. Integers stay as near to float32 as the trend log's own
    /// rounding, so that what was learned in one holds in the other.
    ///
    /// A model loaded without a cache reads the whole weights file on first use.
    public var signature: String {
        let suffix = clap.precision == .bfloat16 ? "+bf16" : ""
        return "\(name)@\((weightsDigest ?? clap.weightsSHA256).prefix(12))\(suffix)"
    }

    /// Gives the text tower's pages, the tokenizer's tables and the code behind both back to the system; the next phrase reads
    /// them again.
    public func releaseTextWeights() {
        tokenizer.withLock { $0 = nil }
        clap.releaseTextWeights()
        FilePages.letGoOfCode()
    }

    private func makeTokenizer() throws -> RobertaTokenizer {
        try RobertaTokenizer(modelFolder: directory, modelVocabularySize: clap.configuration.text.vocabularySize)
    }
}
