/// One record of a file: a line of CSV, an object of JSON.
package struct SeedRecord: Sendable, Hashable {
    /// Where it starts.
    package var place: SeedInput.Place
    package var fields: [SeedValue.Field]
}

/// Reads the records of a file one after the other.
package protocol SeedRecordReader: AnyObject {
    var input: SeedInput { get }

    /// How many bytes were read, for the share that is done.
    var offset: Int { get }

    /// Returns the next record; nothing at the end.
    ///
    /// - Throws: ``Diagnostics`` for a record that can't be read, ``NexEnvError`` for a file that can't.
    func next() throws -> SeedRecord?
}
