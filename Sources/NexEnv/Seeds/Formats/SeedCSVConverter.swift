/// Turns CSV (RFC 4180) into COPY's text format, chunk by chunk and in one pass over the bytes.
///
/// Stricter than most readers, because what is loaded silently wrong is found late: a quote inside a field without quotes, text
/// behind a closing quote, a lone carriage return and a record of another length are problems. A line without anything is
/// skipped, unless there is one column only.
struct SeedCSVConverter {
    /// What is wrong, and where.
    struct Problem: Error {
        var message: String
        var place: SeedInput.Place
        var hint: String?
        var code = Diagnostic.Code.invalidData
    }

    /// What comes next.
    private enum State {
        case fieldStart
        case plain
        case quoted
        /// A quote within quotes: the end of the field, or half of a doubled one.
        case quoteSeen
        /// A carriage return behind a record; its line feed must follow.
        case returnSeen
        /// A carriage return on an otherwise empty line.
        case emptyReturnSeen
    }

    private let delimiter: UInt8
    private let columns: Int
    private let kept: [Bool]
    /// What means nothing, as it stands in COPY's format.
    private let null: [UInt8]?
    /// The bytes that end a run of ordinary ones, outside of quotes.
    private let plainStops: [Bool]
    /// The same within quotes.
    private let quotedStops: [Bool]

    private var state = State.fieldStart
    private var field = 0
    private var fieldsWritten = 0
    private var isQuoted = false
    /// The record that isn't complete yet, as far as it is converted, and where its last field starts.
    private var carried: [UInt8] = []
    private var fieldStart = 0

    /// Where the next byte stands.
    private(set) var place: SeedInput.Place
    /// Where the record starts that isn't complete.
    private var recordStart: SeedInput.Place
    /// Where the last opening quote stands.
    private var quotePlace = SeedInput.Place()

    /// How many records are complete.
    private(set) var records = 0

    /// Where complete records start, for whoever asks for it.
    var recordPlaces: [SeedInput.Place]?

    static let quote = UInt8(ascii: "\"")

    /// Creates a converter.
    ///
    /// - Parameters:
    ///   - kept: Which columns to convert; nothing for one record of any length, such as a header.
    ///   - null: The text without quotes that means nothing; nothing where every text means itself.
    ///   - delimiter: What stands between fields.
    ///   - place: Where the first byte stands.
    init(kept: [Bool]?, null: String?, delimiter: UInt8, at place: SeedInput.Place) {
        self.delimiter = delimiter
        self.place = place
        recordStart = place
        self.kept = kept ?? []
        columns = kept?.count ?? .max
        self.null = null.map { null in
            var buffer = SeedBuffer(capacity: 64)
            buffer.append(null)
            buffer.escapeCopy(from: 0)
            return buffer.drain()
        }
        var stops = [Bool](repeating: false, count: 256)
        for byte in [Self.quote, UInt8(ascii: "\\"), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r")] {
            stops[Int(byte)] = true
        }
        quotedStops = stops
        stops[Int(delimiter)] = true
        plainStops = stops
    }

    /// Converts a chunk and appends the records that are complete.
    ///
    /// - Parameters:
    ///   - chunk: The bytes behind those of the last call.
    ///   - out: Where lines of COPY's text format go.
    ///   - onlyOne: Whether to stop behind the first record.
    /// - Returns: How many bytes were taken.
    mutating func convert(
        _ chunk: UnsafeRawBufferPointer,
        into out: inout SeedBuffer,
        onlyOne: Bool = false
    ) throws(Problem) -> Int {
        var result = (taken: 0, problem: Problem?.none)
        // A byte becomes three at the most: the delimiter behind a field that means nothing is `\N` and a tab.
        out.append(most: carried.count + 3 * chunk.count + 16) { out in
            let length: Int
            (length, result.taken, result.problem) = run(chunk, out, onlyOne)
            return length
        }
        if let problem = result.problem { throw problem }
        guard carried.count <= SeedInput.recordLimit else {
            throw Problem(
                message: "the record that starts here has more than \(SeedInput.recordLimit >> 20) MiB",
                place: state == .quoted ? quotePlace : recordStart,
                hint: state == .quoted ? "is a closing quote missing?" : nil,
                code: .tooLarge
            )
        }
        return result.taken
    }

    /// Ends the last record, which may lack its line end.
    mutating func finish(into out: inout SeedBuffer) throws(Problem) {
        if state == .quoted { throw Problem(message: "the quote is never closed", place: quotePlace) }
        if state == .fieldStart, field == 0 { return }
        _ = try withUnsafeBytes(of: UInt8(ascii: "\n")) { lineEnd throws(Problem) in
            try convert(lineEnd, into: &out)
        }
    }

    // MARK: - The pass

    private mutating func run(
        _ chunk: UnsafeRawBufferPointer,
        _ out: UnsafeMutablePointer<UInt8>,
        _ onlyOne: Bool
    ) -> (length: Int, taken: Int, problem: Problem?) {
        var count = carried.count
        carried.withUnsafeBufferPointer { if let start = $0.baseAddress { out.update(from: start, count: $0.count) } }
        var complete = 0
        var index = 0
        var problem: Problem?
        let base = place.offset
        let source = chunk.bindMemory(to: UInt8.self)
        let (plainStops, quotedStops) = (plainStops, quotedStops)
        plainStops.withUnsafeBufferPointer { plainStops in
            quotedStops.withUnsafeBufferPointer { quotedStops in
                while index < source.count, problem == nil {
                    switch state {
                    case .fieldStart:
                        let byte = source[index]
                        if field == 0, columns != 1, byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                            index += 1
                            if byte == UInt8(ascii: "\r") { state = .emptyReturnSeen } else { startLine(base + index) }
                            continue
                        }
                        guard field < columns else {
                            let message = "the record has more fields than the header, which has \(columns)"
                            problem = self.problem(message, base + index)
                            continue
                        }
                        beginField(out, &count)
                        isQuoted = byte == Self.quote
                        state = isQuoted ? .quoted : .plain
                        if isQuoted {
                            quotePlace = place(base + index)
                            index += 1
                        }
                    case .plain:
                        Self.copy(source, &index, out, &count, until: plainStops)
                        guard index < source.count else { continue }
                        let byte = source[index]
                        index += 1
                        switch byte {
                        case delimiter: endField(out, &count)
                        case UInt8(ascii: "\n"): problem = endRecord(out, &count, &complete, base + index)
                        case UInt8(ascii: "\r"): state = .returnSeen
                        case Self.quote:
                            problem = self.problem(
                                "a quote inside a field that doesn't start with one",
                                base + index - 1,
                                hint: "put the field into quotes, and write two for one in it"
                            )
                        default: Self.escape(byte, out, &count)
                        }
                    case .quoted:
                        Self.copy(source, &index, out, &count, until: quotedStops)
                        guard index < source.count else { continue }
                        let byte = source[index]
                        index += 1
                        if byte == Self.quote {
                            state = .quoteSeen
                        } else {
                            if byte == UInt8(ascii: "\n") { startLine(base + index, recordGoesOn: true) }
                            Self.escape(byte, out, &count)
                        }
                    case .quoteSeen:
                        let byte = source[index]
                        index += 1
                        switch byte {
                        case Self.quote:
                            out[count] = byte
                            count += 1
                            state = .quoted
                        case delimiter: endField(out, &count)
                        case UInt8(ascii: "\n"): problem = endRecord(out, &count, &complete, base + index)
                        case UInt8(ascii: "\r"): state = .returnSeen
                        default:
                            problem = self.problem(
                                "nothing but a delimiter or a line end may follow a closing quote",
                                base + index - 1,
                                hint: "write two quotes for one inside of a field"
                            )
                        }
                    case .returnSeen, .emptyReturnSeen:
                        guard source[index] == UInt8(ascii: "\n") else {
                            let hint = "lines end with a line feed, or with both"
                            problem = self.problem(
                                "a carriage return without a line feed",
                                base + index - 1,
                                hint: hint
                            )
                            continue
                        }
                        index += 1
                        if state == .returnSeen {
                            problem = endRecord(out, &count, &complete, base + index)
                        } else {
                            startLine(base + index)
                            state = .fieldStart
                        }
                    }
                    if onlyOne, complete > 0 { break }
                }
            }
        }
        carried = Array(UnsafeBufferPointer(start: out + complete, count: count - complete))
        fieldStart -= complete
        place.offset = base + index
        return (complete, index, problem)
    }

    /// Copies bytes up to one that means something.
    @inline(__always)
    private static func copy(
        _ source: UnsafeBufferPointer<UInt8>,
        _ index: inout Int,
        _ out: UnsafeMutablePointer<UInt8>,
        _ count: inout Int,
        until stops: UnsafeBufferPointer<Bool>
    ) {
        while index < source.count, !stops[Int(source[index])] {
            out[count] = source[index]
            count += 1
            index += 1
        }
    }

    /// Starts a field in the output.
    private mutating func beginField(_ out: UnsafeMutablePointer<UInt8>, _ count: inout Int) {
        if keeps(field) {
            if fieldsWritten > 0 {
                out[count] = UInt8(ascii: "\t")
                count += 1
            }
            fieldsWritten += 1
        }
        fieldStart = count
    }

    /// Ends a field that a delimiter follows.
    private mutating func endField(_ out: UnsafeMutablePointer<UInt8>, _ count: inout Int) {
        closeField(out, &count)
        field += 1
        state = .fieldStart
    }

    /// Takes a field back that isn't kept, and writes `\N` for one that means nothing.
    private func closeField(_ out: UnsafeMutablePointer<UInt8>, _ count: inout Int) {
        guard keeps(field) else {
            count = fieldStart
            return
        }
        guard let null, !isQuoted, null.count == count - fieldStart else { return }
        for index in 0..<null.count where null[index] != out[fieldStart + index] { return }
        out[fieldStart] = UInt8(ascii: "\\")
        out[fieldStart + 1] = UInt8(ascii: "N")
        count = fieldStart + 2
    }

    /// Ends a field that a line end follows, and its record.
    private mutating func endRecord(
        _ out: UnsafeMutablePointer<UInt8>,
        _ count: inout Int,
        _ complete: inout Int,
        _ end: Int
    ) -> Problem? {
        closeField(out, &count)
        if columns != .max, field + 1 != columns {
            return problem("the record has \(field + 1) fields, and the header \(columns)", end - 1)
        }
        out[count] = UInt8(ascii: "\n")
        count += 1
        complete = count
        records += 1
        recordPlaces?.append(recordStart)
        field = 0
        fieldsWritten = 0
        state = .fieldStart
        startLine(end)
        return nil
    }

    private func keeps(_ field: Int) -> Bool {
        columns == .max || kept[field]
    }

    private static func escape(_ byte: UInt8, _ out: UnsafeMutablePointer<UInt8>, _ count: inout Int) {
        out[count] = UInt8(ascii: "\\")
        switch byte {
        case UInt8(ascii: "\t"): out[count + 1] = UInt8(ascii: "t")
        case UInt8(ascii: "\n"): out[count + 1] = UInt8(ascii: "n")
        case UInt8(ascii: "\r"): out[count + 1] = UInt8(ascii: "r")
        default: out[count + 1] = byte
        }
        count += 2
    }

    // MARK: - Places

    private mutating func startLine(_ offset: Int, recordGoesOn: Bool = false) {
        place.line += 1
        place.lineStart = offset
        place.offset = offset
        if !recordGoesOn { recordStart = place }
    }

    private func place(_ offset: Int) -> SeedInput.Place {
        SeedInput.Place(line: place.line, lineStart: place.lineStart, offset: offset)
    }

    private func problem(_ message: String, _ offset: Int, hint: String? = nil) -> Problem {
        Problem(message: message, place: place(offset), hint: hint)
    }
}

extension SeedInput {
    /// Makes an error of a problem.
    func problem(_ problem: SeedCSVConverter.Problem) -> Diagnostics {
        self.problem(problem.message, at: problem.place, hint: problem.hint, code: problem.code)
    }
}
