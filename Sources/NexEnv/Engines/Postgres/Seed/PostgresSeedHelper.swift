import PostgresClient

/// A second session that takes half of the rows of a large stage, so that two processes of the server read them.
///
/// What a transaction has made no other session sees, so stages of this kind are tables that stay; the loader removes them.
final class PostgresSeedHelper {
    private let configuration: PostgresConfiguration
    private var session: PostgresSession?

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// Makes a stage, fills it and returns how many rows it has.
    ///
    /// - Parameters:
    ///   - stage: The name of the stage, where an earlier run may have left one.
    ///   - definition: The query whose columns it has.
    ///   - main: The session whose transaction needs the rows.
    ///   - rows: Hands over the rows, some at a time.
    /// - Throws: ``PostgresError`` where the two don't get through, for whatever reason: the main session is in a failed
    ///   transaction then. What `rows` throws.
    func fill(
        _ stage: String,
        like definition: String,
        columns: String,
        with main: PostgresSession,
        _ rows: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> Int {
        let session = try openSession()
        _ = try session.execute("DROP TABLE IF EXISTS \(stage)")
        _ = try session.execute("CREATE UNLOGGED TABLE \(stage) AS \(definition) WITH NO DATA")
        let statement = "COPY \(stage) (\(columns)) FROM STDIN"
        var isHelpersTurn = false
        var helped = 0
        let own = try main.copyIn(statement) { write in
            // The compiler takes one closure inside another for a way to call it twice at once.
            try withoutActuallyEscaping(write) { write in
                helped = try session.copyIn(statement) { writeToHelper in
                    try withoutActuallyEscaping(writeToHelper) { writeToHelper in
                        try rows { bytes in
                            try isHelpersTurn ? writeToHelper(bytes) : write(bytes)
                            isHelpersTurn.toggle()
                        }
                    }
                }.affectedRows
            }
        }.affectedRows
        return own + helped
    }

    private func openSession() throws -> PostgresSession {
        if let session { return session }
        let session = try PostgresSession.open(configuration)
        // The transaction of the main session may hold a lock that this one would wait for without an end.
        let settings = PostgresSeedLoader.settings + ["lock_timeout = '1s'"]
        _ = try session.execute(settings.map { "SET \($0)" }.joined(separator: "; "))
        self.session = session
        return session
    }

    /// Removes stages that a run has left.
    static let cleanUp = """
        DO $$ DECLARE stage regclass; BEGIN
            FOR stage IN SELECT oid FROM pg_class WHERE relnamespace = 'nexenv'::regnamespace AND relname LIKE 'seed\\_stage\\_%'
            LOOP EXECUTE 'DROP TABLE ' || stage; END LOOP;
        END $$
        """
}
