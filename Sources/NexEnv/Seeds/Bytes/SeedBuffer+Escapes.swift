extension SeedBuffer {
    /// Escapes what was appended from a place on for COPY's text format: backslash, tab, line feed and carriage return.
    ///
    /// Source: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format".
    package mutating func escapeCopy(from mark: Int) {
        rewrite(from: mark, ifAny: Self.isEscapedInCopy, quotes: false) { byte, out in
            out[0] = UInt8(ascii: "\\")
            switch byte {
            case UInt8(ascii: "\t"): out[1] = UInt8(ascii: "t")
            case UInt8(ascii: "\n"): out[1] = UInt8(ascii: "n")
            case UInt8(ascii: "\r"): out[1] = UInt8(ascii: "r")
            default: out[1] = byte
            }
        } length: {
            Self.isEscapedInCopy($0) ? 2 : 1
        }
    }

    /// Makes a JSON string of what was appended from a place on.
    package mutating func quoteJSON(from mark: Int) {
        rewrite(from: mark, ifAny: Self.isEscapedInJSON, quotes: true) { byte, out in
            out[0] = UInt8(ascii: "\\")
            switch byte {
            case UInt8(ascii: "\t"): out[1] = UInt8(ascii: "t")
            case UInt8(ascii: "\n"): out[1] = UInt8(ascii: "n")
            case UInt8(ascii: "\r"): out[1] = UInt8(ascii: "r")
            case 0..<0x20:
                out[1] = UInt8(ascii: "u")
                out[2] = UInt8(ascii: "0")
                out[3] = UInt8(ascii: "0")
                out[4] = UInt8(ascii: "0") + byte >> 4
                out[5] = byte & 15 + (byte & 15 < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            default: out[1] = byte
            }
        } length: { byte in
            guard Self.isEscapedInJSON(byte) else { return 1 }
            return byte >= 0x20 || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
                ? 2 : 6
        }
    }

    /// Makes a quoted element of a PostgreSQL array literal of what was appended from a place on.
    ///
    /// Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
    package mutating func quoteArrayElement(from mark: Int) {
        rewrite(from: mark, ifAny: Self.isEscapedInArray, quotes: true) { byte, out in
            out[0] = UInt8(ascii: "\\")
            out[1] = byte
        } length: {
            Self.isEscapedInArray($0) ? 2 : 1
        }
    }

    private static func isEscapedInCopy(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
            || byte == UInt8(ascii: "\r")
    }

    private static func isEscapedInJSON(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"")
    }

    private static func isEscapedInArray(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"")
    }

    /// Puts escapes, and quotes around it all, into what was appended from a place on.
    ///
    /// The new length is known before the first byte moves, and bytes move from the end, so nothing is copied aside.
    @inline(__always)
    private mutating func rewrite(
        from mark: Int,
        ifAny isEscaped: (UInt8) -> Bool,
        quotes: Bool,
        escape: (UInt8, UnsafeMutablePointer<UInt8>) -> Void,
        length: (UInt8) -> Int
    ) {
        var extra = 0
        withBytes { all in
            for byte in all[mark...] where isEscaped(byte) { extra += length(byte) - 1 }
        }
        let quote = quotes ? 1 : 0
        if extra == 0, !quotes { return }
        grow(from: mark, by: extra + 2 * quote) { start, count in
            if quotes {
                if extra == 0 { (start + 1).update(from: start, count: count) }
                start[count + extra + 1] = UInt8(ascii: "\"")
            }
            if extra > 0 {
                var place = count + extra + quote
                for index in stride(from: count - 1, through: 0, by: -1) {
                    let byte = start[index]
                    guard isEscaped(byte) else {
                        place -= 1
                        start[place] = byte
                        continue
                    }
                    place -= length(byte)
                    escape(byte, start + place)
                }
            }
            if quotes { start[0] = UInt8(ascii: "\"") }
        }
    }
}
