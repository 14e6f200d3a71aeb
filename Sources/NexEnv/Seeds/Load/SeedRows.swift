/// The rows of a set, read or made one after the other.
package enum SeedRows: Sendable {
    /// Rows that a file holds outright.
    case records([SeedRow])
    /// Rows that are made, and passwords whose hashes some of their columns hold.
    case generated(SeedRowGenerator, [SeedColumnSecret])
    /// Rows of a file of plain data.
    case file(SeedFileRows)
    /// Rows that a server makes of others.
    case query(SeedQuery)

    /// How many there are, where that is known before.
    package var count: Int? {
        switch self {
        case .records(let records): records.count
        case .generated(let generator, _): generator.count
        case .file, .query: nil
        }
    }

    /// The rows in groups of the same columns, in the order in which they come first.
    ///
    /// What a row doesn't mention is left to the database, so rows that mention different columns can't go together.
    package var batches: [SeedBatch] {
        switch self {
        case .records(let records):
            var groups: [(columns: [String], records: [SeedRow])] = []
            var indexes: [[String]: Int] = [:]
            for record in records {
                let columns = record.fields.map(\.name)
                if let index = indexes[columns.sorted()] {
                    groups[index].records.append(record)
                } else {
                    indexes[columns.sorted()] = groups.count
                    groups.append((columns, [record]))
                }
            }
            return groups.map { SeedBatch(columns: $0.columns, content: .records($0.records)) }
        case .generated(let generator, let secrets):
            return generator.count == 0
                ? [] : [SeedBatch(columns: generator.names, content: .generated(generator, secrets))]
        case .file(let file):
            return [SeedBatch(columns: file.columns, content: .file(file))]
        case .query: return []
        }
    }
}

/// Rows of the same columns.
package struct SeedBatch: Sendable {
    package var columns: [String]
    package var content: Content

    package enum Content: Sendable {
        case records([SeedRow])
        case generated(SeedRowGenerator, [SeedColumnSecret])
        case file(SeedFileRows)
        /// Rows that a query made, in a temporary table of the server.
        case table
    }

    /// How many rows there are, where that is known before.
    var count: Int? {
        switch content {
        case .records(let records): records.count
        case .generated(let generator, _): generator.count
        case .file, .table: nil
        }
    }

    /// Whether there are so many rows that a second connection pays.
    var isLarge: Bool {
        switch content {
        case .records(let records): records.count > 100_000
        case .generated(let generator, _): generator.count > 100_000
        case .file(let file): file.size > 16 << 20
        case .table: false
        }
    }

    /// Appends rows in COPY's text format.
    ///
    /// - Parameters:
    ///   - range: The rows, counted from 0; all of them without it.
    ///   - forms: How each column takes its values.
    ///   - consume: Receives the bytes, about 64 KiB at a time, and how many rows they are.
    func copy(
        _ range: Range<Int>? = nil,
        _ forms: [SeedColumnForm],
        _ consume: (borrowing SeedBuffer, _ rows: Int) throws -> Void
    ) throws {
        var buffer = SeedBuffer(capacity: 80 << 10)
        var rows = 0
        func pass(atLeast limit: Int) throws {
            guard rows > 0, buffer.count >= limit else { return }
            try consume(buffer, rows)
            buffer.removeAll()
            rows = 0
        }
        switch content {
        case .records(let records):
            for record in records[range ?? 0..<records.count] {
                append(record, forms, to: &buffer)
                rows += 1
                try pass(atLeast: 64 << 10)
            }
        case .generated(let generator, _):
            for row in range ?? 0..<generator.count {
                generator.appendCopy(row: row, as: forms, to: &buffer)
                rows += 1
                try pass(atLeast: 64 << 10)
            }
        case .file(let file): try file.copy(forms, consume)
        case .table: break
        }
        try pass(atLeast: 0)
    }

    private func append(_ record: SeedRow, _ forms: [SeedColumnForm], to buffer: inout SeedBuffer) {
        for (index, column) in columns.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: "\t")) }
            let value = record.fields.first { $0.name == column }?.value ?? .null
            value.appendCopy(as: forms[index], to: &buffer)
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    /// Returns the first rows whose values a condition holds for; to find the one that an error is about.
    func rows(atMost limit: Int = 1, where condition: ([String: SeedValue]) -> Bool) -> [Int] {
        var found: [Int] = []
        func look(_ row: Int, _ values: [SeedValue], _ names: [String]) {
            if condition(Dictionary(zip(names, values)) { first, _ in first }) { found.append(row) }
        }
        switch content {
        case .records(let records):
            for (row, record) in records.enumerated() where found.count < limit {
                look(row, record.fields.map(\.value), record.fields.map(\.name))
            }
        case .generated(let generator, _):
            var values: [SeedValue] = []
            for row in 0..<generator.count where found.count < limit {
                generator.row(row, into: &values)
                look(row, values, generator.names)
            }
        case .file(let file):
            try? file.forEach { row, record in
                look(row, record.fields.map(\.value), record.fields.map(\.name))
                return found.count < limit
            }
        case .table: break
        }
        return found
    }

    /// Returns where a row comes from, for messages.
    func origin(of row: Int) -> SeedOrigin {
        switch content {
        case .records(let records): SeedOrigin(position: records[row].position, label: records[row].label)
        case .generated: SeedOrigin(generated: row + 1)
        case .file(let file): SeedOrigin(position: file.position(of: row))
        case .table: SeedOrigin()
        }
    }
}

/// Where a row comes from.
package struct SeedOrigin: Sendable {
    package var position: SourcePosition?
    package var label: String?
    /// The number of a row that was made, from 1.
    package var generated: Int?

    /// What names the row, after the name of its set: `/root`.
    package var name: String { label.map { "/\($0)" } ?? generated.map { ", generated row \($0)" } ?? "" }
}
