// Where published sound comes from: files one after the other, or raw samples on standard input.
import AudioFeatures
import Foundation

/// A recording to be sent.
public enum RecordingSource: Sendable {
    /// A file with a header, or without one in the given format.
    case file(String, rawFormat: PCMFormat?)
    /// Raw samples from standard input.
    case standardInput(PCMFormat)

    /// What to call it.
    public var name: String {
        switch self {
        case .file(let path, _): path
        case .standardInput: "standard input"
        }
    }

    /// Every audio file below some paths, in the order of their names.
    ///
    /// - Throws: `AudioDecodingError` for a path that is not there.
    public static func files(below paths: [String], rawFormat: PCMFormat? = nil) throws -> [RecordingSource] {
        try audioFiles(below: paths, takesAll: rawFormat != nil).map { .file($0, rawFormat: rawFormat) }
    }

    /// Opens it for reading in blocks.
    func open() throws -> any RecordingBlocks {
        switch self {
        case .file(let path, let rawFormat): try FileBlocks(reader: AudioFileReader(path: path, rawFormat: rawFormat))
        case .standardInput(let format): InputBlocks(format: format)
        }
    }
}

/// Endings of files taken from a folder; a file named by itself is taken whatever its ending.
public let audioFileEndings: Set<String> = [
    "wav", "wave", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au", "rf64", "w64", "caf",
]

/// The audio files a list of files and folders stands for; folders are searched to the bottom, hidden files left out.
///
/// - Parameter takesAll: takes files in folders whatever their ending.
/// - Throws: `AudioDecodingError` for a path that does not exist.
public func audioFiles(below paths: [String], takesAll: Bool = false) throws -> [String] {
    var found: [String] = []
    for path in paths {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw AudioDecodingError(.unreadableFile, source: path, "no such file or folder")
        }
        guard isFolder.boolValue else {
            found.append(path)
            continue
        }
        let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        for name in below.sorted() where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            let full = (path as NSString).appendingPathComponent(name)
            guard takesAll || audioFileEndings.contains((name as NSString).pathExtension.lowercased()),
                FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue
            else { continue }
            found.append(full)
        }
    }
    return found
}

/// Blocks of a recording.
protocol RecordingBlocks: AnyObject {
    var sampleRateHz: Int { get }
    var declaredFrameCount: Int? { get }
    func next(maxFrameCount: Int) throws -> AudioBuffer?
}

private final class FileBlocks: RecordingBlocks {
    private let reader: AudioFileReader

    init(reader: AudioFileReader) { self.reader = reader }

    var sampleRateHz: Int { reader.sampleRateHz }
    var declaredFrameCount: Int? { reader.declaredFrameCount }

    func next(maxFrameCount: Int) throws -> AudioBuffer? { try reader.read(maxFrameCount: maxFrameCount) }
}

private final class InputBlocks: RecordingBlocks {
    private let format: PCMFormat
    private let decoder = AudioDecoder()

    init(format: PCMFormat) { self.format = format }

    var sampleRateHz: Int { format.sampleRateHz }
    var declaredFrameCount: Int? { nil }

    func next(maxFrameCount: Int) throws -> AudioBuffer? {
        let wanted = maxFrameCount * format.bytesPerFrame
        var data = Data()
        while data.count < wanted {
            guard let more = try FileHandle.standardInput.read(upToCount: wanted - data.count), !more.isEmpty else {
                break
            }
            data.append(more)
        }
        // A last frame that was cut off cannot be played.
        data.removeLast(data.count % format.bytesPerFrame)
        guard !data.isEmpty else { return nil }
        return try decoder.decode(data, as: .raw(format), selection: nil).buffer
    }
}
