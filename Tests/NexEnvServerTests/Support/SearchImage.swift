import ClientTransport
import Encodings
import Foundation
import HTTPClient
import Testing

/// An image with the strict stand-in for Elasticsearch, which takes its password and its settings as the real one's does.
enum SearchImage {
    /// The image's name without the registry, which nexenv puts before it.
    static let name = "nexenv-search:test"

    /// Makes the image, once in a run.
    static func make() async throws { try await build.value }

    private static let build = Task {
        let folder = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
        // The stand-ins for official images are Debian with Python; those themselves are not.
        let base = Requirement.registry.isEmpty ? "python:3-slim" : Requirement.registry + "redis:8"
        let tag = Requirement.registry + name
        let arguments = [
            "build", "--quiet", "--build-arg", "BASE=\(base)", "--tag", tag, folder + "/Tests/SearchServer",
        ]
        let run = try await Program.run("docker", arguments)
        try #require(run.status == 0, "\(run)")
    }
}

/// Asks a search server as any client would.
struct SearchClient {
    /// The address of an index, with its user and password.
    let url: String

    /// Calls what stands behind the address of the index, and returns the answer, whatever its status.
    func call(_ method: String, _ path: String = "", _ json: String? = nil) async throws -> JSON {
        let address = try ConnectionURL(url)
        let login = Base64.encode(Array("\(address.user ?? ""):\(address.password ?? "")".utf8))
        var request = HTTPRequest(
            method,
            "/\(address.path)\(path)",
            headers: [.init("Authorization", "Basic \(login)")]
        )
        if let json {
            request.headers.append(.init("Content-Type", "application/json"))
            request.body = Array(json.utf8)
        }
        let connection = HTTPConnection(host: address.host, port: address.port ?? 9200)
        let response = try await connection.send(request)
        await connection.close()
        return JSON(text: String(decoding: response.body, as: UTF8.self))
    }

    /// How many documents there are.
    func count() async throws -> Int? { try await call("GET", "/_count")["count"].number }
}
