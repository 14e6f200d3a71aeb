/// The comments by which a tool marks what a file's statements are for.
package enum MigrationMarkers: String, Sendable, CaseIterable {
    case nexenv
    case dbmate
    case goose

    /// What a marker says.
    enum Meaning: Equatable {
        /// A step begins.
        case step(MigrationDirection, isTransaction: Bool)
        /// No step of the file is a transaction.
        case noTransactions
        /// What stands between is one statement, which we see by ourselves.
        case statementBegin
        case statementEnd
        /// Nothing that matters here.
        case nothing
    }

    /// What a marker starts with, behind the dashes.
    private var prefix: String {
        switch self {
        case .nexenv: "nexenv:"
        case .dbmate: "migrate:"
        case .goose: "+goose"
        }
    }

    /// Returns what begins a step, without the dashes.
    func begin(_ direction: MigrationDirection) -> String {
        self == .goose ? "+goose \(direction == .up ? "Up" : "Down")" : prefix + direction.rawValue
    }

    /// Returns whose marker a comment is; nothing for any other comment.
    static func owner(of comment: String) -> MigrationMarkers? {
        guard let owner = allCases.first(where: { comment.lowercased().hasPrefix($0.prefix) }) else { return nil }
        // dbmate knows two; anything else that starts like them is somebody's note.
        let isNote = owner == .dbmate && !["up", "down"].contains(owner.words(of: comment).first)
        return isNote ? nil : owner
    }

    private func words(of comment: String) -> [String] {
        comment.dropFirst(prefix.count).lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Returns what a marker of this owner says.
    ///
    /// - Throws: ``MarkerProblem`` where it says nothing that is understood.
    func meaning(of comment: String) throws(MarkerProblem) -> Meaning {
        let words = words(of: comment)
        if self == .goose { return try gooseMeaning(words) }
        guard let direction = words.first.flatMap(MigrationDirection.init) else {
            throw MarkerProblem(
                message: "there is no marker `\(comment)`",
                hint: Suggestion.nearest(to: words.first ?? "", among: ["up", "down"]).map {
                    "did you mean `\(prefix)\($0)`?"
                } ?? "`\(prefix)up` and `\(prefix)down`"
            )
        }
        var isTransaction = true
        for option in words.dropFirst() {
            switch (self, option) {
            case (.nexenv, "tx=off"), (.dbmate, "transaction:false"): isTransaction = false
            case (.nexenv, "tx=on"), (.dbmate, "transaction:true"): isTransaction = true
            default:
                let known = self == .nexenv ? "tx=off" : "transaction:false"
                throw MarkerProblem(message: "there is no option `\(option)` of a marker", hint: "`\(known)` is one")
            }
        }
        return .step(direction, isTransaction: isTransaction)
    }

    private func gooseMeaning(_ words: [String]) throws(MarkerProblem) -> Meaning {
        switch words {
        case ["up"]: return .step(.up, isTransaction: true)
        case ["down"]: return .step(.down, isTransaction: true)
        case ["no", "transaction"]: return .noTransactions
        case ["statementbegin"]: return .statementBegin
        case ["statementend"]: return .statementEnd
        case ["envsub", "off"]: return .nothing
        case ["envsub", "on"]:
            throw MarkerProblem(
                message: "variables aren't put into migrations here",
                hint: "write the value itself"
            )
        default:
            let known = ["Up", "Down", "StatementBegin", "StatementEnd", "NO TRANSACTION"]
            throw MarkerProblem(
                message: "goose has no annotation `\(words.joined(separator: " "))`",
                hint: Suggestion.hint(for: words.joined(separator: " "), among: known, noun: "annotations")
            )
        }
    }
}

/// What is wrong with a marker.
struct MarkerProblem: Error {
    var message: String
    var hint: String?
}
