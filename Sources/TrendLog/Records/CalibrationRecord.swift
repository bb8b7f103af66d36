// What was learned of a profile's confidences, as it is stored.
import Foundation
import GRDB

/// A profile's calibration, learned from its decisions.
public struct CalibrationRecord: Hashable, Sendable {
    /// The label profile.
    public var profile: String
    /// The model whose scores it brings in line.
    public var model: String
    /// Whether it is in use: one that did not help on decisions it was not learned from is kept to be told of only.
    public var isUsed: Bool
    /// What logits are divided by.
    public var temperature: Double
    /// Added to the logits, one per label; empty for none.
    public var logPriors: [Double]
    /// Decisions it was learned from.
    public var decisions: Int
    /// Errors before and after, as JSON.
    public var report: Data
    /// When.
    public var created: Date

    /// Makes a record.
    public init(
        profile: String,
        model: String,
        isUsed: Bool,
        temperature: Double,
        logPriors: [Double] = [],
        decisions: Int,
        report: Data,
        created: Date
    ) {
        self.profile = profile
        self.model = model
        self.isUsed = isUsed
        self.temperature = temperature
        self.logPriors = logPriors
        self.decisions = decisions
        self.report = report
        self.created = created
    }
}

extension CalibrationRecord {
    static let select = """
        SELECT calibrations.*, models.name AS model FROM calibrations JOIN models ON models.id = calibrations.model_id
        """

    init?(row: Row) {
        let (priors, report): (String, String) = (row["log_priors"], row["report"])
        guard let logPriors = try? JSONText.decode([Double].self, from: priors) else { return nil }
        self.init(
            profile: row["profile"],
            model: row["model"],
            isUsed: row["is_used"],
            temperature: row["temperature"],
            logPriors: logPriors,
            decisions: row["decisions"],
            report: Data(report.utf8),
            created: Date(millisecondsSince1970: row["created_ms"])
        )
    }
}
