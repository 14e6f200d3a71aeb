/// An engine whose server is PostgreSQL, whatever else is in it.
package protocol PostgresKind: DatabaseEngine {
    /// What PostgreSQL is told.
    var postgres: Postgres { get }
}

extension Postgres: PostgresKind {
    package var postgres: Postgres { self }
}

extension TimescaleDB: PostgresKind {}

extension PostgresKind {
    /// Returns why a service isn't PostgreSQL; nothing where it is.
    static func problem(with service: Service) -> String? {
        service.engine is any PostgresKind ? nil : "`\(service.name)` is no PostgreSQL server"
    }
}
