// Scores of stories already heard: hearing takes minutes, trying other rules on them takes none.
import EdgeService
import Foundation
import MachineHealth

/// One CSV file per story in a folder.
struct ScoreCache: Sendable {
    static let epoch = Date(timeIntervalSince1970: 1_767_225_600)

    let folder: URL
    let hopSeconds: Double

    /// A story's windows, heard where they are not known.
    func windows(of story: Story, model: SoundModel, labels: LabelVocabulary) throws -> [RehearsedWindow] {
        let name = "\(story.course.rawValue)-\(story.individual)-\(Int(story.seconds))-\(Int(hopSeconds)).csv"
        let file = folder.appendingPathComponent(name)
        if let text = try? String(contentsOf: file, encoding: .utf8) { return read(text, labels: labels) }
        let ear = try RehearsalEar(model: model, labels: labels)
        var windows: [RehearsedWindow] = []
        for number in 0..<Int(story.seconds / hopSeconds) {
            let time = Double(number) * hopSeconds
            windows.append(
                try ear.window(
                    try story.window(at: time, number: number),
                    start: Self.epoch.addingTimeInterval(time)
                )
            )
        }
        let lines = windows.map { window in
            ([window.start.timeIntervalSince(Self.epoch)] + window.scores.map(\.confidence)).map { "\($0)" }
                .joined(separator: ",")
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        return windows
    }

    private func read(_ text: String, labels: LabelVocabulary) -> [RehearsedWindow] {
        text.split(separator: "\n").map { line in
            let values = line.split(separator: ",").compactMap { Double($0) }
            return RehearsedWindow(
                start: Self.epoch.addingTimeInterval(values.first ?? 0),
                scores: zip(labels.labels, values.dropFirst()).map { LabelScore(label: $0.id, confidence: $1) }
            )
        }
    }
}
