import Synchronization

/// Brings databases back to what the file says: init files, migrations and seeds, and nothing else.
///
/// Each one is built anew beside the one in use. Only when all of them are complete do they take their places: a failure
/// before that changes nothing.
package struct Reset: Sendable {
    /// What came of it.
    package struct Result: Sendable {
        package var databases: [DatabasePlace]
        package var seeds: [SeedOutcome]
        /// What the user's own scripts had to say.
        package var notices: [String]
        package var seconds: Double
    }

    package let stack: Stack

    /// The databases, in the file's order.
    package let places: [DatabasePlace]
    private let onEvent: @Sendable (SeedEvent) -> Void

    /// - Parameters:
    ///   - names: `service` or `service.database`; all that no profile holds back when there is none.
    ///   - profiles: The profiles that are switched on.
    /// - Throws: ``NexEnvError`` for a name that there is no database of.
    package init(
        _ stack: Stack,
        _ names: [String],
        profiles: Set<String> = [],
        onEvent: @escaping @Sendable (SeedEvent) -> Void
    ) throws {
        self.stack = stack
        self.onEvent = onEvent
        places = try Self.places(names, profiles, stack.environment)
    }

    package func run() async throws -> Result {
        let start = ContinuousClock.now
        let work = Work()
        return try await stack.project.withLock(
            "nexenv reset",
            onWait: { onEvent(.waiting(database: "reset", reason: "waiting for \($0)")) }
        ) {
            do {
                let seeds = try await build(work)
                for place in places {
                    guard let replacement = work.replacements[place] else { continue }
                    try Task.checkCancellation()
                    onEvent(.preparing(database: "\(place)", detail: "taking over"))
                    try await replacement.takeOver()
                    work.note(done: place)
                }
                return Result(
                    databases: places,
                    seeds: seeds,
                    notices: work.notices,
                    seconds: (ContinuousClock.now - start).seconds
                )
            } catch {
                await discard(work)
                throw explained(error, work)
            }
        }
    }

    /// Makes the new databases, and fills them.
    private func build(_ work: Work) async throws -> [SeedOutcome] {
        let environment = stack.environment
        let services = environment.services.filter { service in places.contains { $0.service == service.name } }
        try EnvironmentCheck.checkFiles(of: services)
        let observation = try await stack.observe()
        let secrets = try SecretStore(stack.project)
        var servers: [String: RunningServer] = [:]
        for service in services {
            guard let observed = observation[service.name], observed.state == .running,
                let server = stack.running(service, observed, secrets)
            else {
                let hint = observation.problems.values.first?.message ?? "`nexenv up` starts it"
                throw NexEnvError(.notRunning, "it isn't running", service: service.name, hint: hint)
            }
            servers[service.name] = server
        }
        try await places.concurrentForEach(limit: 4) { [servers] place in
            guard let server = servers[place.service] else { return }
            try await make(place, server, work)
        }
        var request = SeedRun.Request()
        request.replacements = work.replacements
        return try await SeedRun(stack, request, onEvent: onEvent).seed().outcomes
    }

    private func make(_ place: DatabasePlace, _ server: RunningServer, _ work: Work) async throws {
        guard let engine = server.service.engine as? any ReplaceableEngine else { return }
        let report: @Sendable (String) -> Void = { onEvent(.preparing(database: "\(place)", detail: $0)) }
        report("making a new one")
        let replacement = try await engine.replacement(for: place.database, on: server)
        work.add(replacement, for: place)
        let names = Renaming(replacement, place)
        let named: @Sendable (String) -> Void = { report(names.renamed($0)) }
        let done = try await replacement.build(on: server, purpose: "nexenv reset", named)
        work.note(done.notices.map { "\(place.service): \(names.renamed($0))" })
        onEvent(.prepared(database: "\(place)"))
    }

    private func discard(_ work: Work) async {
        for (place, replacement) in work.replacements where !work.done.contains(place) { await replacement.discard() }
    }

    // MARK: - Names

    private static func places(
        _ names: [String],
        _ profiles: Set<String>,
        _ environment: Environment
    ) throws -> [DatabasePlace] {
        var selection = ServiceSelection(names: [], profiles: profiles)
        guard !names.isEmpty else {
            return try selection.services(of: environment).flatMap { service in
                replaceable(service).map { DatabasePlace(service: service.name, database: $0) }
            }
        }
        var wanted: Set<DatabasePlace> = []
        for name in names {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            selection.names = [parts.first ?? name]
            guard let service = try selection.services(of: environment).first else { continue }
            let known = replaceable(service)
            guard !known.isEmpty else {
                throw NexEnvError(.notFound, "it has no databases", service: service.name)
            }
            guard parts.count > 1 else {
                wanted.formUnion(known.map { DatabasePlace(service: service.name, database: $0) })
                continue
            }
            guard known.contains(parts[1]) else {
                let hint = Suggestion.hint(for: parts[1], among: known.compactMap(\.self), noun: "databases")
                throw NexEnvError(.notFound, "it has no database `\(parts[1])`", service: service.name, hint: hint)
            }
            wanted.insert(DatabasePlace(service: service.name, database: parts[1]))
        }
        return environment.services.flatMap { service in
            replaceable(service).map { DatabasePlace(service: service.name, database: $0) }.filter(wanted.contains)
        }
    }

    private static func replaceable(_ service: Service) -> [String?] {
        (service.engine as? any ReplaceableEngine)?.replaceableDatabases ?? []
    }

    // MARK: - Errors

    /// Says what became of the databases, under the names that the user knows.
    private func explained(_ error: any Error, _ work: Work) -> any Error {
        var error = error
        for (place, replacement) in work.replacements { error = Renaming(replacement, place).renamed(error) }
        let done = places.filter(work.done.contains)
        let hint =
            done.isEmpty
            ? "nothing was reset: all is as it was"
            : "\(done.map { "`\($0)`" }.joined(separator: ", ")) reset already, the others are as they were"
        switch error {
        case let diagnostics as Diagnostics: return diagnostics.adding(hint: hint)
        case var error as NexEnvError where !work.replacements.isEmpty:
            error.hint = [error.hint, hint].compactMap { $0 }.joined(separator: "; ")
            return error
        default: return error
        }
    }

    /// Says the name of a database where what we were told has the one of its stand-in.
    private struct Renaming: Sendable {
        let old: String
        let new: String

        init(_ replacement: any DatabaseReplacement, _ place: DatabasePlace) {
            old = replacement.name ?? ""
            new = place.database ?? ""
        }

        func renamed(_ text: String) -> String { old.isEmpty ? text : text.replacing(old, with: new) }

        func renamed(_ error: any Error) -> any Error {
            switch error {
            case var diagnostics as Diagnostics:
                for index in diagnostics.all.indices {
                    diagnostics.all[index].message = renamed(diagnostics.all[index].message)
                    diagnostics.all[index].hint = diagnostics.all[index].hint.map(renamed)
                }
                return diagnostics
            case var error as NexEnvError:
                error.message = renamed(error.message)
                error.hint = error.hint.map(renamed)
                error.database = error.database.map(renamed)
                return error
            default: return error
            }
        }
    }

    /// What a run has made so far.
    private final class Work: Sendable {
        private struct State {
            var replacements: [DatabasePlace: any DatabaseReplacement] = [:]
            var done: Set<DatabasePlace> = []
            var notices: [String] = []
        }

        private let state = Mutex(State())

        var replacements: [DatabasePlace: any DatabaseReplacement] { state.withLock { $0.replacements } }
        var done: Set<DatabasePlace> { state.withLock { $0.done } }
        var notices: [String] { state.withLock { $0.notices } }

        func add(_ replacement: any DatabaseReplacement, for place: DatabasePlace) {
            state.withLock { $0.replacements[place] = replacement }
        }
        func note(done place: DatabasePlace) { state.withLock { _ = $0.done.insert(place) } }
        func note(_ notices: [String]) { state.withLock { $0.notices += notices } }
    }
}
