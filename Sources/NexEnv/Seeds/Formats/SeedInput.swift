/// A file of seed data, of any size: what is read of it is read piece by piece.
package final class SeedInput: Sendable {
    /// The path as a person wants to read it.
    package let displayPath: String

    /// How many bytes it had when it was opened, for the share that is done.
    package let size: Int

    private let path: String
    private let source: Source

    private enum Source: Sendable {
        case file(ReadOnlyFile)
        case bytes([UInt8])
    }

    /// How much is read at once: large enough to make each read cheap, small enough to stay in the cache.
    static let chunkSize = 256 << 10

    /// How long a record may be; a quote that is never closed makes one of the rest of the file.
    static let recordLimit = 64 << 20

    /// Opens a file.
    ///
    /// - Throws: ``Diagnostics`` when it is missing or no regular file, ``NexEnvError`` when it can't be read.
    package init(path: String) throws {
        let file = try SourceFile.regularFile(path)
        self.path = file.path
        displayPath = SourceFile.displayPath(of: path)
        size = file.size
        source = .file(try ReadOnlyFile(file.path))
    }

    /// Creates an input of bytes that are there already.
    package init(_ bytes: [UInt8], displayPath: String) {
        self.displayPath = displayPath
        path = displayPath
        size = bytes.count
        source = .bytes(bytes)
    }

    /// Reads from a place on, and returns how many bytes there were: fewer than there is room for only at the end.
    ///
    /// - Throws: ``NexEnvError``.
    package func read(at offset: Int, into room: UnsafeMutableRawBufferPointer) throws(NexEnvError) -> Int {
        switch source {
        case .file(let file): return try file.read(at: offset, into: room)
        case .bytes(let bytes):
            let piece = bytes.dropFirst(offset).prefix(room.count)
            room.copyBytes(from: piece)
            return piece.count
        }
    }

    /// Returns some bytes, fewer at the end.
    ///
    /// - Throws: ``NexEnvError``.
    func bytes(at offset: Int, count: Int) throws(NexEnvError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var read: Result<Int, NexEnvError> = .success(0)
        bytes.withUnsafeMutableBytes { room in
            read = Result { () throws(NexEnvError) in try self.read(at: offset, into: room) }
        }
        bytes.removeLast(count - (try read.get()))
        return bytes
    }

    // MARK: - Start

    /// Returns how many bytes stand before the data: a byte-order mark, or none.
    ///
    /// - Throws: ``Diagnostics`` for UTF-16, which such a mark tells.
    func start() throws -> Int {
        let mark = try bytes(at: 0, count: 3)
        if mark == [0xEF, 0xBB, 0xBF] { return 3 }
        guard mark.prefix(2) == [0xFF, 0xFE] || mark.prefix(2) == [0xFE, 0xFF] else { return 0 }
        throw problem("the file is UTF-16", at: Place(), hint: "save it as UTF-8", code: .unreadableFile)
    }

    // MARK: - Places

    /// A place in the file.
    package struct Place: Sendable, Hashable {
        /// The line, counted from 1.
        package var line = 1
        /// How many bytes stand before the line.
        package var lineStart = 0
        /// How many bytes stand before the place.
        package var offset = 0
    }

    /// Returns a place as editors count it, with the line for showing it where that is not too long.
    package func position(_ place: Place) -> SourcePosition {
        let excerptLimit = 64 << 10
        let start = place.lineStart
        var before = (try? bytes(at: start, count: min(place.offset - start, excerptLimit))) ?? []
        // A file that starts with a byte-order mark has its first column behind it.
        if start == 0, before.starts(with: [0xEF, 0xBB, 0xBF]) { before.removeFirst(3) }
        let column = before.count { $0 & 0xC0 != 0x80 } + 1
        guard place.offset - start < excerptLimit else {
            let file = SourceFile(path: path, displayPath: displayPath, text: "", firstLine: .max)
            return SourcePosition(file: file, line: place.line, column: place.offset - start + 1)
        }
        let rest = (try? bytes(at: place.offset, count: 4096)) ?? []
        let line = before + rest.prefix { $0 != UInt8(ascii: "\n") }
        let text = String(decoding: line, as: UTF8.self)
        let file = SourceFile(path: path, displayPath: displayPath, text: text, firstLine: place.line)
        return SourcePosition(file: file, line: place.line, column: column)
    }

    /// Makes an error of a problem at a place.
    func problem(
        _ message: String,
        at place: Place,
        hint: String? = nil,
        code: Diagnostic.Code = .invalidData
    ) -> Diagnostics {
        Diagnostics([Diagnostic(code, message, at: position(place), hint: hint)], exitStatus: .dataError)
    }
}
