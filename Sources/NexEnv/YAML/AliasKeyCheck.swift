/// Finds an alias inside a mapping key, before the text is parsed.
///
/// Yams hashes every key to find duplicates, and hashing an alias expands it: nine nested lists of nine aliases make
/// 387 million nodes. Keys of ours are plain texts, so a key that holds an alias is refused on the text. The check reads
/// lines, not grammar: it can only refuse too much in a file that has both an anchor and such a line.
enum AliasKeyCheck {
    /// Returns the problem, or nothing when the text may be parsed.
    static func problem(in file: SourceFile) -> Diagnostic? {
        guard file.text.utf8.contains(UInt8(ascii: "&")), file.text.utf8.contains(UInt8(ascii: "*")) else { return nil }
        var number = 0
        for line in file.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard let star = line.firstIndex(of: UInt8(ascii: "*")), isSuspicious(line, star) else { continue }
            let column = line.distance(from: line.startIndex, to: star) + 1
            let position = SourcePosition(file: file, line: number, column: column)
            return Diagnostic(.invalidYAML, "an alias can't be part of a key", at: position)
        }
        return nil
    }

    private static func isSuspicious(_ line: Substring.UTF8View, _ star: Substring.UTF8View.Index) -> Bool {
        let trimmed = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
        if trimmed.starts(with: "? ".utf8) { return true }
        var previousMayEndKey = false
        var inAlias = false
        for byte in line[star...] {
            switch byte {
            case UInt8(ascii: "*"): inAlias = true
            case UInt8(ascii: "]"), UInt8(ascii: "}"): (previousMayEndKey, inAlias) = (true, false)
            case UInt8(ascii: ":") where previousMayEndKey: return true
            case UInt8(ascii: " "): previousMayEndKey = previousMayEndKey || inAlias
            default: previousMayEndKey = false
            }
            if byte == UInt8(ascii: ",") { inAlias = false }
        }
        return false
    }
}
