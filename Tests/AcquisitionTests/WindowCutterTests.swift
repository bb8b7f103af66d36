// The cutter alone: alignment, hops beyond the length, odd rates, overlaps and its ring.
import Acquisition
import AudioFeatures
import Foundation
import Testing

@Suite("Window cutter")
struct WindowCutterTests {
    private func frame(_ samples: [Float], at start: Int, sampleRateHz: Int = 48_000, epoch: Int = 0) -> AudioFrame {
        AudioFrame(
            epoch: epoch,
            epochStart: Sender.start,
            startSample: start,
            sampleRateHz: sampleRateHz,
            samples: samples
        )
    }

    @Test("Any chunking gives the same windows", arguments: [(1.0, 0.25), (1.0, 1.0), (1.0, 2.5)], UInt64(1)...3)
    func chunking(shape: (length: Double, hop: Double), seed: UInt64) throws {
        var noise = Noise(state: seed)
        let signal = noise.samples(6 * 16_000)
        let spec = try WindowSpec.short(length: shape.length, hop: shape.hop)
        var whole = WindowCutter(machine: "m", spec: spec)
        let expected = try whole.append(frame(signal, at: 0, sampleRateHz: 16_000))
        #expect(expected.count == Int((6 - shape.length) / shape.hop) + 1)

        var cutter = WindowCutter(machine: "m", spec: spec)
        var windows: [AudioWindow] = []
        var position = 0
        while position < signal.count {
            let count = min(Int.random(in: 1...30_000, using: &noise), signal.count - position)
            windows += try cutter.append(
                frame(Array(signal[position..<position + count]), at: position, sampleRateHz: 16_000)
            )
            position += count
        }
        #expect(windows == expected)
    }

    @Test("48 kHz windows are the very samples that came in")
    func untouched() throws {
        var noise = Noise(state: 9)
        let signal = noise.samples(3 * 48_000)
        var cutter = WindowCutter(machine: "m", spec: try .short())
        let windows = try cutter.append(frame(signal, at: 0))
        #expect(windows.count == 5)
        for (index, window) in windows.enumerated() {
            #expect(window.samples == Array(signal[index * 24_000..<index * 24_000 + 48_000]))
        }
    }

    @Test("Every window has its full length at any rate", arguments: [8_000, 11_025, 16_001, 22_050, 44_100, 191_999])
    func oddRates(sampleRateHz: Int) throws {
        let spec = try WindowSpec(lengthSeconds: 1.37, hopSeconds: 2, hopRangeSeconds: 2...3)
        var cutter = WindowCutter(machine: "m", spec: spec)
        let signal = [Float](repeating: 0.1, count: sampleRateHz * 6)
        let windows = try cutter.append(frame(signal, at: 0, sampleRateHz: sampleRateHz))
        #expect(windows.map(\.samples.count) == [65_760, 65_760, 65_760])
        for (index, window) in windows.enumerated() {
            let off = window.start.timeIntervalSince(Sender.start) - 2 * Double(index)
            #expect(abs(off) <= 0.5 / Double(sampleRateHz) + 1e-6)
        }
    }

    @Test("Gaps are counted to the sample, also across windows")
    func gaps() throws {
        var cutter = WindowCutter(machine: "m", spec: try .short())
        let ones = [Float](repeating: 1, count: 48_000)
        var windows = try cutter.append(frame(ones, at: 0))
        windows += try cutter.append(frame(ones, at: 60_000))
        windows += try cutter.append(frame(ones, at: 108_001))
        let missingSampleCounts = [0, 12_000, 12_000, 1, 1]
        #expect(windows.map { Int(($0.missingFraction * 48_000).rounded()) } == missingSampleCounts)
        for (window, count) in zip(windows, missingSampleCounts) {
            #expect(window.samples.count { $0 == 0 } == count)
        }
    }

    @Test("Repeated samples are not heard twice")
    func overlap() throws {
        var noise = Noise(state: 2)
        let signal = noise.samples(96_000)
        var cutter = WindowCutter(machine: "m", spec: try .short(hop: 1))
        var windows = try cutter.append(frame(Array(signal[..<60_000]), at: 0))
        windows += try cutter.append(frame(Array(signal[30_000..<50_000]), at: 30_000))
        windows += try cutter.append(frame(Array(signal[50_000...]), at: 50_000))
        #expect(windows.flatMap(\.samples) == signal)
        #expect(windows.allSatisfy { $0.missingFraction == 0 })
    }

    @Test("Finishing hands out what was begun, once")
    func finish() throws {
        var cutter = WindowCutter(machine: "m", spec: try .short(hop: 1))
        #expect(try cutter.finish() == nil)
        let ones = [Float](repeating: 1, count: 60_000)
        #expect(try cutter.append(frame(ones, at: 0)).count == 1)
        let rest = try #require(try cutter.finish())
        #expect(rest.missingFraction == 0.75)
        #expect(rest.samples.count { $0 == 1 } == 12_000)
        #expect(try cutter.finish() == nil)
        let next = try cutter.append(frame(ones, at: 0, epoch: 1))
        #expect(next.map(\.sequenceNumber) == [2])
    }

    @Test(
        "Impossible windows are refused with the range",
        arguments: [(0.5, 5.0), (31, 5), (10, 1), (10, 3_601), (.nan, 5)]
    )
    func impossible(length: Double, hop: Double) {
        let error = #expect(throws: WindowSpecError.self) { try WindowSpec(lengthSeconds: length, hopSeconds: hop) }
        #expect(error?.description.contains("expected") == true)
    }
}
