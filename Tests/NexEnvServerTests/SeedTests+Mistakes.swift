import Testing

/// Seeds that something is wrong with.
extension SeedTests {
    /// A mistake: what is replaced in the base sets by what, and what the message has to say at which place.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var place: String
        var message: String
        var testDescription: String { new }
    }

    private static let mistakes = [
        Mistake(
            old: "price: 19.00",
            new: "price: -1",
            place: "14:7",
            message: "plans/pro: new row for relation \"plan\" violates check"
        ),
        Mistake(
            old: "price: 19.00",
            new: "price: abc",
            place: "14:7",
            message: "plans/pro: invalid input syntax for type numeric: \"abc\""
        ),
        Mistake(
            old: "!ref plans/pro, made",
            new: "!ref plans/prp, made",
            place: "7:60",
            message: "`plans` has no row `prp`"
        ),
        Mistake(
            old: "plan_id: !ref plans/free",
            new: "plan_id: 3c0f0c92-fd74-51e6-9879-fee99bcbd6b2",
            place: "8:7",
            message: "accounts/bob: insert or update on table \"account\" violates foreign key"
        ),
        Mistake(old: "code: free", new: "code: pro", place: "14:7", message: "two rows of `plans` have code = pro"),
        Mistake(old: "name: Pro", new: "nam: Pro", place: "14:7", message: "`plan` has no column `nam`"),
        Mistake(
            old: "into: pg.shop.plan",
            new: "into: pg.shop.plans",
            place: "9:3",
            message: "there is no `plans` in pg.shop"
        ),
        Mistake(old: "key: [code]", new: "key: [name]", place: "9:3", message: "`name` can't be the key"),
        Mistake(old: "!at -30d", new: "!att -30d", place: "7:85", message: "there is no tag `!att`"),
        Mistake(old: "age: 41", new: "age: -1", place: "18:7", message: "profiles/root: Document failed validation"),
        Mistake(
            old: "zset: {",
            new: "zzet: {",
            place: "23:7",
            message: "sessions/top: a row of Redis has no field `zzet`"
        ),
        Mistake(old: "ttl: 2h", new: "ttl: soon", place: "22:7", message: "sessions/first: `ttl` is no duration"),
    ]

    @Test("a mistake has its place, and PostgreSQL is as it was", .native)
    func mistakes() async throws {
        try await ProjectFixture.with("seederrors") { project in
            try Self.shop(project, in: .native, seeds: ["base": Self.base])
            try await project.nexenv("up")
            for mistake in Self.mistakes {
                try project.write("seeds/base.yaml", Self.base.replacing(mistake.old, with: mistake.new))
                let run = try await project.nexenv("seed", status: nil)
                #expect([65, 78].contains(run.status), "\(run)")
                #expect(run.error.contains("base.yaml:\(mistake.place): error: \(mistake.message)"), "\(run)")
                let isAboutPostgres = mistake.message.contains("plan") || mistake.message.contains("account")
                if isAboutPostgres {
                    #expect(try await project.value("SELECT count(*) FROM plan", "pg.shop") == "0", "\(mistake)")
                }
            }
            try project.write("seeds/base.yaml", Self.base)
            try await project.nexenv("seed")
            try await Self.expectSame(project)
        }
    }
}
