/// The rows of a file of plain data, read from its beginning whenever they are needed.
package struct SeedFileRows: Sendable {
    /// How the file is written.
    enum Format: Sendable {
        case csv(SeedCSVOptions)
        case json(SeedJSONReader.Layout)
    }

    let path: String
    /// How many bytes the file has.
    let size: Int
    let format: Format
    /// Names that columns of the file get.
    let names: [String: String]
    /// What every row has that doesn't say otherwise.
    let constants: [SeedValue.Field]
    /// What the rows' columns are called: of JSON, those of the first object.
    let columns: [String]

    /// Opens the file of a set and reads its first lines.
    ///
    /// - Throws: ``Diagnostics``, ``NexEnvError``.
    init?(_ source: SeedFileSource, constants: [SeedValue.Field]) throws {
        guard let (kind, file) = source.file else { return nil }
        path = file.path
        self.constants = constants
        let input = try SeedInput(path: file.path)
        size = input.size
        var columns: [String]
        switch kind {
        case "csv":
            var options = SeedCSVOptions()
            options.null = source.null
            options.delimiter = source.delimiter.utf8.first ?? UInt8(ascii: ",")
            if !source.columns.isEmpty { options.columns = source.columns }
            format = .csv(options)
            names = [:]
            columns = try SeedCSVCopySource(input, options).columns
        case "json", "jsonl":
            let layout = kind == "json" ? SeedJSONReader.Layout.list : .lines
            format = .json(layout)
            names = Dictionary(source.columns.map { ($0.name, $0.value) }) { first, _ in first }
            let first = try SeedJSONReader(input, layout).next()?.fields.map(\.name) ?? []
            columns = first.map { [names] in names[$0] ?? $0 }
        default: return nil
        }
        columns += constants.map(\.name).filter { !columns.contains($0) }
        self.columns = columns
    }

    private func reader() throws -> any SeedRecordReader {
        let input = try SeedInput(path: path)
        return switch format {
        case .csv(let options): try SeedCSVReader(input, options)
        case .json(let layout): try SeedJSONReader(input, layout)
        }
    }

    // MARK: - Rows

    /// Reads rows one after the other.
    final class Reader {
        private let file: SeedFileRows
        private let reader: any SeedRecordReader

        /// Whether a record has all of its row, under the names that it has in the target.
        let isPlain: Bool

        fileprivate init(_ file: SeedFileRows) throws {
            self.file = file
            reader = try file.reader()
            isPlain = file.constants.isEmpty && file.names.isEmpty
        }

        /// How many bytes were read.
        var offset: Int { reader.offset }

        /// Runs a body with the next record, which it must not keep; returns false at the end.
        func next(_ body: (SeedRawRecord) throws -> Void) throws -> Bool { try reader.nextRaw(body) != nil }

        /// Returns the names and values of the row that a record is.
        func fields(of record: SeedRawRecord) throws -> [SeedValue.Field] {
            let fields = try reader.fields(of: record)
            return isPlain ? fields : file.completed(SeedRecord(place: record.place, fields: fields)).fields
        }
    }

    func makeReader() throws -> Reader { try Reader(self) }

    /// Gives a record's fields their names in the target, and the record what every row has.
    private func completed(_ record: SeedRecord) -> SeedRecord {
        var record = record
        for index in record.fields.indices {
            if let name = names[record.fields[index].name] { record.fields[index].name = name }
        }
        for constant in constants where !record.fields.contains(where: { $0.name == constant.name }) {
            record.fields.append(constant)
        }
        return record
    }

    /// Hands over each row with its number, counted from 0, until the body has enough.
    func forEach(_ body: (Int, SeedRecord) throws -> Bool) throws {
        let reader = try reader()
        var row = 0
        while let record = try reader.next() {
            guard try body(row, completed(record)) else { return }
            row += 1
        }
    }

    /// Hands over rows in COPY's text format.
    ///
    /// - Throws: ``Diagnostics`` for a row that can't be read or that has other columns than the first one.
    func copy(_ forms: [SeedColumnForm], _ consume: (borrowing SeedBuffer, _ rows: Int) throws -> Void) throws {
        if case .csv(let options) = format, constants.isEmpty {
            let source = try SeedCSVCopySource(SeedInput(path: path), options)
            var buffer = SeedBuffer(capacity: 1 << 20)
            var done = 0
            while try source.next(into: &buffer) {
                try consume(buffer, source.records - done)
                done = source.records
                buffer.removeAll()
            }
            return
        }
        var buffer = SeedBuffer(capacity: 80 << 10)
        var rows = 0
        let input = try SeedInput(path: path)
        try forEach { _, record in
            if let unknown = record.fields.first(where: { !columns.contains($0.name) }) {
                let message = "`\(unknown.name)` is no field of the file's first object, which names the columns"
                throw input.problem(message, at: record.place)
            }
            for (index, column) in columns.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: "\t")) }
                let value = record.fields.first { $0.name == column }?.value ?? .null
                value.appendCopy(as: forms[index], to: &buffer)
            }
            buffer.append(UInt8(ascii: "\n"))
            rows += 1
            if buffer.count >= 64 << 10 {
                try consume(buffer, rows)
                buffer.removeAll()
                rows = 0
            }
            return true
        }
        if rows > 0 { try consume(buffer, rows) }
    }

    /// Returns where a row stands; the file is read once more up to there.
    func position(of row: Int) -> SourcePosition? {
        guard let input = try? SeedInput(path: path) else { return nil }
        if case .csv(let options) = format, let source = try? SeedCSVCopySource(input, options) {
            return try? source.position(ofRecord: row + 1)
        }
        var position: SourcePosition?
        try? forEach { number, record in
            if number == row { position = input.position(record.place) }
            return number < row
        }
        return position
    }
}
