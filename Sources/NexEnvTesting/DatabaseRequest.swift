import NexEnv

/// A database that a test asks for: which one, and what is in it.
///
/// ```swift
/// .postgres("auth")                          // with all sets of the environment
/// .postgres("auth", seeds: .sets("plans"))   // with some
/// .mongodb("nexus", seeds: .none)            // as init files and migrations make it
/// ```
public struct DatabaseRequest: Sendable, Hashable {
    /// Which sets a database is filled with.
    public struct Seeds: Sendable, Hashable {
        let choice: LeaseRequest.Seeds

        /// All sets that the environment fills it with.
        public static let all = Seeds(choice: .all)

        /// No set: what init files and migrations make.
        public static let none = Seeds(choice: .none)

        /// The sets of these names.
        public static func sets(_ names: String...) -> Seeds { Seeds(choice: .sets(names)) }
    }

    /// The kind of server, as `engine:` names it.
    let engine: String
    /// The service; the only one of its kind where nothing is said.
    let service: String?
    let database: String?
    let seeds: Seeds
    let isolation: Isolation

    /// A PostgreSQL database of the environment.
    ///
    /// - Parameters:
    ///   - database: Its name in the environment's file.
    ///   - service: The service that has it; needed where several PostgreSQL services have one of this name.
    ///   - seeds: The sets in it.
    ///   - isolation: How far it is from those of other tests.
    public static func postgres(
        _ database: String,
        in service: String? = nil,
        seeds: Seeds = .all,
        isolation: Isolation = .database
    ) -> DatabaseRequest {
        DatabaseRequest(engine: "postgres", service: service, database: database, seeds: seeds, isolation: isolation)
    }

    /// A TimescaleDB database of the environment.
    public static func timescaledb(
        _ database: String,
        in service: String? = nil,
        seeds: Seeds = .all,
        isolation: Isolation = .database
    ) -> DatabaseRequest {
        DatabaseRequest(engine: "timescaledb", service: service, database: database, seeds: seeds, isolation: isolation)
    }

    /// A MongoDB database of the environment.
    public static func mongodb(
        _ database: String,
        in service: String? = nil,
        seeds: Seeds = .all,
        isolation: Isolation = .database
    ) -> DatabaseRequest {
        DatabaseRequest(engine: "mongodb", service: service, database: database, seeds: seeds, isolation: isolation)
    }

    /// A logical Redis database of the environment; number 0 where nothing is said.
    public static func redis(
        _ database: String? = nil,
        in service: String? = nil,
        seeds: Seeds = .all,
        isolation: Isolation = .database
    ) -> DatabaseRequest {
        DatabaseRequest(engine: "redis", service: service, database: database, seeds: seeds, isolation: isolation)
    }
}
