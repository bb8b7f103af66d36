// One file over HTTP, by curl, into a .part file that a later run can continue.
//
// Why curl and not URLSession: measured here, FoundationNetworking's session has no way to hold the server back (a
// slow disk let 614 MB pile up in memory), and it does not link into a static executable without libcurl's headers.
// curl's pipe holds it back by itself, and it knows every proxy variable, resumption and redirects.

import Foundation
import Synchronization

/// How a transfer went.
enum TransferResult: Sendable {
    case complete(ResponseHeaders)
    /// The server has another file now, or cannot continue: start over.
    case cannotResume
    /// Worth another try; `madeProgress` says whether any byte came.
    case interrupted(reason: String, madeProgress: Bool)
    /// No way to the server at all.
    case unreachable(reason: String)
    case refused(status: Int)
}

/// One attempt to fetch, or to go on fetching, one file.
struct FileDownload: Sendable {
    /// What must be known to continue: kept beside the part file.
    struct Resume: Codable {
        var url: String
        var entityTag: String?
        var totalBytes: Int?
        var linkedSHA256: String?
    }

    let url: URL
    let partFile: URL
    /// Added to this process's own for curl.
    let environment: [String: String]
    /// Called with bytes on disk and the whole size as far as known.
    let onBytes: @Sendable (_ bytesDone: Int, _ bytesTotal: Int?) throws -> Void

    private var resumeFile: URL { partFile.appendingPathExtension("json") }
    private var headerFile: URL { partFile.appendingPathExtension("headers") }

    /// Removes the part file and what belongs to it.
    func discard() {
        for file in [partFile, resumeFile, headerFile] { try? FileManager.default.removeItem(at: file) }
    }

    /// Removes the notes, after the part file has been renamed.
    func forgetNotes() {
        for file in [resumeFile, headerFile] { try? FileManager.default.removeItem(at: file) }
    }

    /// Bytes that are there already and can be continued; anything else is thrown away.
    private func resumable() -> (bytes: Int, notes: Resume?) {
        let bytes = ModelDirectory.size(of: partFile.path) ?? 0
        let notes = (try? Data(contentsOf: resumeFile)).flatMap { try? JSONDecoder().decode(Resume.self, from: $0) }
        guard bytes > 0, let notes, notes.url == url.absoluteString, bytes <= notes.totalBytes ?? bytes else {
            discard()
            return (0, nil)
        }
        return (bytes, notes)
    }

    /// Runs curl once.
    func attempt() async throws -> TransferResult {
        guard let curl = ChildProcess.find("curl") else {
            throw ModelStoreError.toolMissing(tool: "curl", install: "sudo apt-get install curl ca-certificates")
        }
        let (startBytes, notes) = resumable()
        let remembered = notes.map { ResponseHeaders(remembering: $0) }
        if let remembered, remembered.totalBytes == startBytes { return .complete(remembered) }
        try? FileManager.default.removeItem(at: headerFile)
        let file = try openPart(at: startBytes)
        defer { try? file.close() }
        let count = Mutex(startBytes)
        let seen = Mutex<ResponseHeaders?>(nil)
        let result = try await ChildProcess(curl, arguments(startBytes, notes), environment: environment).run { data in
            let headers = try seen.withLock { seen in
                if let seen { return seen }
                let headers = try readHeaders()
                try remember(headers)
                seen = headers
                return headers
            }
            try write(data, to: file)
            let done = count.withLock { count in
                count += data.count
                return count
            }
            try onBytes(done, headers.totalBytes)
        }
        let done = count.withLock { $0 }
        let headers = try seen.withLock { $0 } ?? readHeaders()
        return judge(result, headers: headers, remembered: remembered, startBytes: startBytes, doneBytes: done)
    }

    private func arguments(_ startBytes: Int, _ notes: Resume?) -> [String] {
        // -q: the user's .curlrc might send the output elsewhere. Secrets never pass through here.
        var arguments = ["-q", "--silent", "--show-error", "--fail", "--location", "--globoff"]
        arguments += ["--proto", "=http,https", "--proto-redir", "=http,https", "--max-redirs", "10"]
        arguments += ["--connect-timeout", "20", "--speed-limit", "1", "--speed-time", "60"]
        arguments += ["--user-agent", "ausculta", "--dump-header", headerFile.path]
        if startBytes > 0 {
            arguments += ["--continue-at", String(startBytes)]
            if let tag = notes?.entityTag { arguments += ["--header", "If-Range: \(tag)"] }
        }
        return arguments + ["--", url.absoluteString]
    }

    private func judge(
        _ result: ChildResult,
        headers: ResponseHeaders,
        remembered: ResponseHeaders?,
        startBytes: Int,
        doneBytes: Int
    ) -> TransferResult {
        let madeProgress = doneBytes > startBytes
        // https://curl.se/docs/manpage.html#EXIT
        switch result.status {
        case 0:
            if let total = headers.totalBytes, total != doneBytes { return .cannotResume }
            return .complete(headers.keepingHash(of: remembered))
        case 22 where headers.status == 416, 33, 36:
            return .cannotResume
        case 22 where [408, 425, 429, 500, 502, 503, 504].contains(headers.status):
            return .interrupted(reason: "HTTP status \(headers.status)", madeProgress: false)
        case 22:
            return .refused(status: headers.status)
        case 5, 6, 7:
            return .unreachable(reason: result.errorText)
        default:
            return .interrupted(reason: result.errorText, madeProgress: madeProgress)
        }
    }

    private func readHeaders() throws -> ResponseHeaders {
        ResponseHeaders((try? String(contentsOf: headerFile, encoding: .isoLatin1)) ?? "")
    }

    private func remember(_ headers: ResponseHeaders) throws {
        let notes = Resume(
            url: url.absoluteString,
            entityTag: headers.strongEntityTag,
            totalBytes: headers.totalBytes,
            linkedSHA256: headers.linkedSHA256
        )
        do { try JSONEncoder().encode(notes).write(to: resumeFile, options: .atomic) } catch {
            throw ModelStoreError.cannotWrite(path: resumeFile.path, reason: "\(error)")
        }
    }

    private func openPart(at startBytes: Int) throws(ModelStoreError) -> FileHandle {
        if startBytes == 0 { _ = FileManager.default.createFile(atPath: partFile.path, contents: nil) }
        do {
            let file = try FileHandle(forWritingTo: partFile)
            try file.seekToEnd()
            return file
        } catch {
            throw .cannotWrite(path: partFile.path, reason: "\(error)")
        }
    }

    private func write(_ data: Data, to file: FileHandle) throws(ModelStoreError) {
        do { try file.write(contentsOf: data) } catch {
            throw .cannotWrite(path: partFile.path, reason: "\(error)")
        }
    }
}

extension ResponseHeaders {
    /// What an earlier run wrote down.
    fileprivate init(remembering notes: FileDownload.Resume) {
        self.init("")
        entityTag = notes.entityTag
        totalBytes = notes.totalBytes
        linkedSHA256 = notes.linkedSHA256
    }

    fileprivate func keepingHash(of earlier: ResponseHeaders?) -> ResponseHeaders {
        var result = self
        result.linkedSHA256 = linkedSHA256 ?? earlier?.linkedSHA256
        return result
    }
}
