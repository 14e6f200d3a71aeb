/// One file of a migrations folder, read and not yet understood.
package struct MigrationFile: Sendable {
    package var name: MigrationName

    /// The file's own name.
    package var fileName: String

    /// The absolute path, links resolved.
    package var path: String

    package var bytes: [UInt8]

    /// The text, for reading what it says.
    ///
    /// - Throws: ``Diagnostics`` when it isn't UTF-8.
    package func source() throws(Diagnostics) -> SourceFile { try SourceFile(path: path, bytes: bytes) }

    /// The path as a person wants to read it.
    package var displayPath: String { SourceFile.displayPath(of: path) }

    /// The digest of the text: byte-order mark, kinds of line ends, and blanks at the ends of lines and of the file don't count.
    package var checksum: String {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        func dropBlanks() {
            while kept.last == UInt8(ascii: " ") || kept.last == UInt8(ascii: "\t") { kept.removeLast() }
        }
        var isAfterReturn = false
        for byte in bytes.dropFirst(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0) {
            let isReturn = byte == UInt8(ascii: "\r")
            if isReturn || byte == UInt8(ascii: "\n") {
                if !(isAfterReturn && !isReturn) {
                    dropBlanks()
                    kept.append(UInt8(ascii: "\n"))
                }
            } else {
                kept.append(byte)
            }
            isAfterReturn = isReturn
        }
        repeat { dropBlanks() } while kept.last == UInt8(ascii: "\n") && kept.popLast() != nil
        return SHA256Digest.hex(of: kept)
    }
}
