import Foundation

/// Removes templates and copies that nothing can lease any more.
package struct LeaseSweep: Sendable {
    private let stack: Stack
    /// Where the copies are kept track of.
    private let folder: String

    /// Creates a sweep of a project's own stack.
    package init(_ stack: Stack) { self.init(stack, folder: stack.project.leaseFolder) }

    init(_ stack: Stack, folder: String) {
        self.stack = stack
        self.folder = folder
    }

    /// Removes them from every service that runs.
    ///
    /// Only databases whose names are those of templates and copies are looked at, and no copy that a test has, nor its template.
    ///
    /// - Parameter recent: How many templates that aren't used any more stay: new ones may be made from them.
    /// - Returns: What was removed.
    func run(keeping recent: Int = 0) async throws -> [String] {
        var wanted = Set(LeaseSession.read(folder)?.sources.values.flatMap { [$0.digest] + $0.bases } ?? [])
        let unused = folders.filter { !wanted.contains($0) }
        let spared = Set(unused.prefix(recent))
        let observation = try await stack.observe()
        let secrets = try SecretStore(stack.project)
        var removed: [String] = []
        for service in stack.environment.services {
            guard let engine = service.engine as? any LeasableEngine,
                let observed = observation[service.name], observed.state == .running,
                let server = stack.running(service, observed, secrets)
            else { continue }
            // Copies come first: a template is in use as long as one of its copies is.
            for name in try await engine.leaseNames(on: server)
            where !wanted.contains(name.digest) && !spared.contains(name.digest) {
                guard let slot = name.slot else {
                    try await engine.remove(name, on: server)
                    removed.append("\(service.name).\(name.text)")
                    continue
                }
                // Whoever still has a copy holds its lock.
                let pool = "\(folder)/\(name.digest)"
                let lock = try SlotFile.tryTake(slot, in: pool)
                if lock == nil, FileManager.default.fileExists(atPath: pool) {
                    wanted.insert(name.digest)
                    continue
                }
                try await engine.remove(name, on: server)
                try lock?.write(.none)
                removed.append("\(service.name).\(name.text)")
            }
        }
        for name in unused where !wanted.contains(name) && !spared.contains(name) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        return removed
    }

    /// Removes them while nobody makes new ones, and what failed tests have left.
    ///
    /// - Returns: What was removed.
    package func runAlone() async throws -> [String] {
        try PrivateFile.makeFolder(folder)
        let lock = try await LeasePreparation.lock(folder)
        defer { withExtendedLifetime(lock) {} }
        try releaseKept()
        return try await run()
    }

    /// Has the copies that failed tests have left brought back by the next test that gets them.
    private func releaseKept() throws {
        for source in Set(LeaseSession.read(folder)?.sources.values.map(\.self) ?? []) {
            for number in 0..<source.slots {
                guard let slot = try SlotFile.tryTake(number, in: "\(folder)/\(source.digest)"),
                    case .kept(let state, let user) = slot.read()
                else { continue }
                try slot.write(.used(state, by: user))
            }
        }
    }

    /// The digests of all templates that were made here, the youngest first.
    private var folders: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let dated = names.filter { LeaseName("nexenv_t_\($0)")?.slot == nil && $0.utf8.count == 12 }.map { name in
            (name, (try? FileStatus(of: "\(folder)/\(name)"))?.changed ?? 0)
        }
        return dated.sorted { $0.1 > $1.1 }.map(\.0)
    }
}
