import CLibPQ
import ClientTransport

// The steps of an exchange, all on top of `wait(for:)` and therefore cancellable and bounded.
extension PostgresSession {
    /// Hands everything that libpq has buffered to the kernel.
    ///
    /// Reads meanwhile: a server that can't get rid of its own messages stops reading ours.
    func flush(_ pointer: OpaquePointer) throws(PostgresError) {
        while true {
            switch PQflush(pointer) {
            case 0: return
            case 1:
                let ready = try wait(for: [.readable, .writable])
                if ready.contains(.readable) { try receive(pointer) }
            default: throw lost(pointer)
            }
        }
    }

    /// Takes in what the server has sent.
    ///
    /// Where the stream has ended but a result is complete, such as the reason of the end, that result counts.
    func receive(_ pointer: OpaquePointer) throws(PostgresError) {
        guard PQconsumeInput(pointer) == 1 || PQisBusy(pointer) == 0 else { throw lost(pointer) }
    }

    /// Returns the next result, or `nil` when the server is done.
    func nextResult(_ pointer: OpaquePointer) throws(PostgresError) -> PostgresResult? {
        while PQisBusy(pointer) == 1 {
            _ = try wait(for: .readable)
            try receive(pointer)
        }
        return PQgetResult(pointer).map(PostgresResult.init(adopting:))
    }

    /// Takes results until the server is done, then throws the first error among them.
    ///
    /// - Parameters:
    ///   - pointer: The connection.
    ///   - first: A result that was taken already.
    ///   - body: Receives each result that isn't an error.
    /// - Throws: ``PostgresError``.
    func finish(
        _ pointer: OpaquePointer,
        startingWith first: PostgresResult? = nil,
        _ body: (PostgresResult) -> Void
    ) throws(PostgresError) {
        var failure: PostgresError?
        var next = first
        if next == nil { next = try nextResult(pointer) }
        while let result = next {
            switch result.status {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                body(result)
            case PGRES_COPY_IN:
                failure = failure ?? PostgresError(.invalidArgument, "COPY FROM STDIN goes through copyIn.")
                try endCopyIn(pointer, reason: "the client sends no data")
            case PGRES_COPY_OUT:
                failure = failure ?? PostgresError(.invalidArgument, "COPY TO STDOUT goes through copyOut.")
                while try nextCopyOutRow(pointer, { _ in }) {}
            case PGRES_COPY_BOTH:
                throw PostgresError(.connectionLost, "The server began a replication stream.")
            default:
                failure = failure ?? result.error
            }
            next = try nextResult(pointer)
        }
        guard var failure else { return }
        if PQstatus(pointer) == CONNECTION_BAD { failure.code = .connectionLost }
        throw failure
    }

    /// Tells the server that no more data follows, or why the data ends early.
    func endCopyIn(_ pointer: OpaquePointer, reason: String?) throws(PostgresError) {
        while true {
            switch PQputCopyEnd(pointer, reason) {
            case 1: return try flush(pointer)
            case 0: try flush(pointer)
            default: throw lost(pointer)
            }
        }
    }

    /// Passes the next row of a COPY TO STDOUT on; returns `false` after the last.
    func nextCopyOutRow(
        _ pointer: OpaquePointer,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(PostgresError) -> Bool {
        while true {
            var row: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(pointer, &row, 1)
            if let row, count > 0 {
                body(UnsafeRawBufferPointer(start: row, count: Int(count)))
                PQfreemem(row)
                return true
            }
            guard count == 0 else { return false }
            _ = try wait(for: .readable)
            guard PQconsumeInput(pointer) == 1 else { throw lost(pointer) }
        }
    }

    /// The error for a connection that ended in the middle.
    func lost(_ pointer: OpaquePointer) -> PostgresError {
        let message = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        return PostgresError(.connectionLost, message.split(separator: "\n").joined(separator: " "))
    }
}
