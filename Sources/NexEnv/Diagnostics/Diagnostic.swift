/// One problem in what the user wrote: what it is, where it stands and what to do about it.
///
/// YAML, SQL, seeds and engines all report through this type; ``DiagnosticRenderer`` is the only thing that prints it.
package struct Diagnostic: Sendable, Hashable {
    /// How bad a problem is.
    package enum Severity: String, Sendable, Codable {
        /// The command stops.
        case error
        /// The command goes on, and the user should know.
        case warning
        /// Something worth knowing.
        case note
    }

    /// A stable name for a kind of problem, such as `unknown-key`; hints and exit codes hang on it, never on the message.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package init(_ name: String) {
            rawValue = name
        }
    }

    /// A second place that belongs to the problem.
    package struct Related: Sendable, Hashable {
        package var message: String
        package var position: SourcePosition

        package init(_ message: String, at position: SourcePosition) {
            self.message = message
            self.position = position
        }
    }

    package var severity: Severity
    package var code: Code
    package var message: String
    package var position: SourcePosition?
    package var hint: String?
    package var related: [Related]

    /// Creates a diagnostic.
    ///
    /// - Parameters:
    ///   - code: The kind of problem.
    ///   - message: One sentence without a full stop, in plain words.
    ///   - severity: How bad it is.
    ///   - position: Where it stands, when it stands anywhere.
    ///   - hint: What to do next.
    ///   - related: Other places that belong to it.
    package init(
        _ code: Code,
        _ message: String,
        severity: Severity = .error,
        at position: SourcePosition? = nil,
        hint: String? = nil,
        related: [Related] = []
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.position = position
        self.hint = hint
        self.related = related
    }
}

extension Diagnostic.Code {
    package static let unreadableFile = Self("unreadable-file")
    package static let invalidYAML = Self("invalid-yaml")
    package static let tooLarge = Self("too-large")
    package static let duplicateKey = Self("duplicate-key")
    package static let unknownKey = Self("unknown-key")
    package static let missingKey = Self("missing-key")
    package static let wrongType = Self("wrong-type")
    package static let invalidValue = Self("invalid-value")
    package static let undefinedVariable = Self("undefined-variable")
    package static let seed = Self("seed")
    package static let invalidInterpolation = Self("invalid-interpolation")
    package static let unknownReference = Self("unknown-reference")
    package static let includeCycle = Self("include-cycle")
    package static let conflictingValues = Self("conflicting-values")
    package static let outsidePath = Self("outside-path")
    package static let missingFile = Self("missing-file")
    package static let unknownMode = Self("unknown-mode")
    package static let unknownProfile = Self("unknown-profile")
    package static let unknownService = Self("unknown-service")
    package static let dependencyCycle = Self("dependency-cycle")
    package static let notFound = Self("environment-not-found")
    package static let ambiguous = Self("environment-ambiguous")
    package static let sql = Self("sql")
    package static let database = Self("database")
    package static let invalidData = Self("invalid-data")
}

/// Every problem of one piece of input, thrown together so that none has to be found by trying again.
package struct Diagnostics: Error, Sendable {
    /// The problems, in the order they stand in.
    package var all: [Diagnostic]

    /// What the command exits with.
    package var exitStatus: ExitStatus

    package init(_ all: [Diagnostic], exitStatus: ExitStatus = .invalidConfiguration) {
        self.all = all
        self.exitStatus = exitStatus
    }

    /// Returns the same problems, with a further hint to the last one.
    package func adding(hint: String) -> Diagnostics {
        var copy = self
        guard let last = all.indices.last else { return self }
        // The server's own hints are sentences.
        let first = all[last].hint.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
        copy.all[last].hint = [first, hint].compactMap { $0 }.joined(separator: "; ")
        return copy
    }
}
