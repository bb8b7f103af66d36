// Simulated sound on disk: 16-bit WAV files and the manifest that says what is in them.

import Foundation
import MachineSimulator

/// Writes WAV files into one folder and, at the end, their manifest.
struct SimulatedFileWriter {
    private let folder: URL
    private var rows = ["file,machine,condition,label,detail,severity,snr_db,sample_rate_hz"]

    init(folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    mutating func write(
        _ samples: [Float],
        sampleRateHz: Int,
        name: String,
        machine: String,
        condition: String,
        label: String,
        severity: Double,
        snrDB: Double,
        detail: String? = nil
    ) throws {
        let file = "\(name).wav"
        let bytes = WAVEncoder.encode16Bit(samples, sampleRateHz: sampleRateHz)
        try Data(bytes).write(to: folder.appendingPathComponent(file))
        let figures = "\(Self.rounded(severity)),\(Self.rounded(snrDB)),\(sampleRateHz)"
        rows.append("\(file),\(machine),\(condition),\(label),\(detail ?? label),\(figures)")
    }

    func finish() throws {
        let text = rows.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: folder.appendingPathComponent("manifest.csv"), options: .atomic)
    }

    private static func rounded(_ value: Double) -> String {
        String((value * 1_000).rounded() / 1_000)
    }
}
