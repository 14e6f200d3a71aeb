import Foundation
import Testing

/// Sets of a million rows: a mistake near the end, and a comparison over two sessions.
@Suite(.waitsForSlots)
struct SeedLargeTests {
    /// The lines in front of row 900,001, that row and the rest.
    private static let parts: [Data] = [1...900_000, 900_001...900_001, 900_002...1_000_000].map { numbers in
        Data(numbers.map { "\($0),code-\($0),\($0 % 1000)" }.joined(separator: "\n").utf8)
    }

    /// Writes the file: a million lines, of which one may be another.
    private static func writeFile(_ project: ProjectFixture, _ line: String? = nil) throws {
        let lines = [Data("id,code,n".utf8), parts[0], line.map { Data($0.utf8) } ?? parts[1], parts[2], Data()]
        let text = Data(lines.joined(separator: Data("\n".utf8)))
        try text.write(to: URL(filePath: project.folder + "/rows.csv"))
    }

    @Test("row 900,001 of a million is wrong: its line, the server's words, and all is as it was", .native)
    func mistakes() async throws {
        try await ProjectFixture.with("seedlarge") { project in
            try project.write(
                "t.sql",
                "CREATE TABLE t (id int PRIMARY KEY, code text UNIQUE, n int CHECK (n >= 0), m int DEFAULT 7)"
            )
            try project.write("seeds.yaml", "sets: { rows: { into: pg.one.t, from: { csv: rows.csv } } }")
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg: { engine: postgres, databases: { one: { init: [t.sql] } } }
                seeds: [seeds.yaml]
                """,
                in: .native
            )
            try await project.nexenv("up")
            let mistakes = [
                ("900001,code-900001,x", #"invalid input syntax for type integer: "x""#),
                ("900001,code-900001,-1", #"new row for relation "t" violates check constraint"#),
                ("900001,code-1,1", "duplicate key value violates unique constraint"),
                ("1,code-900001,1", ""),
            ]
            func expectRefusals(of numbers: [Int], leaving table: String) async throws {
                for (line, words) in numbers.map({ mistakes[$0] }) {
                    try Self.writeFile(project, line)
                    let run = try await project.nexenv("seed", status: 65)
                    #expect(run.error.contains("rows.csv:900002:1: error: rows: \(words)"), "\(line): \(run)")
                    #expect(run.error.contains("nothing was written in pg.one"), "\(run)")
                    #expect(try await project.value(Self.fingerprint, "pg.one") == table)
                    #expect(try await project.value(Self.stages, "pg.one") == "0")
                }
            }
            try await expectRefusals(of: [0, 1, 2, 3], leaving: "0|0")
            try Self.writeFile(project)
            try await project.nexenv("seed")
            let loaded = try await project.value(Self.fingerprint, "pg.one")
            #expect(loaded.hasPrefix("1000000|"))
            try await expectRefusals(of: [0, 3], leaving: loaded)

            // One row differs: it alone is written.
            try Self.writeFile(project, "900001,code-900001,4711")
            let changed = try await project.nexenv("seed", "--json")
            #expect(changed.json["sets"].elements.map { $0["updated"].number } == [1])
            #expect(try await project.value("SELECT n FROM t WHERE id = 900001", "pg.one") == "4711")
            let written = "SELECT pg_stat_get_tuples_updated('t'::regclass) + pg_stat_get_tuples_deleted('t'::regclass)"
            let before = try await project.value(written, "pg.one")
            let same = try await project.nexenv("seed", "--fresh", "--json")
            #expect(same.json["sets"].elements.map { $0["unchanged"].number } == [1_000_000])
            #expect(try await project.value(written, "pg.one") == before)
            #expect(try await project.value(Self.stages, "pg.one") == "0")
        }
    }

    private static let fingerprint = "SELECT count(*) || '|' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM t"
    private static let stages = "SELECT count(*) FROM pg_class WHERE relname LIKE 'seed\\_stage%'"
}
