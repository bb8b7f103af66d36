// Overload: windows are thinned evenly, no more than needed, and all of them are judged again when it is over.
import Testing

@testable import EdgeService

@Suite struct HopStretchTests {
    /// A box in numbers: machines offer windows, workers judge those taken, a queue grows and shrinks. No clock, no threads.
    private struct Box {
        var stretch: HopStretch
        var machineCount: Int
        var hopSeconds = 5.0
        var secondsPerWindow: Double
        let workers: Int
        var waiting: [(arrival: Double, machine: Int, number: UInt64)] = []
        var freeAt: [Double]
        var time = 0.0
        var taken: [Int: Int] = [:]
        var changes: [(time: Double, factor: Int)] = []
        var sequence: [Int: UInt64] = [:]
        var longestWait = 0.0

        init(machines: Int, secondsPerWindow: Double, workers: Int = 2, limits: HopStretch.Limits = .init()) {
            stretch = HopStretch(workerCount: workers, limits: limits)
            machineCount = machines
            self.secondsPerWindow = secondsPerWindow
            self.workers = workers
            freeAt = Array(repeating: 0, count: workers)
        }

        /// Runs so many seconds in steps of a tenth.
        mutating func run(seconds: Double) {
            let steps = Int(seconds * 10)
            for _ in 0..<steps {
                let step = Int((time * 10).rounded())
                let hopSteps = Int(hopSeconds * 10)
                for machine in 0..<machineCount where step % hopSteps == machine * hopSteps / max(1, machineCount) {
                    let number = sequence[machine, default: 0]
                    sequence[machine] = number + 1
                    stretch.offered()
                    guard stretch.takes(sequenceNumber: number, turn: machine) else { continue }
                    taken[machine, default: 0] += 1
                    waiting.append((time, machine, number))
                }
                for worker in 0..<workers {
                    while freeAt[worker] <= time, let (arrival, _, _) = waiting.first {
                        waiting.removeFirst()
                        longestWait = max(longestWait, time - arrival)
                        freeAt[worker] = max(freeAt[worker], time - 0.1) + secondsPerWindow
                        stretch.judged(seconds: secondsPerWindow)
                    }
                }
                if step % 10 == 0, stretch.tick(at: time, longestWait: waiting.first.map { time - $0.arrival } ?? 0) {
                    waiting.removeAll { !stretch.takes(sequenceNumber: $0.number, turn: $0.machine) }
                    changes.append((time, stretch.factor))
                }
                time += 0.1
            }
        }
    }

    @Test func aBoxThatKeepsUpJudgesEverything() {
        var box = Box(machines: 16, secondsPerWindow: 0.5)  // 80 % of what two workers can do
        box.run(seconds: 600)
        #expect(box.changes.isEmpty)
        #expect(box.stretch.factor == 1)
        #expect(box.taken.values.allSatisfy { (119...120).contains($0) })
        #expect(abs((box.stretch.offeredLoad ?? 0) - 0.8) < 0.1)
    }

    /// Four times too many: within half a minute the factor is there, the queue empties, and it stays at that.
    @Test(arguments: [(40, 3), (80, 6), (160, 11), (800, 54)])
    func overloadIsMetAtOnceAndHeld(machines: Int, factor: Int) {
        var box = Box(machines: machines, secondsPerWindow: 0.5)
        box.run(seconds: 60)
        #expect(box.stretch.factor >= factor - 1)
        box.run(seconds: 240)
        box.longestWait = 0
        box.taken = [:]
        let settled = box.changes.count
        box.run(seconds: 600)
        #expect(box.changes.count == settled, "\(box.changes)")
        #expect((factor - 1...factor + 1).contains(box.stretch.factor), "\(box.stretch.factor)")
        #expect(box.longestWait < 2)
        // Every machine is heard, and as often as any other.
        #expect(box.taken.count == machines)
        let counts = box.taken.values
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }

    @Test func itRecoversByItself() {
        var box = Box(machines: 80, secondsPerWindow: 0.5)
        box.run(seconds: 200)
        #expect(box.stretch.factor > 1)
        box.secondsPerWindow = 0.05
        box.run(seconds: 300)
        #expect(box.stretch.factor == 1)
        box.taken = [:]
        box.run(seconds: 50)
        #expect(box.taken.values.allSatisfy { $0 == 10 })
    }

    /// A load right at the border must not swing up and down: falls become rarer.
    @Test func aLoadAtTheBorderDoesNotSwing() {
        for machines in 18...24 {
            var box = Box(machines: machines, secondsPerWindow: 0.5)
            box.run(seconds: 3_600)
            #expect(box.changes.count <= 6, "\(machines) machines: \(box.changes)")
            #expect(box.stretch.factor <= 2)
        }
    }

    /// All machines at the same moment, but few enough: a wait of less than the limit is no overload.
    @Test func aBurstIsNoOverload() {
        var stretch = HopStretch(workerCount: 2)
        for second in 0..<300 {
            if second % 5 == 0 {
                for _ in 0..<8 { stretch.offered() }
                for _ in 0..<8 { stretch.judged(seconds: 0.5) }
            }
            let changed = stretch.tick(at: Double(second), longestWait: second % 5 == 1 ? 2 : 0)
            #expect(!changed)
        }
    }

    /// Before anything is measured, waiting alone counts.
    @Test func waitingAloneRaisesStepByStep() {
        var stretch = HopStretch(workerCount: 1)
        var factors: [Int] = []
        for second in 0..<35 {
            _ = stretch.tick(at: Double(second), longestWait: 5)
            factors.append(stretch.factor)
        }
        #expect(factors[0] == 2)
        #expect(factors[9] == 2)
        #expect(factors[10] == 3)
        #expect(factors[34] == 5)
        #expect(stretch.offeredLoad == nil)
    }

    @Test(arguments: [1, 2, 3, 7])
    func machinesAreSpreadOverTheTurns(factor: Int) {
        var limits = HopStretch.Limits()
        limits.settleSeconds = 0
        limits.most = factor
        var stretch = HopStretch(workerCount: 1, limits: limits)
        for second in 0..<10 { _ = stretch.tick(at: Double(second), longestWait: 5) }
        #expect(stretch.factor == factor)
        for number in 0..<UInt64(factor) {
            let taken = (0..<factor * 4).filter { stretch.takes(sequenceNumber: number, turn: $0) }
            #expect(taken.count == 4)
        }
    }
}
