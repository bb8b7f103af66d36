// The checkpoints that are known to work here, pinned to a revision where one is known.

/// One file of a known checkpoint.
public struct KnownFile: Sendable, Hashable {
    public let path: String
    /// Size where it is known beforehand, for the disk check and the progress bar.
    public let bytes: Int?
    /// Hexadecimal SHA-256 where it is known beforehand.
    public let sha256: String?

    public init(_ path: String, bytes: Int? = nil, sha256: String? = nil) {
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
    }
}

/// A checkpoint on a Hugging Face style server: `{base}/{repository}/resolve/{revision}/{file}`.
public struct KnownModel: Sendable, Hashable {
    /// The name on the command line, and of the folder in the cache.
    public let name: String
    public let repository: String
    public let revision: String
    public let license: String
    public let summary: String
    public let files: [KnownFile]

    public init(
        name: String,
        repository: String,
        revision: String,
        license: String,
        summary: String,
        files: [KnownFile]
    ) {
        self.name = name
        self.repository = repository
        self.revision = revision
        self.license = license
        self.summary = summary
        self.files = files
    }

    /// False where the revision is a branch whose content may change.
    public var isPinned: Bool { revision.count == 40 && revision.allSatisfy(\.isHexDigit) }

    /// Bytes of all files whose size is known.
    public var knownBytes: Int { files.reduce(0) { $0 + ($1.bytes ?? 0) } }

    /// The catalogue.
    public static let all: [KnownModel] = [
        KnownModel(
            name: "clap-htsat-fused",
            repository: "laion/clap-htsat-fused",
            // The variant with safetensors; older revisions carry only a pickle, which is not read here.
            revision: "0ebdccc578498c90ecb34353b57d2f197cae6e0a",
            license: "Apache-2.0",
            summary: "CLAP, HTSAT-tiny with feature fusion: any length of audio; the recommended model",
            files: checkpointFiles(weightBytes: 614_496_152)
        ),
        KnownModel(
            name: "clap-htsat-unfused",
            repository: "laion/clap-htsat-unfused",
            revision: "main",
            license: "Apache-2.0",
            summary: "CLAP, HTSAT-tiny without fusion: one 10 s crop; not pinned",
            files: checkpointFiles(weightBytes: nil)
        ),
        KnownModel(
            name: "larger_clap_general",
            repository: "laion/larger_clap_general",
            revision: "main",
            license: "Apache-2.0",
            summary: "CLAP, HTSAT-base, trained on general audio, music and speech: larger and slower; not pinned",
            files: checkpointFiles(weightBytes: nil)
        ),
    ]

    /// The model of that name, nil where the catalogue has none.
    public static func named(_ name: String) -> KnownModel? {
        all.first { $0.name == name || $0.repository == name }
    }

    /// Small files first: a wrong address or proxy shows before the long download begins.
    private static func checkpointFiles(weightBytes: Int?) -> [KnownFile] {
        let small = [
            "config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json",
            "special_tokens_map.json", "vocab.json", "merges.txt",
        ]
        return small.map { KnownFile($0) } + [KnownFile("model.safetensors", bytes: weightBytes)]
    }
}
