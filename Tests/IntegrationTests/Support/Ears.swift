// What the small random checkpoint hears: two sounds it tells apart, and the phrases by which it does.
import AudioFeatures
import EdgeService
import Foundation

/// Sounds that tests play to machines; two seconds of each, at 48 kHz, repeat without a seam.
enum TestSound: Sendable, CaseIterable {
    /// A whistle. Stands for a healthy machine.
    case tone
    /// Ten sharp clicks a second. Stands for the fault.
    case clicks

    /// Mono samples.
    func samples(seconds: Double = 2, sampleRateHz: Int = 48_000) -> [Float] {
        (0..<Int(seconds * Double(sampleRateHz))).map { index in
            let time = Double(index) / Double(sampleRateHz)
            switch self {
            case .tone: return Float(0.3 * sin(2 * .pi * 440 * time))
            case .clicks:
                let sinceClick = time - (time * 10).rounded(.down) / 10
                return Float(0.6 * exp(-sinceClick * 200) * sin(2 * .pi * 2_000 * sinceClick))
            }
        }
    }
}

/// Phrases for which the random checkpoint happens to put one sound with each, found by asking it.
///
/// Its weights are random, so its judgement is arbitrary, but it is the same every time: what follows a judgement (runs,
/// alarms, topics, restarts) can be tested on it as on a trained one.
struct Ears: Sendable {
    /// On top for `tone`.
    let healthyPhrase: String
    /// On top for `clicks`.
    let faultPhrase: String
    /// Probability of the fault phrase, against the healthy one alone, when `clicks` are heard.
    let faultConfidence: Double
    /// The same when `tone` is heard.
    let healthyFaultScore: Double

    /// A threshold between the two: a rule that the clicks fulfil and the tone does not.
    var threshold: Double { ((0.5 + faultConfidence) / 2 * 1_000).rounded() / 1_000 }

    static func found() throws -> Ears { try search.get() }

    private static let search = Result {
        let model = try SoundModel(directory: Repository.tinyModel)
        let listener = try Listener(model: model)
        let phrases = candidates
        let head = try model.makeHead(prompts: phrases.map { [$0] })
        let tone = head.probabilities(try listener.embed(TestSound.tone.samples()).embedding)
        let clicks = head.probabilities(try listener.embed(TestSound.clicks.samples()).embedding)
        var best: (margin: Double, healthy: Int, fault: Int) = (0, 0, 0)
        for healthy in phrases.indices {
            for fault in phrases.indices {
                // Differences of log-probabilities are differences of logits, whatever else was compared.
                let whenClicks = log(Double(clicks[fault])) - log(Double(clicks[healthy]))
                let whenTone = log(Double(tone[healthy])) - log(Double(tone[fault]))
                let margin = min(whenClicks, whenTone)
                if margin > best.margin { best = (margin, healthy, fault) }
            }
        }
        guard best.margin > 0.1 else { throw EarsError() }
        return Ears(
            healthyPhrase: phrases[best.healthy],
            faultPhrase: phrases[best.fault],
            faultConfidence: Double(clicks[best.fault] / (clicks[best.fault] + clicks[best.healthy])),
            healthyFaultScore: Double(tone[best.fault] / (tone[best.fault] + tone[best.healthy]))
        )
    }

    private static let candidates: [String] = {
        let nouns = [
            "pump", "bearing", "valve", "motor", "fan", "oil", "belt", "gear", "rain", "bird", "train", "bell",
        ]
        let states = ["quiet", "running", "dry", "broken", "hot", "loose", "knocking", "whistling", "worn", "fine"]
        return nouns.flatMap { noun in states.map { "\(noun) \($0)" } }
    }()
}

/// The checkpoint hears no difference; other sounds or phrases are needed.
struct EarsError: Error, CustomStringConvertible {
    let description = "the small checkpoint tells no two phrases apart on the test sounds; add candidates to Ears"
}
