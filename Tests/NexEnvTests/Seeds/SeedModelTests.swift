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
        ("0d", 0),
        ("2025-01-02", 86_400_000_000), ("2025-01-01T00:00:01Z", 1_000_000),
    ])
    func `times count from the clock`(text: String, offset: Int64) {
        #expect(SeedMoment.parse(text, clock: SeedFile.defaultClock) == SeedFile.defaultClock + offset)
    }

    @Test(arguments: ["", "-", "d", "3", "3x", "3 d", "9999999999999d", "-3d-"])
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
    ]

    @Test(arguments: mistakes) func `a mistake has its place`(mistake: Mistake) throws {
        let text = MarkedText("sets:\n" + mistake.sets)
        let difference = ExpectedProblem.difference(mistake.problems, try problems(text.text), in: text)
        #expect(difference == nil)
    }
}
