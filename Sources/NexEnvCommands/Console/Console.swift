import Foundation
import NexEnv

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Where a command's words go: data to standard output, everything else to standard error.
struct Console: Sendable {
    /// How much is said.
    enum Verbosity: Int, Sendable, Comparable {
        case quiet
        case normal
        case verbose

        static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }
    }

    let verbosity: Verbosity
    let isJSON: Bool
    /// For standard error.
    let style: TerminalStyle
    /// For standard output.
    let outputStyle: TerminalStyle
    /// Whether standard error is a terminal that a line can be redrawn on.
    let isLive: Bool

    init(_ command: (any ConfiguredCommand)?) {
        let options = command?.global
        verbosity = options.map { $0.quiet ? .quiet : $0.verbose ? .verbose : .normal } ?? .normal
        isJSON = options?.json ?? false
        let variables = ProcessInfo.processInfo.environment
        let mayColor = options?.noColor != true && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
        style = TerminalStyle(isColored: mayColor && isatty(STDERR_FILENO) == 1)
        outputStyle = TerminalStyle(isColored: mayColor && isatty(STDOUT_FILENO) == 1)
        isLive =
            isatty(STDERR_FILENO) == 1 && variables["TERM"] != "dumb" && (variables["CI"] ?? "").isEmpty
            && verbosity != .quiet
    }

    /// Writes data.
    func output(_ text: String) {
        Self.write(text, to: STDOUT_FILENO)
    }

    /// Writes a line for people, unless they asked for quiet.
    func note(_ line: String) {
        guard verbosity > .quiet else { return }
        Self.standardError(line + "\n")
    }

    /// Writes a line that only `--verbose` shows.
    func detail(_ line: String) {
        guard verbosity == .verbose else { return }
        Self.standardError(style.dim(line) + "\n")
    }

    /// Writes a value as one JSON object.
    func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        output(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }

    static func standardError(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    func flush() {
        fflush(nil)
    }

    /// Writes a value as one line of JSON.
    func jsonLine(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        output(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }

    /// The width of the terminal behind standard error in columns; 80 where there is none.
    var width: Int { Self.width(STDERR_FILENO) ?? 80 }

    /// The width behind standard output; a pipe gets lines as long as they are.
    var outputWidth: Int { Self.width(STDOUT_FILENO) ?? .max }

    private static func width(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return nil }
        return Int(size.ws_col)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = ArraySlice(Array(text.utf8))
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { writeBytes(descriptor, $0) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR && errno != EAGAIN { return }
        }
    }
}

/// `write(2)`, under a name that a static function called `write` doesn't hide.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
