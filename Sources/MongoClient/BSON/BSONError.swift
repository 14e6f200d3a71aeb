/// Why bytes aren't BSON, or text isn't Extended JSON.
public struct BSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A place in text: both count from 1, and columns count characters (Unicode scalars).
    public struct Position: Sendable, Hashable {
        /// The line.
        public let line: Int
        /// The column.
        public let column: Int
    }

    /// What is wrong, in words that repeat at most a key of the document, never a value.
    public let message: String
    /// Where in the text, for Extended JSON.
    public let position: Position?
    /// At which byte, for BSON.
    public let byteOffset: Int?

    init(_ message: String, position: Position? = nil, byteOffset: Int? = nil) {
        self.message = message
        self.position = position
        self.byteOffset = byteOffset
    }

    /// The place and what is wrong there.
    public var description: String {
        if let position { return "\(position.line):\(position.column): \(message)" }
        if let byteOffset { return "byte \(byteOffset): \(message)" }
        return message
    }
}
