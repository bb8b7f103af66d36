// Time: exact window times, jitter, drift, gaps, clocks far off, streams without any clock.
import Acquisition
import AudioFeatures
import Foundation
import Testing

@Suite("Stream time")
struct StreamTimeTests {
    private func starts(_ windows: [AudioWindow]) -> [Double] {
        windows.map { $0.start.timeIntervalSince(Sender.start) }
    }

    @Test(
        "Windows start at exact multiples of the hop",
        arguments: [
            (1.0, 0.5, [0, 0.5, 1, 1.5, 2, 2.5, 3]), (2.0, 2.0, [0, 2]), (1.0, 1.5, [0, 1.5, 3]),
            (1.5, 0.7, [0, 0.7, 1.4, 2.1]),
        ]
    )
    func exactTimes(length: Double, hop: Double, expected: [Double]) throws {
        let sender = Sender(latencySeconds: 0.3)
        let spec = try WindowSpec.short(length: length, hop: hop)
        var intake = MachineIntake(for: sender, window: spec)
        let windows = intake.accept(sender.chunks(0..<16)).windows
        #expect(starts(windows).count == expected.count)
        for (start, exact) in zip(starts(windows), expected) { #expect(abs(start - exact) < 1e-6) }
        #expect(windows.map(\.sequenceNumber) == Array(0..<UInt64(expected.count)))
        for (window, start) in zip(windows, expected) {
            #expect(abs(window.end.timeIntervalSince(window.start) - length) < 1e-6)
            let first = Int((start * 8_000).rounded())
            let part = Array(sender.signal(0..<16)[first..<first + Int(length * 8_000)])
            #expect(window.samples == (try StreamingResampler.resample(part, from: 8_000)))
        }
    }

    @Test("A window is there the moment its last sample arrives")
    func immediacy() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short())
        let counts = sender.chunks(0..<8).map { intake.accept($0, now: $0.arrival).windows.count }
        #expect(counts == [0, 0, 0, 1, 0, 1, 0, 1])
    }

    @Test("One long chunk gives all its windows at once")
    func longChunk() throws {
        let sender = Sender(chunkSeconds: 30)
        var intake = MachineIntake(for: sender, window: try WindowSpec())
        let windows = intake.accept([sender.chunk(0)]).windows
        #expect(starts(windows) == [0, 5, 10, 15, 20])
    }

    @Test("Jittering timestamps open no gaps", arguments: [true, false])
    func jitter(hasNumbers: Bool) throws {
        let sender = Sender(hasNumbers: hasNumbers)
        var noise = Noise(state: 5)
        var intake = MachineIntake(for: sender, window: try .short())
        let chunks = (0..<80).map {
            sender.chunk($0, timestampShift: $0 == 0 ? 0 : Double.random(in: -0.09...0.09, using: &noise))
        }
        let result = intake.accept(chunks)
        #expect(result.notices.isEmpty)
        #expect(result.windows.count == 39)
        #expect(result.windows.allSatisfy { $0.missingFraction == 0 })
        for (index, start) in starts(result.windows).enumerated() {
            #expect(abs(start - 0.5 * Double(index)) < 0.021, "1000 ppm of 20 s at most")
        }
    }

    @Test("A drifting sound card is followed without a gap", arguments: [200e-6, -200e-6])
    func drift(rate: Double) throws {
        let sender = Sender(chunkSeconds: 1)
        var intake = MachineIntake(for: sender, window: try WindowSpec(lengthSeconds: 2, hopSeconds: 2))
        let chunks = (0..<3_600).map { index in
            let silent = Data(count: 16_000)
            return sender.chunk(
                index,
                timestampShift: rate * Double(index),
                arrivalShift: rate * Double(index),
                payload: silent
            )
        }
        // Silence is equal in every chunk: number and time still tell them apart.
        let result = intake.accept(chunks)
        #expect(result.notices.isEmpty)
        #expect(result.windows.count == 1_800)
        let last = try #require(result.windows.last)
        let expected = 3_598 * (1 + rate)
        #expect(abs(last.start.timeIntervalSince(Sender.start) - expected) < 0.01, "0.72 s of drift in an hour")
    }

    @Test("A jump of the timestamps is a gap of its true length")
    func timestampJump() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short(length: 4, hop: 4))
        let result = intake.accept(
            sender.chunks(0..<8) + (8..<30).map { sender.chunk($0, timestampShift: 1.5, arrivalShift: 1.5) }
        )
        #expect(result.notices == [.gap(seconds: 1.5)])
        #expect(result.windows.map(\.missingFraction) == [0.375, 0])
        #expect(starts(result.windows) == [0, 4])
        let signal = try StreamingResampler.resample(
            sender.signal(0..<8) + [Float](repeating: 0, count: 12_000) + sender.signal(8..<10),
            from: 8_000
        )
        #expect(result.windows.first?.samples == signal)
    }

    @Test("A long gap gives one incomplete window and a new alignment", arguments: [true, false])
    func longGap(hasNumbers: Bool) throws {
        let sender = Sender(hasNumbers: hasNumbers)
        let hour = 3_600.0 + 0.125
        var intake = MachineIntake(for: sender, window: try .short())
        _ = intake.accept(sender.chunks(0..<9))
        let later = (9..<17).map { sender.chunk($0, timestampShift: hour, arrivalShift: hour) }
        var result = intake.accept(later)
        if !hasNumbers {
            // Without numbers the first chunks wait a moment for what might have been missing.
            let rest = intake.tick(now: later[7].arrival.addingTimeInterval(3))
            result.windows += rest.windows
            result.notices += rest.notices
        }
        #expect(result.windows.map(\.isClassifiable) == [false, true, true, true])
        #expect(result.windows[0].missingFraction == 0.25 && starts(result.windows)[0] == 1.5)
        #expect(
            zip(starts(result.windows).dropFirst(), [0, 0.5, 1]).allSatisfy { abs($0 - (2.25 + hour + $1)) < 1e-6 }
        )
        #expect(intake.counters.gaps == 1)
        #expect(abs(intake.counters.missingSeconds - hour) < 1e-6)
    }

    @Test("A long gap on a window boundary is still reported once")
    func longGapOnBoundary() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short(hop: 1))
        let result = intake.accept(
            sender.chunks(0..<8) + (8..<12).map { sender.chunk($0, timestampShift: 60, arrivalShift: 60) }
        )
        #expect(result.windows.map(\.missingFraction) == [0, 0, 1, 0])
        #expect(starts(result.windows) == [0, 1, 2, 62])
    }

    @Test("A clock far off is reported once; arrival times are used", arguments: [-86_400 * 365.0, 301, 86_400])
    func clockFarOff(offset: Double) throws {
        let sender = Sender(latencySeconds: 0)
        var intake = MachineIntake(for: sender, window: try .short())
        let far = intake.accept((0..<12).map { sender.chunk($0, timestampShift: offset) })
        #expect(far.notices.count == 1)
        #expect(far.notices.first?.description.contains("arrival times are used") == true)
        #expect(starts(far.windows) == [0, 0.5, 1, 1.5, 2])
        #expect(intake.counters.clockFaults == 1)
        #expect(abs((intake.counters.clockOffsetSeconds ?? 0) - (offset - 0.25)) < 1e-6)

        let good = intake.accept((12..<16).map { sender.chunk($0) })
        #expect(good.notices.count == 1)
        #expect(good.notices.first?.description.contains("good again") == true)
        #expect(starts(good.windows) == [2.5, 3])
        #expect(good.windows.allSatisfy { $0.missingFraction == 0 })
    }

    @Test("Unix seconds instead of milliseconds are recognised")
    func unixSeconds() throws {
        var intake = MachineIntake(for: Sender(), window: try .short())
        let chunk = AudioChunk(
            machine: "pump-1",
            arrival: Sender.start,
            payload: Data(count: 4_000),
            userProperties: [("ts", String(Int(Sender.start.timeIntervalSince1970)))]
        )
        let notice = intake.accept(chunk, now: Sender.start).notices.first
        #expect(notice?.description.contains("looks like Unix seconds") == true)
    }

    @Test("Replays are believed whatever their date when told so, or never")
    func clockTrust() throws {
        let sender = Sender(latencySeconds: 0)
        let year = -86_400 * 365.0
        let chunks = (0..<8).map { sender.chunk($0, timestampShift: year) }
        var replay = MachineIntake(for: sender, window: try .short(), policy: StreamPolicy(clockTrust: .always))
        #expect(starts(replay.accept(chunks).windows) == [year, year + 0.5, year + 1])
        var never = MachineIntake(for: sender, window: try .short(), policy: StreamPolicy(clockTrust: .never))
        #expect(starts(never.accept(chunks).windows) == [0, 0.5, 1])
    }

    @Test("A clock that goes back starts windows anew")
    func clockBack() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short())
        let result = intake.accept(sender.chunks(0..<6) + (6..<12).map { sender.chunk($0, timestampShift: -60) })
        #expect(result.notices == [.clockSteppedBack(seconds: 60)])
        let expected: [Double] = [0, 0.5, -58.5, -58]
        #expect(starts(result.windows) == expected)
        #expect(result.windows.allSatisfy { $0.missingFraction == 0 })
        #expect(intake.counters.clockFaults == 1)
    }

    @Test("Without number or time, arrival counts: delay is no gap, silence is")
    func arrivalOnly() throws {
        let sender = Sender(hasNumbers: false, hasTimestamps: false, latencySeconds: 0)
        var intake = MachineIntake(for: sender, window: try .short(length: 4, hop: 4))
        let delayed = (0..<16).map { sender.chunk($0, arrivalShift: $0 == 5 ? 1.9 : 0) }
        let first = intake.accept(delayed)
        #expect(first.notices.isEmpty)
        #expect(first.windows.count == 1)
        #expect((starts(first.windows).first ?? 1) < 1e-3, "one late arrival moves time by 1000 ppm of a chunk at most")
        let second = intake.accept((16..<32).map { sender.chunk($0, arrivalShift: $0 >= 20 ? 3 : 0) })
        #expect(second.notices.count == 1)
        #expect(abs(intake.counters.missingSeconds - 3) < 1e-3)
        #expect(abs((second.windows.first?.missingFraction ?? 0) - 0.75) < 1e-3)
    }

    @Test("Numbered chunks that come late in a burst leave no gap")
    func burst() throws {
        let sender = Sender(hasTimestamps: false, latencySeconds: 0)
        var intake = MachineIntake(for: sender, window: try .short())
        // A minute without network, then everything at once.
        let chunks = (0..<300).map { index in
            let lag = (4..<244).contains(index) ? 60 - Double(index - 4) * 0.249 : 0
            return sender.chunk(index, arrivalShift: lag)
        }
        let result = intake.accept(chunks)
        #expect(result.notices.isEmpty, "\(result.notices)")
        #expect(result.windows.count == 149)
        #expect(result.windows.allSatisfy { $0.missingFraction == 0 })
    }

    @Test("A numbered sender without clock that paused is noticed")
    func pause() throws {
        let sender = Sender(hasTimestamps: false, latencySeconds: 0)
        var intake = MachineIntake(for: sender, window: try .short())
        let result = intake.accept((0..<40).map { sender.chunk($0, arrivalShift: $0 < 8 ? 0 : 600) })
        #expect(result.notices.count == 1)
        #expect(abs(intake.counters.missingSeconds - 600) < 0.1)
        #expect(abs((starts(result.windows).last ?? 0) - 608.75) < 0.3)
    }

    @Test("Another sample rate in mid-stream starts windows anew without losing time")
    func rateChange() throws {
        let slow = Sender()
        let fast = Sender(sampleRateHz: 16_000)
        var intake = MachineIntake(for: slow, window: try .short())
        let result = intake.accept(
            slow.chunks(0..<6) + (6..<12).map { fast.chunk($0, contentType: fast.format.contentType) }
        )
        #expect(result.notices == [.rateChanged(fromHz: 8_000, toHz: 16_000)])
        #expect(starts(result.windows) == [0, 0.5, 1.5, 2])
        #expect(result.windows.map(\.sourceSampleRateHz) == [8_000, 8_000, 16_000, 16_000])
        let part = fast.signal(6..<10)
        #expect(result.windows[2].samples == (try StreamingResampler.resample(part, from: 16_000)))
    }
}
