/// One statement of an SQL file, with its place.
package struct SQLStatement: Sendable, Hashable {
    /// Whether a statement may run inside a transaction block.
    package enum Kind: Sendable, Hashable {
        /// It may, and is undone with the block.
        case transactional
        /// PostgreSQL refuses it inside a block, or it commits by itself.
        case standalone
        /// It begins or commits a block itself.
        case blockBoundary
        /// It undoes a block itself.
        case rollback
    }

    /// The text, without the semicolon and without leading comments.
    package var text: String

    /// Where the text starts.
    package var position: SourcePosition

    package var kind: Kind

    /// The first words outside of quotes, in lower case; at most twelve.
    package var words: [String] = []

    /// The lines behind `COPY … FROM stdin;`, without the closing `\.`.
    package var copyData: String?

    /// Where these lines start.
    package var copyPosition: SourcePosition?
}

extension SQLStatement {
    /// Whether it acts on the server as a whole, or on a database by its name, and not on what is in the database.
    var isServerWide: Bool { SQLKeywords.isServerWide(words) }

    /// Returns the place of a character in the statement's text.
    ///
    /// - Parameter offset: Counted from 1 in characters, as PostgreSQL reports it.
    package func position(ofCharacter offset: Int) -> SourcePosition {
        var place = position
        for scalar in text.unicodeScalars.prefix(max(0, offset - 1)) {
            if scalar == "\n" {
                place.line += 1
                place.column = 1
            } else {
                place.column += 1
            }
        }
        place.length = 1
        return place
    }
}
