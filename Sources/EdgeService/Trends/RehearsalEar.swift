// The model's judgement of single windows without broker or trend log, as the service judges them, for measurements.
import Detection
import Foundation
import MachineHealth

/// Hears windows of one machine; enrols its normal sound first where it is told to.
package final class RehearsalEar {
    private let listener: Listener
    private var judge: WindowJudge

    /// - Parameter labels: the vocabulary to judge with.
    /// - Throws: where the labels cannot be encoded.
    package init(model: SoundModel, labels: LabelVocabulary) throws {
        listener = try Listener(model: model)
        judge = WindowJudge(
            labels: labels.labels.map(\.id),
            head: try model.makeHead(prompts: labels.labels.map(\.prompts)),
            gain: .auto
        )
        judge.expect(labels)
    }

    /// Takes windows (mono, 48 kHz) for the normal sound of a machine, in place of what was enrolled before.
    ///
    /// - Throws: `DetectionError` for too few windows.
    package func enrol(_ windows: [[Float]]) throws {
        let normal = try windows.map { samples in
            let heard = try listener.hear(samples, gain: judge.gain)
            return NormalWindow(embedding: heard.embedding, descriptor: heard.descriptor.values)
        }
        judge.normalSound = try NormalSound(NormalBank(windows: ["": normal]), version: 1)
    }

    /// Judges a window (mono, 48 kHz). One whose microphone is in trouble has no scores.
    package func window(_ samples: [Float], start: Date) throws -> RehearsedWindow {
        let heard = try listener.hear(samples, gain: judge.gain)
        let judgement = try judge.judge(embedding: heard.embedding, descriptor: heard.descriptor.values)
        return RehearsedWindow(start: start, scores: judgement.scores, novelty: judgement.novelty)
    }
}
