import ClientTesting
import Testing

@testable import HTTPClient

@Suite("HTTP connections")
struct HTTPConnectionTests {
    @Test("an answer comes, and the connection is opened again where the server says that it closes it")
    func answers() async throws {
        let text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
        let listener = try LocalListener(.answering(Array(text.utf8)))
        let connection = HTTPConnection(host: "127.0.0.1", port: listener.port, timeout: .seconds(10))
        for _ in 0..<3 {
            let response = try await connection.send(HTTPRequest("GET", "/"))
            #expect(response.status == 200 && response.body == Array("hi".utf8))
            #expect(response["content-LENGTH"] == "2" && response["x"] == nil)
        }
        await connection.close()
    }

    @Test("a server in trouble is an error that says which")
    func troubles() async throws {
        let silent = try LocalListener(.silent)
        let closing = try LocalListener(.closing)
        let strange = try LocalListener(.answering(Array("-ERR unknown command\r\n".utf8)))
        let cases: [(LocalListener, HTTPError.Code)] = [
            (silent, .timedOut), (closing, .connectionLost), (strange, .malformedResponse),
        ]
        for (listener, code) in cases {
            let connection = HTTPConnection(host: "127.0.0.1", port: listener.port, timeout: .milliseconds(200))
            let error = await #expect(throws: HTTPError.self) { try await connection.send(HTTPRequest("GET", "/")) }
            #expect(error?.code == code)
        }
        let connection = HTTPConnection(host: "127.0.0.1", port: 1, timeout: .seconds(5))
        let error = await #expect(throws: HTTPError.self) { try await connection.send(HTTPRequest("GET", "/")) }
        #expect(error?.code == .unreachable)
    }

    @Test("a cancelled call ends, and so does its connection")
    func cancelled() async throws {
        let silent = try LocalListener(.silent)
        let connection = HTTPConnection(host: "127.0.0.1", port: silent.port, timeout: .seconds(600))
        let task = Task { try await connection.send(HTTPRequest("GET", "/")) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        let error = await #expect(throws: HTTPError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test("nothing can be slipped into a request")
    func injection() async throws {
        let listener = try LocalListener(.answering(Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)))
        let connection = HTTPConnection(host: "127.0.0.1", port: listener.port, timeout: .seconds(10))
        let requests = [
            HTTPRequest("GET", "/a b"), HTTPRequest("GET", "/\r\nX: 1"), HTTPRequest("GET /", "/"),
            HTTPRequest("GET", "nowhere"), HTTPRequest("GET", "/ä"),
            HTTPRequest("GET", "/", headers: [HTTPHeader("X", "1\r\nY: 2")]),
        ]
        for request in requests {
            let error = await #expect(throws: HTTPError.self) { try await connection.send(request) }
            #expect(error?.code == .invalidRequest)
        }
        #expect(try await connection.send(HTTPRequest("GET", "/")).status == 204)
    }
}
