/// Reads the records of a CSV file as values: texts, or nothing.
///
/// It reads what ``SeedCSVCopySource`` makes of the file, so both always agree on what a record is.
package final class SeedCSVReader: SeedRecordReader {
    private let source: SeedCSVCopySource
    private var lines = SeedBuffer()
    private var records: ArraySlice<(bytes: ArraySlice<UInt8>, place: SeedInput.Place)> = []

    /// Opens a file and reads its header.
    ///
    /// - Throws: ``Diagnostics``, ``NexEnvError``.
    package convenience init(_ input: SeedInput, _ options: SeedCSVOptions = SeedCSVOptions()) throws {
        try self.init(input, options, chunkSize: SeedInput.chunkSize)
    }

    init(_ input: SeedInput, _ options: SeedCSVOptions, chunkSize: Int) throws {
        source = try SeedCSVCopySource(input, options, chunkSize: chunkSize, collectPlaces: true)
    }

    package var input: SeedInput { source.input }
    package var offset: Int { source.offset }

    /// What the columns are called.
    package var columns: [String] { source.columns }

    package func next() throws -> SeedRecord? {
        while records.isEmpty {
            guard try source.next(into: &lines) else { return nil }
            let bytes = lines.drain()
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            records = zip(lines, source.takePlaces()).map { (bytes: $0, place: $1) }[...]
        }
        guard let record = records.popFirst() else { return nil }
        let values = Self.values(record.bytes)
        if let bad = values.firstIndex(where: { $0 == nil }) {
            let position = try source.position(at: record.place, column: columns[bad])
            throw Diagnostics(
                [Diagnostic(.invalidData, "the field is not UTF-8", at: position, hint: "save the file as UTF-8")],
                exitStatus: .dataError
            )
        }
        let fields = zip(columns, values).map { SeedValue.Field($0, $1 ?? .null) }
        return SeedRecord(place: record.place, fields: fields)
    }

    /// Returns the values of a line of COPY's text format; nothing in the place of one that isn't UTF-8.
    static func values(_ line: ArraySlice<UInt8>) -> [SeedValue?] {
        line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { field in
            if field.elementsEqual("\\N".utf8) { return .null }
            guard field.contains(UInt8(ascii: "\\")) else {
                return field.withUnsafeBytes { String(utf8: $0) }.map { .text($0) }
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(field.count)
            var rest = field
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                    bytes.append(byte)
                    continue
                }
                switch escaped {
                case UInt8(ascii: "t"): bytes.append(UInt8(ascii: "\t"))
                case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "r"): bytes.append(UInt8(ascii: "\r"))
                default: bytes.append(escaped)
                }
            }
            return bytes.withUnsafeBytes { String(utf8: $0) }.map { .text($0) }
        }
    }
}
