/// A document: keys and values in order, as the bytes that travel to MongoDB.
///
/// ```swift
/// let command: BSONDocument = ["find": "plans", "filter": ["price": ["$lt": 10]], "limit": 5]
/// let plan = try BSONDocument(extendedJSON: #"{"_id": {"$oid": "65f0c0ffee65f0c0ffee0001"}, "price": 9.9}"#)
/// print(plan["price"]?.double ?? 0, plan.extendedJSON(.relaxed))
/// ```
/// The bytes are checked when a document is made, so that reading it can't fail.
public struct BSONDocument: Sendable, Hashable {
    /// The BSON bytes, always well-formed.
    public private(set) var bytes: [UInt8]

    /// Creates an empty document.
    public init() {
        bytes = [5, 0, 0, 0, 0]
    }

    /// Creates a document from BSON bytes of any origin, which are checked from end to end.
    ///
    /// Refused are wrong lengths, unknown types, text that isn't UTF-8, and more than 200 levels of nesting.
    ///
    /// - Throws: ``BSONError`` with the ``BSONError/byteOffset``.
    public init(bytes: some Sequence<UInt8>) throws(BSONError) {
        let bytes = Array(bytes)
        try BSONReader.validate(bytes)
        self.bytes = bytes
    }

    /// Creates a document from bytes that were checked before, such as those of a part of a checked document.
    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Creates a document from keys and values that a program spells out.
    init(trusted elements: some Sequence<(String, BSONValue)>) {
        var writer = BSONWriter()
        for (key, value) in elements {
            do {
                try writer.append(value, forKey: key)
            } catch {
                preconditionFailure("a BSON literal: \(error)")
            }
        }
        bytes = writer.finish()
    }

    /// Adds a key and its value at the end.
    ///
    /// - Throws: ``BSONError`` for a NUL character in a key or in a regular expression, which BSON can't hold.
    public mutating func append(_ value: BSONValue, forKey key: String) throws(BSONError) {
        var writer = BSONWriter(continuing: bytes)
        try writer.append(value, forKey: key)
        bytes = writer.finish()
    }

    /// Returns the first value of a key, or `nil` where there is no such key.
    public subscript(key: String) -> BSONValue? {
        let wanted = Array(key.utf8)
        var reader = BSONReader(bytes)
        while let element = reader.nextElement() {
            if element.hasKey(wanted) { return element.value }
        }
        return nil
    }

    /// The keys, in order.
    public var keys: [String] {
        map(\.key)
    }

    /// Tells whether there are no keys.
    public var isEmpty: Bool {
        bytes.count == 5
    }
}

extension BSONDocument: Sequence {
    /// Walks over the keys and values, in order.
    public struct Iterator: IteratorProtocol {
        private var reader: BSONReader

        init(_ bytes: [UInt8]) {
            reader = BSONReader(bytes)
        }

        /// Returns the next key and its value, or `nil` after the last.
        public mutating func next() -> (key: String, value: BSONValue)? {
            reader.nextElement().map { ($0.key, $0.value) }
        }
    }

    /// Returns an iterator over the keys and values.
    public func makeIterator() -> Iterator {
        Iterator(bytes)
    }
}

extension BSONDocument: ExpressibleByDictionaryLiteral {
    /// Creates a document from a literal, in the order of the literal; a NUL character in a key stops the program.
    public init(dictionaryLiteral elements: (String, BSONValue)...) {
        self.init(trusted: elements)
    }
}

extension BSONDocument: CustomStringConvertible {
    /// The document as relaxed Extended JSON.
    public var description: String {
        extendedJSON(.relaxed)
    }
}
