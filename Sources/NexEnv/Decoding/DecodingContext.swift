/// What decoding one environment collects and may look at.
///
/// Decoding goes on after a problem, so that a file's problems are all reported at once.
package final class DecodingContext {
    /// What was found so far.
    package private(set) var problems: [Diagnostic] = []

    /// Which files may name paths outside their own folder (`allow_outside: true`).
    private let filesAllowedOutside: Set<String>

    /// The folder in which paths have to lie; nothing for the folder of the file that names them.
    package let boundary: String?

    package init(filesAllowedOutside: Set<String> = [], boundary: String? = nil) {
        self.filesAllowedOutside = filesAllowedOutside
        self.boundary = boundary
    }

    /// Whether enough was found: nobody reads on, and a file of nothing but mistakes would take minutes.
    package var isFull: Bool { problems.count >= 100 }

    /// Adds a problem, unless enough was found.
    package func report(
        _ code: Diagnostic.Code,
        _ message: String,
        at position: SourcePosition?,
        hint: String? = nil,
        related: [Diagnostic.Related] = []
    ) {
        if isFull { return }
        problems.append(Diagnostic(code, message, at: position, hint: hint, related: related))
    }

    /// Adds problems found elsewhere.
    package func report(_ diagnostics: [Diagnostic]) {
        problems += diagnostics
    }

    /// Returns whether a file may name paths outside its own folder.
    package func mayLeaveFolder(_ file: SourceFile) -> Bool {
        filesAllowedOutside.contains(file.path)
    }

    /// Reports that a node is of the wrong kind.
    package func wrongType(_ node: YAMLNode, expected: String, hint: String? = nil) {
        report(.wrongType, "expected \(expected), found \(node.kindDescription)", at: node.position, hint: hint)
    }
}
