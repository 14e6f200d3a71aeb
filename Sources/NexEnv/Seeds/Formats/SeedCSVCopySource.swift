/// A CSV file as lines of COPY's text format.
package final class SeedCSVCopySource {
    package let input: SeedInput

    /// What the columns of the lines are called, in their order.
    package let columns: [String]

    private let options: SeedCSVOptions
    private let layout: SeedCSVColumns
    private var converter: SeedCSVConverter
    private var chunk: UnsafeMutableRawBufferPointer
    private var isAtEnd = false

    /// Opens a file and reads its header.
    ///
    /// - Throws: ``Diagnostics``, ``NexEnvError``.
    package convenience init(_ input: SeedInput, _ options: SeedCSVOptions = SeedCSVOptions()) throws {
        try self.init(input, options, chunkSize: SeedInput.chunkSize)
    }

    init(_ input: SeedInput, _ options: SeedCSVOptions, chunkSize: Int, collectPlaces: Bool = false) throws {
        self.input = input
        self.options = options
        layout = try SeedCSVColumns(input, options)
        columns = layout.names
        converter = Self.converter(layout, options)
        if collectPlaces { converter.recordPlaces = [] }
        chunk = .allocate(byteCount: chunkSize, alignment: 16)
    }

    deinit {
        chunk.deallocate()
    }

    private static func converter(_ layout: SeedCSVColumns, _ options: SeedCSVOptions) -> SeedCSVConverter {
        SeedCSVConverter(kept: layout.kept, null: options.null, delimiter: options.delimiter, at: layout.start)
    }

    /// How many records were converted.
    package var records: Int { converter.records }

    /// How many bytes were read, for the share that is done.
    package var offset: Int { converter.place.offset }

    /// Reads a chunk and appends the records that it completes.
    ///
    /// - Returns: False at the end of the file; nothing was appended then.
    /// - Throws: ``Diagnostics`` for a record that can't be read, ``NexEnvError`` for a file that can't.
    package func next(into out: inout SeedBuffer) throws -> Bool {
        if isAtEnd { return false }
        do {
            let count = try input.read(at: converter.place.offset, into: chunk)
            if count > 0 { _ = try converter.convert(UnsafeRawBufferPointer(rebasing: chunk[..<count]), into: &out) }
            if count < chunk.count {
                isAtEnd = true
                try converter.finish(into: &out)
            }
            return true
        } catch let problem as SeedCSVConverter.Problem {
            throw input.problem(problem)
        }
    }

    /// Takes the places of the records since the last call.
    func takePlaces() -> [SeedInput.Place] {
        defer { converter.recordPlaces = [] }
        return converter.recordPlaces ?? []
    }

    /// Finds a record again, and a field in it: what an error of the server names by its number.
    ///
    /// The file is read once more up to there, which costs nothing unless there is an error.
    ///
    /// - Parameters:
    ///   - record: The number of the record, counted from 1.
    ///   - column: What the column is called from here on; the record's start where it is left out.
    /// - Throws: ``Diagnostics``, ``NexEnvError``.
    package func position(ofRecord record: Int, column: String? = nil) throws -> SourcePosition? {
        let again = try SeedCSVCopySource(input, options, chunkSize: chunk.count, collectPlaces: true)
        var out = SeedBuffer()
        var before = 0
        while try again.next(into: &out) {
            let places = again.takePlaces()
            if record - before <= places.count, record > before {
                return try position(at: places[record - before - 1], column: column)
            }
            before += places.count
            out.removeAll()
        }
        return nil
    }

    /// Returns where a field of the record at a place stands.
    func position(at record: SeedInput.Place, column: String?) throws -> SourcePosition {
        let taken = layout.kept.indices.filter { layout.kept[$0] }
        guard let column, let index = columns.firstIndex(of: column) else { return input.position(record) }
        var place = record
        var missing = taken[index]
        var isQuoted = false
        while missing > 0 {
            let bytes = try input.bytes(at: place.offset, count: 4096)
            guard !bytes.isEmpty else { break }
            for byte in bytes where missing > 0 {
                place.offset += 1
                if byte == SeedCSVConverter.quote { isQuoted.toggle() }
                if byte == options.delimiter, !isQuoted { missing -= 1 }
                if byte == UInt8(ascii: "\n") {
                    place.line += 1
                    place.lineStart = place.offset
                }
            }
        }
        return input.position(place)
    }
}
