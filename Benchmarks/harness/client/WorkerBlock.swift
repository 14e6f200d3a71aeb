/// Processes that each go through many lives, one after the other.
struct WorkerBlock {
    private let block: Block

    init(_ block: Block) { self.block = block }

    func run() throws {
        let start = MonotonicClock.now
        let each = "\(block.count / block.atOnce)"
        for _ in 0..<block.atOnce {
            try ProcessBlock.spawn(["tasks", block.strategy, block.stage, each, "1", "\(block.seconds)"])
        }
        for _ in 0..<block.atOnce { try ProcessBlock.waitForOne() }
        Block.finish(start)
    }
}
