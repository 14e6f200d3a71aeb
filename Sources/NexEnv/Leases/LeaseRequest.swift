/// A database that a test asks for.
package struct LeaseRequest: Sendable, Hashable {
    /// Which sets it is filled with.
    package enum Seeds: Sendable, Hashable {
        /// All that the mode gets.
        case all
        case none
        case sets([String])
    }

    /// The engine's name, as in `engine:`.
    package var engine: String
    /// The service; nothing for the only one that has such a database.
    package var service: String?
    /// The database; nothing where the server has a single one without a name.
    package var database: String?
    package var seeds: Seeds

    package init(engine: String, service: String? = nil, database: String?, seeds: Seeds) {
        self.engine = engine
        self.service = service
        self.database = database
        self.seeds = seeds
    }

    /// Whether all that a test does through one connection can be rolled back.
    package var rollsBack: Bool { EngineRegistry.leasable(named: engine)?.rollsBack ?? false }

    /// Stands for the request in the session's file, and for its place among others.
    var key: String {
        let sets =
            switch seeds {
            case .all: "*"
            case .none: ""
            case .sets(let names): names.sorted().joined(separator: ",")
            }
        return [engine, service ?? "", database ?? "", sets].joined(separator: "|")
    }

    /// Finds the service that is meant.
    ///
    /// - Throws: ``NexEnvError`` with code `not-found` where none is, or more than one.
    func service(in environment: Environment) throws -> Service {
        let candidates = environment.services.filter { candidate in
            guard let leasable = candidate.engine as? any LeasableEngine else { return false }
            guard type(of: candidate.engine).name == engine, service == nil || service == candidate.name else {
                return false
            }
            return leasable.replaceableDatabases.contains(database)
        }
        if let only = candidates.first, candidates.count == 1 { return only }
        let what = [service, database].compactMap { $0 }.joined(separator: ".")
        if candidates.isEmpty {
            let known = environment.services.filter { type(of: $0.engine).name == engine }.flatMap { service in
                ((service.engine as? any DatabaseEngine)?.databaseNames ?? []).map { "\(service.name).\($0)" }
            }
            throw NexEnvError(
                .notFound,
                "\(environment.name) has no \(engine) database `\(what)`",
                hint: known.isEmpty ? nil : "there are \(known.joined(separator: ", "))"
            )
        }
        let names = candidates.map { "`\($0.name)`" }.joined(separator: ", ")
        throw NexEnvError(
            .notFound,
            "several services have a \(engine) database `\(what)`: \(names)",
            hint: "name one, with `in:`"
        )
    }
}
