/// How a CSV file is to be read.
package struct SeedCSVOptions: Sendable {
    /// What stands between fields; one ASCII character other than a quote or a line end.
    package var delimiter = UInt8(ascii: ",")

    /// The text without quotes that means nothing; in quotes it means itself, as every text does where this is left out.
    package var null: String? = ""

    /// The names of the columns where the file has no header.
    package var names: [String]?

    /// Which columns to take, and what they are called from there on; all under their own names where it is left out.
    package var columns: [Named<String>]?

    package init() {}
}

/// The columns of a CSV file, as its header or the options name them.
struct SeedCSVColumns {
    /// Where the first record starts.
    var start: SeedInput.Place
    /// Every column of the file.
    var all: [String]
    /// Which of them are taken.
    var kept: [Bool]
    /// What those are called.
    var names: [String]

    /// Reads the header.
    ///
    /// - Throws: ``Diagnostics``, ``NexEnvError``.
    init(_ input: SeedInput, _ options: SeedCSVOptions) throws {
        start = SeedInput.Place(offset: try input.start())
        if let names = options.names {
            all = names
        } else {
            all = try Self.header(input, options, &start)
        }
        guard let columns = options.columns else {
            kept = all.map { _ in true }
            names = all
            return
        }
        var targets: [String: String] = [:]
        var problems: [Diagnostic] = []
        for column in columns {
            targets[column.name] = column.value
            if all.contains(column.name) { continue }
            let hint = Suggestion.hint(for: column.name, among: all, noun: "columns")
            let message = "\(input.displayPath) has no column `\(column.name)`"
            problems.append(Diagnostic(.unknownReference, message, at: column.position, hint: hint))
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        kept = all.map { targets[$0] != nil }
        names = all.compactMap { targets[$0] }
    }

    private static func header(
        _ input: SeedInput,
        _ options: SeedCSVOptions,
        _ place: inout SeedInput.Place
    ) throws -> [String] {
        let first = place
        var converter = SeedCSVConverter(kept: nil, null: nil, delimiter: options.delimiter, at: place)
        var out = SeedBuffer()
        do {
            while converter.records == 0 {
                let chunk = try input.bytes(at: converter.place.offset, count: 4096)
                if chunk.isEmpty {
                    try converter.finish(into: &out)
                    break
                }
                _ = try chunk.withUnsafeBytes { bytes throws(SeedCSVConverter.Problem) in
                    try converter.convert(bytes, into: &out, onlyOne: true)
                }
            }
        } catch let problem as SeedCSVConverter.Problem {
            throw input.problem(problem)
        }
        place = converter.place
        guard converter.records > 0 else {
            throw input.problem(
                "the file has no header",
                at: first,
                hint: "name the columns with `names`, or write them"
            )
        }
        let values = SeedCSVReader.values(out.drain().dropLast()[...])
        let names = values.compactMap { $0?.plainText }
        guard names.count == values.count else {
            throw input.problem("the header is not UTF-8", at: first, hint: "save the file as UTF-8")
        }
        if let position = names.firstIndex(of: "") {
            throw input.problem("column \(position + 1) has no name", at: first)
        }
        for (position, name) in names.enumerated() where names.firstIndex(of: name) != position {
            throw input.problem("two columns are called `\(name)`", at: first)
        }
        return names
    }
}

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

extension SeedInput {
    fileprivate func problem(_ problem: SeedCSVConverter.Problem) -> Diagnostics {
        self.problem(problem.message, at: problem.place, hint: problem.hint, code: problem.code)
    }
}
