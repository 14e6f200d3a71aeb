/// Names and texts as parts of a statement.
///
/// Values belong into parameters; these are for the places where SQL takes none, such as `CREATE DATABASE`.
public enum PostgresIdentifier {
    /// Returns a name in double quotes, correct for every name that PostgreSQL can hold.
    ///
    /// The server cuts names after 63 bytes; this function doesn't.
    ///
    /// - Throws: ``PostgresError`` with `.invalidArgument` for an empty name or one with a NUL character.
    public static func quoted(_ name: String) throws(PostgresError) -> String {
        guard !name.isEmpty else { throw PostgresError(.invalidArgument, "A name can't be empty.") }
        return try wrap(name, in: "\"")
    }

    /// Returns a name with its schema, both in double quotes.
    ///
    /// - Throws: ``PostgresError`` with `.invalidArgument`; see ``quoted(_:)``.
    public static func quoted(schema: String, _ name: String) throws(PostgresError) -> String {
        try quoted(schema) + "." + quoted(name)
    }

    /// Returns text as a string literal, correct whatever `standard_conforming_strings` says.
    ///
    /// - Throws: ``PostgresError`` with `.invalidArgument` for text with a NUL character, which PostgreSQL can't hold.
    public static func literal(_ text: String) throws(PostgresError) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return try wrap(text, in: "'") }
        return try " E" + wrap(double("\\", in: text), in: "'")
    }

    private static func wrap(_ text: String, in quote: Unicode.Scalar) throws(PostgresError) -> String {
        guard !text.utf8.contains(0) else { throw PostgresError(.invalidArgument, "Text can't hold a NUL character.") }
        return "\(quote)\(double(quote, in: text))\(quote)"
    }

    /// Doubles a character scalar by scalar: in Swift, a quote and a combining accent after it are one `Character`.
    private static func double(_ scalar: Unicode.Scalar, in text: String) -> String {
        var result = String.UnicodeScalarView()
        for next in text.unicodeScalars {
            if next == scalar { result.append(scalar) }
            result.append(next)
        }
        return String(result)
    }
}
