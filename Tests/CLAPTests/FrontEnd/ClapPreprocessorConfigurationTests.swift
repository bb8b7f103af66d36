// Preprocessor configurations as published, incomplete and wrong.
import Foundation
import Testing

@testable import CLAP

@Suite struct ClapPreprocessorConfigurationTests {
    static let published = """
        {"chunk_length_s": 10, "feature_extractor_type": "ClapFeatureExtractor", "feature_size": 64,
         "fft_window_size": 1024, "frequency_max": 14000, "frequency_min": 50, "hop_length": 480, "max_length_s": 10,
         "n_fft": 1024, "nb_frequency_bins": 513, "nb_max_samples": 480000, "padding": "repeatpad",
         "padding_side": "right", "padding_value": 0.0, "processor_class": "ClapProcessor",
         "return_attention_mask": false, "sampling_rate": 48000, "top_db": null, "truncation": "fusion"}
        """

    static func read(_ json: String) throws -> ClapPreprocessorConfiguration {
        try ClapPreprocessorConfiguration(json: Data(json.utf8), path: "preprocessor_config.json")
    }

    @Test func readsAPublishedFile() throws {
        var expected = ClapPreprocessorConfiguration()
        expected.frequencyMinHz = 50
        let configuration = try Self.read(Self.published)
        #expect(configuration == expected)
        #expect(configuration.maxLengthSamples == 480_000)
        #expect(configuration.logMel.filters == .htk)
    }

    @Test func absentAndNullKeysHaveTheLibrarysDefaults() throws {
        #expect(try Self.read("{}") == ClapPreprocessorConfiguration())
        #expect(try Self.read(#"{"hop_length": null, "truncation": null}"#) == ClapPreprocessorConfiguration())
        #expect(ClapPreprocessorConfiguration().frequencyMinHz == 0)
        #expect(try Self.read(#"{"frequency_min": 0}"#).frequencyMinHz == 0)
        #expect(try Self.read(#"{"frequency_min": 1}"#).frequencyMinHz == 1)
    }

    @Test func everyKeyCounts() throws {
        let configuration = try Self.read(
            """
            {"feature_size": 32, "sampling_rate": 16000, "hop_length": 160, "max_length_s": 4.5, "fft_window_size": 512,
             "frequency_min": 20.5, "frequency_max": 8000, "truncation": "rand_trunc", "padding": "pad"}
            """
        )
        let expected = ClapPreprocessorConfiguration(
            melBinCount: 32,
            sampleRateHz: 16_000,
            hopLengthSamples: 160,
            maxLengthSeconds: 4.5,
            fftLengthSamples: 512,
            frequencyMinHz: 20.5,
            frequencyMaxHz: 8000,
            truncation: .randomCrop,
            padding: .zeros
        )
        #expect(configuration == expected)
        #expect(configuration.maxLengthSamples == 72_000)
        #expect(configuration.logMel.filters == .slaney)
    }

    static let refused = [
        ("[]", "not a JSON object"), ("{", "not a JSON object"), ("", "not a JSON object"),
        (#"{"hop_length": "480"}"#, "hop_length"), (#"{"hop_length": 480.5}"#, "hop_length"),
        (#"{"sampling_rate": true}"#, "\"sampling_rate\" is true, expected a number"),
        (#"{"sampling_rate": [1]}"#, "an array"), (#"{"hop_length": {}}"#, "an object"),
        (#"{"truncation": "middle"}"#, "truncation"),
        (#"{"truncation": 4}"#, "truncation"), (#"{"padding": "mirror"}"#, "padding"),
        (#"{"max_length_s": 0}"#, "max_length_s"), (#"{"max_length_s": 1e9}"#, "max_length_s"),
    ]

    @Test(arguments: refused)
    func namesTheKeyItCannotUse(json: String, problem: String) {
        #expect {
            try Self.read(json)
        } throws: { error in
            "\(error)".contains(problem) && "\(error)".hasPrefix("preprocessor_config.json: ")
        }
    }

    @Test func readsFoldersOldAndNew() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect {
            try ClapPreprocessorConfiguration(modelFolder: folder)
        } throws: { error in
            "\(error)".contains("preprocessor_config.json")
        }
        let shared = folder.appendingPathComponent("processor_config.json")
        try Data(#"{"processor_class": "ClapProcessor"}"#.utf8).write(to: shared)
        #expect(throws: ClapFrontEndError.self) { try ClapPreprocessorConfiguration(modelFolder: folder) }
        try Data(#"{"feature_extractor": {"hop_length": 240}}"#.utf8).write(to: shared)
        #expect(try ClapPreprocessorConfiguration(modelFolder: folder).hopLengthSamples == 240)
        try Data(Self.published.utf8).write(to: folder.appendingPathComponent("preprocessor_config.json"))
        #expect(try ClapPreprocessorConfiguration(modelFolder: folder).hopLengthSamples == 480)
    }
}
