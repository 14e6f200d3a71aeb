import ClientTesting
import Encodings
import HTTPClient
import Testing

/// The stand-in refuses what a real server would, so that a test which passes against it means something.
@Suite("The strict stand-in for Elasticsearch")
struct SearchServerTests {
    struct Call: Sendable, CustomTestStringConvertible {
        var method: String
        var target: String
        var type: String?
        var body = ""
        var login: String? = "elastic:secret"
        var status: Int

        var testDescription: String { "\(method) \(target) \(body.prefix(40))" }
    }

    private static let json = "application/json"
    private static let lines = "application/x-ndjson"

    static let calls = [
        Call(method: "GET", target: "/_cluster/health", status: 200),
        Call(method: "GET", target: "/_cluster/health", login: nil, status: 401),
        Call(method: "GET", target: "/_cluster/health", login: "elastic:wrong", status: 401),
        Call(method: "GET", target: "/_cluster/health?surprise=1", status: 400),
        Call(method: "POST", target: "/_cluster/health", status: 405),
        Call(method: "GET", target: "/_cluster/health", type: json, body: "{}", status: 400),
        Call(method: "GET", target: "/_nothing/here", status: 400),
        Call(method: "GET", target: "/absent?flat_settings=true", status: 404),
        Call(method: "PUT", target: "/Capital", type: json, body: "{}", status: 400),
        Call(method: "PUT", target: "/other", type: json, body: #"{"mapping":{}}"#, status: 400),
        Call(method: "PUT", target: "/other", type: json, body: #"{"settings":{"index.shards":1}}"#, status: 400),
        Call(method: "PUT", target: "/other", body: "{}", status: 406),
        Call(method: "PUT", target: "/other", type: "text/plain", body: "{}", status: 406),
        Call(method: "PUT", target: "/other", type: json, body: "{", status: 400),
        Call(method: "PUT", target: "/content", type: json, body: "{}", status: 400),
        Call(
            method: "POST",
            target: "/content/_bulk",
            type: lines,
            body: "{\"delete\":{\"_id\":\"a\"}}\n",
            status: 200
        ),
        Call(method: "POST", target: "/content/_bulk", type: json, body: "{\"delete\":{\"_id\":\"a\"}}\n", status: 406),
        Call(method: "POST", target: "/content/_bulk", type: lines, body: "{\"delete\":{\"_id\":\"a\"}}", status: 400),
        Call(method: "POST", target: "/content/_bulk", type: lines, body: "{\"delete\":{}}\n", status: 400),
        Call(
            method: "POST",
            target: "/content/_bulk",
            type: lines,
            body: "{\"create\":{\"_id\":\"a\"}}\n",
            status: 400
        ),
        Call(
            method: "POST",
            target: "/content/_bulk",
            type: lines,
            body: "{\"upsert\":{\"_id\":\"a\"}}\n{}\n",
            status: 400
        ),
        Call(method: "POST", target: "/content/_bulk", type: lines, body: "{\"delete\":{\"id\":\"a\"}}\n", status: 400),
        Call(method: "POST", target: "/content/_bulk", type: lines, body: "not json\n", status: 400),
        Call(method: "POST", target: "/content/_bulk?refresh=maybe", type: lines, body: "{}\n", status: 400),
        Call(method: "POST", target: "/content/_mget", type: json, body: #"{"ids":[]}"#, status: 400),
        Call(method: "POST", target: "/content/_search", type: json, body: #"{"filter":{}}"#, status: 400),
        Call(method: "POST", target: "/_search/scroll", type: json, body: #"{"scroll_id":"none"}"#, status: 404),
    ]

    @Test("it answers what is right, and refuses the rest", arguments: calls)
    func strict(call: Call) async throws {
        let server = try SearchServer(password: "secret", flavor: "elasticsearch")
        let connection = HTTPConnection(host: "127.0.0.1", port: server.port)
        func send(_ call: Call) async throws -> HTTPResponse {
            var request = HTTPRequest(call.method, call.target, body: Array(call.body.utf8))
            if let type = call.type { request.headers.append(HTTPHeader("Content-Type", type)) }
            if let login = call.login {
                request.headers.append(HTTPHeader("Authorization", "Basic " + Base64.encode(Array(login.utf8))))
            }
            return try await connection.send(request)
        }
        let made = try await send(Call(method: "PUT", target: "/content", type: Self.json, body: "{}", status: 200))
        #expect(made.status == 200)
        let answer = try await send(call)
        #expect(answer.status == call.status, "\(String(decoding: answer.body, as: UTF8.self))")
        await connection.close()
    }
}
