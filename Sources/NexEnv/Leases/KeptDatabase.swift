/// A copy that a test which failed has left, found by the name that it was told with.
package struct KeptDatabase: Sendable {
    package let stack: Stack
    package let place: DatabasePlace
    package let address: DatabaseAddress

    /// Finds one among those of a project's own stack and of all runs of this user.
    ///
    /// - Parameter own: The project's stack, where there is a project.
    /// - Throws: ``NexEnvError`` with code `not-found`.
    package static func find(_ name: String, own: Stack?) async throws -> KeptDatabase {
        if let copy = LeaseName(name), let slot = copy.slot {
            let folders = (own.map { [$0.project.leaseFolder] } ?? []) + TestRun.all.map(\.leaseFolder)
            for folder in folders {
                guard let source = LeaseSession.read(folder)?.sources.values.first(where: { $0.digest == copy.digest }),
                    let engine = EngineRegistry.leasable(named: source.engine)
                else { continue }
                let stack =
                    if let own, folder == own.project.leaseFolder { own } else {
                        try TestRun.stack(ofLeaseFolder: folder)
                    }
                let address = try engine.keeper(of: source, folder: "\(folder)/\(source.digest)").address(of: slot)
                return KeptDatabase(stack: stack, place: source.place, address: address)
            }
        }
        let parts = name.split(separator: ".", maxSplits: 2).map(String.init)
        if parts.count >= 2, let run = TestRun.all.first(where: { $0.name == parts[0] }) {
            let place = DatabasePlace(service: parts[1], database: parts.count > 2 ? parts[2] : nil)
            let stack = try run.stack()
            if let server = try await stack.server(place.service),
                let address = (server.service.engine as? any AddressedEngine)?.address(of: place.database, on: server)
            {
                return KeptDatabase(stack: stack, place: place, address: address)
            }
        }
        throw NexEnvError(
            .notFound,
            "there is no copy `\(name)`",
            hint: "`nexenv test status` lists those that were kept; a run that has ended took its copies with it"
        )
    }
}
