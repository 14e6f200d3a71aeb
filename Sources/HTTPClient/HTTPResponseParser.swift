/// Reads one response (RFC 9112), however its bytes are cut.
///
/// Strict where leniency would let two readers see different things: a length that is said twice or beside chunks, a line that
/// goes on in the next one, a chunk without its end are all refused.
struct HTTPResponseParser {
    /// How many bytes a head, or the lines between chunks, may have.
    static let mostHeadBytes = 64 << 10

    private enum State {
        case head
        case body(left: Int)
        case bodyUntilEnd
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailer
        case done
    }

    private let hasBody: Bool
    private let mostBytes: Int
    private var state = State.head
    private var line: [UInt8] = []
    private var headBytes = 0
    private var status: Int?
    private var headers: [HTTPHeader] = []
    private var body: [UInt8] = []
    private(set) var keepsConnection = true

    /// Creates a reader of the answer to one request.
    ///
    /// - Parameters:
    ///   - method: What was asked; the answer to a `HEAD` has no body, whatever its length says.
    ///   - mostBytes: The largest body that is taken.
    init(method: String, mostBytes: Int) {
        hasBody = method != "HEAD"
        self.mostBytes = mostBytes
    }

    /// The response, once all of it is there.
    var response: HTTPResponse? {
        guard case .done = state, let status else { return nil }
        return HTTPResponse(status: status, headers: headers, body: body)
    }

    /// Takes the next bytes; what follows the response spoils the connection.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .head, .chunkSize, .chunkEnd, .trailer: try takeLine(&rest)
            case .body(let left): state = try takeBody(&rest, left) { $0 == 0 ? .done : .body(left: $0) }
            case .chunk(let left): state = try takeBody(&rest, left) { $0 == 0 ? .chunkEnd : .chunk(left: $0) }
            case .bodyUntilEnd: state = try takeBody(&rest, rest.count) { _ in .bodyUntilEnd }
            case .done:
                keepsConnection = false
                return
            }
        }
    }

    /// Is told that nothing more comes, which ends a body without a length.
    mutating func end() throws(HTTPError) {
        keepsConnection = false
        switch state {
        case .bodyUntilEnd: state = .done
        case .done: break
        default: throw HTTPError(.connectionLost, "the connection ended within the answer")
        }
    }

    private mutating func takeBody(
        _ rest: inout Slice<UnsafeRawBufferPointer>,
        _ left: Int,
        _ next: (Int) -> State
    ) throws(HTTPError) -> State {
        let count = min(left, rest.count)
        guard body.count + count <= mostBytes else {
            throw HTTPError(.tooLarge, "the answer has more than \(mostBytes) bytes")
        }
        body += rest.prefix(count)
        rest = rest.dropFirst(count)
        return next(left - count)
    }

    // MARK: - Lines

    private mutating func takeLine(_ rest: inout Slice<UnsafeRawBufferPointer>) throws(HTTPError) {
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        let part = end.map { rest[..<$0] } ?? rest
        headBytes += part.count + 1
        guard headBytes <= Self.mostHeadBytes else { throw HTTPError(.tooLarge, "the answer's head is too long") }
        line += part
        rest = end.map { rest[rest.index(after: $0)...] } ?? rest.dropFirst(rest.count)
        guard end != nil else { return }
        guard line.popLast() == UInt8(ascii: "\r") else { throw malformed("a line doesn't end in CR LF") }
        guard let text = String(validating: line, as: UTF8.self), !line.contains(0), !line.contains(0x0d) else {
            throw malformed("a line of the head isn't text")
        }
        line.removeAll(keepingCapacity: true)
        switch state {
        case .chunkSize: try startChunk(text)
        case .chunkEnd:
            guard text.isEmpty else { throw malformed("a chunk is longer than it says") }
            state = .chunkSize
        case .trailer: if text.isEmpty { state = .done }
        default: try takeHead(text)
        }
    }

    private mutating func takeHead(_ text: String) throws(HTTPError) {
        guard status != nil else { return try start(text) }
        guard text.isEmpty else { return try addHeader(text) }
        guard let status, status < 200 else { return try startBody() }
        // An answer before the answer: 100 Continue. No protocol was asked for that 101 could change to.
        guard status != 101 else { throw malformed("an unasked change of protocol") }
        self.status = nil
        headers = []
    }

    /// Reads `HTTP/1.1 200 OK`.
    private mutating func start(_ text: String) throws(HTTPError) {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0", words[1].utf8.count == 3,
            let status = Self.digits(words[1], radix: 10), (100..<600).contains(status)
        else { throw malformed("it doesn't begin as HTTP/1.1 does") }
        self.status = status
        keepsConnection = words[0] == "HTTP/1.1"
    }

    private mutating func addHeader(_ text: String) throws(HTTPError) {
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex,
            !text[..<colon].contains(where: { $0 == " " || $0 == "\t" })
        else { throw malformed("a header has no name") }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let end = value.lastIndex { $0 != " " && $0 != "\t" }.map { value.index(after: $0) } ?? value.startIndex
        headers.append(HTTPHeader(String(text[..<colon]), String(value[..<end])))
    }

    private func values(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    private mutating func startBody() throws(HTTPError) {
        if values("connection").contains(where: { $0.lowercased().contains("close") }) { keepsConnection = false }
        let lengths = values("content-length")
        let codings = values("transfer-encoding")
        guard lengths.count <= 1, lengths.isEmpty || codings.isEmpty else { throw malformed("two lengths") }
        if !hasBody || status == 204 || status == 304 {
            state = .done
        } else if !codings.isEmpty {
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                throw malformed("an encoding that nobody asked for")
            }
            state = .chunkSize
        } else if let length = lengths.first {
            guard let count = Self.digits(length[...], radix: 10) else { throw malformed("a length that is no number") }
            guard count <= mostBytes else { throw HTTPError(.tooLarge, "the answer has \(count) bytes") }
            state = count == 0 ? .done : .body(left: count)
        } else {
            state = .bodyUntilEnd
        }
    }

    private mutating func startChunk(_ text: String) throws(HTTPError) {
        let size = text.prefix { $0 != ";" && $0 != " " }
        guard let count = Self.digits(size, radix: 16) else { throw malformed("a chunk's length is no number") }
        state = count == 0 ? .trailer : .chunk(left: count)
        // Each chunk may have as long a line as the head had lines.
        headBytes = 0
    }

    /// Reads digits and nothing else: no sign, no blank.
    private static func digits(_ text: Substring, radix: Int) -> Int? {
        guard (1...15).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "+"),
            text.utf8.first != UInt8(ascii: "-")
        else { return nil }
        return Int(text, radix: radix)
    }

    private func malformed(_ what: String) -> HTTPError {
        HTTPError(.malformedResponse, "the answer is no HTTP: \(what)")
    }
}
