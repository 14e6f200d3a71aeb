/// Reads the records of a CSV file as values: texts, or nothing.
///
/// It reads what ``SeedCSVCopySource`` makes of the file, so both always agree on what a record is.
package final class SeedCSVReader: SeedRecordReader {
    private let source: SeedCSVCopySource
    /// Lines of COPY's text format, how many of their bytes are done with, and where the records of the rest start.
    private var lines = SeedBuffer()
    private var done = 0
    private var places: ArraySlice<SeedInput.Place> = []

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

    func nextRaw<Value>(_ body: (SeedRawRecord) throws -> Value) throws -> Value? {
        while places.isEmpty {
            lines.removeAll()
            done = 0
            guard try source.next(into: &lines) else { return nil }
            places = source.takePlaces()[...]
        }
        let place = places.removeFirst()
        return try lines.withBytes { bytes in
            let end = bytes.index(of: UInt8(ascii: "\n"), from: done) ?? bytes.count
            defer { done = end + 1 }
            let line = UnsafeRawBufferPointer(rebasing: bytes[done..<end])
            return try body(SeedRawRecord(form: .line, bytes: line, place: place))
        }
    }

    func fields(of record: SeedRawRecord) throws -> [SeedValue.Field] {
        let values = Self.values(record.bytes)
        if let bad = values.firstIndex(where: { $0 == nil }) {
            let position = try source.position(at: record.place, column: columns[bad])
            throw Diagnostics(
                [Diagnostic(.invalidData, "the field is not UTF-8", at: position, hint: "save the file as UTF-8")],
                exitStatus: .dataError
            )
        }
        return zip(columns, values).map { SeedValue.Field($0, $1 ?? .null) }
    }

    /// Returns the values of a line of COPY's text format; nothing in the place of one that isn't UTF-8.
    static func values(_ line: UnsafeRawBufferPointer) -> [SeedValue?] {
        line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { field in
            if field.elementsEqual("\\N".utf8) { return .null }
            guard field.contains(UInt8(ascii: "\\")) else {
                return String(utf8: UnsafeRawBufferPointer(rebasing: field)).map { .text($0) }
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
