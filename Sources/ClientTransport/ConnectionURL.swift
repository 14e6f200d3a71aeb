/// The parts of a connection URL, percent-decoded: `scheme://user:password@host:port/path?name=value`.
///
/// No `Foundation`: its URL type would add milliseconds to the start of every program that links a client.
package struct ConnectionURL: Sendable {
    package let scheme: String
    package let user: String?
    package let password: String?
    /// The host without brackets; empty where the URL has none.
    package let host: String
    package let port: Int?
    /// The path without its leading slash.
    package let path: String
    /// The query items in their order.
    package let query: [(name: String, value: String)]

    /// A reason why text is not a connection URL; it never repeats any of the text, which may hold a password.
    package struct ParseError: Error {
        package let reason: String
    }

    package init(_ text: String) throws(ParseError) {
        guard let scheme = text.firstRange(of: "://") else { throw ParseError(reason: "it has no scheme://") }
        self.scheme = text[..<scheme.lowerBound].lowercased()
        let rest = text[scheme.upperBound...]

        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        let tail = rest[authorityEnd...]

        let credentialsEnd = authority.lastIndex(of: "@")
        (user, password) = try Self.credentials(credentialsEnd.map { authority[..<$0] } ?? "")

        let place = credentialsEnd.map { authority[authority.index(after: $0)...] } ?? authority
        (host, port) = try Self.hostAndPort(place)

        let queryStart = tail.firstIndex(of: "?")
        path = try Self.decode(tail[..<(queryStart ?? tail.endIndex)].drop { $0 == "/" })
        query = try Self.queryItems(queryStart.map { tail[tail.index(after: $0)...] } ?? "")
    }

    private static func credentials(_ text: Substring) throws(ParseError) -> (user: String?, password: String?) {
        guard let colon = text.firstIndex(of: ":") else { return (text.isEmpty ? nil : try decode(text), nil) }
        let user = text[..<colon]
        return (user.isEmpty ? nil : try decode(user), try decode(text[text.index(after: colon)...]))
    }

    private static func hostAndPort(_ text: Substring) throws(ParseError) -> (host: String, port: Int?) {
        guard !text.contains(",") else { throw ParseError(reason: "it names more than one host") }
        var host = text
        var digits: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw ParseError(reason: "a bracket is not closed") }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw ParseError(reason: "the port is not a number") }
            digits = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            digits = text[text.index(after: colon)...]
        }
        guard let digits, !digits.isEmpty else { return (try decode(host), nil) }
        guard let port = Int(digits), (1...65535).contains(port) else {
            throw ParseError(reason: "the port is not a number from 1 to 65535")
        }
        return (try decode(host), port)
    }

    private static func queryItems(_ text: Substring) throws(ParseError) -> [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            items.append((try decode(parts[0]), parts.count > 1 ? try decode(parts[1]) : ""))
        }
        return items
    }

    private static func decode(_ text: Substring) throws(ParseError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                throw ParseError(reason: "a % is not followed by two hexadecimal digits")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw ParseError(reason: "it is not valid UTF-8 text")
        }
        return decoded
    }
}
