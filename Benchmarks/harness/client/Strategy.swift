import PostgresClient

/// A way to give each test a PostgreSQL database of its own.
///
/// An instance serves one test after another, so that it can keep what it would keep in a process of many tests.
protocol Strategy: AnyObject {
    /// Gets a database and logs in to it as the owner of its tables.
    func open() async throws -> PostgresConnection

    /// Gives the database back.
    ///
    /// - Parameter undoing: What undoes the test's own writes; only a strategy that looks after nothing needs to be told.
    func giveBack(_ connection: PostgresConnection, undoing: String) async throws

    /// Closes what was kept for the next test.
    func end() async
}

extension Strategy {
    func end() async {}
}
