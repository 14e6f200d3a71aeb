/// How far a test's database is from those of other tests.
public enum Isolation: Sendable, Hashable {
    /// A copy of its own: commits, several connections and changes of the schema are all right, and undone afterwards.
    case database

    /// One connection, whose transaction is rolled back: the fastest, for tests that go through ``LeasedPostgres/connect()``.
    ///
    /// Transactions of the code under test are savepoints then, if it begins them by `PostgresConnection.transaction`. It must
    /// not commit by a statement of its own, and numbers that sequences have given are gone. PostgreSQL and TimescaleDB only.
    case transaction

    /// A server of its own, for what all databases of a server share: roles, settings, restarts, Redis' scripts and channels.
    ///
    /// It takes as long as the server needs to start, and is gone afterwards.
    case server
}
