import NexEnv
import TextTesting
import Testing

@testable import NexEnv

/// What seed files say, checked without any server.
@Suite struct SeedModelTests {
    @Test(arguments: [
        ("plans/pro", "plans", "pro", String?.none), ("a/b/c", "a", "b/c", nil), ("a/b c#d", "a", "b c", "d"),
    ])
    func `references`(text: String, set: String, label: String, field: String?) throws {
        let reference = try #require(SeedReference(text))
        #expect(reference.set == set && reference.label == label && reference.field == field)
        #expect("\(reference)" == text)
    }

    @Test(arguments: ["", "plans", "/pro", "plans/", "plans/#x", "plans/pro#"])
    func `no references`(text: String) { #expect(SeedReference(text) == nil) }

    @Test func `templates`() throws {
        let reference = try #require(SeedReference("a/b#c"))
        #expect(
            SeedTemplate.parts(of: "x${ref:a/b#c}$y${f}$${z}") == [
                .text("x"), .reference(reference), .text("$y"), .field("f"), .text("${z}"),
            ]
        )
        for text in ["${", "${}", "${ref:}", "a${b"] { #expect(SeedTemplate.parts(of: text) == nil, "\(text)") }
    }

    @Test(arguments: [
        ("-30d", -30 * 86_400_000_000 as Int64), ("+1h30m", 5_400_000_000), ("2w", 1_209_600_000_000), ("5ms", 5_000),
        ("0d", 0), ("2.5s", 2_500_000), ("-0.123456789w", -74_666_665_987), ("1.0000009s", 1_000_000),
        ("2025-01-02", 86_400_000_000), ("2025-01-01T00:00:01Z", 1_000_000),
    ])
    func `times count from the clock`(text: String, offset: Int64) {
        #expect(SeedMoment.parse(text, clock: SeedFile.defaultClock) == SeedFile.defaultClock + offset)
    }

    @Test(arguments: [
        "", "-", "d", "3", "3x", "3 d", "9999999999999d", "-3d-", ".5s", "1.s", "1.2.3s", "1.0000000001s",
    ])
    func `no times`(text: String) { #expect(SeedMoment.parse(text, clock: 0) == nil) }

    @Test func `labels of generated rows`() {
        let labels = SeedLabels(SeedGeneration(count: 12, label: "user-{n}!"))
        #expect(labels.label(ofRow: 0) == "user-1!" && labels.row(ofLabel: "user-12!") == 11)
        for label in ["user-0!", "user-13!", "user-01!", "user-!", "user-1", "1"] {
            #expect(labels.row(ofLabel: label) == nil, "\(label)")
        }
    }

    @Test func `an identity follows from names, in the type that is asked for`() {
        let column = SeedIdentities.Column(set: "users", field: "id")
        func value(_ kind: SeedIdentityKind, _ range: SeedIdentities.Range = .large, project: String = "shop")
            -> SeedValue
        {
            SeedIdentities(project: project, kinds: [column: kind], integerRanges: [column: range])
                .value(set: "users", label: "root", field: "id")
        }
        guard case .uuid(let uuid) = value(.uuid) else { return #expect(Bool(false)) }
        #expect(value(.uuid) == value(.uuid) && value(.uuid) != value(.uuid, project: "blog"))
        #expect("\(uuid)".split(separator: "-")[2].hasPrefix("5"))
        #expect(value(.text) == .text("\(uuid)"))
        guard case .integer(let large) = value(.integer), case .integer(let small) = value(.integer, .small) else {
            return #expect(Bool(false))
        }
        #expect((1 << 52..<1 << 53).contains(large) && (1_000_000_000..<2_000_000_000).contains(small))
    }

    // MARK: - Whole files

    private static let environment = """
        name: shop
        services: {pg: {engine: postgres, databases: {shop: {}}}, r: {engine: redis, databases: {c: 0}}}
        seeds: s.yaml
        """

    private func problems(_ seeds: String, files: [String: String] = [:]) throws -> [Diagnostic] {
        let scratch = try ScratchEnvironment(Self.environment, files: files.merging(["s.yaml": seeds]) { $1 })
        do {
            try SeedCheck.check(try scratch.load())
            return []
        } catch {
            return error.all
        }
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sets: String
        var problems: [ExpectedProblem]

        init(_ name: String, _ sets: String, _ problems: ExpectedProblem...) {
            testDescription = name
            self.sets = sets
            self.problems = problems
        }
    }

    private static let mistakes = [
        Mistake(
            "an unknown key",
            "  a: {into: pg.shop.t, 1️⃣kye: [x], rows: {}}",
            .init("1️⃣", .unknownKey, "a set has no key `kye`", hint: "`key`")
        ),
        Mistake(
            "no rows, and too many",
            "  1️⃣a: {into: pg.shop.t}\n  2️⃣b: {into: pg.shop.t, rows: {}, from: {sql: s.yaml}}",
            .init("1️⃣", .invalidValue, "the set `a` has no rows"),
            .init("2️⃣", .invalidValue, "more than one source")
        ),
        Mistake(
            "targets that aren't there",
            "  1️⃣a: {into: pq.shop.t, rows: {}}\n  2️⃣b: {into: pg.shopp.t, rows: {}}\n  3️⃣c: {into: pg.shop, rows: {}}\n  4️⃣d: {into: r.c.t, rows: {}}",
            .init("1️⃣", .unknownService, "no service `pq` that can be filled", hint: "`pg`"),
            .init("2️⃣", .invalidValue, "`pg` has no database `shopp`", hint: "`shop`"),
            .init("3️⃣", .invalidValue, "`pg.shop` names no table"),
            .init("4️⃣", .invalidValue, "Redis has no tables")
        ),
        Mistake(
            "references",
            "  a: {into: pg.shop.t, rows: {x: {id: !id , n: 1️⃣!ref a/y, o: 1}, z: {n: 2️⃣!ref b/x}, w: {n: 3️⃣!ref a/x#p}}}",
            .init("1️⃣", .unknownReference, "`a` has no row `y`"),
            .init("2️⃣", .unknownReference, "there is no set `b`", hint: "`a`"),
            .init("3️⃣", .unknownReference, "`a/x` has no field `p`")
        ),
        Mistake(
            "tags",
            "  a: {into: pg.shop.t, rows: [{id: 1️⃣!id }, {n: 2️⃣!att -3d}, {n: 3️⃣!at soon}, {n: 4️⃣!tpl \"${\"}, {n: 5️⃣!env NOT_SET_ANYWHERE}]}",
            .init("1️⃣", .invalidValue, "`!id` needs a row with a label"),
            .init("2️⃣", .invalidValue, "there is no tag `!att`", hint: "`at`"),
            .init("3️⃣", .invalidValue, "expected a time or an offset"),
            .init("4️⃣", .invalidValue, "expected a text with `${…}`"),
            .init("5️⃣", .undefinedVariable, "`NOT_SET_ANYWHERE` is not set")
        ),
        Mistake(
            "a value that needs itself",
            "  a: {into: pg.shop.t, rows: {x: {n: 1️⃣!ref a/x#m, m: !ref a/x#n}}}",
            .init("1️⃣", .invalidValue, "the value needs itself: a/x#m → a/x#n → a/x#m")
        ),
        Mistake(
            "sets that need each other",
            "  1️⃣a: {into: pg.shop.t, rows: {x: {id: !id , n: !ref b/x}}}\n  b: {into: pg.shop.u, rows: {x: {id: !id , n: !ref a/x}}}",
            .init("1️⃣", .dependencyCycle, "sets need each other: a → b → a")
        ),
        Mistake(
            "what doesn't go with a query",
            """
              1️⃣a: {into: pg.shop.t, from: {query: q.sql, with: [nobody]}}
              2️⃣b: {into: pg.shop.u, from: {json: q.sql, with: [a]}}
              3️⃣c: {into: pg.shop.v, defaults: {n: 1}, mode: append, from: {query: q.sql}}
              4️⃣d: {into: r.c, from: {query: q.sql}}
              e: {into: pg.shop, from: {sql: q.sql}}
              5️⃣f: {into: pg.shop.w, from: {query: q.sql, with: [e]}}
            """,
            .init("1️⃣", .invalidValue, "there is no set `nobody`"),
            .init("2️⃣", .invalidValue, "`with` belongs to a `query`"),
            .init("3️⃣", .invalidValue, "`defaults` don't go with a query", hint: "select them"),
            .init("3️⃣", .invalidValue, "the rows of a query can't be appended", hint: "`upsert`"),
            .init("4️⃣", .invalidValue, "Redis runs no SQL"),
            .init("5️⃣", .invalidValue, "`e` runs statements; it has no rows that `f` could read")
        ),
        Mistake(
            "sets that go nowhere",
            "  1️⃣a: {rows: {x: {n: 1}}}\n  b: {rows: {x: {n: 1}}}\n  c: {into: pg.shop.t, from: {query: q.sql, with: b}}",
            .init("1️⃣", .invalidValue, "`a` has no `into`, and no other set needs its rows", hint: "`into: service.")
        ),
        Mistake(
            "statements that go nowhere",
            "  1️⃣a: {from: {sql: q.sql}}",
            .init("1️⃣", .invalidValue, "statements need a database", hint: "`into: service.database`")
        ),
        Mistake(
            "triggers that run for one set and not for another one",
            "  a: {into: pg.shop.t, rows: {}}\n  1️⃣b: {into: pg.shop.t, triggers: false, rows: {}}\n  2️⃣c: {into: r.c, triggers: false, rows: {}}",
            .init("1️⃣", .conflictingValues, "triggers run for `a` and not for `b`", hint: "`triggers: false` for both"),
            .init("2️⃣", .invalidValue, "Redis has no triggers")
        ),
        Mistake(
            "rows that only a server knows",
            "  a: {into: pg.shop.t, from: {query: q.sql}}\n  b: {into: pg.shop.u, generate: {count: 1, fields: {n: !gen { pick: 1️⃣a }}}}",
            .init("1️⃣", .invalidValue, "nothing can be picked from `a`: its rows are known only once it is loaded")
        ),
        Mistake(
            "a set that is broken, told once",
            """
              a: {into: pg.shop.t, generate: {count: 1, fields: {id: !id , n: 1️⃣!tpl "${m}"}}}
              b: {into: pg.shop.u, generate: {count: 1, fields: {n: !gen { pick: a }}}}
              c: {into: pg.shop.v, generate: {count: 1, fields: {n: !gen { pick: b }}}}
            """,
            .init("1️⃣", .unknownReference, "the row has no field `m`")
        ),
    ]

    @Test(arguments: mistakes) func `a mistake has its place`(mistake: Mistake) throws {
        let text = MarkedText("sets:\n" + mistake.sets)
        let difference = ExpectedProblem.difference(
            mistake.problems,
            try problems(text.text, files: ["q.sql": "SELECT 1"]),
            in: text
        )
        #expect(difference == nil)
    }

    @Test func `a query is one statement`() throws {
        let sets = "sets: {a: {into: pg.shop.t, from: {query: q.sql}}}"
        for (text, place) in [("SELECT 1;\nSELECT 2", "q.sql:2:1"), ("-- nothing\n", "s.yaml:1:43")] {
            let problem = try #require(try problems(sets, files: ["q.sql": text]).first)
            #expect(problem.message.hasPrefix("a query is one SELECT"))
            #expect("\(try #require(problem.position))".hasSuffix(place), "\(problem)")
        }
    }

    // MARK: - Generated rows

    /// The rows of a generated set, as JSON.
    private func rows(_ set: String, _ seeds: String) throws -> [String] {
        let scratch = try ScratchEnvironment(Self.environment, files: ["s.yaml": seeds])
        let book = try SeedBook.load(try scratch.load())
        let context = DecodingContext()
        let maker = SeedRowMaker(book, SeedIdentities(project: "shop"), context)
        let rows = maker.rows(of: try #require(book[set]))
        #expect(context.problems.isEmpty, "\(context.problems)")
        guard case .generated(let generator, _) = rows else { return [] }
        var values: [SeedValue] = []
        return (0..<generator.count).map { row in
            generator.row(row, into: &values)
            return zip(generator.names, values).map { "\($0): \($1.plainText)" }.joined(separator: ", ")
        }
    }

    @Test func `templates in generated rows name fields and other rows`() throws {
        let found = try rows(
            "b",
            """
            sets:
              a: {into: pg.shop.t, rows: {x: {code: "y$${"}}}
              b:
                into: pg.shop.u
                generate: {count: 2, let: {n: !gen sequence}, fields: {t: !tpl "$${n} ${n}/${ref:a/x#code}/${n}"}}
            """
        )
        #expect(found == ["t: ${n} 1/y${/1", "t: ${n} 2/y${/2"])
    }

    @Test func `what stands under let can be picked`() throws {
        let found = try rows(
            "b",
            """
            sets:
              a: {into: pg.shop.t, generate: {count: 2, let: {n: !gen sequence}, fields: {id: !tpl "id${n}"}}}
              b: {into: pg.shop.u, generate: {count: 2, fields: {n: !gen { pick: "a#n", dist: cycle }}}}
            """
        )
        #expect(found == ["n: 1", "n: 2"])
    }

    @Test func `defaults go into generated rows as well`() throws {
        let found = try rows(
            "a",
            "sets: {a: {into: pg.shop.t, defaults: {x: 1, y: !at 0d}, generate: {count: 1, fields: {x: 2}}}}"
        )
        #expect(found == ["x: 2, y: 2025-01-01T00:00:00Z"])
    }

    // MARK: - Included environments

    @Test func `seeds of an included environment see its variables and its files`() throws {
        let scratch = try ScratchFolder([
            "shop/nexenv.yaml": Self.environment + "\nallow_outside: true",
            "shop/.env": "CODE=of-shop\nBOTH=of-shop\n",
            "shop/s.yaml": """
            sets:
              a: {into: pg.shop.t, rows: {x: {n: "${CODE}", m: !env BOTH, o: !env PROCESS}}}
              b: {into: pg.shop.u, from: {csv: ../shared/b.csv}}
            """,
            "shared/b.csv": "id\n1\n",
            "all/nexenv.yaml": "name: all\nallow_outside: true\ninclude: ../shop/nexenv.yaml\n+seeds: [t.yaml]\n",
            "all/.env": "BOTH=of-all\n",
            "all/t.yaml": "sets: {c: {into: pg.shop.v, rows: {x: {m: !env BOTH}}}}",
        ])
        var loader = EnvironmentLoader(processVariables: ["PROCESS": "of-process"])
        let environment = try loader.load("\(scratch.path)/all/nexenv.yaml")
        try SeedCheck.check(environment)
        let book = try SeedBook.load(environment)
        let resolver = SeedResolver(book, SeedIdentities(project: "all"))
        let texts = try ["a", "c"].flatMap { name in
            resolver.records(of: try #require(book[name])).flatMap { $0.fields.map(\.value.plainText) }
        }
        #expect(texts == ["of-shop", "of-shop", "of-process", "of-all"])
    }

    @Test func `a set of another mode may need variables that only that mode has`() throws {
        let set = "{into: pg.shop.t, only: [live], rows: {x: {m: MARK, n: !env ONLY_THERE}}}"
        #expect(try problems("sets: {a: \(set)}").isEmpty)
        let problem = try #require(try problems("sets: {a: \(set.replacing("MARK", with: "!ref b/x"))}").first)
        #expect(problem.code == .unknownReference)
    }
}
