import CLibPQ

extension PostgresSession {
    /// Loads data with COPY FROM STDIN.
    ///
    /// Chunks may end anywhere in a row. They are gathered to 64 KiB, and the next one is only asked for when the kernel has
    /// taken the last, so memory stays bounded however much follows.
    ///
    /// - Parameters:
    ///   - statement: `COPY … FROM STDIN` with its options.
    ///   - chunks: The data, in the format that the statement names.
    /// - Returns: The server's summary, with the count of rows.
    /// - Throws: ``PostgresError``; then nothing was loaded.
    @discardableResult
    public func copyIn(
        _ statement: String,
        from chunks: some Sequence<[UInt8]>
    ) throws(PostgresError) -> PostgresCommandResult {
        var copy = try beginCopyIn(statement)
        for chunk in chunks {
            try write(chunk, to: &copy)
        }
        return try finishCopyIn(&copy)
    }

    /// Loads data with COPY FROM STDIN as a body writes it; a row that the server refuses ends it soon.
    ///
    /// - Parameters:
    ///   - statement: `COPY … FROM STDIN` with its options.
    ///   - body: Hands bytes over, which may end anywhere in a row; a call returns when the kernel has taken them. Calls of some
    ///     64 KiB are fastest.
    /// - Returns: The server's summary, with the count of rows.
    /// - Throws: ``PostgresError``, or what the body throws; then nothing was loaded.
    @discardableResult
    public func copyIn(
        _ statement: String,
        writing body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> PostgresCommandResult {
        var copy = try beginCopyIn(statement)
        do {
            try body { bytes in
                try exchange { pointer throws(PostgresError) in
                    try checkCancellation()
                    try sendCopyData(bytes, on: pointer)
                }
            }
        } catch {
            drain()
            throw error
        }
        return try finishCopyIn(&copy)
    }

    /// Reads data with COPY TO STDOUT.
    ///
    /// - Parameters:
    ///   - statement: `COPY … TO STDOUT` with its options.
    ///   - consume: Receives the data in batches of whole rows, about 64 KiB each. The server waits for it.
    /// - Returns: The server's summary, with the count of rows.
    /// - Throws: ``PostgresError``, or what the closure throws, which ends the copy.
    @discardableResult
    public func copyOut(_ statement: String, to consume: ([UInt8]) throws -> Void) throws -> PostgresCommandResult {
        try check([statement])
        var consumerFailure: (any Error)?
        do {
            return try exchange { pointer throws(PostgresError) in
                try start(statement, on: pointer, expecting: PGRES_COPY_OUT)
                try forEachBatch(pointer) { batch throws(PostgresError) in
                    do {
                        try consume(batch)
                    } catch {
                        consumerFailure = error
                        throw PostgresError(.cancelled, "The receiver of the data failed.")
                    }
                }
                return try finishCommand(pointer)
            }
        } catch {
            throw consumerFailure ?? error
        }
    }

    private func forEachBatch(
        _ pointer: OpaquePointer,
        _ body: ([UInt8]) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        var batch: [UInt8] = []
        while try nextCopyOutRow(pointer, { batch.append(contentsOf: $0) }) {
            guard batch.count >= PostgresCopyIn.batchSize else { continue }
            try checkCancellation()
            try body(batch)
            batch.removeAll(keepingCapacity: true)
        }
        if !batch.isEmpty { try body(batch) }
    }

    /// Begins a COPY FROM STDIN.
    func beginCopyIn(_ statement: String) throws(PostgresError) -> PostgresCopyIn {
        try check([statement])
        try exchange { pointer throws(PostgresError) in
            try start(statement, on: pointer, expecting: PGRES_COPY_IN)
        }
        return PostgresCopyIn()
    }

    /// Sends data, once enough has gathered.
    func write(_ chunk: [UInt8], to copy: inout PostgresCopyIn) throws(PostgresError) {
        copy.buffer.append(contentsOf: chunk)
        guard copy.buffer.count >= PostgresCopyIn.batchSize else { return }
        try sendBuffer(of: &copy)
    }

    /// Sends the rest and waits for the server's verdict.
    func finishCopyIn(_ copy: inout PostgresCopyIn) throws(PostgresError) -> PostgresCommandResult {
        try sendBuffer(of: &copy)
        return try exchange { pointer throws(PostgresError) in
            try endCopyIn(pointer, reason: nil)
            return try finishCommand(pointer)
        }
    }

    private func sendBuffer(of copy: inout PostgresCopyIn) throws(PostgresError) {
        let bytes = copy.buffer
        copy.buffer = []
        try exchange { pointer throws(PostgresError) in
            try checkCancellation()
            var start = 0
            while start < bytes.count {
                let end = min(start + PostgresCopyIn.batchSize, bytes.count)
                try bytes.withUnsafeBufferPointer { bytes throws(PostgresError) in
                    try putCopyData(
                        UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start..<end])),
                        on: pointer
                    )
                }
                start = end
            }
        }
    }

    func putCopyData(_ bytes: UnsafeRawBufferPointer, on pointer: OpaquePointer) throws(PostgresError) {
        while true {
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let code = PQputCopyData(pointer, start, CInt(bytes.count))
            guard code >= 0 else { throw lost(pointer) }
            try flush(pointer)
            if code == 1 { return }
        }
    }

    /// Sends a COPY statement and makes sure that it is one, in the direction that is meant.
    private func start(
        _ statement: String,
        on pointer: OpaquePointer,
        expecting status: ExecStatusType
    ) throws(PostgresError) {
        try checkCancellation()
        guard PQsendQuery(pointer, statement) == 1 else { throw lost(pointer) }
        try flush(pointer)
        let first = try nextResult(pointer)
        guard first?.status != status else { return }
        try finish(pointer, startingWith: first) { _ in }
        throw PostgresError(.invalidArgument, "The statement isn't a COPY in this direction.")
    }

    private func finishCommand(_ pointer: OpaquePointer) throws(PostgresError) -> PostgresCommandResult {
        var result = PostgresCommandResult(tag: "", affectedRows: 0)
        try finish(pointer) { result = PostgresCommandResult($0) }
        return result
    }
}

/// A COPY FROM STDIN in progress: what has gathered and isn't sent yet.
struct PostgresCopyIn {
    static let batchSize = 65_536
    var buffer: [UInt8] = []
}
