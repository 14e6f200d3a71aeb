/// Reads the objects of a file: one in each line (JSON Lines, NDJSON), or all in one list.
///
/// What is in memory is one chunk of the file, or one object where that is longer.
package final class SeedJSONReader: SeedRecordReader {
    /// How objects follow each other.
    package enum Layout: Sendable {
        /// Each on a line of its own; empty lines don't count.
        case lines
        /// As elements of one list.
        case list
    }

    package let input: SeedInput
    private let layout: Layout
    private let chunkSize: Int

    /// Bytes that were read, and how many of them are done with.
    private var buffer: [UInt8] = []
    private var done = 0
    private var place: SeedInput.Place
    private var isAtEnd = false
    private var phase = Phase.start

    /// Where in a list the reader is.
    private enum Phase {
        case start
        case afterObject
        case end
    }

    /// Opens a file.
    ///
    /// - Throws: ``Diagnostics``, ``NexEnvError``.
    package convenience init(_ input: SeedInput, _ layout: Layout) throws {
        try self.init(input, layout, chunkSize: SeedInput.chunkSize)
    }

    init(_ input: SeedInput, _ layout: Layout, chunkSize: Int) throws {
        self.input = input
        self.layout = layout
        self.chunkSize = chunkSize
        place = SeedInput.Place(offset: try input.start())
    }

    package var offset: Int { place.offset }

    /// The bytes are delimited, and not looked into further than that takes.
    func nextRaw<Value>(_ body: (SeedRawRecord) throws -> Value) throws -> Value? {
        guard let length = try layout == .lines ? lineLength() : elementLength() else { return nil }
        let start = place
        return try buffer.withUnsafeBytes { all in
            let bytes = UnsafeRawBufferPointer(rebasing: all[done..<done + length])
            defer {
                if layout == .lines { place.offset += length } else { place = start.moved(by: length, in: bytes) }
                done += length
            }
            return try body(SeedRawRecord(form: .json, bytes: bytes, place: start))
        }
    }

    func fields(of record: SeedRawRecord) throws -> [SeedValue.Field] {
        do {
            guard case .document(let fields) = try SeedJSONParser.parse(record.bytes) else {
                throw SeedJSONParser.Problem(message: "an object is expected", offset: 0)
            }
            return fields
        } catch let problem as SeedJSONParser.Problem {
            throw input.problem(problem.message, at: record.place.moved(by: problem.offset, in: record.bytes))
        }
    }

    // MARK: - Lines

    /// Moves on to the next line that isn't empty, and returns how long it is.
    private func lineLength() throws -> Int? {
        while true {
            try skipBlanks()
            guard done < buffer.count else { return nil }
            var searched = 0
            while true {
                if let length = lineEnd(from: done + searched) { return length }
                searched = buffer.count - done
                guard try fill() else { return searched }
            }
        }
    }

    private func lineEnd(from start: Int) -> Int? {
        buffer.withUnsafeBytes { $0.index(of: UInt8(ascii: "\n"), from: start) }.map { $0 - done }
    }

    // MARK: - Lists

    /// Moves on to the next element, and returns how long it is.
    private func elementLength() throws -> Int? {
        try skipBlanks()
        switch phase {
        case .start:
            guard take(UInt8(ascii: "[")) else {
                let hint = "one object in each line is `jsonl`, objects in [ ] are `json`"
                throw input.problem("a list of objects is expected", at: place, hint: hint)
            }
            try skipBlanks()
            if take(UInt8(ascii: "]")) { return try finish() }
        case .afterObject:
            if take(UInt8(ascii: "]")) { return try finish() }
            guard take(UInt8(ascii: ",")) else { throw input.problem("a comma or ] is expected", at: place) }
            try skipBlanks()
        case .end: return nil
        }
        phase = .afterObject
        guard done < buffer.count else { throw input.problem("the list is never closed", at: place) }
        guard buffer[done] == UInt8(ascii: "{") else { throw input.problem("an object is expected", at: place) }
        return try objectLength()
    }

    /// Finds the brace that closes an object, over quotes and nested ones.
    private func objectLength() throws -> Int {
        var depth = 0
        var isInString = false
        var isEscaped = false
        var length = 0
        while true {
            let end = buffer[(done + length)...].firstIndex { byte in
                length += 1
                if isEscaped {
                    isEscaped = false
                } else if isInString {
                    if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                    }
                } else if byte == UInt8(ascii: "\"") {
                    isInString = true
                } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                    depth += 1
                } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                    depth -= 1
                }
                return depth == 0
            }
            if end != nil { return length }
            guard try fill() else { throw input.problem("the object that starts here is never closed", at: place) }
        }
    }

    private func finish() throws -> Int? {
        phase = .end
        try skipBlanks()
        guard done == buffer.count else { throw input.problem("nothing may follow the list", at: place) }
        return nil
    }

    private func take(_ byte: UInt8) -> Bool {
        guard done < buffer.count, buffer[done] == byte else { return false }
        done += 1
        place.offset += 1
        return true
    }

    // MARK: - Bytes

    private func skipBlanks() throws {
        while true {
            while done < buffer.count {
                switch buffer[done] {
                case 0x20, 0x0d, 0x09: place.offset += 1
                case 0x0a:
                    place.offset += 1
                    place.line += 1
                    place.lineStart = place.offset
                default: return
                }
                done += 1
            }
            guard try fill() else { return }
        }
    }

    /// Reads a further chunk behind what isn't done with; returns false at the end of the file.
    private func fill() throws -> Bool {
        if isAtEnd { return false }
        guard buffer.count - done <= SeedInput.recordLimit else {
            let message = "the object that starts here has more than \(SeedInput.recordLimit >> 20) MiB"
            throw input.problem(message, at: place, code: .tooLarge)
        }
        let rest = buffer.count - done
        let chunk = try input.bytes(at: place.offset + rest, count: max(chunkSize, rest))
        buffer.replaceSubrange(..<done, with: [])
        done = 0
        buffer += chunk
        isAtEnd = chunk.count < max(chunkSize, rest)
        return !chunk.isEmpty
    }
}

extension SeedInput.Place {
    /// Returns the place so many bytes further on.
    func moved(by count: Int, in bytes: UnsafeRawBufferPointer) -> SeedInput.Place {
        var place = self
        for index in 0..<count where bytes[index] == UInt8(ascii: "\n") {
            place.line += 1
            place.lineStart = offset + index + 1
        }
        place.offset += count
        return place
    }
}
