// `ausculta publish`: recordings as a machine's live stream.
import ArgumentParser
import AudioFeatures
import AudioSending
import EdgeService
import Foundation
import MQTT
import Publishing

/// Which broker and machine a command sends to.
struct SendingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The broker.", valueName: "url"))
    var broker = "mqtt://127.0.0.1:1883"

    @Option(help: "The site, the second level of every topic.")
    var site = "plant1"

    @Option(help: "Send to this topic instead of ausculta/SITE/MACHINE/audio.")
    var topic: String?

    @Option(help: ArgumentHelp("Take broker, credentials, site and topic from a configuration.", valueName: "file"))
    var config: String?

    /// A started client, and the topics of a machine.
    func connect(machine: String) async throws -> (client: MQTTClient, audioTopic: String, windowTopic: String) {
        var audioTopic = topic
        var scheme = try TopicScheme(site: site)
        let settings: MQTTConfiguration
        if let config {
            let file = try loadConfiguration(config)
            scheme = try TopicScheme(site: file.site)
            settings = try file.senderMQTT()
            let configured = file.machine(machine)?.topic
            if let configured, !configured.contains("+"), !configured.contains("#") { audioTopic = topic ?? configured }
        } else {
            settings = MQTTConfiguration(broker: try BrokerAddress(url: broker))
        }
        try TopicScheme.check(machine, role: "machine")
        let client = try MQTTClient(settings, logger: makeLogger(level: .critical))
        try client.start()
        do {
            try await client.waitUntilConnected(timeoutSeconds: 15)
        } catch {
            await client.stop()
            throw error
        }
        return (client, audioTopic ?? scheme.audio(machine: machine), scheme.window(machine: machine))
    }
}

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Stream recordings to the broker as a machine.",
        discussion: """
            Files with a header (WAV, FLAC, Ogg, Opus, MP3, …) are recognised; raw PCM needs --raw. "-" is raw PCM on \
            standard input, for a microphone. --fast sends as quickly as the service answers with windows.

            Examples:
              ausculta publish pump.wav --machine pump-1
              ausculta publish recordings/ --machine pump-1 --fast
              arecord -q -f S16_LE -r 16000 -t raw |
                ausculta publish - --machine pump-1 --raw s16le --rate 16000
            """
    )

    @Argument(help: "Recordings, folders of them, or - for raw PCM on standard input.")
    var files: [String]

    @Option(help: ArgumentHelp("The machine the sound belongs to.", valueName: "id"))
    var machine: String

    @OptionGroup var sending: SendingOptions

    @Option(help: ArgumentHelp("Sound per message, 0.1 to 30.", valueName: "seconds"))
    var chunk = 1.0

    @Flag(exclusivity: .exclusive, help: "A second of sound a second (default), or as fast as results come back.")
    var pace: Pace = .realtime

    @Option(
        help: ArgumentHelp(
            "How chunks are written on the wire: \(ChunkFormat.names.joined(separator: ", ")).",
            valueName: "format"
        )
    )
    var format = "wav"

    @OptionGroup(title: "Raw input") var raw: RawAudioOptions

    @Flag(help: "Print what was sent as JSON.")
    var json = false

    enum Pace: EnumerableFlag {
        case realtime
        case fast
    }

    private struct Report: Encodable {
        var machine: String
        var topic: String
        var seconds: Double
        var chunks: Int
        var windows: Int
        var failed: [String]
    }

    func validate() throws {
        guard (0.1...30).contains(chunk) else { throw ValidationError("--chunk \(chunk): expected 0.1 to 30 s") }
        guard ChunkFormat(name: format) != nil else {
            throw ValidationError("--format '\(format)': known are \(ChunkFormat.names.joined(separator: ", "))")
        }
        guard !files.contains("-") || files.count == 1 else {
            throw ValidationError("- (standard input) cannot be combined with files")
        }
    }

    func run() async throws {
        let rawFormat = try raw.format()
        let sources: [RecordingSource]
        if files == ["-"] {
            guard let rawFormat else {
                throw ValidationError("- (standard input) needs --raw ENCODING and --rate HZ to know what it holds")
            }
            sources = [.standardInput(rawFormat)]
        } else {
            sources = try RecordingSource.files(below: files, rawFormat: rawFormat)
        }
        guard !sources.isEmpty else {
            throw ValidationError(
                "no recordings in \(files.joined(separator: ", ")); name files, or folders with audio files"
            )
        }
        guard let chunkFormat = ChunkFormat(name: format) else { throw ExitCode.validationFailure }
        let (client, audioTopic, windowTopic) = try await sending.connect(machine: machine)
        let sender = RecordingSender(
            client: client,
            topic: audioTopic,
            windowTopic: windowTopic,
            format: chunkFormat,
            chunkSeconds: chunk,
            pace: pace == .fast ? .fast : .realTime
        )
        var failed: [String] = []
        var line = ProgressLine()
        let total = sources.count
        let done = try await withInterruptCancelling {
            try await sender.send(sources) { source, error in
                line.clear()
                failed.append(source.name)
                Console.remark("\(error)")
            } progress: { now in
                line.draw("\(machine): \(Int(now.seconds)) s sent, \(now.windows) windows judged (\(now.source))")
            }
        }
        line.clear()
        await client.stop()
        let report = Report(
            machine: machine,
            topic: audioTopic,
            seconds: done?.seconds ?? 0,
            chunks: done?.chunks ?? 0,
            windows: done?.windows ?? 0,
            failed: failed
        )
        if json {
            try Console.json(report)
        } else if let done {
            let seconds = String(format: "%.1f", done.seconds)
            Console.result(
                "\(total - failed.count) of \(total) recordings, \(seconds) s in \(done.chunks) chunks to \(audioTopic); "
                    + "\(done.windows) windows judged meanwhile"
            )
        } else {
            Console.remark("stopped")
        }
        if !failed.isEmpty { throw ExitCode(failed.count == total ? 2 : 1) }
    }
}
