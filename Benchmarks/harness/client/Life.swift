#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A test's life: it gets databases, writes, looks, and gives them back.
struct Life: Sendable {
    let number: Int

    init(_ number: Int) { self.number = number }

    /// What its rows are called.
    var name: String { "canary \(getpid()) \(number)" }

    /// When what happened, in nanoseconds.
    struct Times {
        var number: Int
        /// When the process was asked for; in a process that was there already, the same as `started`.
        var spawned: UInt64
        /// When the program's own first statement ran.
        var started: UInt64
        /// When the first row was answered.
        var first: UInt64
        /// When everything was written and looked at.
        var used: UInt64
        var back: UInt64

        /// Writes one line, in one go: other processes write to the same file.
        func print() {
            let line = "\(number) \(spawned) \(started) \(first) \(used) \(back)\n"
            _ = Array(line.utf8).withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        }
    }

    /// Goes through it.
    ///
    /// - Throws: What a contender throws, and ``BenchError`` where a test's database isn't its own.
    func run(_ contender: any Contender, spawned: UInt64, started: UInt64) async throws -> Times {
        try await contender.get(self)
        let first = MonotonicClock.now
        try await contender.use(self)
        let used = MonotonicClock.now
        try await contender.giveBack(self)
        return Times(
            number: number,
            spawned: spawned,
            started: started,
            first: first,
            used: used,
            back: MonotonicClock.now
        )
    }
}
