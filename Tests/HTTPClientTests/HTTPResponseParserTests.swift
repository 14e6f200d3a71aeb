import Testing

@testable import HTTPClient

@Suite("Reading HTTP responses")
struct HTTPResponseParserTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var status = 200
        var body = ""
        var keeps = true
        var method = "GET"

        var testDescription: String { name }
    }

    static let samples = [
        Sample(name: "a length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello"),
        Sample(name: "no reason", text: "HTTP/1.1 404 \r\ncontent-length: 0\r\n\r\n", status: 404),
        Sample(name: "no blank behind the status", text: "HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n", status: 404),
        Sample(
            name: "chunks with extensions and a trailer",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-More: 1\r\n\r\n",
            body: "hello"
        ),
        Sample(name: "to the end", text: "HTTP/1.1 200 OK\r\n\r\nhello", body: "hello", keeps: false),
        Sample(
            name: "an answer before the answer",
            text: "HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
            status: 201,
            body: "ok"
        ),
        Sample(name: "nothing", text: "HTTP/1.1 204 No Content\r\n\r\n", status: 204),
        Sample(name: "HEAD", text: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", method: "HEAD"),
        Sample(
            name: "the server closes",
            text: "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx",
            body: "x",
            keeps: false
        ),
        Sample(name: "an old server", text: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", body: "x", keeps: false),
    ]

    @Test("an answer is read the same however its bytes are cut", arguments: samples)
    func cutAnywhere(sample: Sample) throws {
        let bytes = Array(sample.text.utf8)
        for size in [1, 2, 3, 7, bytes.count] {
            let parser = try Self.parse(bytes, size: size, method: sample.method)
            let response = try #require(parser.response, "\(size)")
            #expect(response.status == sample.status)
            #expect(String(decoding: response.body, as: UTF8.self) == sample.body)
            #expect(parser.keepsConnection == sample.keeps)
        }
    }

    @Test(
        "what is no HTTP is refused",
        arguments: [
            "nonsense\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n",
            "HTTP/1.1 999 OK\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\nx", "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx", "HTTP/1.1 200 OK\r\n folded: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\nx", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\nx",
        ]
    )
    func refused(text: String) {
        for size in [1, text.utf8.count] {
            #expect(throws: HTTPError.self, "\(text)") { try Self.parse(Array(text.utf8), size: size) }
        }
    }

    @Test("an answer that ends too early is no answer")
    func cutShort() {
        let texts = [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ]
        for text in texts {
            #expect(throws: HTTPError(.connectionLost, "the connection ended within the answer"), "\(text)") {
                try Self.parse(Array(text.utf8), size: 3)
            }
        }
    }

    @Test("what is too large is given up, at once where it says so")
    func tooLarge() {
        let texts = [
            "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 1_001),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + String(repeating: "x", count: 1_001),
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 70_000),
            "HTTP/1.1 200 OK\r\n" + String(repeating: "X: x\r\n", count: 20_000),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "X: x\r\n", count: 20_000),
        ]
        for text in texts {
            let error = #expect(throws: HTTPError.self) { try Self.parse(Array(text.utf8), size: 4_096, most: 1_000) }
            #expect(error?.code == .tooLarge, "\(text.prefix(60))")
        }
    }

    @Test("what follows the answer spoils the connection")
    func more() throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n"
        let parser = try Self.parse(Array(text.utf8), size: 1_000)
        #expect(parser.response?.body == [UInt8(ascii: "x")])
        #expect(!parser.keepsConnection)
    }

    @discardableResult
    static func parse(
        _ bytes: [UInt8],
        size: Int,
        method: String = "GET",
        most: Int = 1 << 20
    ) throws -> HTTPResponseParser {
        var parser = HTTPResponseParser(method: method, mostBytes: most)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { try parser.take($0) }
        }
        if parser.response == nil { try parser.end() }
        return parser
    }
}
