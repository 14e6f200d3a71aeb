/// An engine whose databases can be built anew beside the ones in use, and then put in their place.
package protocol ReplaceableEngine: SeedableEngine {
    /// The databases that can be replaced; nothing for one without a name.
    var replaceableDatabases: [String?] { get }

    /// Makes room for a database like a declared one.
    ///
    /// - Parameter database: The declared one; nothing where the server has a single database without a name.
    func replacement(for database: String?, on server: RunningServer) async throws -> any DatabaseReplacement
}

extension ReplaceableEngine {
    package var replaceableDatabases: [String?] { databaseNames }
}

/// A database that is filled beside the one in use and takes its place.
///
/// Whenever the process ends, the one in use is whole: it is the old one until ``takeOver()``, and the new one afterwards.
/// What a killed run has left behind goes with the next `up`.
package protocol DatabaseReplacement: Sendable {
    /// An engine that declares nothing but the new database; what acts on the server as a whole is left out.
    var engine: any SeedableEngine { get }

    /// The new database's name on the server while it is filled.
    var name: String? { get }

    /// Puts it in the place of the one in use, whose content is gone then.
    func takeOver() async throws

    /// Gives it up.
    func discard() async
}

extension DatabaseReplacement {
    /// Makes what comes before seeds: the database, what init files make in it, its migrations.
    ///
    /// - Parameters:
    ///   - purpose: What it is that runs, for others who wait.
    ///   - report: Told what is being done, in a few words.
    func build(
        on server: RunningServer,
        purpose: String,
        _ report: @escaping @Sendable (String) -> Void
    ) async throws -> Provisioned {
        var done = try await engine.provision(server, ProvisionProgress(report: report))
        done += try await engine.migrate(done.unmigrated, on: server, purpose: purpose, report)
        return done
    }
}

/// Names a database of an environment: `postgres.auth`.
package struct DatabasePlace: Sendable, Hashable, Codable {
    package var service: String
    /// Nothing where a server has a single database without a name.
    package var database: String?

    package init(service: String, database: String?) {
        self.service = service
        self.database = database
    }
}

extension DatabasePlace: CustomStringConvertible {
    package var description: String { [service, database].compactMap { $0 }.joined(separator: ".") }
}
