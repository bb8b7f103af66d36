// Whether the trend log can be opened and read; never written to.
import Foundation
import TrendLog

/// What is known about the trend log.
enum TrendLogFacts: Hashable, Sendable {
    /// There is none yet.
    case absent(path: String)
    /// It cannot be read.
    case unreadable(TrendLogError)
    /// It was opened.
    case opened(OpenTrendLog)

    /// Opens the file for reading and looks it through.
    ///
    /// - Parameter seconds: for SQLite's check of the pages.
    static func read(_ path: String, checkSeconds seconds: Double) async -> TrendLogFacts {
        guard FileManager.default.fileExists(atPath: path) else { return .absent(path: path) }
        do {
            let url = URL(fileURLWithPath: path)
            let reader = try TrendLogReader(url: url)
            let banks = try await reader.activeBanks()
            return .opened(
                OpenTrendLog(
                    path: path,
                    schema: try await reader.schemaVersion(),
                    problems: try await reader.integrityProblems(withinSeconds: seconds),
                    isServed: TrendLogStore.writer(of: url) != nil,
                    enrolledMachines: Set(banks.map(\.machine))
                )
            )
        } catch let error as TrendLogError {
            return .unreadable(error)
        } catch {
            return .unreadable(
                TrendLogError(
                    .database,
                    path: path,
                    found: "\(error)",
                    remedy: "see whether other programs hold the file"
                )
            )
        }
    }
}

/// A trend log that can be read.
struct OpenTrendLog: Hashable, Sendable {
    var path: String
    /// The version of its tables.
    var schema: String
    /// What the check of its pages found; nil where the file is too large for the time given.
    var problems: [String]?
    /// Whether a service writes to it now.
    var isServed: Bool
    /// Machines whose normal sound is enrolled.
    var enrolledMachines: Set<String>
}

/// Judges the trend log.
struct TrendLogCheck: Sendable {
    let facts: TrendLogFacts

    var findings: [DoctorFinding] {
        switch facts {
        case .absent(let path):
            return [.ok(.trendLog, "file", "\(path) is not there yet; the service makes it at its first start")]
        case .unreadable(let error):
            return [.problem(.trendLog, "file", "\(error.path): \(error.found)", error.remedy)]
        case .opened(let log):
            let served = log.isServed ? ", a service writes to it" : ", no service runs on it"
            let file = DoctorFinding.ok(.trendLog, "file", "\(log.path) opens, tables \(log.schema)\(served)")
            return [file, pages(log)]
        }
    }

    private func pages(_ log: OpenTrendLog) -> DoctorFinding {
        guard let problems = log.problems else {
            return .remark(
                .trendLog,
                "pages",
                "not checked to the end: the file is large",
                "check it when the box is idle: sqlite3 \(log.path) 'PRAGMA quick_check'"
            )
        }
        guard let first = problems.first else { return .ok(.trendLog, "pages", "SQLite finds them sound") }
        return .problem(
            .trendLog,
            "pages",
            "damaged: \(first)\(problems.count > 1 ? ", and \(problems.count - 1) more" : "")",
            "stop the service, keep a copy of the file, and rebuild it: sqlite3 \(log.path) .recover | sqlite3 NEW; "
                + "then have the disk checked"
        )
    }
}
