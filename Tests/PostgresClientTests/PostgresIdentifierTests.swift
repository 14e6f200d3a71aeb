import ClientTesting
import PostgresClient
import Testing

@Suite struct PostgresIdentifierTests {
    @Test(arguments: [
        ("plans", #""plans""#), (#"a"b"#, #""a""b""#), (#"""#, #""""""#), ("Größe", #""Größe""#),
        ("\"\u{301}", "\"\"\"\u{301}\""),
    ])
    func `names are quoted`(name: String, quoted: String) throws {
        #expect(try PostgresIdentifier.quoted(name).unicodeScalars.elementsEqual(quoted.unicodeScalars))
    }

    @Test(arguments: [("it's", "'it''s'"), (#"a\b"#, #" E'a\\b'"#), ("", "''")])
    func `literals are quoted`(text: String, quoted: String) throws {
        #expect(try PostgresIdentifier.literal(text) == quoted)
    }

    @Test func `NUL and the empty name are refused`() {
        #expect(throws: PostgresError.self) { try PostgresIdentifier.quoted("a\0") }
        #expect(throws: PostgresError.self) { try PostgresIdentifier.quoted("") }
        #expect(throws: PostgresError.self) { try PostgresIdentifier.literal("\0") }
    }
}

extension PostgresTests {
    @Suite struct Quoting {
        @Test(arguments: ["on", "off"])
        func `a thousand awkward texts come back as they were`(standardConforming: String) async throws {
            try await withConnection { connection async throws in
                try await connection.execute("SET standard_conforming_strings = \(standardConforming)")
                try await connection.execute("SET escape_string_warning = off")
                var random = SeededGenerator(seed: 42)
                for _ in 0..<1000 {
                    let text = random.awkwardText()
                    let literal = try PostgresIdentifier.literal(text)
                    let name = try PostgresIdentifier.quoted("x" + random.awkwardText(maxLength: 12))
                    let rows = try await connection.query("SELECT \(literal) AS \(name), $1::text", [.init(text)])
                    let row = try #require(rows.first)
                    #expect(row[0].string?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
                    #expect(row[1] == row[0])
                    #expect(try PostgresIdentifier.quoted(rows.columns[0].name) == name)
                }
            }
        }
    }
}
