import Foundation
import NexEnv
import TextTesting

/// A problem that a text must have: its mark, its code, and words of its message and hint.
struct ExpectedProblem: Sendable {
    var mark: String
    var code: Diagnostic.Code
    var message: String
    var hint: String?

    init(_ mark: String, _ code: Diagnostic.Code, _ message: String, hint: String? = nil) {
        self.mark = mark
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// Returns what is different about the problems of a text; nothing when they are the expected ones, in this order.
    static func difference(_ expected: [ExpectedProblem], _ found: [Diagnostic], in text: MarkedText) -> String? {
        let matches = expected.count == found.count && zip(expected, found).allSatisfy { $0.matches($1, in: text) }
        if matches { return nil }
        let wanted = expected.map {
            "\(text.places[$0.mark]?.description ?? "nowhere") \($0.code.rawValue): \($0.message)"
        }
        let had = found.map { problem in
            let place = problem.position.map { "\($0.line):\($0.column)" } ?? "nowhere"
            return "\(place) \(problem.code.rawValue): \(problem.message)\(problem.hint.map { " (\($0))" } ?? "")"
        }
        return "expected\n  \(wanted.joined(separator: "\n  "))\nfound\n  \(had.joined(separator: "\n  "))"
    }

    private func matches(_ problem: Diagnostic, in text: MarkedText) -> Bool {
        let place = problem.position.map { MarkedText.Place(line: $0.line, column: $0.column) }
        return place == text.places[mark] && problem.code == code && problem.message.contains(message)
            && (hint.map { problem.hint?.contains($0) == true } ?? true)
    }
}

/// An environment in a folder of its own.
struct ScratchEnvironment {
    let folder: ScratchFolder

    init(_ yaml: String, files: [String: String] = [:]) throws {
        folder = try ScratchFolder(files)
        try folder.write(yaml, to: "nexenv.yaml")
    }

    /// Loads the file.
    func load(
        _ name: String = "nexenv.yaml",
        mode: String? = nil,
        variables: [String: String] = [:]
    ) throws(Diagnostics) -> NexEnv.Environment {
        var loader = EnvironmentLoader(processVariables: variables, mode: mode)
        return try loader.load("\(folder.path)/\(name)")
    }

    /// Loads the file and returns what is wrong with it.
    func problems(
        _ name: String = "nexenv.yaml",
        mode: String? = nil,
        variables: [String: String] = [:]
    ) -> [Diagnostic] {
        do {
            _ = try load(name, mode: mode, variables: variables)
            return []
        } catch {
            return error.all
        }
    }
}

extension SourceFile {
    /// A file that is nowhere.
    convenience init(_ text: String, path: String = "/nowhere/nexenv.yaml") {
        self.init(path: path, displayPath: (path as NSString).lastPathComponent, text: text)
    }
}

extension YAMLNode {
    /// The value in one line, for comparisons: `{a: [1, "x"]}`, quotes where the file has them.
    var flow: String {
        let tag = tag.map { "!\($0) " } ?? ""
        switch content {
        case .scalar(let text): return tag + (isPlain ? text : "\"\(text)\"")
        case .sequence(let elements): return tag + "[" + elements.map(\.flow).joined(separator: ", ") + "]"
        case .mapping(let entries):
            return tag + "{" + entries.map { "\($0.key.name): \($0.value.flow)" }.joined(separator: ", ") + "}"
        }
    }
}
