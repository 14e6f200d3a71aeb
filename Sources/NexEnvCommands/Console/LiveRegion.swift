/// Lines at the end of a terminal's output that are drawn again and again.
struct LiveRegion: Sendable {
    private var drawn = 0

    /// Replaces the lines; text that is to stay is written above them.
    mutating func draw(_ lines: [String], above text: String = "") {
        var out = drawn > 0 ? "\u{1B}[\(drawn)A\r\u{1B}[J" : ""
        out += text + lines.map { "\r\u{1B}[2K\($0)\n" }.joined()
        drawn = lines.count
        Console.standardError(out)
    }

    /// Leaves the lines as they are, for what is printed next.
    mutating func end() { drawn = 0 }

    /// Cuts a line to a width, so that drawing it again doesn't leave pieces of it behind.
    static func cut(_ text: String, to room: Int) -> String {
        text.count <= room ? text : String(text.prefix(max(0, room - 1))) + "…"
    }

    /// A sign that turns.
    static func spinner(_ frame: Int) -> String { ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"][frame % 10] }
}
