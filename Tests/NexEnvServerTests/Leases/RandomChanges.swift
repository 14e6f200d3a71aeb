import ClientTesting
import Foundation
import NexEnv
import Testing

/// Leases a database again and again, changes it at random, and compares what it is brought back to with what it was at first.
struct RandomChanges {
    /// How many statements are run for each seed, instead of the few that a run of all tests has time for.
    private static let wanted = ProcessInfo.processInfo.environment["NEXENV_LEASE_STATEMENTS"].flatMap { Int($0) }

    /// What is added to each seed, for other statements than last time.
    private static let shift = ProcessInfo.processInfo.environment["NEXENV_LEASE_SEED"].flatMap { UInt64($0) } ?? 0

    private let project: ProjectFixture
    private let seed: UInt64
    private let statements: Int

    init(_ project: ProjectFixture, seed: UInt64, statements: Int) {
        self.project = project
        self.seed = seed + Self.shift
        self.statements = Self.wanted ?? statements
    }

    /// How many statements a test runs: few, as a rule.
    static func count(_ generator: inout SeededGenerator) -> Int {
        Int.random(in: 0..<8, using: &generator) == 0
            ? Int.random(in: 20...100, using: &generator) : Int.random(in: 1...12, using: &generator)
    }

    /// - Parameters:
    ///   - dump: Writes down all that a database has.
    ///   - change: Plays a test, and returns what it did.
    func check(
        _ request: LeaseRequest,
        dump: (LeasedDatabase) async throws -> [String],
        change: (LeasedDatabase, inout SeededGenerator) async throws -> [String]
    ) async throws {
        var options = LeaseDesk.Options()
        options.environment = project.folder + "/nexenv.yaml"
        let desk = LeaseDesk(
            options,
            variables: ProcessInfo.processInfo.environment.merging(project.environment.compactMapValues(\.self)) { $1 }
        )
        func lease() async throws -> LeasedDatabase {
            try #require(try await desk.lease([request], holder: "\(seed)").first)
        }

        let first = try await lease()
        let whole = try await dump(first)
        _ = try await first.giveBack()
        var generator = SeededGenerator(seed: seed)
        var left = statements
        while left > 0 {
            let leased = try await lease()
            let done = try await change(leased, &generator)
            left -= done.count
            _ = try await leased.giveBack()
            let again = try await lease()
            #expect(again.address == leased.address)
            let now = try await dump(again)
            let difference = now.difference(from: whole).prefix(10).map { "\($0)" }
            #expect(difference.isEmpty, "after \(done): \(difference)")
            _ = try await again.giveBack()
            if !difference.isEmpty { return }
        }
        let summary = try #require(LeaseLog.summary(project.folder + "/.nexenv/test"))
        print("\(request.engine): \(summary.leases) leases, \(summary.made) made anew")
    }
}
