// The queue between intake and inference: fair between machines, in order within one, bounded, and it ends.
import Testing

@testable import EdgeService

@Suite struct WindowSchedulerTests {
    private struct Job: Hashable, Sendable {
        let machine: String
        let number: Int
    }

    private func fill(_ scheduler: WindowScheduler<Job>, _ counts: [(machine: String, count: Int)]) {
        for (machine, count) in counts {
            for number in 0..<count { scheduler.submit(Job(machine: machine, number: number), machine: machine) }
        }
    }

    @Test func machinesTakeTurnsHoweverManyJobsOneHas() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 8)
        fill(scheduler, [("busy", 6), ("quiet", 1), ("other", 2)])
        var order: [String] = []
        for _ in 0..<9 {
            guard let job = await scheduler.next() else { break }
            order.append(job.machine)
            scheduler.finished(machine: job.machine)
        }
        #expect(order == ["busy", "quiet", "other", "busy", "other", "busy", "busy", "busy", "busy"])
    }

    @Test func aMachineHasOneJobOutAtATime() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 8)
        fill(scheduler, [("a", 2), ("b", 1)])
        #expect(await scheduler.next() == Job(machine: "a", number: 0))
        #expect(await scheduler.next() == Job(machine: "b", number: 0))
        // The second job of "a" is held back until the first is done, however many workers ask.
        async let next = scheduler.next()
        scheduler.finished(machine: "b")
        #expect(scheduler.depth == 1)
        scheduler.finished(machine: "a")
        #expect(await next == Job(machine: "a", number: 1))
    }

    @Test func manyWorkersKeepEachMachinesOrder() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 1_000)
        let machines = (0..<5).map { "machine-\($0)" }
        let done = await withTaskGroup(of: [Job].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var mine: [Job] = []
                    while let job = await scheduler.next() {
                        await Task.yield()
                        mine.append(job)
                        scheduler.finished(machine: job.machine)
                    }
                    return mine
                }
            }
            for number in 0..<200 {
                for machine in machines { scheduler.submit(Job(machine: machine, number: number), machine: machine) }
            }
            scheduler.close()
            return await group.reduce(into: [[Job]]()) { $0.append($1) }
        }
        #expect(Set(done.joined()).count == 1_000, "every job once")
        for mine in done {
            for machine in machines {
                let numbers = mine.filter { $0.machine == machine }.map(\.number)
                #expect(numbers == numbers.sorted())
            }
        }
    }

    @Test func aFullLaneDropsItsOldestAndNobodyElses() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 2)
        #expect(scheduler.submit(Job(machine: "a", number: 0), machine: "a"))
        #expect(scheduler.submit(Job(machine: "a", number: 1), machine: "a"))
        #expect(scheduler.submit(Job(machine: "b", number: 0), machine: "b"))
        #expect(!scheduler.submit(Job(machine: "a", number: 2), machine: "a"))
        #expect(scheduler.dropped(machine: "a") == 1)
        #expect(scheduler.dropped(machine: "b") == 0)
        #expect(scheduler.dropped(machine: "unknown") == 0)
        #expect(scheduler.depth == 3)
        #expect(await scheduler.next()?.number == 1)
        #expect(await scheduler.next()?.machine == "b")
        scheduler.finished(machine: "a")
        #expect(await scheduler.next()?.number == 2)
    }

    /// Lanes emptied by dropping lose their turn; the others keep theirs.
    @Test func droppedJobsAreCountedAndTheOthersHandedOut() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 4)
        fill(scheduler, [("a", 2), ("b", 1), ("c", 3)])
        scheduler.drop { $0.number != 1 }
        #expect(scheduler.depth == 2)
        #expect(["a", "b", "c"].map { scheduler.dropped(machine: $0) } == [1, 1, 2])
        #expect(Set(scheduler.firstWaiting()) == [Job(machine: "a", number: 1), Job(machine: "c", number: 1)])
        scheduler.submit(Job(machine: "b", number: 7), machine: "b")
        #expect(await scheduler.next() == Job(machine: "a", number: 1))
        #expect(await scheduler.next() == Job(machine: "c", number: 1))
        #expect(await scheduler.next() == Job(machine: "b", number: 7))
        #expect(scheduler.depth == 0)
    }

    @Test func aWaitingWorkerGetsWhatIsSubmittedNext() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 1)
        async let first = scheduler.next()
        async let second = scheduler.next()
        scheduler.submit(Job(machine: "a", number: 0), machine: "a")
        scheduler.submit(Job(machine: "b", number: 0), machine: "b")
        let got = await Set([first, second].compactMap { $0?.machine })
        #expect(got == ["a", "b"])
    }

    @Test func closingHandsOutTheRestAndThenNil() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 4)
        fill(scheduler, [("a", 1), ("b", 1)])
        scheduler.close()
        #expect(scheduler.submit(Job(machine: "c", number: 0), machine: "c"))
        #expect(await scheduler.next()?.machine == "a")
        #expect(await scheduler.next()?.machine == "b")
        #expect(await scheduler.next() == nil)
        #expect(scheduler.depth == 0)
    }

    @Test func closingHandsOutWhatWaitsBehindABusyLane() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 4)
        fill(scheduler, [("a", 3)])
        #expect(await scheduler.next()?.number == 0)
        scheduler.close()
        scheduler.finished(machine: "a")
        #expect(await scheduler.next()?.number == 1)
        scheduler.finished(machine: "a")
        #expect(await scheduler.next()?.number == 2)
        #expect(await scheduler.next() == nil)
    }

    @Test func closingReleasesWaitingWorkers() async {
        let scheduler = WindowScheduler<Job>(capacityPerMachine: 1)
        async let first = scheduler.next()
        async let second = scheduler.next()
        scheduler.close()
        let answers = await [first, second]
        #expect(answers == [nil, nil])
    }
}
