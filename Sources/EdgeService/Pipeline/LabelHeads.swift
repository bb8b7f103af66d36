// The classifiers in force, one per machine: swapped whole when labels change, read by every worker.
import AudioFeatures
import CLAP
import MachineHealth
import Synchronization

/// What a worker needs to judge a machine's windows.
struct MachineClassifier: Sendable {
    /// The machine's labels, in the order of the head's probabilities.
    let labels: [LabelID]
    /// The labels' embeddings.
    let head: ZeroShotHead
    /// Loudness normalisation.
    let gain: WindowGain
}

/// Classifier per machine, replaced as a whole on reload.
final class LabelHeads: Sendable {
    private let classifiers = Mutex<[String: MachineClassifier]>([:])

    func replace(with new: [String: MachineClassifier]) {
        classifiers.withLock { $0 = new }
    }

    subscript(machine: String) -> MachineClassifier? {
        classifiers.withLock { $0[machine] }
    }
}
