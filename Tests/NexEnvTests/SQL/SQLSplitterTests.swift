import NexEnv
import TextTesting
import Testing

/// What a file is split into, as psql's documentation and its scanner (`psqlscan.l`) have it.
@Suite struct SQLSplitterTests {
    struct Split: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sql: String
        var texts: [String]

        init(_ name: String, _ sql: String, _ texts: String...) {
            testDescription = name
            self.sql = sql
            self.texts = texts
        }
    }

    private static let table: [Split] = [
        Split("nothing", ""),
        Split("blanks", " \t\r\n\u{0C}\u{0B}"),
        Split("semicolons alone", ";;\n;"),
        Split("a comment alone", "-- a;b\n/* c;d */"),
        Split("two", "SELECT 1; SELECT 2", "SELECT 1", "SELECT 2"),
        Split("a comment inside", "SELECT -- ;\n 1;", "SELECT -- ;\n 1"),
        Split("a comment in front", "-- x;\n/* y; */ SELECT 1;", "SELECT 1"),
        Split("nested comments", "/* a /* b; */ c; */ SELECT 1; x", "SELECT 1", "x"),
        Split("a comment that looks nested", "/*/*/ */*/ SELECT 1;", "SELECT 1"),
        Split("a star and a slash alone", "SELECT 2 * 3 / 4; y", "SELECT 2 * 3 / 4", "y"),
        Split("a line comment ends at a carriage return", "-- x\rSELECT 1;", "SELECT 1"),
        Split("a quote", "SELECT ';';x", "SELECT ';'", "x"),
        Split("a doubled quote", "SELECT 'a'';b';x", "SELECT 'a'';b'", "x"),
        Split("a comment in a quote", "SELECT '--;/*';x", "SELECT '--;/*'", "x"),
        Split("a quote in a comment", "SELECT 1 -- don't\n;x", "SELECT 1 -- don't\n", "x"),
        Split("a backslash in a standard text", #"SELECT 'a\';x"#, #"SELECT 'a\'"#, "x"),
        Split("a backslash in an E text", #"SELECT E'a\';b';x"#, #"SELECT E'a\';b'"#, "x"),
        Split("a small e", #"SELECT e'\\';x"#, #"SELECT e'\\'"#, "x"),
        Split("both escapes", #"SELECT E'''\''';';x"#, #"SELECT E'''\''';'"#, "x"),
        Split(
            "an E text that goes on on the next line",
            "SELECT E'a' -- b\n  '\\';';x",
            "SELECT E'a' -- b\n  '\\';'",
            "x"
        ),
        Split("an E text beside another text", #"SELECT E'a' 'b\';x"#, #"SELECT E'a' 'b\'"#, "x"),
        Split("what pg_dump puts around a dump", "\\restrict a1B\nSELECT 1;\n\\unrestrict a1B\n", "SELECT 1"),
        Split("a name that ends with e", #"SELECT date'\';x"#, #"SELECT date'\'"#, "x"),
        Split(
            "U& and others",
            #"SELECT U&'\0041;', B'1;', X'1;', n';';x"#,
            #"SELECT U&'\0041;', B'1;', X'1;', n';'"#,
            "x"
        ),
        Split("a quoted name", #"SELECT ";" AS "a"";b";x"#, #"SELECT ";" AS "a"";b""#, "x"),
        Split("a backslash in a quoted name", #"SELECT "a\";x"#, #"SELECT "a\""#, "x"),
        Split("dollars", "SELECT $$a;b$$;x", "SELECT $$a;b$$", "x"),
        Split("a tag", "SELECT $t$a;$$;$u$;b$t$;x", "SELECT $t$a;$$;$u$;b$t$", "x"),
        Split("nested tags", "SELECT $a$ $b$ ; $b$ ; $a$;x", "SELECT $a$ $b$ ; $b$ ; $a$", "x"),
        Split("a tag is case-sensitive", "SELECT $a$;$A$;$a$;x", "SELECT $a$;$A$;$a$", "x"),
        Split("a tag in unicode", "SELECT $größe$;$größe$;x", "SELECT $größe$;$größe$", "x"),
        Split("a parameter", "SELECT $1;x", "SELECT $1", "x"),
        Split("two parameters", "SELECT $1,$2;x;$3", "SELECT $1,$2", "x", "$3"),
        Split("a dollar in a name", "SELECT a$b$;x;y$b$", "SELECT a$b$", "x", "y$b$"),
        Split("a dollar in a name in unicode", "SELECT é$b$;x", "SELECT é$b$", "x"),
        Split("dollars with a near end", "SELECT $$a$ $b$$;x", "SELECT $$a$ $b$$", "x"),
        Split("a dollar alone", "SELECT $ ;x", "SELECT $ ", "x"),
        Split("a quote in dollars", "SELECT $$it's \"; -- /* $$;x", "SELECT $$it's \"; -- /* $$", "x"),
        Split("parentheses", "SELECT (1;2);x", "SELECT (1;2)", "x"),
        Split(
            "a rule with several commands",
            "CREATE RULE r AS ON INSERT TO t DO (INSERT INTO a VALUES (1); NOTIFY x);y",
            "CREATE RULE r AS ON INSERT TO t DO (INSERT INTO a VALUES (1); NOTIFY x)",
            "y"
        ),
        Split("one parenthesis too many", "SELECT 1);x", "SELECT 1)", "x"),
        Split("a parenthesis in a quote", "SELECT '(';x", "SELECT '('", "x"),
        Split(
            "BEGIN ATOMIC",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;x",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
            "x"
        ),
        Split(
            "BEGIN ATOMIC with CASE",
            "create or replace function f() returns int begin atomic select case when true then 1 end; end;x",
            "create or replace function f() returns int begin atomic select case when true then 1 end; end",
            "x"
        ),
        Split(
            "nested CASE in a procedure",
            "CREATE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN CASE WHEN a THEN b END THEN 1 END; SELECT 2; END;x",
            "CREATE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN CASE WHEN a THEN b END THEN 1 END; SELECT 2; END",
            "x"
        ),
        Split(
            "CASE in a default is no block",
            "CREATE FUNCTION f(a int DEFAULT (CASE WHEN true THEN 1 END)) RETURNS int AS 'SELECT 1';x",
            "CREATE FUNCTION f(a int DEFAULT (CASE WHEN true THEN 1 END)) RETURNS int AS 'SELECT 1'",
            "x"
        ),
        Split("a transaction is no block", "BEGIN; SELECT 1; END; x", "BEGIN", "SELECT 1", "END", "x"),
        Split(
            "a function called begin",
            "CREATE FUNCTION \"begin\"() AS 'x';y",
            "CREATE FUNCTION \"begin\"() AS 'x'",
            "y"
        ),
        Split("CRLF", "SELECT 1;\r\nSELECT\r\n2;\r\n", "SELECT 1", "SELECT\r\n2"),
        Split("unicode", "SELECT '日本;語' AS größe;x", "SELECT '日本;語' AS größe", "x"),
        Split("an operator out of dashes and a slash", "SELECT 1 - -1, 4 /2;x", "SELECT 1 - -1, 4 /2", "x"),
        Split("a comment at the end", "SELECT 1 -- end", "SELECT 1 -- end"),
        Split("a byte that no token starts with", "SELECT \u{1};x", "SELECT \u{1}", "x"),
    ]

    @Test(arguments: table) func `splits`(split: Split) throws {
        let statements = try SQLSplitter.split(SourceFile(split.sql, path: "/nowhere/x.sql"))
        #expect(statements.map(\.text) == split.texts)
        #expect(statements.allSatisfy { $0.copyData == nil })
    }

    @Test func `places are lines and scalars`() throws {
        let marked = MarkedText("/* é */ 1️⃣SELECT '日本\n語'; 2️⃣SELECT 2;\r\n\t3️⃣x;\n-- c\n\n4️⃣CREATE TABLE t ();")
        let statements = try SQLSplitter.split(SourceFile(marked.text))
        let places = statements.map { MarkedText.Place(line: $0.position.line, column: $0.position.column) }
        #expect(places == ["1️⃣", "2️⃣", "3️⃣", "4️⃣"].compactMap { marked.places[$0] })
    }

    @Test func `a character of a statement has its place in the file`() throws {
        let marked = MarkedText("SELECT 1;\n  SELECT 'é😀',\n  1️⃣oops;")
        let statement = try #require(try SQLSplitter.split(SourceFile(marked.text)).last)
        let offset = statement.text.unicodeScalars.count - 3
        let place = statement.position(ofCharacter: offset)
        #expect(MarkedText.Place(line: place.line, column: place.column) == marked.places["1️⃣"])
        #expect(statement.position(ofCharacter: 1).column == 3)
        #expect(statement.position(ofCharacter: 0).line == 2)
    }

    // MARK: - COPY

    struct Copy: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sql: String
        var data: [String?]

        init(_ name: String, _ sql: String, _ data: String?...) {
            testDescription = name
            self.sql = sql
            self.data = data
        }
    }

    @Test(arguments: [
        Copy("data", "COPY t FROM stdin;\n1\ta;b\n2\t'\n\\.\nSELECT 1;", "1\ta;b\n2\t'\n", nil),
        Copy("no data", "copy t (a, b) from STDIN with (format csv);\n\\.\n", ""),
        Copy("no line end behind the end", "COPY t FROM stdin;\n1\n\\.", "1\n"),
        Copy("CRLF", "COPY t FROM stdin;\r\n1\r\n\\.\r\nSELECT 1;", "1\r\n", nil),
        Copy("a backslash that is data", "COPY t FROM stdin;\n\\N\ta\\.b\n \\.\n\\.\n", "\\N\ta\\.b\n \\.\n"),
        Copy("a comment behind", "COPY t FROM stdin; -- rows\n1\n\\.\n", "1\n"),
        Copy("over lines", "COPY t\nFROM\n  STDIN\n;\n1\n\\.\n", "1\n"),
        Copy("comments between the words", "COPY t FROM /* here */ stdin;\n1\n\\.\n", "1\n"),
        Copy("from a file", "COPY t FROM 'stdin';\nSELECT 1;", nil, nil),
        Copy("to stdout", "COPY t TO stdout;\nSELECT 1;", nil, nil),
        Copy("a query to stdout", "COPY (SELECT a FROM stdin) TO stdout;\nSELECT 1;", nil, nil),
        Copy("something else", "SELECT copy FROM stdin;\nx;", nil, nil),
        Copy("a name that starts like it", "copyright FROM stdin;\nx;", nil, nil),
    ])
    func `COPY`(copy: Copy) throws {
        #expect(try SQLSplitter.split(SourceFile(copy.sql)).map(\.copyData) == copy.data)
    }

    // MARK: - Problems

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sql: String
        var problems: [ExpectedProblem]

        init(_ name: String, _ sql: String, _ problems: ExpectedProblem...) {
            testDescription = name
            self.sql = sql
            self.problems = problems
        }
    }

    @Test(arguments: [
        Refusal(
            "connect",
            "SELECT 1;\n1️⃣\\c other\nSELECT 2;",
            .init("1️⃣", .sql, "`\\c` is a command of psql", hint: "own `init:`")
        ),
        Refusal("include", "1️⃣\\i x.sql", .init("1️⃣", .sql, "`\\i`", hint: "name the file in the list")),
        Refusal("include relative", "1️⃣\\ir x.sql", .init("1️⃣", .sql, "`\\ir`", hint: "name the file in the list")),
        Refusal(
            "any other",
            "1️⃣\\set x 1\n2️⃣\\gexec",
            .init("1️⃣", .sql, "`\\set`", hint: "write SQL"),
            .init("2️⃣", .sql, "`\\gexec`")
        ),
        Refusal("behind a statement", "SELECT 1 1️⃣\\gset\n", .init("1️⃣", .sql, "`\\gset`")),
        Refusal("the end of COPY without COPY", "1️⃣\\.\n", .init("1️⃣", .sql, "`\\.`")),
        Refusal("an open quote", "é; SELECT 1️⃣'a;\nb", .init("1️⃣", .sql, "the quote is never closed")),
        Refusal("an open E quote", #"SELECT E1️⃣'\'"#, .init("1️⃣", .sql, "the quote is never closed")),
        Refusal("an E quote that ends in a backslash", #"SELECT E1️⃣'\"#, .init("1️⃣", .sql, "the quote is never closed")),
        Refusal("an open name", "SELECT 1️⃣\"a;", .init("1️⃣", .sql, "the quote is never closed")),
        Refusal("open dollars", "SELECT 1️⃣$$a;$;", .init("1️⃣", .sql, "the quote $$ is never closed")),
        Refusal("an open tag", "SELECT\n 1️⃣$t$a;$$;$T$", .init("1️⃣", .sql, "the quote $t$ is never closed")),
        Refusal("an open comment", "SELECT 1; 1️⃣/* a /* b */", .init("1️⃣", .sql, "the comment is never closed")),
        Refusal(
            "an open parenthesis",
            "SELECT 1️⃣(1, 2;\nSELECT 3;\n",
            .init("1️⃣", .sql, "the parenthesis is never closed")
        ),
        Refusal(
            "an open body",
            "1️⃣CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;\nSELECT 2;\n",
            .init("1️⃣", .sql, "`BEGIN ATOMIC` is never closed")
        ),
        Refusal("COPY without a semicolon", "1️⃣COPY t FROM stdin\n1\n", .init("1️⃣", .sql, "needs a `;`")),
        Refusal("open data", "COPY t FROM stdin;\n1️⃣1\n2\n", .init("1️⃣", .sql, "no closing `\\.`")),
        Refusal(
            "a statement behind COPY",
            "COPY t FROM stdin; 1️⃣SELECT 1;\n1\n\\.\n",
            .init("1️⃣", .sql, "behind `COPY … FROM stdin;`")
        ),
    ])
    func `refuses with a place`(refusal: Refusal) {
        let marked = MarkedText(refusal.sql)
        let error = #expect(throws: Diagnostics.self) { try SQLSplitter.split(SourceFile(marked.text)) }
        let difference = ExpectedProblem.difference(refusal.problems, error?.all ?? [], in: marked)
        #expect(difference == nil, "\(difference ?? "")")
        #expect(error?.exitStatus == .dataError)
    }

    // MARK: - Kinds

    struct Kind: Sendable, CustomTestStringConvertible {
        var sql: String
        var kind: SQLStatement.Kind
        var testDescription: String { sql }
    }

    private static func kinds(_ kind: SQLStatement.Kind, _ statements: String...) -> [Kind] {
        statements.map { Kind(sql: $0, kind: kind) }
    }

    private static let allKinds: [Kind] =
        kinds(
            .transactional,
            "SELECT 1",
            "CREATE TABLE t (a int)",
            "INSERT INTO vacuum VALUES (1)",
            "CREATE INDEX i ON t (a)",
            "CREATE INDEX concurrently_i ON t (a)",
            "CREATE UNIQUE INDEX ON t (a)",
            "DROP INDEX i",
            "REINDEX TABLE t",
            "CLUSTER t",
            "CLUSTER t USING i",
            "ALTER TABLE t ADD COLUMN a int",
            "ALTER DATABASE d SET work_mem = '1MB'",
            "DISCARD PLANS",
            "CREATE MATERIALIZED VIEW v AS SELECT 1",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "DROP TABLE t",
            "ALTER ROLE r LOGIN",
            "CREATE MATERIALIZED VIEW v WITH (timescaledb.continuous) AS SELECT 1 WITH NO DATA",
            "SAVEPOINT a",
            "RELEASE a",
            "ROLLBACK TO a",
            "ROLLBACK TO SAVEPOINT a",
            "ROLLBACK WORK TO SAVEPOINT a",
            "SET ROLE r",
            "DO $$ BEGIN END $$",
            "PREPARE p AS SELECT 1",
            "ALTER TABLE t ATTACH PARTITION p DEFAULT",
            "ALTER TABLE t DETACH PARTITION p",
            "EXPLAIN SELECT 1",
            "CREATE TABLE database (a int)",
            "ALTER TYPE t ADD VALUE 'x'",
            "COMMENT ON DATABASE d IS 'x'",
            "(SELECT 1)",
            "TABLE t"
        )
        + kinds(
            .standalone,
            "CREATE DATABASE d",
            "DROP DATABASE d",
            "ALTER DATABASE d SET TABLESPACE t",
            "CREATE TABLESPACE t LOCATION '/x'",
            "DROP TABLESPACE t",
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "create unique index concurrently on t (a)",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
            "DROP INDEX CONCURRENTLY i",
            "DROP INDEX CONCURRENTLY IF EXISTS i",
            "REINDEX INDEX CONCURRENTLY i",
            "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
            "REINDEX DATABASE d",
            "REINDEX SCHEMA s",
            "REINDEX SYSTEM d",
            "VACUUM",
            "VACUUM (FULL) t",
            "CLUSTER",
            "CLUSTER VERBOSE",
            "CLUSTER (VERBOSE)",
            "ALTER SYSTEM SET a = 1",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
            "DROP SUBSCRIPTION s",
            "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
            "ALTER SUBSCRIPTION s SET PUBLICATION p",
            "DISCARD ALL",
            "CALL p()",
            "CHECKPOINT",
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
            "COMMIT PREPARED 'x'",
            "ROLLBACK PREPARED 'x'",
            "CREATE MATERIALIZED VIEW v WITH (timescaledb.continuous) AS SELECT 1",
            "/* c */ -- d\nVACUUM"
        )
        + kinds(
            .blockBoundary,
            "BEGIN",
            "begin work",
            "BEGIN TRANSACTION",
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "BEGIN READ ONLY",
            "BEGIN NOT DEFERRABLE",
            "BEGIN DEFERRABLE",
            "START TRANSACTION",
            "START TRANSACTION READ ONLY",
            "COMMIT",
            "COMMIT WORK",
            "COMMIT AND CHAIN",
            "END",
            "END TRANSACTION",
            "PREPARE TRANSACTION 'x'"
        )
        + kinds(
            .rollback,
            "ROLLBACK",
            "ROLLBACK WORK",
            "ROLLBACK TRANSACTION",
            "ROLLBACK AND CHAIN",
            "ABORT",
            "ABORT WORK"
        )

    @Test(arguments: allKinds) func `what a transaction can hold`(kind: Kind) throws {
        let statements = try SQLSplitter.split(SourceFile(kind.sql))
        #expect(statements.map(\.kind) == [kind.kind])
    }
}
