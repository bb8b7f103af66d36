// Few examples: what they change, and everything they must not change.
import Foundation
import Testing

@testable import Detection

@Suite struct ExampleCacheTests {
    private static let labels = ["normal", "oil", "valve"]

    /// Three sounds of a machine, and text that is nearly always sure of the first.
    private struct World {
        var generator: SeededGenerator
        let centres: [[Float]]

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            let common = generator.vector(24)
            var centres: [[Float]] = []
            for _ in 0..<3 { centres.append(generator.near(common, by: 0.6)) }
            self.centres = centres
        }

        mutating func example(
            _ id: String,
            _ label: Int,
            judgement: Judgement = .confirmed,
            group: String? = nil
        ) -> TaughtExample {
            TaughtExample(
                id: id,
                embedding: generator.near(centres[label], by: 0.1),
                textLogProbabilities: [0.6, 0.25, 0.15].map(log),
                label: labels[label],
                judgement: judgement,
                group: group
            )
        }
    }

    private func isSame(_ left: ExampleCache, _ right: ExampleCache, on window: [Float]) throws -> Bool {
        let text = [0.5, 0.3, 0.2].map(log)
        let first = try left.probabilities(embedding: window, textLogProbabilities: text)
        let second = try right.probabilities(embedding: window, textLogProbabilities: text)
        return first.map(\.bitPattern) == second.map(\.bitPattern) && left.weights == right.weights
    }

    @Test func withoutExamplesTheTextDecides() throws {
        let cache = ExampleCache(labels: Self.labels)
        let text = [0.6, 0.25, 0.15]
        let shares = try cache.probabilities(embedding: [1, 0], textLogProbabilities: text.map(log))
        #expect(agree(shares, text, within: 1e-12))
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func oneExampleIsEnough(seed: UInt64) throws {
        var world = World(seed: seed)
        var cache = ExampleCache(labels: Self.labels)
        let text = [0.6, 0.25, 0.15].map(log)
        try cache.teach(world.example("a", 1))
        let window = world.example("w", 1).embedding
        let shares = try cache.probabilities(embedding: window, textLogProbabilities: text)
        #expect(shares[1] > shares[0])
        #expect((shares.reduce(0, +) - 1).magnitude < 1e-12)
        // Far from the example the text goes on deciding.
        let elsewhere = try cache.probabilities(embedding: window.map { -$0 }, textLogProbabilities: text)
        #expect(agree(elsewhere, text.map(exp), within: 1e-6))
    }

    @Test func aRejectedWindowLosesItsLabel() throws {
        var world = World(seed: 3)
        var cache = ExampleCache(labels: Self.labels)
        try cache.teach(world.example("a", 0, judgement: .rejected))
        let text = [0.6, 0.25, 0.15].map(log)
        let window = world.example("w", 0).embedding
        let shares = try cache.probabilities(embedding: window, textLogProbabilities: text)
        #expect(shares[0] < 0.6 && shares[1] > 0.25)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func repetitionOrderAndTakingBackLeaveNoTrace(seed: UInt64) throws {
        var world = World(seed: seed)
        var examples: [TaughtExample] = []
        for index in 0..<Int.random(in: 1...12, using: &world.generator) {
            let label = Int.random(in: 0..<3, using: &world.generator)
            let isRejected = Int.random(in: 0..<4, using: &world.generator) == 0
            examples.append(
                world.example("\(index)", label, judgement: isRejected ? .rejected : .confirmed)
            )
        }
        var cache = ExampleCache(labels: Self.labels)
        for example in examples { try cache.teach(example) }
        let window = world.example("w", 1).embedding

        var shuffled = ExampleCache(labels: Self.labels)
        for example in examples.shuffled(using: &world.generator) { try shuffled.teach(example) }
        #expect(shuffled == cache)
        #expect(try isSame(cache, shuffled, on: window))

        var atOnce = ExampleCache(labels: Self.labels)
        try atOnce.teach(contentsOf: examples)
        #expect(atOnce == cache)
        #expect(try isSame(cache, atOnce, on: window))

        let source = try #require(examples.randomElement(using: &world.generator))
        var repeated = cache
        try repeated.teach(
            TaughtExample(
                id: "again",
                embedding: source.embedding,
                textLogProbabilities: source.textLogProbabilities,
                label: source.label,
                judgement: source.judgement
            )
        )
        #expect(try isSame(cache, repeated, on: window))
        // The one that was repeated goes, its repetition stays.
        let wasThere = repeated.takeBack(source.id)
        #expect(wasThere)
        #expect(try isSame(cache, repeated, on: window))

        var undone = cache
        try undone.teach(world.example("new", 2))
        #expect(undone != cache)
        let wasTakenBack = undone.takeBack("new")
        #expect(wasTakenBack && undone == cache)
        #expect(try isSame(cache, undone, on: window))
        let isThere = undone.takeBack("new")
        #expect(!isThere)

        let replaced = try #require(examples.last)
        try undone.teach(replaced)
        #expect(undone == cache)
    }

    @Test func manyWindowsOfOneEventCountAboutOnce() throws {
        var world = World(seed: 8)
        let first = world.example("0", 1)
        var once = ExampleCache(labels: Self.labels)
        try once.teach(first)
        var often = once
        for index in 1..<10 {
            try often.teach(
                TaughtExample(
                    id: "\(index)",
                    embedding: world.generator.near(first.embedding, by: 0.001),
                    textLogProbabilities: first.textLogProbabilities,
                    label: first.label,
                    group: "event"
                )
            )
        }
        let window = world.example("w", 1).embedding
        let weights = once.weights.beta == often.weights.beta
        let text = first.textLogProbabilities
        let (single, many) = (
            try once.probabilities(embedding: window, textLogProbabilities: text)[1],
            try often.probabilities(embedding: window, textLogProbabilities: text)[1]
        )
        #expect(!weights || many < single + 0.3)
        #expect(many < 1)
    }

    @Test func weightsComeFromExamplesThatCanJudgeEachOther() throws {
        var world = World(seed: 11)
        var cache = ExampleCache(labels: Self.labels)
        try cache.teach(world.example("a", 1, group: "clip"))
        try cache.teach(world.example("b", 1, group: "clip"))
        try cache.teach(world.example("c", 2))
        #expect(cache.weights == .usual)
        for index in 0..<4 {
            try cache.teach(world.example("o\(index)", 1))
            try cache.teach(world.example("v\(index)", 2))
        }
        #expect(AdapterWeights.grid.contains(cache.weights))
        var right = 0
        for _ in 0..<20 {
            for label in 1...2 {
                let window = world.example("w", label)
                let shares = try cache.probabilities(
                    embedding: window.embedding,
                    textLogProbabilities: window.textLogProbabilities
                )
                right += shares[label] == shares.max() ? 1 : 0
            }
        }
        #expect(right >= 36)
    }

    @Test func centringSetsApartWhatIsAlikeInEverything() throws {
        var world = World(seed: 12)
        let centre = world.centres[0].normalised()
        var cache = ExampleCache(labels: Self.labels, centre: centre)
        try cache.teach(world.example("a", 1))
        let text = [0.4, 0.3, 0.3].map(log)
        let near = try cache.probabilities(embedding: world.example("w", 1).embedding, textLogProbabilities: text)
        let far = try cache.probabilities(embedding: world.example("w", 2).embedding, textLogProbabilities: text)
        #expect(near[1] > far[1])
    }

    @Test func whatDoesNotFitIsRefused() throws {
        var cache = ExampleCache(labels: Self.labels)
        let text = [0.0, 0, 0]
        func example(_ embedding: [Float], _ text: [Double], _ label: String) -> TaughtExample {
            TaughtExample(id: "x", embedding: embedding, textLogProbabilities: text, label: label)
        }
        for bad in [
            example([1, 2], text, "other"), example([1, 2], [0], "oil"), example([], text, "oil"),
            example([1, .nan], text, "oil"), example([1, 2], [0, 0, .nan], "oil"),
        ] {
            #expect(throws: DetectionError.self) { try cache.teach(bad) }
        }
        #expect(cache.examples.isEmpty)
        try cache.teach(example([1, 2], text, "oil"))
        #expect(throws: DetectionError.self) { try cache.teach(example([1, 2, 3], text, "oil")) }
        #expect(throws: DetectionError.self) {
            try cache.probabilities(embedding: [1], textLogProbabilities: text)
        }
        let nothing = [Double](repeating: -.infinity, count: 3)
        let shares = try cache.probabilities(embedding: [1, 2], textLogProbabilities: nothing)
        let third = 1.0 / 3
        #expect(shares == [third, third, third])
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func aCacheThatHelpsIsAccepted(seed: UInt64) throws {
        var world = World(seed: seed)
        var cache = ExampleCache(labels: Self.labels)
        for index in 0..<4 {
            for label in 0..<3 { try cache.teach(world.example("\(label)-\(index)", label)) }
        }
        let verdict = try AdapterCheck.verdict(cache: cache, decisions: cache.examples)
        guard case .accepted(let before, let after, let count) = verdict else {
            Issue.record("\(verdict.text)")
            return
        }
        #expect(before == 8 && after <= before && count == 12)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func anAcceptedCacheNeverErrsMoreThanTheText(seed: UInt64) throws {
        // Sounds and truths at random: whatever the examples say, acceptance means no more errors.
        var generator = SeededGenerator(seed: seed)
        var cache = ExampleCache(labels: Self.labels)
        for index in 0..<12 {
            let truth = Int.random(in: 0..<3, using: &generator)
            let isRejected = Int.random(in: 0..<3, using: &generator) == 0
            let text = (0..<3).map { _ in log(Double.random(in: 0.01...1, using: &generator)) }
            try cache.teach(
                TaughtExample(
                    id: "\(index)",
                    embedding: generator.near([1, 1, 1, 1], by: 0.3),
                    textLogProbabilities: text,
                    label: Self.labels[truth],
                    judgement: isRejected ? .rejected : .confirmed
                )
            )
        }
        func errors(_ scores: (TaughtExample) throws -> [Double]) rethrows -> Int {
            try cache.examples.count { example in
                let scores = try scores(example)
                let top = Self.labels[scores.indices.max { scores[$0] < scores[$1] } ?? 0]
                return (top == example.label) != (example.judgement == .confirmed)
            }
        }
        let before = errors(\.textLogProbabilities)
        let after = try errors {
            try cache.probabilities(embedding: $0.embedding, textLogProbabilities: $0.textLogProbabilities)
        }
        let verdict = try AdapterCheck.verdict(cache: cache, decisions: cache.examples)
        if verdict.isAccepted { #expect(after <= before) } else { #expect(!verdict.text.english.isEmpty) }
    }

    @Test func contradictionsAreRefusedWithTheReason() throws {
        // The text is right; two examples of other windows' sound say otherwise.
        var cache = ExampleCache(labels: Self.labels)
        func example(_ id: String, _ embedding: [Float], _ label: String, sure: Int) -> TaughtExample {
            let text = (0..<3).map { $0 == sure ? log(0.5) : log(0.25) }
            return TaughtExample(id: id, embedding: embedding, textLogProbabilities: text, label: label)
        }
        try cache.teach(example("a", [1, 0.02, 0], "valve", sure: 0))
        try cache.teach(example("b", [1, 0, 0.02], "valve", sure: 0))
        let decisions = (0..<4).map { example("d\($0)", [1, 0, 0.001 * Float($0)], "normal", sure: 0) }
        let verdict = try AdapterCheck.verdict(cache: cache, decisions: decisions)
        #expect(!verdict.isAccepted)
        #expect(verdict.text.english.contains("4 of 4"))
        #expect(throws: DetectionError.self) {
            try AdapterCheck.verdict(cache: cache, decisions: [example("x", [1, 0], "normal", sure: 0)])
        }
    }
}
