// Recognition of payloads: content types, magic bytes, configured raw format, in this order.
import AudioFeatures
import Foundation
import Testing

@Suite("Decoding: recognition")
struct DecodingRecognitionTests {
    @Test(
        "Raw content types in every spelling",
        arguments: [
            ("audio/L16;rate=16000;channels=2", PCMFormat(encoding: .s16be, sampleRateHz: 16_000, channelCount: 2)),
            ("AUDIO/l16 ; Rate = \"44100\"", PCMFormat(encoding: .s16be, sampleRateHz: 44_100, channelCount: 1)),
            (
                "audio/pcm;format=s16le;rate=8000;channels=1",
                PCMFormat(encoding: .s16le, sampleRateHz: 8_000, channelCount: 1)
            ),
            (
                "audio/pcm; channels=8; rate=48000; format=F32LE;",
                PCMFormat(encoding: .f32le, sampleRateHz: 48_000, channelCount: 8)
            ),
            (
                "audio/pcm;format=s24le;rate=96000;note=\"a;b\"",
                PCMFormat(encoding: .s24le, sampleRateHz: 96_000, channelCount: 1)
            ),
            ("Audio/PCM;FORMAT=s32le;RATE=192000", PCMFormat(encoding: .s32le, sampleRateHz: 192_000, channelCount: 1)),
        ]
    )
    func raw(text: String, format: PCMFormat) throws {
        #expect(try AudioContentType(parsing: text) == .raw(format))
        #expect(try AudioContentType(parsing: format.contentType) == .raw(format), "its own spelling comes back")
    }

    @Test(
        "Content types that lack something name it",
        arguments: [
            ("audio/L16", "'rate' is missing"), ("audio/L16;channels=1", "'rate' is missing"),
            ("audio/pcm;rate=16000", "'format' is missing"), ("audio/pcm;format=s16le", "'rate' is missing"),
            ("audio/pcm;format=s12le;rate=16000", "'format' is 's12le'"),
            ("audio/L16;rate=fast", "'rate' is 'fast'"), ("audio/L16;rate=-8000", "'rate' is '-8000'"),
            ("audio/L16;rate=16000.5", "'rate' is '16000.5'"), ("audio/L16;rate", "'rate' has no value"),
            ("audio/L16;rate=99999999999999999999", "'rate' is"), ("audio/L16;rate=8000;rate=16000", "given twice"),
        ]
    )
    func malformed(text: String, expected: String) {
        let error = #expect(throws: AudioDecodingError.self) { try AudioContentType(parsing: text) }
        #expect(error?.code == .malformedContentType)
        #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
    }

    @Test(
        "Containers and the rest",
        arguments: [
            ("audio/wav", AudioContentType.container(.wav)), ("audio/x-wav", .container(.wav)),
            ("Audio/FLAC; x=1", .container(.flac)), ("audio/ogg; codecs=opus", .container(.ogg)),
            ("audio/mpeg", .container(.mpeg)), ("", .unspecified), ("application/octet-stream", .unspecified),
            ("application/json", .other("application/json")),
        ]
    )
    func containers(text: String, expected: AudioContentType) throws {
        #expect(try AudioContentType(parsing: text) == expected)
    }

    @Test("Bytes of every writable format are recognised", arguments: AudioFileFormat.allCases)
    func magic(format: AudioFileFormat) throws {
        let bytes = try AudioEncoder.encode(DecodingSamples.tones(seconds: 0.5, sampleRateHz: 16_000), as: format)
        let recognizer = PayloadRecognizer(rawFormat: PCMFormat(encoding: .s16le, sampleRateHz: 8_000))
        for type in [nil, "", "application/octet-stream", "something/else", format.contentType] {
            #expect(try recognizer.recognize(bytes, contentType: type) == .container(format.container))
        }
    }

    @Test("The content type comes before the magic, the magic before the configured format")
    func order() throws {
        let configured = PCMFormat(encoding: .f32le, sampleRateHz: 16_000)
        let announced = PCMFormat(encoding: .s16le, sampleRateHz: 8_000)
        let wav = DecodingSamples.wav(dataBytes: Data(count: 64))
        let recognizer = PayloadRecognizer(rawFormat: configured)
        #expect(try recognizer.recognize(wav, contentType: announced.contentType) == .raw(announced))
        #expect(try recognizer.recognize(wav, contentType: nil) == .container(.wav))
        #expect(try recognizer.recognize(Data(count: 64), contentType: nil) == .raw(configured))
        #expect(throws: AudioDecodingError.self) {
            try PayloadRecognizer().recognize(Data(count: 64), contentType: nil)
        }
    }

    @Test("Another container than announced is decoded as what it is")
    func mislabelled() throws {
        let wav = DecodingSamples.wav(dataBytes: Data(count: 64))
        #expect(try PayloadRecognizer().recognize(wav, contentType: "audio/flac") == .container(.wav))
    }

    @Test(
        "Announced but absent, or announced as something else, is refused even with a raw format configured",
        arguments: ["audio/wav", "audio/flac", "audio/ogg", "application/json", "text/plain"]
    )
    func announcedButAbsent(type: String) {
        let recognizer = PayloadRecognizer(rawFormat: PCMFormat(encoding: .s16le, sampleRateHz: 16_000))
        let error = #expect(throws: AudioDecodingError.self) {
            try recognizer.recognize(Data(#"{"level": 3}"#.utf8), contentType: type)
        }
        #expect(error?.code == .unrecognizedFormat)
        #expect(error?.message.contains("7b 22") == true)
    }

    @Test("Raw PCM that happens to hold sync bits is not taken for MPEG")
    func quietPCM() throws {
        let format = PCMFormat(encoding: .s16le, sampleRateHz: 16_000)
        // Little-endian -1 and -1025: FF FF and FF FB, the very bits of an MPEG frame sync.
        for pair in [[UInt8](arrayLiteral: 0xFF, 0xFF), [0xFF, 0xFB], [0xFF, 0xF3]] {
            let payload = Data((0..<4_000).flatMap { _ in pair })
            #expect(try PayloadRecognizer(rawFormat: format).recognize(payload, contentType: nil) == .raw(format))
        }
    }
}
