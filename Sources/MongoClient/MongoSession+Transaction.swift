import CLibMongoC

extension MongoSession {
    /// The identifier that the server knows transactions of this connection by.
    func transactionID() throws(MongoError) -> BSONDocument {
        var id = BSONDocument()
        let outcome = try call { _, error in
            guard let session = openSession(&error) else { return (false, BSONDocument()) }
            var length: UInt32 = 0
            let bytes = NXSessionID(session, &length)
            id = (try? BSONDocument(bytes: UnsafeBufferPointer(start: bytes, count: Int(length)))) ?? id
            return (true, id)
        }
        guard let error = outcome.error else { return id }
        throw error
    }

    /// Runs a transaction: commits when the closure returns, aborts when it throws.
    func transaction<Value>(_ body: (MongoTransaction) throws -> Value) throws -> Value {
        let begun = try call { _, error in
            guard let session = openSession(&error) else { return (false, BSONDocument()) }
            return (mongoc_client_session_start_transaction(session, nil, &error), BSONDocument())
        }
        if let error = begun.error { throw error }
        do {
            let value = try body(MongoTransaction(self))
            try commit()
            return value
        } catch {
            abort()
            throw error
        }
    }

    /// Runs a command in the transaction.
    func runInTransaction(_ command: BSONDocument, in database: String) throws(MongoError) -> BSONDocument {
        try check([database])
        return try callInTransaction { client, session, error in
            var reply = MongoReply()
            let isDone = NXRunCommandInSession(
                client,
                session,
                database,
                command.bytes,
                command.bytes.count,
                &reply.bytes,
                &reply.length,
                &error
            )
            return (isDone, reply.take())
        }
    }

    private func commit() throws(MongoError) {
        _ = try callInTransaction { _, session, error in
            var reply = MongoReply()
            let isDone = NXCommit(session, &reply.bytes, &reply.length, &error)
            return (isDone, reply.take())
        }
    }

    /// Calls libmongoc with the session, unless its transaction is gone: a lost connection takes it along, and what runs then
    /// would run without one.
    private func callInTransaction(
        _ body: (OpaquePointer, OpaquePointer, inout bson_error_t) -> (Bool, BSONDocument)
    ) throws(MongoError) -> BSONDocument {
        var isGone = false
        let outcome = try call { client, error in
            guard let session = openSession(&error), mongoc_client_session_in_transaction(session) else {
                isGone = true
                return (false, BSONDocument())
            }
            return body(client, session, &error)
        }
        if isGone { throw MongoError(.connectionLost, "The transaction is gone.") }
        if let error = outcome.error { throw error }
        return outcome.reply
    }

    /// Gives the transaction up; one whose connection is gone is given up by the server, after a minute.
    private func abort() {
        _ = try? call { _, error in
            guard let session = openSession(&error) else { return (false, BSONDocument()) }
            guard mongoc_client_session_in_transaction(session) else { return (true, BSONDocument()) }
            return (mongoc_client_session_abort_transaction(session, &error), BSONDocument())
        }
    }
}

/// A transaction as seen from inside its connection's own executor: every call is plain, synchronous and blocks.
///
/// ``MongoConnection/transaction(_:)`` hands one to its closure. It isn't `Sendable`, so it can't leave the closure.
public final class MongoTransaction {
    private let session: MongoSession

    init(_ session: MongoSession) {
        self.session = session
    }

    /// Runs a command in the transaction; see ``MongoConnection/run(_:in:)``.
    @discardableResult
    public func run(_ command: BSONDocument, in database: String) throws(MongoError) -> BSONDocument {
        try session.runInTransaction(command, in: database)
    }
}
