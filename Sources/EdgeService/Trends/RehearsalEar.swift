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

    /// What a window (mono, 48 kHz) sounds like; all that `enrol` and `judge` need of it.
    package func hear(_ samples: [Float]) throws -> NormalWindow {
        let heard = try listener.hear(samples, gain: judge.gain)
        return NormalWindow(embedding: heard.embedding, descriptor: heard.descriptor.values)
    }

    /// Takes windows for the normal sound of a machine, in place of what was enrolled before, as enrolment does.
    ///
    /// - Parameter windows: in the order they were heard.
    /// - Throws: `DetectionError` for too few windows.
    package func enrol(_ windows: [NormalWindow]) throws {
        judge.normalSound = try NormalSound(NormalBank(windows: ["": windows.inBlocksOfTime()]), version: 1)
    }

    /// Judges a window heard before. One whose microphone is in trouble has no scores.
    package func judge(_ heard: NormalWindow, start: Date) throws -> RehearsedWindow {
        let judgement = try judge.judge(embedding: heard.embedding, descriptor: heard.descriptor)
        return RehearsedWindow(start: start, scores: judgement.scores, novelty: judgement.novelty)
    }

    /// Hears and judges a window (mono, 48 kHz).
    package func window(_ samples: [Float], start: Date) throws -> RehearsedWindow {
        try judge(try hear(samples), start: start)
    }
}
