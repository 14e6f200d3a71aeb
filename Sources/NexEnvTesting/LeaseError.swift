import NexEnv

/// Why databases couldn't be leased, or what a test has left behind in them.
public struct LeaseError: Error, Sendable, CustomStringConvertible {
    /// What went wrong and what to do about it; safe to paste in public.
    public let description: String

    init(_ message: String, hint: String? = nil) {
        description = message + (hint.map { "\n  hint: \($0)" } ?? "")
    }

    init(_ error: any Error) {
        switch error {
        case let error as LeaseError: self = error
        case let error as NexEnvError: self.init("\(error)", hint: error.hint)
        case let diagnostics as Diagnostics:
            self.init(DiagnosticRenderer(style: TerminalStyle(isColored: false)).render(diagnostics.all))
        default: self.init("\(error)")
        }
    }
}
