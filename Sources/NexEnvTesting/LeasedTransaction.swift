import NexEnv
import PostgresClient

/// A copy with one connection in a transaction that is never committed.
struct LeasedTransaction: LeasedCopy {
    let connection: PostgresConnection
    private let copy: LeasedDatabase
    private let request: LeaseRequest
    private let pool: TransactionPool

    var place: DatabasePlace { copy.place }
    var address: DatabaseAddress { copy.address }

    /// Begins the transaction in a copy that nobody else has.
    ///
    /// - Parameter connection: A connection to it that an earlier test has left.
    static func begin(
        in copy: LeasedDatabase,
        with connection: PostgresConnection? = nil,
        _ request: LeaseRequest,
        _ pool: TransactionPool
    ) async throws -> LeasedTransaction {
        let connection =
            if let connection { connection } else {
                try await PostgresConnection.connect(to: PostgresConfiguration(copy.address))
            }
        // A setting that is gone with the transaction tells whether it is still the same one at the end.
        _ = try await connection.execute("BEGIN; SET LOCAL nexenv.test = 'on'")
        return LeasedTransaction(connection: connection, copy: copy, request: request, pool: pool)
    }

    func giveBack() async throws -> [String] {
        do {
            if try await isOpen {
                _ = try await connection.execute("ROLLBACK")
                _ = try await connection.execute("DISCARD ALL")
                return try await pool.take(back: copy, connection, request)
            }
            await connection.close()
            return ["a transaction that the test has committed"] + (try await copy.giveBack())
        } catch is PostgresError {
            // The test has closed it, or the server.
            await connection.close()
            return try await copy.giveBack()
        }
    }

    /// Whether the transaction is the one that was begun.
    private var isOpen: Bool {
        get async throws(PostgresError) {
            do {
                let row = try await connection.query("SELECT current_setting('nexenv.test', true)")[0]
                return row[0].string == "on"
            } catch {
                // A statement has failed, so nothing of it can be committed.
                guard error.sqlState == "25P02" else { throw error }
                return true
            }
        }
    }

    func keep() async throws -> String? {
        _ = try? await connection.execute("COMMIT")
        await connection.close()
        return try await copy.keep()
    }
}
