#if MongoDB
import MongoClient

/// A database beside the declared ones, that nobody else uses as long as its lock is held.
///
/// The lock is the first thing in the database: whoever finds a database of such a name without one, or with a dead one's, puts
/// an end to it.
struct MongoScratchDatabase: Sendable {
    let name: String
    private let turn: MongoTurn
    private let login: MongoConfiguration

    /// Takes a name, and makes the database with nothing but its lock in it.
    init(_ login: MongoConfiguration, purpose: String) async throws {
        self.login = login
        name = ScratchName.random().name
        turn = Self.turn(name, login, purpose: purpose)
        let isOurs = try await MongoConnection.withConnection(to: login) { [turn] connection in
            try await turn.tryTake(connection) == nil
        }
        guard isOurs else { throw NexEnvError(.bug, "a random number came twice") }
    }

    /// Runs a body with a database, and drops it afterwards.
    static func with<Value: Sendable>(
        _ login: MongoConfiguration,
        purpose: String,
        _ body: @Sendable (String) async throws -> Value
    ) async throws -> Value {
        try await MongoConnection.withConnection(to: login) { try await removeAbandoned($0, login) }
        let scratch = try await MongoScratchDatabase(login, purpose: purpose)
        do {
            let value = try await body(scratch.name)
            await scratch.drop()
            return value
        } catch {
            await scratch.drop()
            throw error
        }
    }

    /// Drops the database; where it can't be, it is the next run's to drop.
    ///
    /// By a log-in of its own, and shielded: the run may be ending because it was cancelled, in the middle of a command.
    func drop() async {
        await Task.detached {
            _ = try? await MongoConnection.withConnection(to: login) { connection in
                try await Self.drop(name, connection)
                await turn.release(connection)
            }
        }.value
    }

    /// Ends what runs that were killed have left behind: a database that was complete takes the place that it was made for,
    /// any other is dropped.
    ///
    /// - Parameter patience: How long the server may take to end what it still does for such a run.
    static func removeAbandoned(
        _ connection: MongoConnection,
        _ login: MongoConfiguration,
        patience: Duration = .seconds(1)
    ) async throws {
        for name in try await names(connection) {
            // Who migrated in it may have left a transaction open, which would hold dropping up.
            let turns = [
                turn(name, login, purpose: "nexenv up"), MongoTurn(name, login, purpose: "nexenv up"),
            ]
            do {
                var isOurs = try await Turn.isTaken(within: patience) {
                    // The lock is being written: only then it says who has it.
                    if try await !turns[0].isWritten(connection), try await used(connection).contains(name) {
                        return LockHolder(name: name)
                    }
                    return try await turns[0].tryTake(connection)
                }
                if isOurs {
                    isOurs = try await Turn.isTaken(within: patience) { try await turns[1].tryTake(connection) }
                }
                if isOurs {
                    isOurs = try await Turn.isTaken(within: patience) {
                        try await used(connection).contains(name) ? LockHolder(name: name) : nil
                    }
                }
                if isOurs {
                    if let move = try await MongoMove.read(from: name, connection) { try await move.finish(connection) }
                    try await drop(name, connection)
                }
            } catch {
                // Somebody else drops it right now (`DatabaseDropPending`).
                guard (error as? MongoError)?.serverCode == 215 else { throw error }
            }
            for turn in turns { await turn.release(connection) }
        }
    }

    /// The databases that have such a name, and those that the server is making.
    static func names(_ connection: MongoConnection) async throws -> Set<String> {
        let reply = try await connection.run(["listDatabases": 1, "nameOnly": true], in: "admin")
        let existing = (reply["databases"]?.array ?? []).compactMap { $0.document?["name"]?.string }
        return Set(existing).union(try await used(connection)).filter { ScratchName($0) != nil }
    }

    /// The databases in which the server does something right now, also for a client that is gone.
    private static func used(_ connection: MongoConnection) async throws -> Set<String> {
        let command: BSONDocument = ["currentOp": 1, "ns": ["$regex": "^nexenv_scratch_"], "opid": ["$exists": true]]
        let operations = try await connection.run(command, in: "admin")["inprog"]?.array ?? []
        return Set(
            operations.compactMap { $0.document?["ns"]?.string?.split(separator: ".").first.map(String.init) }
        )
    }

    private static func turn(_ name: String, _ login: MongoConfiguration, purpose: String) -> MongoTurn {
        MongoTurn(name, login, purpose: purpose, of: "scratch")
    }

    private static func drop(_ name: String, _ connection: MongoConnection) async throws {
        try await connection.run(["dropAllUsersFromDatabase": 1], in: name)
        try await connection.run(["dropAllRolesFromDatabase": 1], in: name)
        try await connection.run(["dropDatabase": 1], in: name)
    }
}
#endif
