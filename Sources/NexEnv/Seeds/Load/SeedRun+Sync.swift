extension SeedRun {
    /// The collections that indexes are kept like.
    func wantedSyncs(_ book: SeedBook) -> [SeedBook.Sync] {
        // A database that is built anew isn't in use yet.
        guard request.replacements.isEmpty else { return [] }
        return book.syncs.filter { request.sets.isEmpty || request.sets.contains($0.name) }
    }

    /// Brings indexes up to their collections, which have all their rows by now.
    func keepAlike(_ syncs: [SeedBook.Sync], _ secrets: SecretStore) async throws -> [SeedOutcome] {
        guard !syncs.isEmpty else { return [] }
        let observation = try await stack.observe()
        var outcomes: [SeedOutcome] = []
        for sync in syncs {
            guard let source = try server(of: sync.sync.source, observation, secrets),
                let target = try server(of: sync.sync.target, observation, secrets),
                let reader = source.service.engine as? any SyncSourceEngine,
                let writer = target.service.engine as? any SyncTargetEngine
            else { continue }
            let run = SyncRun(
                name: sync.name,
                sync: sync.sync,
                position: sync.position,
                isPlan: request.isPlan,
                isFresh: request.isFresh,
                report: onEvent
            )
            let outcome = try await reader.withSyncSource(sync.sync, on: source) { reading in
                try await writer.withSyncTarget(sync.sync, on: target) { try await run.run(reading, $0) }
            }
            onEvent(.finished(outcome))
            outcomes.append(outcome)
        }
        return outcomes
    }
}
