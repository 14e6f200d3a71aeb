import Encodings
import HTTPClient

/// The REST API of a search server: JSON over HTTP with a password.
struct ElasticsearchClient: Sendable {
    private let connection: HTTPConnection
    private let authorization: HTTPHeader

    init(_ endpoint: Endpoint, user: String, password: String, timeout: Duration) {
        connection = HTTPConnection(host: endpoint.host, port: endpoint.port, timeout: timeout)
        authorization = HTTPHeader("Authorization", "Basic " + Base64.encode(Array("\(user):\(password)".utf8)))
    }

    /// What a request carries.
    enum Body: Sendable {
        case none
        case json(SeedValue)
        /// Lines of JSON, each with its line end.
        case lines([UInt8])
    }

    /// Calls the server and returns what it answers.
    ///
    /// - Parameters:
    ///   - path: The parts of the path, which may have any characters.
    ///   - query: Names and values behind the path.
    /// - Throws: ``ElasticsearchError`` for a status of 400 and above, for an answer that is no JSON, and for none.
    @discardableResult
    func call(
        _ method: String,
        _ path: [String],
        _ query: [(String, String)] = [],
        _ body: Body = .none
    ) async throws(ElasticsearchError) -> SeedValue {
        let response = try await send(method, path, query, body)
        let answer = try? Self.parse(response.body)
        guard response.status < 400 else { throw ElasticsearchError(response, answer) }
        guard let answer else {
            throw ElasticsearchError(status: response.status, type: "", message: "the answer is no JSON")
        }
        return answer
    }

    /// Returns whether something is there.
    func has(_ path: [String]) async throws(ElasticsearchError) -> Bool {
        let response = try await send("HEAD", path, [], .none)
        guard [200, 404].contains(response.status) else { throw ElasticsearchError(response, nil) }
        return response.status == 200
    }

    /// Calls the server where 404 means that there is no such thing.
    func find(
        _ method: String,
        _ path: [String],
        _ query: [(String, String)] = []
    ) async throws(ElasticsearchError) -> SeedValue? {
        do {
            return try await call(method, path, query)
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    func close() async { await connection.close() }

    private func send(
        _ method: String,
        _ path: [String],
        _ query: [(String, String)],
        _ body: Body
    ) async throws(ElasticsearchError) -> HTTPResponse {
        var target = path.map { "/" + $0.percentEncoded(keeping: ",") }.joined()
        for (index, item) in query.enumerated() {
            target += "\(index == 0 ? "?" : "&")\(item.0.percentEncoded())=\(item.1.percentEncoded(keeping: ","))"
        }
        var request = HTTPRequest(method, target, headers: [authorization, HTTPHeader("Accept", "application/json")])
        switch body {
        case .none: break
        case .json(let value):
            request.headers.append(HTTPHeader("Content-Type", "application/json"))
            value.appendJSON(to: &request.body)
        case .lines(let lines):
            request.headers.append(HTTPHeader("Content-Type", "application/x-ndjson"))
            request.body = lines
        }
        do {
            return try await connection.send(request)
        } catch {
            throw ElasticsearchError(error)
        }
    }

    /// Reads an answer; what begins with a dollar is a name like any other here.
    static func parse(_ bytes: [UInt8]) throws(SeedJSONParser.Problem) -> SeedValue {
        try bytes.withUnsafeBufferPointer { bytes throws(SeedJSONParser.Problem) in
            try SeedJSONParser.parse(UnsafeRawBufferPointer(bytes), isExtended: false)
        }
    }
}
