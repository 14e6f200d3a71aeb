/// One record of a file: a line of CSV, an object of JSON.
package struct SeedRecord: Sendable, Hashable {
    /// Where it starts.
    package var place: SeedInput.Place
    package var fields: [SeedValue.Field]
}

/// One record as it stands in a file.
///
/// The bytes are only there until the reader goes on.
struct SeedRawRecord {
    enum Form {
        /// An object of JSON.
        case json
        /// A line of COPY's text format, without its end.
        case line
    }

    var form: Form
    var bytes: UnsafeRawBufferPointer
    var place: SeedInput.Place
}

/// Reads the records of a file one after the other.
protocol SeedRecordReader: AnyObject {
    var input: SeedInput { get }

    /// How many bytes were read, for the share that is done.
    var offset: Int { get }

    /// Runs a body with the next record, which it must not keep.
    ///
    /// - Returns: What the body returns; nothing at the end.
    /// - Throws: ``Diagnostics`` for a record that can't be delimited, ``NexEnvError`` for a file that can't be read, or what
    ///   the body throws.
    func nextRaw<Value>(_ body: (SeedRawRecord) throws -> Value) throws -> Value?

    /// Returns the names and values of a record.
    ///
    /// - Throws: ``Diagnostics`` for a record that can't be read.
    func fields(of record: SeedRawRecord) throws -> [SeedValue.Field]
}

extension SeedRecordReader {
    /// Returns the next record; nothing at the end.
    ///
    /// - Throws: ``Diagnostics`` for a record that can't be read, ``NexEnvError`` for a file that can't.
    package func next() throws -> SeedRecord? {
        try nextRaw { SeedRecord(place: $0.place, fields: try fields(of: $0)) }
    }
}
