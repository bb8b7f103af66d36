// The labelled corpus, the random source under it and the files it goes to.

import Testing

@testable import MachineSimulator

@Suite("Corpus and files")
struct CorpusPlanTests {
    private let plan = CorpusPlan(
        individuals: 5..<8,
        windows: 2,
        others: 3,
        severity: 0.4...0.9,
        wear: 0.05,
        snrDB: 10...30,
        sampleRatesHz: [48_000, 16_000]
    )

    @Test("Every state as often as asked, severities and noise within bounds, names unique")
    func items() {
        let items = plan.individuals.flatMap { plan.items(individual: $0) }
        #expect(items.count == 3 * (4 * 2 + 3))
        #expect(Set(items.map(\.name)).count == items.count)
        for state in plan.kind.states {
            #expect(items.filter { $0.label == state.rawValue }.count == 6)
        }
        #expect(items.filter { $0.label == "other" }.count == 9)
        for item in items {
            #expect((10...30).contains(item.settings.snrDB ?? 0))
            #expect(plan.sampleRatesHz.contains(item.settings.sampleRateHz))
            if item.label == "normal" || item.label == "other" {
                #expect(item.severity == 0)
            } else {
                #expect((0.4...0.9).contains(item.severity))
            }
        }
    }

    @Test("Equal plans are equal")
    func repeatable() {
        #expect(plan.items(individual: 6).map(\.settings) == plan.items(individual: 6).map(\.settings))
        #expect(plan.items(individual: 6).map(\.settings) != plan.items(individual: 7).map(\.settings))
    }

    @Test("WAV: header and samples, byte for byte")
    func wav() {
        let bytes = WAVEncoder.encode16Bit([0, 1, -1, 2, 0.5], sampleRateHz: 16_000)
        #expect(bytes.count == 54)
        #expect(Array(bytes[0..<4]) == Array("RIFF".utf8))
        #expect(Array(bytes[4..<8]) == [46, 0, 0, 0])
        #expect(Array(bytes[8..<16]) == Array("WAVEfmt ".utf8))
        #expect(Array(bytes[24..<28]) == [0x80, 0x3E, 0, 0])
        #expect(Array(bytes[28..<36]) == [0, 0x7D, 0, 0, 2, 0, 16, 0])
        #expect(Array(bytes[44...]) == [0, 0, 0xFF, 0x7F, 0x01, 0x80, 0xFF, 0x7F, 0x00, 0x40])
    }

    @Test("The random source is uniform, normal and separates streams")
    func random() {
        var draw = SeededRandom(seed: 1)
        let uniforms = (0..<20_000).map { _ in draw.uniform() }
        #expect(abs(uniforms.reduce(0, +) / 20_000 - 0.5) < 0.01)
        let normals = (0..<20_000).map { _ in draw.gaussian() }
        #expect(abs(normals.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.04)
        var other = SeededRandom(seed: 1, stream: 1)
        var same = SeededRandom(seed: 1)
        #expect(same.next() != other.next())
        var noise = WhiteNoise(seed: 9, stream: 1)
        let white = (0..<20_000).map { _ in noise.next() }
        #expect(abs(rootMeanSquare(white) - 1) < 0.02)
    }
}
