extension SeedBatch {
    /// Makes something of rows, so many at a time, while what was made before is sent; one after the other, in their order.
    ///
    /// - Parameters:
    ///   - size: How many rows a part has at the most.
    ///   - make: Makes a part of rows.
    ///   - send: Sends a part, whose rows have these numbers, counted from 0.
    /// - Throws: The first that the reader of the rows or one of the two throws, once nothing is on its way any more.
    func forEachPart<Part: Sendable>(
        of size: Int,
        make: @escaping @Sendable (inout SeedPartRows) throws -> Part,
        send: (Part, _ rows: Range<Int>) async throws -> Void
    ) async throws {
        let maker = try SeedPartMaker(self, size, make)
        var made = try await maker.next()
        while let (part, rows) = made {
            async let next = maker.next()
            try await send(part, rows)
            made = try await next
        }
    }

    /// Hands over the names and values of rows, so many at a time, with the number of the first, counted from 0.
    func forEachPart(of size: Int, _ body: ([[SeedValue.Field]], _ first: Int) async throws -> Void) async throws {
        let maker = try SeedPartMaker(self, size) { try $0.allFields() }
        while let (part, rows) = try await maker.next() { try await body(part, rows.lowerBound) }
    }
}

/// The rows that a part is made of, once.
struct SeedPartRows {
    /// A row, with its number, counted from 0.
    struct Row {
        fileprivate enum Content {
            case fields([SeedValue.Field])
            case record(SeedRawRecord, SeedFileRows.Reader)
        }

        var number: Int
        fileprivate var content: Content

        /// The row as it stands in a file, where nothing has to be added to it.
        var record: SeedRawRecord? {
            if case .record(let record, let reader) = content, reader.isPlain { record } else { nil }
        }

        /// Returns the names and values.
        func fields() throws -> [SeedValue.Field] {
            switch content {
            case .fields(let fields): fields
            case .record(let record, let reader): try reader.fields(of: record)
            }
        }
    }

    /// The number of the first row, counted from 0.
    let first: Int
    fileprivate let content: SeedBatch.Content
    fileprivate let size: Int
    fileprivate let reader: SeedFileRows.Reader?

    /// How many rows were handed over.
    private(set) var count = 0

    /// How many bytes of a file make a part, where its rows are long.
    private static let mostBytes = 2 << 20

    /// Hands over the rows, which the body must not keep.
    mutating func forEach(_ body: (Row) throws -> Void) throws {
        switch content {
        case .records(let records):
            for record in records[first..<min(first + size, records.count)] { try pass(.fields(record.fields), body) }
        case .generated(let generator, _):
            var values: [SeedValue] = []
            for number in first..<min(first + size, generator.count) {
                generator.row(number, into: &values)
                try pass(.fields(zip(generator.names, values).map { SeedValue.Field($0, $1) }), body)
            }
        case .file:
            guard let reader else { return }
            let end = reader.offset + Self.mostBytes
            while count < size, reader.offset < end, try reader.next({ try pass(.record($0, reader), body) }) {}
        case .table: break
        }
    }

    private mutating func pass(_ content: Row.Content, _ body: (Row) throws -> Void) throws {
        try body(Row(number: first + count, content: content))
        count += 1
    }

    /// Returns the names and values of all rows.
    mutating func allFields() throws -> [[SeedValue.Field]] {
        var rows: [[SeedValue.Field]] = []
        rows.reserveCapacity(size)
        try forEach { rows.append(try $0.fields()) }
        return rows
    }
}

/// Makes parts one after the other.
private actor SeedPartMaker<Part: Sendable> {
    private let content: SeedBatch.Content
    private let size: Int
    private let make: @Sendable (inout SeedPartRows) throws -> Part
    private let reader: SeedFileRows.Reader?
    private var first = 0

    init(
        _ batch: SeedBatch,
        _ size: Int,
        _ make: @escaping @Sendable (inout SeedPartRows) throws -> Part
    ) throws {
        content = batch.content
        self.size = size
        self.make = make
        if case .file(let file) = batch.content { reader = try file.makeReader() } else { reader = nil }
    }

    /// Returns the next part and the numbers of its rows; nothing at the end.
    func next() throws -> (Part, Range<Int>)? {
        // Nobody waits long for the first part.
        let size = first == 0 ? max(1, size / 16) : size
        var rows = SeedPartRows(first: first, content: content, size: size, reader: reader)
        let part = try make(&rows)
        guard rows.count > 0 else { return nil }
        first += rows.count
        return (part, rows.first..<first)
    }
}
