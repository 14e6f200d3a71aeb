/// What went wrong while talking to MongoDB.
///
/// ``description`` may be pasted anywhere: it names the kind of failure and the server's code. ``debugDescription`` also has the
/// server's sentences, which can quote documents; neither ever holds a password.
public struct MongoError: Error, Sendable, Hashable {
    /// The kind of failure, for a program to branch on.
    public var code: Code
    /// What the server, libmongoc or this library says about it; it can quote data.
    public var message: String
    /// The server's number for the error, such as 11000.
    public var serverCode: Int?
    /// The server's name for the error, such as `DuplicateKey`.
    public var codeName: String?
    /// The documents that weren't inserted, where an insert failed.
    public var writeErrors: [MongoWriteError] = []
    /// How many documents were inserted all the same, where an insert failed.
    public var insertedCount: Int?

    /// Creates an error that has a code and a sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// Why one document wasn't inserted.
public struct MongoWriteError: Sendable, Hashable {
    /// The index of the document among those that were to be inserted, from 0.
    public let index: Int
    /// The server's number for the error, such as 11000 for a key that exists.
    public let code: Int
    /// What the server says about it; it can quote data.
    public let message: String
}

extension MongoError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure and the server's code, without anything that can hold data.
    public var description: String {
        var text = code.summary
        if let serverCode { text += " (\(codeName.map { "\($0), " } ?? "")code \(serverCode))" }
        if let first = writeErrors.first {
            text += ": \(writeErrors.count) documents, the first at index \(first.index) with code \(first.code)"
        }
        return text
    }

    /// Everything that is known, for logs that stay private.
    public var debugDescription: String {
        let lines = writeErrors.map { "\nindex \($0.index), code \($0.code): \($0.message)" }
        return "\(code): \(message) [\(description)]" + lines.joined()
    }
}
