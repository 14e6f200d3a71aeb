import Testing

@testable import NexEnv

@Suite struct PostgresIndexBuildTests {
    struct Build: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var table: String
        var name: String?

        init(_ sql: String, _ table: String, _ name: String?) {
            testDescription = sql
            self.table = table
            self.name = name
        }
    }

    @Test(arguments: [
        Build("CREATE INDEX CONCURRENTLY i ON t (a)", "t", "i"),
        Build("create unique index concurrently MyIndex on Public.T using btree (a)", "Public.T", "myindex"),
        Build("CREATE INDEX CONCURRENTLY ON t (a)", "t", nil),
        Build("CREATE INDEX CONCURRENTLY IF NOT EXISTS \"a \"\"b\" ON ONLY \"s\".\"t;\" (a)", "\"s\".\"t;\"", "a \"b"),
        Build("CREATE /* c */ INDEX CONCURRENTLY -- d\n i ON t(a)", "t", "i"),
    ])
    func `an index that is built concurrently`(build: Build) throws {
        let statement = try #require(try SQLSplitter.split(SourceFile(build.testDescription)).first)
        let found = try #require(PostgresIndexBuild(statement))
        #expect(found.table == build.table && found.name == build.name)
    }

    @Test(arguments: [
        "CREATE INDEX i ON t (a)", "DROP INDEX CONCURRENTLY i", "REINDEX INDEX CONCURRENTLY i",
        "CREATE TABLE index (concurrently int)",
    ])
    func `anything else`(sql: String) throws {
        let statement = try #require(try SQLSplitter.split(SourceFile(sql)).first)
        #expect(PostgresIndexBuild(statement) == nil)
    }

    @Test func `a note comes back as it was`() throws {
        var note = PostgresStatementNote(tokens: "abc")
        note.table = 16_384
        note.indexes = [1, 2]
        note.name = "i"
        let text = try #require(note.text)
        let back = try #require(PostgresStatementNote(text: text))
        #expect(back.tokens == "abc" && back.table == 16_384 && back.indexes == [1, 2] && back.name == "i")
        #expect(PostgresStatementNote(text: "nothing of ours") == nil)
    }
}
