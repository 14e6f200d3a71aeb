import CHiredis

/// The one owner of a `redisReader`, which cuts a stream of bytes into replies.
struct RedisReader: ~Copyable {
    private let pointer: UnsafeMutablePointer<redisReader>

    init?() {
        guard let pointer = redisReaderCreate() else { return nil }
        self.pointer = pointer
    }

    deinit {
        redisReaderFree(pointer)
    }

    /// Whether no part of a reply waits for more bytes.
    var isIdle: Bool {
        pointer.pointee.ridx == -1 && pointer.pointee.pos == pointer.pointee.len
    }

    /// Takes bytes as they arrived.
    borrowing func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
        guard redisReaderFeed(pointer, start, bytes.count) == REDIS_OK else { throw failure }
    }

    /// Returns the next reply, or `nil` until more bytes are fed.
    borrowing func next() throws(RedisError) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(pointer, &reply) == REDIS_OK else { throw failure }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        return RedisReply(reply.assumingMemoryBound(to: redisReply.self).pointee)
    }

    /// Returns what the next reply comes to, or `nil` until more bytes are fed.
    borrowing func nextVerdict() throws(RedisError) -> RedisVerdict? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(pointer, &reply) == REDIS_OK else { throw failure }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        let content = reply.assumingMemoryBound(to: redisReply.self)
        let mayFail = content.pointee.type == REDIS_REPLY_ERROR || content.pointee.type == REDIS_REPLY_ARRAY
        return RedisVerdict(error: mayFail ? RedisReply(content.pointee).firstError : nil)
    }

    private var failure: RedisError {
        let reason = NXReaderError(pointer).map { String(cString: $0) } ?? ""
        return RedisError(.connectionLost, "The server doesn't speak Redis' protocol: \(reason)")
    }
}

/// Whether a command was done.
struct RedisVerdict {
    /// The server's error; of a transaction, the first.
    var error: RedisError?
}

extension RedisReply {
    fileprivate var firstError: RedisError? {
        switch self {
        case .error(let error): error
        case .array(let replies): replies.lazy.compactMap(\.firstError).first
        default: nil
        }
    }

    fileprivate init(_ reply: redisReply) {
        let bytes = UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
        switch reply.type {
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(RedisError(reply: String(decoding: bytes, as: UTF8.self)))
        case REDIS_REPLY_INTEGER: self = .integer(Int64(reply.integer))
        case REDIS_REPLY_STRING: self = .string(Array(bytes))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(
                start: reply.element,
                count: reply.element == nil ? 0 : Int(reply.elements)
            )
            self = .array(elements.map { $0.map { RedisReply($0.pointee) } ?? .null })
        default: self = .null
        }
    }
}
