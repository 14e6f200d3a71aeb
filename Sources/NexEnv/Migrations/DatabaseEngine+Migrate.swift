extension DatabaseEngine {
    /// Applies the migrations of databases that provisioning has found to have some left.
    ///
    /// - Parameters:
    ///   - purpose: What it is that runs, for others who wait.
    ///   - report: Told what is being done, in a few words.
    func migrate(
        _ databases: [String],
        on server: RunningServer,
        purpose: String,
        _ report: @escaping @Sendable (String) -> Void
    ) async throws -> Provisioned {
        guard let engine = self as? any MigratableEngine else { return Provisioned() }
        var options = MigrationOptions(purpose: purpose)
        options.lockTimeout = server.service.readyTimeout
        let folders = engine.migrationFolders.filter { databases.contains($0.name) }
        let all = try await folders.concurrentMap(limit: 4) { [options] folder in
            let log = MigrationLog()
            let result = try await engine.migrateUp(folder, on: server, options) { event in
                log.add(event)
                if let text = event.progress { report("\(folder.name): \(text)") }
            }
            var done = Provisioned(changes: result.done.map { "\(folder.name): \($0.name) applied" })
            done.notices = log.notices.map { "\(folder.name): \($0)" }
            return done
        }
        return all.reduce(into: Provisioned()) { $0 += $1 }
    }
}
