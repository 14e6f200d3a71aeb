import Foundation

/// Removes templates and copies that nothing can lease any more.
package struct LeaseSweep: Sendable {
    private let stack: Stack

    package init(_ stack: Stack) {
        self.stack = stack
    }

    /// Removes them from every service that runs.
    ///
    /// Only databases whose names are those of templates and copies are looked at, and no copy that a test has.
    ///
    /// - Returns: What was removed.
    package func run() async throws -> [String] {
        let folder = stack.project.folder + "/test"
        let wanted = Set(LeaseSession.read(folder)?.sources.values.map(\.digest) ?? [])
        let observation = try await stack.observe()
        let secrets = try SecretStore(stack.project)
        var removed: [String] = []
        for service in stack.environment.services {
            guard let engine = service.engine as? any LeasableEngine,
                let observed = observation[service.name], observed.state == .running,
                let server = stack.running(service, observed, secrets)
            else { continue }
            for name in try await engine.leaseNames(on: server) where !wanted.contains(name.digest) {
                // Whoever still has a copy holds its lock.
                let lock = try name.slot.flatMap { slot -> SlotFile? in
                    try SlotFile.tryTake(slot, in: "\(folder)/\(name.digest)")
                }
                guard
                    name.slot == nil || lock != nil
                        || !FileManager.default.fileExists(atPath: "\(folder)/\(name.digest)")
                else {
                    continue
                }
                try await engine.remove(name, on: server)
                removed.append("\(service.name).\(name.text)")
                withExtendedLifetime(lock) {}
            }
        }
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in folders where name.utf8.count == 12 && !wanted.contains(name) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        return removed
    }
}
