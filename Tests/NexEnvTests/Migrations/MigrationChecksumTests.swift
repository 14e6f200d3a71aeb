import TextTesting
import Testing

@testable import NexEnv

/// What a checksum sees, and what it doesn't.
@Suite struct MigrationChecksumTests {
    private func checksum(_ text: String) throws -> String {
        let sample = try MigrationSample(["1_a.sql": text])
        return try #require(try sample.listing().entries.first).up.checksum
    }

    @Test(arguments: [
        ("CRLF", "a;\r\nb;\r\n"), ("CR", "a;\rb;\r"), ("a byte-order mark", "\u{FEFF}a;\nb;\n"), ("no end", "a;\nb;"),
        ("blanks behind lines", "a;  \t\nb; \n"), ("empty lines at the end", "a;\nb;\n\n \n\t\n"),
        ("all of it", "\u{FEFF}a; \r\nb;\t\r\n\r\n"),
    ])
    func `the same text`(what: String, text: String) throws {
        #expect(try checksum(text) == checksum("a;\nb;\n"), "\(what)")
    }

    @Test(arguments: ["a;\nb;\nc;", "a;\n b;\n", "a;\n\nb;\n", "a; b;\n", "A;\nb;\n", "\na;\nb;\n", "-- x\na;\nb;\n"])
    func `another text`(text: String) throws {
        #expect(try checksum(text) != checksum("a;\nb;\n"))
    }

    @Test func `empty files`() throws {
        #expect(try checksum("") == checksum("\r\n \n"))
    }

    private func tokens(_ text: String) throws -> String {
        Script([.init(try SQLSplitter.split(SourceFile(text, path: "/x.sql")))]).tokens
    }

    private static let statement =
        "CREATE TABLE \"A b\" (x int DEFAULT 1.5, y text); SELECT 'it''s', $$ -- no $$ || 'x';"

    @Test(arguments: [
        "-- a licence\ncreate  table\n\"A b\"(x INT default 1.5,y TEXT);select 'it''s',$$ -- no $$||'x'",
        "CREATE TABLE \"A b\" ( x int /* the /* x */ */ DEFAULT 1.5 , y text ) ; SELECT 'it''s', $$ -- no $$ -- c\n || 'x'",
    ])
    func `the same statements`(text: String) throws {
        #expect(try tokens(text) == tokens(Self.statement))
    }

    @Test(arguments: [
        "CREATE TABLE \"A B\" (x int DEFAULT 1.5, y text); SELECT 'it''s', $$ -- no $$ || 'x';",
        "CREATE TABLE \"A b\" (x int DEFAULT 15, y text); SELECT 'it''s', $$ -- no $$ || 'x';",
        "CREATE TABLE \"A b\" (x int DEFAULT 1.5, y text); SELECT 'It''s', $$ -- no $$ || 'x';",
        "CREATE TABLE \"A b\" (x int DEFAULT 1.5, y text); SELECT 'it''s', $$ -- no$$ || 'x';",
        "CREATE TABLE \"A b\" (x int DEFAULT 1.5, y text) SELECT 'it''s', $$ -- no $$ || 'x';",
        "CREATE TABLE \"A b\" (x int DEFAULT 1.5, y text);",
    ])
    func `other statements`(text: String) throws {
        #expect(try tokens(text) != tokens(Self.statement))
    }

    @Test func `operators, numbers and data are told apart`() throws {
        #expect(try tokens("SELECT a <= b") != tokens("SELECT a < = b"))
        #expect(try tokens("SELECT a @@ -1") != tokens("SELECT a @@- 1"))
        #expect(try tokens("SELECT 10") != tokens("SELECT 1 0"))
        #expect(try tokens("COPY t FROM stdin;\n1\n\\.\n") != tokens("COPY t FROM stdin;\n2\n\\.\n"))
        #expect(try tokens("COPY t FROM stdin;\n1\n\\.\n") == tokens("copy t from stdin;\r\n1\r\n\\.\r\n"))
    }

    @Test func `the first statements alone`() throws {
        let one = Script([.init(try SQLSplitter.split(SourceFile("a; b; c")))])
        let two = Script([
            .init(try SQLSplitter.split(SourceFile("a; b")), isOff: true),
            .init(try SQLSplitter.split(SourceFile("d"))),
        ])
        #expect(one.tokens(ofFirst: 2) == two.tokens(ofFirst: 2))
        #expect(one.tokens(ofFirst: 3) != two.tokens(ofFirst: 3))
        #expect(one.tokens(ofFirst: 0) == two.tokens(ofFirst: 0))
        #expect(one.tokens(ofFirst: 9) == one.tokens)
    }
}

extension Script.Step {
    fileprivate init(_ statements: [Statement], isOff: Bool) {
        self.init(isTransaction: !isOff, statements)
    }
}
