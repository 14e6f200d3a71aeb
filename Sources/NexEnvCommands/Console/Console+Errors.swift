import ArgumentParser
import Foundation
import NexEnv

extension Console {
    /// Prints what was thrown, as people or programs want it, and returns the exit status.
    func report(_ error: any Error) -> Int32 {
        if let exit = error as? ExitCode { return exit.rawValue }
        if isJSON {
            try? json(ErrorReport(error))
        } else {
            Self.standardError(text(error))
        }
        return status(error)
    }

    func status(_ error: any Error) -> Int32 {
        switch error {
        case let diagnostics as Diagnostics: diagnostics.exitStatus.rawValue
        case let error as NexEnvError: error.code.exitStatus.rawValue
        case is CancellationError: ExitStatus.interrupted.rawValue
        case is ValidationError: ExitStatus.usage.rawValue
        default: ExitStatus.bug.rawValue
        }
    }

    private func text(_ error: any Error) -> String {
        switch error {
        case let diagnostics as Diagnostics: DiagnosticRenderer(style: style).render(diagnostics.all)
        case let error as NexEnvError: text(error)
        case is CancellationError: "\(style.yellow("interrupted"))\n"
        default: "\(style.red("error")): \(error)\n"
        }
    }

    func text(_ error: NexEnvError) -> String {
        var out = ""
        for line in error.logTail { out += style.dim("  \(error.service ?? "log") | ") + line + "\n" }
        out += "\(style.red("error")): \(error) \(style.dim("[\(error.code.name)]"))\n"
        if verbosity == .verbose, let cause = error.underlying { out += style.dim("  because: \(cause)") + "\n" }
        if let hint = error.hint { out += "  \(style.green("hint")): \(hint)\n" }
        return out
    }
}

/// What `--json` prints when a command fails.
struct ErrorReport: Encodable {
    let schema = "nexenv/1"
    let ok = false
    var errors: [Problem] = []

    struct Problem: Encodable {
        var code: String
        var severity = "error"
        var message: String
        var service: String?
        var database: String?
        var file: String?
        var line: Int?
        var column: Int?
        var hint: String?
        var related: [Place]?
        var logTail: [String]?
    }

    /// Another place that belongs to a problem.
    struct Place: Encodable {
        var message: String
        var file: String
        var line: Int
        var column: Int
    }

    /// A command line that is not understood.
    init(usage message: String) { errors = [Problem(code: "usage", message: message)] }

    init(_ error: any Error) {
        switch error {
        case let diagnostics as Diagnostics: errors = diagnostics.all.map(Problem.init)
        case let error as NexEnvError: errors = [Problem(error)]
        case is CancellationError: errors = [Problem(code: "interrupted", message: "interrupted")]
        default: errors = [Problem(code: "bug", message: "\(error)")]
        }
    }
}

extension ErrorReport.Problem {
    init(_ diagnostic: Diagnostic) {
        self.init(
            code: diagnostic.code.rawValue,
            severity: diagnostic.severity.rawValue,
            message: diagnostic.message,
            file: diagnostic.position?.file.displayPath,
            line: diagnostic.position?.line,
            column: diagnostic.position?.column,
            hint: diagnostic.hint,
            related: diagnostic.related.isEmpty ? nil : diagnostic.related.map(ErrorReport.Place.init)
        )
    }

    init(_ error: NexEnvError) {
        self.init(
            code: error.code.name,
            message: error.message,
            service: error.service,
            database: error.database,
            hint: error.hint,
            logTail: error.logTail.isEmpty ? nil : error.logTail
        )
    }
}

extension ErrorReport.Place {
    init(_ related: Diagnostic.Related) {
        self.init(
            message: related.message,
            file: related.position.file.displayPath,
            line: related.position.line,
            column: related.position.column
        )
    }
}
