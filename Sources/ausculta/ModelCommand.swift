// `ausculta model`: which checkpoints there are, fetching and checking them.
import ArgumentParser
import CLAP
import EdgeService
import Foundation
import ModelStore
import Synchronization

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "List, fetch and check models.",
        discussion: """
            Fetched models live in AUSCULTA_MODELS, else in the user's cache folder. AUSCULTA_MODEL_BASE_URL (or HF_ENDPOINT) \
            names a mirror; the usual proxy variables are honoured.
            """,
        subcommands: [List.self, Info.self, Fetch.self, Verify.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the models that are here or can be fetched.")

        @Flag(help: "Print JSON.")
        var json = false

        private struct Row: Encodable {
            var name: String
            var installed: Bool
            var folder: String?
            var summary: String
        }

        func run() async throws {
            let cache = ModelCache()
            let installed = Set(cache.installedNames())
            let embedded = try? ModelLocator.locate(nil, cache: cache.root, environment: [:])
            var rows = [
                Row(
                    name: "embedded",
                    installed: embedded != nil,
                    folder: embedded?.path,
                    summary: "comes with Ausculta: compressors, English and Chinese labels"
                )
            ]
            rows += KnownModel.all.map { model in
                let isHere = installed.contains(model.name)
                let folder = isHere ? cache.folder(of: model).path : nil
                return Row(name: model.name, installed: isHere, folder: folder, summary: model.summary)
            }
            rows += installed.subtracting(rows.map(\.name)).sorted().map { name in
                Row(name: name, installed: true, folder: cache.root.appendingPathComponent(name).path, summary: "")
            }
            guard !json else { return try Console.json(rows) }
            let width = rows.map(\.name.count).max() ?? 0
            for row in rows {
                let name = row.name.padding(toLength: width, withPad: " ", startingAt: 0)
                Console.result("\(name)  \(row.installed ? "here   " : "to fetch")  \(row.summary)")
                if let folder = row.folder { Console.result(String(repeating: " ", count: width + 2) + folder) }
            }
        }
    }

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a model is: sizes, files, architecture.")

        @Argument(help: "A folder, or a name in the cache. Default: the embedded model.")
        var model: String?

        @Flag(help: "Print JSON.")
        var json = false

        private struct Document: Encodable {
            var folder: String
            var fused: Bool
            var audioLayers: [Int]
            var audioHidden: Int
            var textLayers: Int
            var textHidden: Int
            var vocabulary: Int
            var projection: Int
            var logitScale: Double
            var weightsBytes: Int
            var weightsSha256: String
            var files: [ModelDirectory.FileInfo]
            var missing: [String]
        }

        func run() async throws {
            let folder = try ModelLocator.locate(model, cache: ModelCache().root)
            let info = try ModelDirectory.info(folder)
            let loaded = try SoundModel(directory: folder).clap
            let audio = loaded.configuration.audio
            let text = loaded.configuration.text
            let document = Document(
                folder: folder.path,
                fused: audio.enableFusion,
                audioLayers: audio.depths,
                audioHidden: audio.patchEmbedsHiddenSize,
                textLayers: text.hiddenLayerCount,
                textHidden: text.hiddenSize,
                vocabulary: text.vocabularySize,
                projection: loaded.configuration.projectionDimension,
                logitScale: Double(loaded.logitScaleAudio),
                weightsBytes: loaded.weightsByteCount,
                weightsSha256: loaded.weightsSHA256,
                files: info.files,
                missing: info.missing
            )
            guard !json else { return try Console.json(document, pretty: true) }
            let fusion = audio.enableFusion ? "fused" : "unfused"
            Console.result(
                """
                \(folder.path)
                  audio    HTSAT, \(fusion), depths \(audio.depths.map(String.init).joined(separator: "-")), \
                width \(document.audioHidden)
                  text     RoBERTa, \(document.textLayers) layers of \(document.textHidden), \(document.vocabulary) tokens
                  joint    \(document.projection) values, logit scale \(String(format: "%.2f", document.logitScale))
                  weights  \(document.weightsBytes) bytes, SHA-256 \(document.weightsSha256)
                """
            )
            for file in info.files { Console.result("  \(file.path)  \(file.bytes) bytes") }
            if let remedy = info.remedy {
                Console.remark("missing: \(info.missing.joined(separator: ", ")); \(remedy)")
            }
        }
    }

    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download a model of the catalogue; an interrupted download is continued.",
            discussion: """
                Example:
                  ausculta model fetch clap-htsat-fused
                """
        )

        @Argument(help: "Its name: \(KnownModel.all.map(\.name).joined(separator: ", ")).")
        var name: String

        @Option(help: ArgumentHelp("Fetch from this address instead of https://huggingface.co.", valueName: "url"))
        var baseURL: String?

        func run() async throws {
            let fetcher = try ModelFetcher(baseURL: baseURL)
            let line = Mutex(ProgressLine())
            let name = name
            do {
                let folder = try await withInterruptCancelling {
                    try await fetcher.fetch(named: name) { progress in
                        line.withLock { $0.draw(Self.text(progress)) }
                    }
                }
                line.withLock { $0.clear() }
                guard let folder else {
                    Console.remark("stopped; what was fetched is kept, the same command continues")
                    throw ExitCode(130)
                }
                Console.result("\(name) is in \(folder.path)")
            } catch {
                line.withLock { $0.clear() }
                throw error
            }
        }

        private static func text(_ progress: FetchProgress) -> String {
            let megabytes = { (bytes: Int) in String(format: "%.1f", Double(bytes) / 1e6) }
            var text = "\(progress.fileNumber)/\(progress.fileCount) \(progress.file)  "
            if let total = progress.bytesTotal, let fraction = progress.fraction {
                let filled = Int(fraction * 30)
                text += String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
                text += "  \(Int(fraction * 100)) %  \(megabytes(progress.bytesDone)) of \(megabytes(total)) MB"
                if progress.bytesPerSecond > 0 {
                    text += ", \(Int(Double(total - progress.bytesDone) / progress.bytesPerSecond)) s left"
                }
            } else {
                text += "\(megabytes(progress.bytesDone)) MB"
            }
            return text
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a model's files against their SHA-256, and that it loads."
        )

        @Argument(help: "A folder, or a name in the cache. Default: the embedded model.")
        var model: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let folder = try ModelLocator.locate(model, cache: ModelCache().root)
            let verification = try await ModelDirectory.verify(folder)
            if json {
                try Console.json(verification, pretty: true)
            } else {
                for file in verification.files {
                    Console.result("\(file.status.rawValue)  \(file.path)  \(file.sha256 ?? "")")
                }
                for note in verification.notes { Console.remark(note) }
                for problem in verification.problems { Console.remark(problem) }
            }
            guard verification.isSound else { throw ExitCode.failure }
            _ = try SoundModel(directory: folder)
            if !json { Console.result("\(folder.path): it loads") }
        }
    }
}
