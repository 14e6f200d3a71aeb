import Foundation
import PostgresClient
import Testing

extension ShippedEnvironment {
    /// Dumps a database, breaks it and puts the dump in its place, with the commands of the READMEs; all rows are there
    /// afterwards, and what nexenv has noted as well, so that seeding has nothing to do.
    func expectRestored(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let file = project.folder + "/backup.sql"
        let before = try await digests(target)
        let dump = try await Program.run(
            Self.program("pg_dump"),
            ["--create", "--clean", "--if-exists", "--file", file, project.url(target)]
        )
        #expect(dump.status == 0, "\(dump)", sourceLocation: sourceLocation)
        let tables = before.keys.sorted().joined(separator: ", ")
        try await project.postgres(target) { _ = try await $0.execute("DROP TABLE \(tables) CASCADE") }
        let superuser = try await project.url(String(target.prefix { $0 != "." }))
        let restored = try await Program.run(
            Self.program("psql"),
            ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file, superuser]
        )
        #expect(restored.status == 0, "\(restored)", sourceLocation: sourceLocation)
        let after = try await digests(target)
        #expect(after == before, sourceLocation: sourceLocation)
        try await expectSeededAgainWithoutChanges(sourceLocation: sourceLocation)
    }

    /// A digest of all rows of each table.
    private func digests(_ target: String) async throws -> [String: String] {
        var digests: [String: String] = [:]
        for table in try await tables(target) {
            let rows = "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM \(table) AS t"
            digests[table] = try await project.value(rows, target)
        }
        return digests
    }

    /// The newest program of PostgreSQL's of this machine: a dump wants one that is not older than the server.
    private static func program(_ name: String) -> String {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return folders.compactMap { Int($0) }.max().map { "/usr/lib/postgresql/\($0)/bin/\(name)" } ?? name
    }
}
