import ClientTesting
import Foundation
import HTTPClient
import Testing

@testable import NexEnv

/// A project of a few files with an `elasticsearch` service, whose server is the strict stand-in.
final class SearchSample: Sendable {
    let folder: String
    let server: SearchServer

    init(_ files: [String: String] = [:], flavor: String = "elasticsearch") throws {
        server = try SearchServer(
            password: flavor == "opensearch" ? "only for tests-aA1" : "only for tests",
            flavor: flavor
        )
        folder = FileManager.default.temporaryDirectory.path + "/nexenv-search-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (path, content) in files { try write(path, content) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func write(_ path: String, _ content: String) throws {
        try content.write(toFile: folder + "/" + path, atomically: true, encoding: .utf8)
    }

    /// Reads `nexenv.yaml`; the service is called `search`.
    func environment() throws -> Environment {
        var loader = EnvironmentLoader(processVariables: [:])
        return try loader.load(folder + "/nexenv.yaml")
    }

    func running() throws -> (engine: Elasticsearch, server: RunningServer) {
        let service = try #require(try environment()["search"])
        let engine = try #require(service.engine as? Elasticsearch)
        let endpoint = Endpoint(host: "127.0.0.1", port: server.port)
        var password = server.password
        // The engine adds what OpenSearch asks of a password that it makes.
        if engine.password == nil { password = String(password.dropLast(engine.flavor.passwordSuffix.count)) }
        return (
            engine,
            RunningServer(
                project: ProjectIdentity(name: "sample", root: folder),
                service: service,
                passwords: Passwords([engine.flavor.user: password]),
                endpoint: endpoint,
                internalEndpoint: endpoint
            )
        )
    }

    @discardableResult
    func provision() async throws -> [String] {
        let (engine, server) = try running()
        return try await engine.provision(server, ProvisionProgress { _ in }).changes
    }

    /// Loads all sets of an index, as `nexenv seed` does.
    @discardableResult
    func seed(_ index: String = "content", isPlan: Bool = false) async throws -> [SeedOutcome] {
        let (engine, server) = try running()
        let book = try SeedBook.load(environment())
        let targets = Array(Set(book.entries.map(\.set.target)))
        let states = try await engine.examine(targets, of: index, on: server)
        let context = DecodingContext()
        let maker = SeedRowMaker(book, SeedIdentities(project: "sample"), context)
        let loads = book.entries.map { entry in
            var load = SeedLoad(entry, states[entry.set.target] ?? SeedTargetState(), fingerprint: "first")
            load.rows = maker.rows(of: entry)
            load.check(context)
            return load
        }
        if !context.problems.isEmpty { throw Diagnostics(context.problems) }
        var options = SeedOptions()
        options.isPlan = isPlan
        return try await engine.load(loads, into: index, on: server, options)
    }

    /// Whether the ledger says that there is nothing to do.
    func isUntouched(_ index: String = "content") async throws -> Bool {
        let (engine, server) = try running()
        let book = try SeedBook.load(environment())
        let states = try await engine.examine(book.entries.map(\.set.target), of: index, on: server)
        return book.entries.allSatisfy { entry in
            SeedLoad(entry, states[entry.set.target] ?? SeedTargetState(), fingerprint: "first").isUntouched
        }
    }

    /// Asks the server as anybody would.
    @discardableResult
    func call(_ method: String, _ path: String, _ json: String? = nil) async throws -> SeedValue {
        let (engine, server) = try running()
        let client = engine.client(server)
        let body = try json.map { try ElasticsearchClient.Body.json(ElasticsearchClient.parse(Array($0.utf8))) }
        let parts = path.split(separator: "/").map(String.init)
        return try await client.call(method, parts, [], body ?? .none)
    }

    /// The documents of an index by `_id`, as JSON.
    func documents(_ index: String = "content") async throws -> [String: String] {
        let (engine, server) = try running()
        let all = try await ElasticsearchScroll(engine.client(server), index, withSource: true).all()
        return Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.source.json) })
    }
}
