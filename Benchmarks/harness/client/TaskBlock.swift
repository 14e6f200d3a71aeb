import Synchronization

/// Lives in the tasks of one process, as Swift Testing has them.
struct TaskBlock {
    private let block: Block

    init(_ block: Block) { self.block = block }

    func run() async throws {
        let contenders = try Contenders(try Stage(file: block.stage))
        let start = MonotonicClock.now
        let deadline = block.deadline(from: start)
        let next = Counter()
        let block = block
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<block.atOnce {
                group.addTask {
                    let contender = try contenders.make(block.strategy)
                    while MonotonicClock.now < deadline {
                        let number = next.next()
                        guard number < block.count else { break }
                        let begun = MonotonicClock.now
                        try await Life(number).run(contender, spawned: begun, started: begun).print()
                    }
                    await contender.end()
                }
            }
            try await group.waitForAll()
        }
        Block.finish(start)
    }
}

/// Hands out numbers to several tasks.
private final class Counter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}
