#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Lives in processes of their own, as `swift test --parallel` has them: when one ends, the next begins.
struct ProcessBlock {
    private let block: Block

    init(_ block: Block) { self.block = block }

    func run() throws {
        let start = MonotonicClock.now
        let deadline = block.deadline(from: start)
        var (begun, running) = (0, 0)
        while true {
            while running < block.atOnce, begun < block.count, MonotonicClock.now < deadline {
                // The clock runs from here; the life itself says when its first statement ran.
                try Self.spawn(["life", block.strategy, block.stage, "\(begun)", "\(MonotonicClock.now)"])
                begun += 1
                running += 1
            }
            guard running > 0 else { break }
            try Self.waitForOne()
            running -= 1
        }
        Block.finish(start)
    }

    static func spawn(_ words: [String]) throws {
        let program = "/proc/self/exe"
        var argv: [UnsafeMutablePointer<CChar>?] = (["lease-bench"] + words).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, program, nil, nil, &argv, environ)
        guard status == 0 else { throw BenchError("\(program) can't be run: \(status)") }
    }

    static func waitForOne() throws {
        var status: Int32 = 0
        guard waitpid(-1, &status, 0) > 0, status == 0 else { throw BenchError("a life has failed: \(status)") }
    }
}
