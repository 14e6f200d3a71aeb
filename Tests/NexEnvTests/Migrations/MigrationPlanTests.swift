import TextTesting
import Testing

@testable import NexEnv

/// What a ledger and a folder come to.
@Suite struct MigrationPlanTests {
    private typealias Plan = MigrationPlan<SQLStatement>

    /// A ledger that has all of a folder, each a second after the one before.
    private func ledger(_ sample: MigrationSample) throws -> [LedgerEntry] {
        try sample.sql().migrations.enumerated().map { index, migration in
            var entry = LedgerEntry(migration.kind, migration.name, checksum: migration.checksum)
            entry.tokens = migration.up.tokens
            entry.statementsDone = migration.up.count
            entry.isComplete = true
            entry.time = 1_736_850_000 + Double(index)
            return entry
        }
    }

    private func plan(_ sample: MigrationSample, _ ledger: [LedgerEntry]) throws -> Plan {
        Plan(try sample.sql(), ledger)
    }

    private func states(_ plan: Plan) -> [String] { plan.items.map { "\($0.name) \($0.state.rawValue)" } }

    private static let files = ["1_a.sql": "a; b;", "2_b.sql": "c;\n-- nexenv:down\nd;", "10_c.sql": "e;"]

    @Test func `nothing is applied`() throws {
        let sample = try MigrationSample(Self.files)
        let plan = try plan(sample, [])
        #expect(states(plan) == ["1_a pending", "2_b pending", "10_c pending"])
        #expect(plan.pending.map(\.name) == ["1_a", "2_b", "10_c"])
        #expect(plan.problems().isEmpty && !plan.isSettled && plan.undoable.isEmpty)
        #expect(try !sample.listing().isApplied([]))
    }

    @Test func `all is applied`() throws {
        let sample = try MigrationSample(Self.files)
        let ledger = try ledger(sample)
        let plan = try plan(sample, ledger)
        #expect(states(plan) == ["1_a applied", "2_b applied", "10_c applied"])
        #expect(plan.isSettled && plan.pending.isEmpty && plan.problems().isEmpty && plan.notes.isEmpty)
        #expect(plan.undoable.map(\.name) == ["10_c", "2_b", "1_a"])
        #expect(try sample.listing().isApplied(ledger))
        // What others keep in the ledger is none of ours.
        let others = ledger + [LedgerEntry(.initFile, "init.sql", checksum: "x")]
        #expect(try sample.listing().isApplied(others))
    }

    @Test func `a new one`() throws {
        let sample = try MigrationSample(Self.files)
        let ledger = try ledger(sample)
        try sample.write("f;", to: "11_d.sql")
        let plan = try plan(sample, ledger)
        #expect(plan.pending.map(\.name) == ["11_d"] && plan.problems().isEmpty)
        #expect(try !sample.listing().isApplied(ledger))
    }

    @Test func `one that is older than the newest applied`() throws {
        let sample = try MigrationSample(Self.files)
        let ledger = try ledger(sample)
        try sample.write("f;", to: "3_d.sql")
        let plan = try plan(sample, ledger)
        #expect(states(plan) == ["1_a applied", "2_b applied", "3_d out-of-order", "10_c applied"])
        let problem = try #require(plan.problems().first)
        #expect(problem.code == .outOfOrder)
        #expect(problem.message == "`3_d` is older than `10_c`, which is applied already")
        #expect(problem.position?.file.path.hasSuffix("3_d.sql") == true)
        #expect(plan.problems(allowsOutOfOrder: true).isEmpty && plan.pending.map(\.name) == ["3_d"])
    }

    @Test func `one whose file is gone`() throws {
        let sample = try MigrationSample(Self.files)
        var ledger = try ledger(sample)
        ledger.append(LedgerEntry(.migration, "5_gone", checksum: "x"))
        ledger[3].isComplete = true
        ledger[3].time = 1_736_850_000
        let plan = try plan(sample, ledger)
        #expect(states(plan) == ["1_a applied", "2_b applied", "5_gone missing", "10_c applied"])
        let problem = try #require(plan.problems().first)
        #expect(problem.code == .missingMigration)
        #expect(
            problem.message == "`5_gone` was applied on 2025-01-14T10:20:00Z, and its file is not in `migrations`"
        )
        #expect(problem.position?.column == 13)
        #expect(try !sample.listing().isApplied(ledger))
    }

    @Test func `one that was changed`() throws {
        let sample = try MigrationSample(Self.files)
        let ledger = try ledger(sample)
        try sample.write("a; c;", to: "1_a.sql")
        let plan = try plan(sample, ledger)
        #expect(states(plan) == ["1_a changed", "2_b applied", "10_c applied"])
        let problem = try #require(plan.problems().first)
        #expect(problem.code == .changedMigration)
        #expect(problem.message.contains("`1_a` was applied on 2025-01-14T10:20:00Z and has been changed since"))
        #expect(plan.pending.isEmpty && !plan.isSettled)
    }

    @Test(arguments: [("1_a.sql", "-- a licence\na;\nB;"), ("2_b.sql", "c;\n-- nexenv:down\nother;")])
    func `a change in nothing that ran is a note`(file: String, text: String) throws {
        let sample = try MigrationSample(Self.files)
        let ledger = try ledger(sample)
        try sample.write(text, to: file)
        let plan = try plan(sample, ledger)
        #expect(plan.problems().isEmpty && plan.pending.isEmpty)
        #expect(plan.notes.count == 1 && plan.notes[0].contains("in nothing that ran"))
        // It is to be written down, so that it is said once.
        #expect(!plan.isSettled && plan.items.filter(\.isRestamped).count == 1)
    }

    @Test func `another name for the same is a note`() throws {
        let sample = try MigrationSample(Self.files)
        var ledger = try ledger(sample)
        ledger[1].name = "002_old"
        let plan = try plan(sample, ledger)
        #expect(plan.problems().isEmpty && plan.notes == ["`002_old` is called `2_b` now"])
        #expect(plan.items[1].isRestamped)
    }

    @Test func `one that stopped half way goes on, also when what is left was changed`() throws {
        let sample = try MigrationSample(Self.files)
        var ledger = try ledger(sample)
        ledger[2].isComplete = false
        ledger[2].statementsDone = 0
        ledger[2].tokens = nil
        #expect(try plan(sample, ledger).pending.map(\.state) == [.halfDone])
        try sample.write("mended;", to: "10_c.sql")
        let mended = try plan(sample, ledger)
        #expect(mended.pending.map(\.name) == ["10_c"] && mended.problems().isEmpty)
    }

    @Test func `one that stopped half way and was changed in what had run`() throws {
        let sample = try MigrationSample(Self.files)
        var ledger = [try ledger(sample)[0]]
        ledger[0].isComplete = false
        ledger[0].statementsDone = 1
        ledger[0].tokens = try sample.sql().migrations[0].up.tokens(ofFirst: 1)
        try sample.write("other; b;", to: "1_a.sql")
        let problem = try #require(try plan(sample, ledger).problems().first)
        #expect(problem.message == "`1_a` was changed in what had run already: 1 of its statements")
    }

    @Test func `one that is half undone`() throws {
        let sample = try MigrationSample(Self.files)
        var ledger = try ledger(sample)
        var rollback = LedgerEntry(.rollback, "2_b", checksum: "x")
        rollback.statementsDone = 1
        ledger.append(rollback)
        let plan = try plan(sample, ledger)
        #expect(states(plan) == ["1_a applied", "2_b half-undone", "10_c applied"])
        #expect(plan.problems().map(\.code) == [.halfDone])
        // It comes first, whatever was applied last.
        #expect(plan.undoable.map(\.name) == ["2_b", "10_c", "1_a"])
        #expect(try !sample.listing().isApplied(ledger))
    }

    @Test func `an empty file waits until it says something`() throws {
        let sample = try MigrationSample(Self.files.merging(["3_d.sql": "-- nexenv:up\n\n-- nexenv:down\n"]) { $1 })
        let ledger = try ledger(sample).filter { $0.name != "3_d" }
        let plan = try plan(sample, ledger)
        #expect(states(plan) == ["1_a applied", "2_b applied", "3_d empty", "10_c applied"])
        #expect(plan.pending.isEmpty && plan.isSettled && plan.problems().isEmpty)
        #expect(plan.notes == ["`3_d` is empty, and isn't applied until it says something"])
        #expect(try Postgres.isMigrated(sample.path, ledger))
    }

    @Test func `what is repeatable runs again when it changes, and comes last`() throws {
        let sample = try MigrationSample(["V1__a.sql": "a;", "R__b.sql": "b;", "R__a.sql": "c;"])
        let ledger = try ledger(sample)
        #expect(try plan(sample, ledger).isSettled)
        try sample.write("d;", to: "R__a.sql")
        try sample.write("e;", to: "V2__b.sql")
        let changed = try plan(sample, ledger)
        #expect(states(changed) == ["V1__a applied", "V2__b pending", "R__a pending", "R__b applied"])
        #expect(changed.problems().isEmpty)
        // They are never taken back.
        #expect(changed.undoable.map(\.name) == ["V1__a"])
        try sample.write("-- c\nc;", to: "R__a.sql")
        #expect(try plan(sample, ledger).pending.map(\.name) == ["V2__b"])
    }

    @Test func `what was applied last is taken back first, whatever its version`() throws {
        let sample = try MigrationSample(Self.files)
        var ledger = try ledger(sample)
        ledger[0].time = 2_000_000_000
        #expect(try plan(sample, ledger).undoable.map(\.name) == ["1_a", "10_c", "2_b"])
    }
}
