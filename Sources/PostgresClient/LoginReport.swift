/// What the server said about a failed log-in, taken out of libpq's verbose text: `FATAL:  28P01: message`.
///
/// libpq keeps the SQLSTATE of a failed log-in to itself, but prints it. Only the shape of the line is relied on, never the
/// words, which are translated.
struct LoginReport: Equatable {
    let severity: String
    let sqlState: String
    let message: String

    init?(verboseMessage text: String) {
        for line in text.split(separator: "\n") {
            guard let mark = line.firstRange(of: ":  ") else { continue }
            let state = line[mark.upperBound...].prefix(5)
            let rest = line[state.endIndex...]
            guard state.utf8.count == 5, state.utf8.allSatisfy(Self.isStateByte), rest.hasPrefix(": ") else { continue }
            severity = line[..<mark.lowerBound].split(separator: " ").last.map(String.init) ?? ""
            sqlState = String(state)
            message = String(rest.dropFirst(2))
            return
        }
        return nil
    }

    private static func isStateByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
