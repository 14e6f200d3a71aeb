/// Makes a template: from a template that has most of it already, where there is one, else from nothing.
struct LeaseTemplateBuilder: Sendable {
    let folder: String
    let engine: any LeasableEngine
    let server: RunningServer
    let stack: Stack

    /// Makes the template of a source.
    ///
    /// - Parameter chain: The digests of its database without sets, after each migration.
    func build(_ source: LeaseSource, _ sets: [SeedBook.Entry], _ chain: [String]) async throws {
        let known = Set(try await engine.leaseNames(on: server).filter { $0.slot == nil }.map(\.digest))
        var bases = chain.dropLast().reversed().filter(known.contains)
        if let base = source.bases.first {
            // Other sets, and migrations to come, start from there.
            if !known.contains(base) {
                var plain = source
                plain.digest = base
                plain.bases = []
                try await build(plain, [], from: bases)
            }
            bases = [base]
        }
        try await build(source, sets, from: bases)
    }

    /// Makes a template from the first of others that will do: one to which migrations can't be added is no reason to fail.
    private func build(_ source: LeaseSource, _ sets: [SeedBook.Entry], from bases: [String]) async throws {
        if let base = bases.first {
            do {
                return try await build(source, sets, from: LeaseName(digest: base))
            } catch let error as CancellationError {
                throw error
            } catch {
                // From nothing, then; what is wrong with the files is said there too.
            }
        }
        try await build(source, sets, from: nil)
    }

    private func build(_ source: LeaseSource, _ sets: [SeedBook.Entry], from base: LeaseName?) async throws {
        let pool = folder + "/" + source.digest
        try PrivateFile.makeFolder(pool)
        let replacement = try await engine.replacement(for: source.place.database, on: server)
        do {
            if let base { _ = try await engine.copy(base, into: replacement, on: server) }
            _ = try await replacement.build(on: server, purpose: "nexenv test") { _ in }
            if !sets.isEmpty {
                var request = SeedRun.Request()
                request.sets = sets.map(\.name)
                request.replacements = [source.place: replacement]
                _ = try await SeedRun(stack, request, onEvent: { _ in }).seed()
            }
            try await engine.seal(replacement, as: source, folder: pool, on: server)
            await replacement.discard()
        } catch {
            await replacement.discard()
            throw error
        }
    }
}
