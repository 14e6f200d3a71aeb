import Foundation

/// The programs by which `scripts/bench harness` measures ways to give each test a database of its own.
///
///     lease-bench prepare STAGE ENVIRONMENT-FILE ENGINES TABLES ROWS WRITES   makes template, copies and the rivals' databases
///     lease-bench life STRATEGY STAGE NUMBER SPAWNED-AT                       one test: gets a database, uses it, gives it back
///     lease-bench processes STRATEGY STAGE COUNT P SECONDS                    lives, each in a process of its own, P at once
///     lease-bench workers STRATEGY STAGE COUNT P SECONDS                      the same by P processes that each do many
///     lease-bench tasks STRATEGY STAGE COUNT P SECONDS                        the same by P tasks of one process
///     lease-bench check STAGE                                                 looks at every table of every copy
@main
struct LeaseBench {
    static func main() async {
        let started = MonotonicClock.now
        let words = CommandLine.arguments.dropFirst()
        do {
            try await run(words.first ?? "", Array(words.dropFirst()), started)
        } catch {
            let name = words.dropFirst().first ?? ""
            FileHandle.standardError.write(Data("lease-bench: \(name): \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ verb: String, _ words: [String], _ started: UInt64) async throws {
        switch (verb, words.count) {
        case ("life", 4):
            let contender = try Contenders(Stage(file: words[1])).make(words[0])
            let (number, spawned) = (try integer(words[2]), try integer(words[3]))
            let times = try await Life(number).run(contender, spawned: UInt64(spawned), started: started)
            await contender.end()
            times.print()
        case ("processes", 5): try ProcessBlock(try block(words)).run()
        case ("workers", 5): try WorkerBlock(try block(words)).run()
        case ("tasks", 5): try await TaskBlock(try block(words)).run()
        case ("prepare", 6):
            let preparation = Preparation(
                environment: words[1],
                engines: words[2].split(separator: ",").map(String.init),
                tables: try integer(words[3]),
                rows: try integer(words[4]),
                writes: words[5]
            )
            try await preparation.run(writing: words[0])
        case ("check", 1): try await CopyCheck(Stage(file: words[0])).run()
        default: throw BenchError("what is to be done? See LeaseBench.swift")
        }
    }

    private static func block(_ words: [String]) throws -> Block {
        Block(
            strategy: words[0],
            stage: words[1],
            count: try integer(words[2]),
            atOnce: try integer(words[3]),
            seconds: try integer(words[4])
        )
    }

    private static func integer(_ word: String) throws -> Int {
        guard let number = Int(word) else { throw BenchError("\(word) is no number") }
        return number
    }
}
