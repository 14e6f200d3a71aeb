extension SQLStatement: ScriptStatement {
    package var summary: String {
        let text = tokens.prefix(6).joined(separator: " ")
        return text.count > 60 ? text.prefix(59) + "…" : text
    }

    package func addTokens(to digest: inout SHA256Stream) {
        var scanner = SQLScanner(Array(text.utf8))
        while let token = scanner.next() {
            guard token.kind != .lineComment, token.kind != .comment else { continue }
            let bytes = scanner.bytes[token.range]
            // The server folds these itself.
            if token.kind == .word { digest.update(bytes.map(Self.lowercased)) } else { digest.update(bytes) }
            digest.update([0])
        }
        if let copyData { digest.update(copyData.utf8.filter { $0 != UInt8(ascii: "\r") }) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// The tokens as they are written, without comments.
    var tokens: [String] {
        var scanner = SQLScanner(Array(text.utf8))
        var tokens: [String] = []
        while let token = scanner.next() {
            guard token.kind != .lineComment, token.kind != .comment else { continue }
            tokens.append(String(decoding: scanner.bytes[token.range], as: UTF8.self))
        }
        return tokens
    }
}
