/// Escape sequences for a terminal, or nothing for a pipe.
///
/// Only the eight basic colours and bold and dim are used, so that it reads on every theme; meaning never hangs on colour alone.
package struct TerminalStyle: Sendable, Hashable {
    /// Whether anything is coloured.
    package var isColored: Bool

    package init(isColored: Bool) {
        self.isColored = isColored
    }

    /// No escape sequences at all.
    package static let plain = TerminalStyle(isColored: false)

    package func bold(_ text: String) -> String { wrap(text, "1") }
    package func dim(_ text: String) -> String { wrap(text, "2") }
    package func red(_ text: String) -> String { wrap(text, "31") }
    package func green(_ text: String) -> String { wrap(text, "32") }
    package func yellow(_ text: String) -> String { wrap(text, "33") }
    package func blue(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
