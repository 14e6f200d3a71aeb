import Foundation
import Testing

extension MigrateTests {
    /// `docs/migrations.md`, run as it stands there.
    @Suite(.waitsForSlots)
    struct Document {
        @Test("every example does what it says", .docker, .native, arguments: Place.allCases)
        func examples(_ place: Place) async throws {
            let document = try DocumentExamples("migrations.md")
            #expect(document.examples.count > 10)
            try await ProjectFixture.with("migrate-docs-\(place.rawValue)") { project in
                try await document.run(in: project, place)
            }
        }

        @Test("the names of other tools' files are names of migrations")
        func names() async throws {
            let rows = try DocumentExamples("migrations.md").text.split(separator: "\n").filter {
                $0.contains(".sql` |")
            }
            #expect(rows.count == 3)
            try await ProjectFixture.with("migrate-docnames") { project in
                for (number, row) in rows.enumerated() {
                    let names = row.split(separator: "`").filter { $0.hasSuffix(".sql") }
                    #expect(!names.isEmpty)
                    for name in names { try project.write("db\(number)/\(name)", "SELECT 1;\n") }
                }
                let databases = rows.indices.map { "d\($0): { migrations: db\($0) }" }.joined(separator: ", ")
                try project.write(
                    "nexenv.yaml",
                    "services: { pg: { engine: postgres, databases: { \(databases) } } }\n"
                )
                try await project.nexenv("validate")
            }
        }
    }
}
