/// The rows of a set, read or made one after the other.
package enum SeedRows: Sendable {
    /// Rows that a file holds outright.
    case records([SeedRecord])
    /// Rows that are made, and passwords whose hashes some of their columns hold.
    case generated(SeedRowGenerator, [SeedColumnSecret])

    /// How many there are, where that is known before.
    package var count: Int? {
        switch self {
        case .records(let records): records.count
        case .generated(let generator, _): generator.count
        }
    }

    /// The rows in groups of the same columns, in the order in which they come first.
    ///
    /// What a row doesn't mention is left to the database, so rows that mention different columns can't go together.
    package var batches: [SeedBatch] {
        switch self {
        case .records(let records):
            var groups: [(columns: [String], records: [SeedRecord])] = []
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
        }
    }
}

/// Rows of the same columns.
package struct SeedBatch: Sendable {
    package var columns: [String]
    package var content: Content

    package enum Content: Sendable {
        case records([SeedRecord])
        case generated(SeedRowGenerator, [SeedColumnSecret])
    }

    /// How many rows there are, where that is known before.
    var count: Int? {
        switch content {
        case .records(let records): records.count
        case .generated(let generator, _): generator.count
        }
    }

    /// The rows in parts of so many.
    func parts(of size: Int) -> [Range<Int>] {
        let count = count ?? 0
        return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }

    /// Returns the names and values of some rows.
    func fields(_ range: Range<Int>) -> [[SeedValue.Field]] {
        switch content {
        case .records(let records): return records[range].map(\.fields)
        case .generated(let generator, _):
            var values: [SeedValue] = []
            return range.map { row in
                generator.row(row, into: &values)
                return zip(generator.names, values).map { SeedValue.Field($0, $1) }
            }
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
        }
        try pass(atLeast: 0)
    }

    private func append(_ record: SeedRecord, _ forms: [SeedColumnForm], to buffer: inout SeedBuffer) {
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
        }
        return found
    }

    /// Returns where a row comes from, for messages.
    func origin(of row: Int) -> SeedOrigin {
        switch content {
        case .records(let records): SeedOrigin(position: records[row].position, label: records[row].label)
        case .generated: SeedOrigin(generated: row + 1)
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
