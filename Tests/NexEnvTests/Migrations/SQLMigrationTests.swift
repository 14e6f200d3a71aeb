import Foundation
import TextTesting
import Testing

@testable import NexEnv

/// What files in each tool's layout come to.
@Suite struct SQLMigrationTests {
    struct File: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var up: [[String]]
        var down: [[String]]?

        init(_ name: String, _ text: String, up: [[String]], down: [[String]]? = nil) {
            testDescription = name
            self.text = text
            self.up = up
            self.down = down
        }
    }

    private static let files: [File] = [
        File("no markers", "a; b;", up: [["a", "b"]]),
        File("nothing", "", up: []),
        File("comments alone", "-- a\n/* -- nexenv:up */\n", up: []),
        File("ours", "-- nexenv:up\na;\nb;\n-- nexenv:down\nc;\n", up: [["a", "b"]], down: [["c"]]),
        File("no blank behind the dashes", "--nexenv:up\na;\n--nexenv:down\nb;", up: [["a"]], down: [["b"]]),
        File("blanks around", "  -- nexenv:up  \r\na;\r\n\t--  nexenv:down\r\nb;", up: [["a"]], down: [["b"]]),
        File(
            "several steps",
            "-- nexenv:up\na;\n-- nexenv:up tx=off\nb;\n-- nexenv:up tx=on\nc;\n-- nexenv:down tx=off\nd;\n-- nexenv:down\ne;",
            up: [["a"], ["tx=off", "b"], ["c"]],
            down: [["tx=off", "d"], ["e"]]
        ),
        File("no semicolon before a marker", "-- nexenv:up\na\n-- nexenv:down\nb", up: [["a"]], down: [["b"]]),
        File("a way down alone", "a;\n-- nexenv:down\nb;", up: [["a"]], down: [["b"]]),
        File("a way down first", "-- nexenv:down\nb;\n-- nexenv:up\na;", up: [["a"]], down: [["b"]]),
        File("an empty way down is none", "-- nexenv:up\na;\n-- nexenv:down\n-- nothing\n", up: [["a"]]),
        File(
            "a marker in a text, in dollars, in a comment, behind a statement",
            "-- nexenv:up\nSELECT '\n-- nexenv:down\n';\nDO $$\n-- nexenv:down\n$$;\n/*\n-- nexenv:down\n*/ a; -- nexenv:down\n",
            up: [["SELECT '\n-- nexenv:down\n'", "DO $$\n-- nexenv:down\n$$", "a"]]
        ),
        File(
            "a marker in the data of COPY",
            "-- nexenv:up\nCOPY t FROM stdin;\n-- nexenv:down\n\\.\n-- nexenv:down\nb;",
            up: [["COPY t FROM stdin"]],
            down: [["b"]]
        ),
        File("dbmate", "-- migrate:up\na;\n\n-- migrate:down\nb;\n", up: [["a"]], down: [["b"]]),
        File(
            "dbmate without a transaction",
            "-- migrate:up transaction:false\na;\n-- migrate:down transaction:true\nb;",
            up: [["tx=off", "a"]],
            down: [["b"]]
        ),
        File("a comment that only looks like dbmate's", "-- migrate: later\na;", up: [["a"]]),
        File("goose", "-- +goose Up\na;\n-- +goose Down\nb;\n", up: [["a"]], down: [["b"]]),
        File(
            "goose with statements",
            "-- +goose Up\n-- +goose StatementBegin\nDO $$ BEGIN a; END $$;\n-- +goose StatementEnd\nb;\n-- +goose Down\nc;",
            up: [["DO $$ BEGIN a; END $$", "b"]],
            down: [["c"]]
        ),
        File(
            "goose without transactions",
            "-- +goose NO TRANSACTION\n-- +goose Up\na;\n-- +goose Down\nb;",
            up: [["tx=off", "a"]],
            down: [["tx=off", "b"]]
        ),
        File("goose's variables switched off", "-- +goose ENVSUB OFF\n-- +goose up\na;", up: [["a"]]),
        File(
            "what pg_dump puts around a dump",
            "-- nexenv:up\n\\restrict x\nSELECT pg_catalog.set_config('search_path', '', false);\n\\unrestrict x\n",
            up: [["SELECT pg_catalog.set_config('search_path', '', false)"]]
        ),
    ]

    @Test(arguments: files) func `reads`(file: File) throws {
        let sample = try MigrationSample(["1_a.sql": file.text])
        let migration = try #require(try sample.sql().migrations.first)
        #expect(migration.up.outline == file.up)
        #expect(migration.down?.outline == file.down)
    }

    @Test func `golang-migrate's pairs`() throws {
        let sample = try MigrationSample([
            "1_a.up.sql": "BEGIN;\na;\nCOMMIT;", "1_a.down.sql": "b;", "2_b.up.sql": "c;", "2_b.down.sql": "",
        ])
        let migrations = try sample.sql().migrations
        #expect(migrations.map(\.name) == ["1_a", "2_b"])
        #expect(migrations[0].up.outline == [["BEGIN", "a", "COMMIT"]])
        #expect(migrations[0].down?.outline == [["b"]])
        #expect(migrations[1].down == nil)
    }

    @Test func `Flyway's versions, undos and repeatables`() throws {
        let sample = try MigrationSample([
            "V1__a.sql": "a;", "V1.1__b.sql": "CREATE INDEX CONCURRENTLY i ON t (x);", "U1__a.sql": "b;",
            "R__v.sql": "c;",
            "V1.1__b.sql.conf": "executeInTransaction = false\n",
        ])
        let migrations = try sample.sql().migrations
        #expect(migrations.map(\.name) == ["V1__a", "V1.1__b", "R__v"])
        #expect(migrations.map(\.isRepeatable) == [false, false, true])
        #expect(migrations[0].down?.outline == [["b"]])
        #expect(migrations[1].up.outline == [["tx=off", "CREATE INDEX CONCURRENTLY i ON t (x)"]])
    }

    // MARK: - Problems

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var text: String
        var problems: [ExpectedProblem]

        init(_ name: String, _ text: String, file: String = "1_a.sql", _ problems: ExpectedProblem...) {
            testDescription = name
            self.file = file
            self.text = text
            self.problems = problems
        }
    }

    private static let refusals: [Refusal] = [
        Refusal(
            "a mistyped marker",
            "1️⃣-- nexenv:dwon\na;",
            .init("1️⃣", .migration, "there is no marker `nexenv:dwon`", hint: "did you mean `nexenv:down`?")
        ),
        Refusal("no marker at all", "1️⃣-- nexenv:\na;", .init("1️⃣", .migration, "there is no marker", hint: "nexenv:up")),
        Refusal(
            "an option that there is none of",
            "1️⃣-- nexenv:up tx=of\na;",
            .init("1️⃣", .migration, "there is no option `tx=of`", hint: "`tx=off` is one")
        ),
        Refusal(
            "another tool's option",
            "1️⃣-- nexenv:up transaction:false\na;",
            .init("1️⃣", .migration, "there is no option `transaction:false`")
        ),
        Refusal(
            "two tools' markers",
            "-- nexenv:up\na;\n1️⃣-- migrate:down\nb;",
            .init("1️⃣", .migration, "the file has markers of nexenv already")
        ),
        Refusal(
            "a statement before the markers",
            "1️⃣a;\n-- nexenv:up\nb;",
            .init("1️⃣", .migration, "this stands before the first marker of nexenv", hint: "put `-- nexenv:up` above it")
        ),
        Refusal(
            "goose's variables",
            "1️⃣-- +goose ENVSUB ON\n-- +goose Up\na;",
            .init("1️⃣", .migration, "variables aren't put into migrations here")
        ),
        Refusal(
            "an annotation that goose has none of",
            "1️⃣-- +goose Upp\na;",
            .init("1️⃣", .migration, "goose has no annotation `upp`", hint: "did you mean `Up`?")
        ),
        Refusal(
            "a statement of goose that never ends",
            "-- +goose Up\n1️⃣-- +goose StatementBegin\na;",
            .init("1️⃣", .migration, "there is no `-- +goose StatementEnd` for this")
        ),
        Refusal(
            "a way down in a file that is the way up",
            "a;\n1️⃣-- nexenv:down\nb;",
            file: "1_a.up.sql",
            .init("1️⃣", .migration, "the way down has no place in this file", hint: "the way up")
        ),
        Refusal(
            "a way down of what is repeatable",
            "-- nexenv:up\na;\n1️⃣-- nexenv:down\nb;",
            file: "R__a.sql",
            .init("1️⃣", .migration, "the way down has no place in this file")
        ),
        Refusal(
            "Flyway's placeholders",
            "CREATE SCHEMA é;\nCREATE TABLE 1️⃣${schema}.t ();\nSELECT '2️⃣${flyway:user}';",
            file: "V1__a.sql",
            .init("1️⃣", .migration, "Flyway's placeholder `${schema}` isn't replaced here"),
            .init("2️⃣", .migration, "Flyway's placeholder `${flyway:user}` isn't replaced here")
        ),
        Refusal(
            "psql's commands",
            "-- nexenv:up\n1️⃣\\i other.sql\n",
            .init("1️⃣", .sql, "`\\i` is a command of psql")
        ),
        Refusal(
            "what never ends before a marker",
            "-- nexenv:up\nCREATE TABLE a 1️⃣(x int;\n-- nexenv:down\nDROP TABLE a;",
            .init("1️⃣", .sql, "the parenthesis is never closed")
        ),
        Refusal(
            "a quote that never ends hides the marker",
            "-- nexenv:up\nSELECT 1️⃣'a;\n-- nexenv:down\nb;",
            .init("1️⃣", .sql, "the quote is never closed")
        ),
    ]

    @Test(arguments: refusals) func `refuses with a place`(refusal: Refusal) throws {
        let marked = MarkedText(refusal.text)
        let problems = try MigrationSample([refusal.file: marked.text]).problems()
        let difference = ExpectedProblem.difference(refusal.problems, problems, in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func `two ways down`() throws {
        let sample = try MigrationSample(["V1__a.sql": "a;\n-- nexenv:down\nb;", "U1__a.sql": "c;"])
        let problem = try #require(sample.problems().first)
        #expect(problem.message == "`V1__a` has two ways down: here and in `U1__a.sql`" && problem.position?.line == 2)
    }

    @Test func `a dollar sign outside of Flyway's files is nobody's placeholder`() throws {
        #expect(try MigrationSample(["1_a.sql": "SELECT '${x}';"]).problems().isEmpty)
    }
}
