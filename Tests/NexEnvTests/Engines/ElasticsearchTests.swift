import ClientTesting
import Foundation
import Testing

@testable import NexEnv

@Suite("Elasticsearch, against the strict stand-in")
struct ElasticsearchTests {
    static let service = """
        services:
          search:
            engine: elasticsearch
            indexes:
              content: content.yaml
              logs-2025: {}
            templates:
              logs:
                index_patterns: ["logs-*"]
                priority: 10
                settings: { number_of_shards: 1 }
                mappings: { dynamic: strict, properties: { at: { type: date }, message: { type: text } } }

        """
    static let index = """
        settings: { refresh_interval: 5s }
        mappings:
          properties:
            title: { type: text, analyzer: english }
            tags: { type: keyword }
            createdAt: { type: date }

        """

    private static func sample(_ flavor: String = "elasticsearch") throws -> SearchSample {
        let service = service.replacing("engine: elasticsearch", with: "engine: elasticsearch\n    flavor: \(flavor)")
        return try SearchSample(["nexenv.yaml": service, "content.yaml": index], flavor: flavor)
    }

    @Test(
        "indexes and templates are made once, and then nothing is to be done",
        arguments: ["elasticsearch", "opensearch"]
    )
    func made(flavor: String) async throws {
        let sample = try Self.sample(flavor)
        let (engine, server) = try sample.running()
        guard case .ready = await engine.probe(server) else {
            Issue.record("not ready")
            return
        }
        #expect(try await engine.missing(on: server) == "the template `logs` isn't as declared yet")
        let done = try await sample.provision()
        #expect(done == ["template logs written", "index content created", "index logs-2025 created"])
        #expect(try await engine.missing(on: server) == nil)
        #expect(try await sample.provision() == [])
        let state = try await ElasticsearchReconciler(client: engine.client(server), durability: .full).state(
            of: "content"
        )
        #expect(state?["mappings"]?["properties"]?["title"]?["analyzer"] == .text("english"))
        #expect(state?["settings"]?["index.number_of_replicas"] == .text("0"))
        #expect(state?["settings"]?["index.refresh_interval"] == .text("5s"))
        #expect(state?["settings"]?["index.translog.durability"] == .text("async"))
        let logs = try await ElasticsearchReconciler(client: engine.client(server), durability: .full).state(
            of: "logs-2025"
        )
        #expect(logs?["mappings"]?["dynamic"] == .text("strict"))
        let address = engine.address(of: "content", on: server)
        #expect(address?.user == (flavor == "opensearch" ? "admin" : "elastic"))
        #expect(address?.url.hasSuffix("@127.0.0.1:\(sample.server.port)/content") == true)
        #expect(engine.address(of: "nothing", on: server) == nil)
    }

    @Test("a field and a setting that are new are added to an index that is there, and what others added stays")
    func added() async throws {
        let sample = try Self.sample()
        try await sample.provision()
        try await sample.call("PUT", "/content/_mapping", #"{"properties":{"theirs":{"type":"long"}}}"#)
        let more = Self.index.replacing("5s", with: "1s") + "    author: { type: keyword, ignore_above: 100 }\n"
        try sample.write("content.yaml", more)
        let (engine, server) = try sample.running()
        #expect(
            try await engine.missing(on: server)
                == "`mappings.properties.author` of the index `content` isn't there yet"
        )
        let done = try await sample.provision()
        #expect(done == ["mapping of content changed", "settings of content changed"])
        #expect(try await sample.provision() == [])
        let state = try await ElasticsearchReconciler(client: engine.client(server), durability: .full).state(
            of: "content"
        )
        #expect(state?["mappings"]?["properties"]?["theirs"]?["type"] == .text("long"))
        #expect(state?["mappings"]?["properties"]?["author"]?["ignore_above"] == .integer(100))
        // A parameter that the server lets change.
        try sample.write("content.yaml", more.replacing("100", with: "200"))
        #expect(try await sample.provision() == ["mapping of content changed"])
    }

    @Test(
        "what a server can't change in place is an error at its line that says what to do",
        arguments: [
            ("title: { type: text, analyzer: english }", "title: { type: keyword }", 4, "properties.title.type"),
            ("analyzer: english", "analyzer: simple", 4, "properties.title.analyzer"),
            ("refresh_interval: 5s", "number_of_shards: 3", 1, "settings.index.number_of_shards"),
        ]
    )
    func refused(old: String, new: String, line: Int, path: String) async throws {
        let sample = try Self.sample()
        try await sample.provision()
        try sample.write("content.yaml", Self.index.replacing(old, with: new))
        let error = await #expect(throws: Diagnostics.self) { try await sample.provision() }
        let problem = try #require(error?.all.first)
        #expect(problem.position?.line == line && problem.position?.file.path.hasSuffix("/content.yaml") == true)
        #expect(problem.message.contains("\(path)` of the index `content`"), "\(problem.message)")
        #expect(problem.hint?.contains("POST /_reindex") == true)
        // Nothing was changed.
        try sample.write("content.yaml", Self.index)
        #expect(try await sample.provision() == [])
    }

    @Test("a mapping that no server takes is an error in its file")
    func nonsense() async throws {
        let sample = try Self.sample()
        try sample.write("content.yaml", "mappings: { properties: { title: { type: prose } } }")
        let error = await #expect(throws: Diagnostics.self) { try await sample.provision() }
        #expect(error?.all.first?.message.contains("No handler for type [prose]") == true)
        #expect(error?.all.first?.position?.file.path.hasSuffix("/content.yaml") == true)
    }

    @Test("repositories for snapshots are registered once")
    func repositories() async throws {
        let sample = try SearchSample([
            "nexenv.yaml": "services: { search: { engine: elasticsearch, snapshots: { nightly: nightly } } }"
        ])
        #expect(try await sample.provision() == ["repository nightly registered"])
        #expect(try await sample.provision() == [])
    }

    @Test("a password that the server doesn't know is an error at once, and no server is none")
    func trouble() async throws {
        let sample = try Self.sample()
        var (engine, server) = try sample.running()
        server.passwords = Passwords(["elastic": "mistaken"])
        engine.loginPatience = .zero
        guard case .failed(let error) = await engine.probe(server) else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .authenticationFailed && !"\(error) \(error.hint ?? "")".contains("mistaken"))
        let refusal = await #expect(throws: NexEnvError.self) { try await engine.missing(on: server) }
        #expect(refusal?.code == .authenticationFailed)
        server.endpoint.port = try LocalListener(.closing).port
        guard case .notYet = await engine.probe(server) else {
            Issue.record("answered")
            return
        }
        engine.flavor = .opensearch
        #expect(engine.secret(Passwords(["admin": "abc"])) == "abc-aA1")
    }

    @Test("the container has its settings in its environment, and no password in its arguments")
    func container() throws {
        let sample = try SearchSample([
            "nexenv.yaml": """
            services:
              search:
                engine: elasticsearch
                heap: 1g
                settings: { cluster.name: mine, http.max_content_length: 50mb }
                snapshots: { nightly: nightly }

            """
        ])
        let (engine, server) = try sample.running()
        func container(_ engine: Elasticsearch) throws -> ContainerDescription {
            try engine.container(
                ServerContext(
                    project: server.project,
                    service: server.service,
                    passwords: Passwords(["elastic": "very secret", "admin": "very secret"]),
                    peers: [:],
                    port: 9200,
                    version: Elasticsearch.defaultVersion
                )
            )
        }
        let own = try container(engine)
        #expect(own.image == "elasticsearch:8.19.0" && own.arguments == [])
        for variable in [
            ContainerDescription.Variable("ELASTIC_PASSWORD", "very secret"), .init("ES_JAVA_OPTS", "-Xms1g -Xmx1g"),
            .init("discovery.type", "single-node"), .init("xpack.security.enabled", "true"),
            .init("cluster.name", "mine"), .init("http.max_content_length", "50mb"),
            .init("path.repo", "/usr/share/elasticsearch/data/snapshots/nightly"),
        ] {
            #expect(own.environment.filter { $0.name == variable.name } == [variable])
        }
        #expect(own.mounts == [.data(name: "", path: "/usr/share/elasticsearch/data")])
        var other = engine
        other.flavor = .opensearch
        let open = try container(other)
        #expect(open.image == "opensearchproject/opensearch:2")
        #expect(open.environment.contains(.init("OPENSEARCH_INITIAL_ADMIN_PASSWORD", "very secret-aA1")))
        #expect(throws: NexEnvError.self) {
            try engine.process(
                ServerContext(
                    project: server.project,
                    service: server.service,
                    passwords: Passwords(),
                    peers: [:],
                    port: 1,
                    version: ""
                )
            )
        }
    }

    @Test("log lines of both kinds have their times")
    func logTimes() {
        let engine = Elasticsearch()
        let lines = [
            #"{"@timestamp":"2026-11-21T02:42:47.296Z", "log.level": "INFO", "message":"started"}"#,
            "[2026-11-21T02:42:47,296][INFO ][o.o.n.Node] started",
        ]
        for line in lines { #expect(engine.logTime(of: line) != nil, "\(line)") }
        #expect(engine.logTime(of: "\tat java.lang.Thread.run") == nil)
    }
}
