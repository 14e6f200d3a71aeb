import CLibMongoC
import ClientTransport

/// The client of one connection; every call is synchronous and blocks.
final class MongoSession {
    private let configuration: MongoConfiguration
    private var handle: MongoHandle?
    private var isClosed = false

    init(_ configuration: MongoConfiguration) {
        self.configuration = configuration
    }

    /// Closes the connection; closing twice is fine.
    func close() {
        handle = nil
        isClosed = true
    }

    /// Runs a command and returns the server's reply.
    ///
    /// - Parameters:
    ///   - command: The command, its name first.
    ///   - database: The database to run it in.
    ///   - limit: When to give up, whatever the configuration says.
    /// - Returns: The reply.
    /// - Throws: ``MongoError``.
    func run(
        _ command: BSONDocument,
        in database: String,
        limit: Deadline? = nil
    ) throws(MongoError) -> BSONDocument {
        try check([database])
        let outcome = try call(limit: limit) { client, error in
            var reply = MongoReply()
            let isDone = NXRunCommand(
                client,
                database,
                command.bytes,
                command.bytes.count,
                &reply.bytes,
                &reply.length,
                &error
            )
            return (isDone, reply.take())
        }
        guard let error = outcome.error else { return outcome.reply }
        throw error
    }

    /// Inserts documents and returns how many there were.
    func insert(
        _ documents: some Sequence<BSONDocument>,
        into collection: String,
        in database: String,
        ordered: Bool
    ) throws(MongoError) -> Int {
        try check([collection, database])
        var count = 0
        let outcome = try call { client, error in
            let bulk = NXBulkCreate(client, database, collection, ordered)
            defer { mongoc_bulk_operation_destroy(bulk) }
            for document in documents {
                guard NXBulkInsert(bulk, document.bytes, document.bytes.count, &error) else {
                    return (false, BSONDocument())
                }
                count += 1
            }
            // libmongoc calls a bulk without operations an error.
            guard count > 0 else { return (true, BSONDocument()) }
            var reply = MongoReply()
            let isDone = NXBulkExecute(bulk, &reply.bytes, &reply.length, &error)
            return (isDone, reply.take())
        }
        guard var error = outcome.error else { return count }
        error.insertedCount = outcome.reply["nInserted"]?.int ?? 0
        error.writeErrors = outcome.reply["writeErrors"]?.array?.compactMap(MongoWriteError.init) ?? []
        if !error.writeErrors.isEmpty { error.code = .writeFailed }
        throw error
    }

    struct Outcome {
        let reply: BSONDocument
        let error: MongoError?
    }

    /// Calls libmongoc; a client whose connection failed is replaced, so that the next call begins afresh.
    ///
    /// libmongoc wouldn't try a server that failed again for five seconds.
    func call(
        limit: Deadline? = nil,
        _ body: (OpaquePointer, inout bson_error_t) -> (isDone: Bool, reply: BSONDocument)
    ) throws(MongoError) -> Outcome {
        guard !isClosed else { throw MongoError(.closed, "The connection is closed.") }
        guard !Task.isCancelled else { throw MongoError(.cancelled, "The task was cancelled.") }
        if handle == nil { handle = try MongoHandle(configuration) }
        guard let client = handle?.pointer, let transport = handle?.transport else {
            throw MongoError(.closed, "The connection is closed.")
        }
        transport.begin(limit: limit)
        var error = bson_error_t()
        let (isDone, reply) = body(client, &error)
        guard !isDone else { return Outcome(reply: reply, error: nil) }
        let failure = MongoError(error, reply, transport.failure)
        if transport.failure != nil { handle = nil }
        return Outcome(reply: reply, error: failure)
    }

    /// Returns the session in which transactions run; a client that was replaced begins with a new one.
    func openSession(_ error: inout bson_error_t) -> OpaquePointer? { handle?.openSession(&error) ?? nil }

    /// Refuses names that C would cut short.
    func check(_ names: [String]) throws(MongoError) {
        for name in names where name.utf8.contains(0) || name.isEmpty {
            throw MongoError(.invalidArgument, "A name can't be empty or hold a NUL character.")
        }
    }
}

/// The bytes of a reply, which libbson allocated.
struct MongoReply {
    var bytes: UnsafeMutablePointer<UInt8>?
    var length: UInt32 = 0

    /// Copies the reply and frees the bytes.
    mutating func take() -> BSONDocument {
        defer {
            bson_free(bytes)
            bytes = nil
        }
        let content = UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(length))
        return (try? BSONDocument(bytes: content)) ?? BSONDocument()
    }
}

extension MongoWriteError {
    fileprivate init?(_ value: BSONValue) {
        guard let document = value.document, let index = document["index"]?.int, let code = document["code"]?.int else {
            return nil
        }
        self.init(index: index, code: code, message: document["errmsg"]?.string ?? "")
    }
}

extension MongoError {
    /// Creates the error for a call that failed.
    fileprivate init(_ error: bson_error_t, _ reply: BSONDocument, _ failure: MongoTransport.Failure?) {
        let message = withUnsafePointer(to: error) { NXErrorMessage($0).map { String(cString: $0) } ?? "" }
        switch failure?.reason {
        case .cancelled: self.init(.cancelled, "The task was cancelled.")
        case .timedOut: self.init(.timedOut, "The server was silent for too long.")
        case .unresolvable: self.init(.unreachable, "The host name has no address.")
        case .system where failure?.isConnecting == true: self.init(.unreachable, "The connection was refused.")
        case .closed, .system: self.init(.connectionLost, "The server closed the connection.")
        case nil:
            self.init(Code(domain: error.domain, code: error.code), message)
            if error.domain == MONGOC_ERROR_SERVER.rawValue { serverCode = Int(error.code) }
            codeName = reply["codeName"]?.string
        }
    }
}

extension MongoError.Code {
    fileprivate init(domain: UInt32, code: UInt32) {
        switch domain {
        case MONGOC_ERROR_SERVER.rawValue:
            self.init(serverCode: Int(code))
        case MONGOC_ERROR_CLIENT.rawValue where code == MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue:
            self = .authenticationFailed
        case MONGOC_ERROR_SERVER_SELECTION.rawValue, MONGOC_ERROR_STREAM.rawValue:
            self = .unreachable
        default:
            self = .invalidArgument
        }
    }
}
