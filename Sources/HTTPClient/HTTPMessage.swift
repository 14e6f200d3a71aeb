/// A header of a request or a response.
package struct HTTPHeader: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What is asked of a server.
package struct HTTPRequest: Sendable {
    /// `GET`, `PUT` and so on.
    package var method: String
    /// Path and query, percent-encoded: `/content/_search?scroll=1m`.
    package var target: String
    /// Further headers; `Host` and `Content-Length` are the connection's.
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(_ method: String, _ target: String, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The bytes of the request's head.
    ///
    /// - Throws: ``HTTPError`` with code `invalidRequest` where a line end would let something else be asked.
    func head(host: String, port: Int) throws(HTTPError) -> [UInt8] {
        let isToken = !method.isEmpty && method.utf8.allSatisfy { (0x41...0x5a).contains($0) }
        let isTarget = target.utf8.first == UInt8(ascii: "/") && target.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard isToken, isTarget else { throw HTTPError(.invalidRequest, "no method, or no path") }
        var text = "\(method) \(target) HTTP/1.1\r\n"
        let place = host.contains(":") ? "[\(host)]" : host
        for header in [HTTPHeader("Host", "\(place):\(port)")] + headers {
            guard (header.name + header.value).utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
                throw HTTPError(.invalidRequest, "a header has a character that no header can have")
            }
            text += "\(header.name): \(header.value)\r\n"
        }
        if !body.isEmpty || method == "POST" || method == "PUT" { text += "Content-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8)
    }
}

/// What a server answered.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    /// Returns the value of a header, whatever its name's case; the first one where it stands there twice.
    package subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }
}
