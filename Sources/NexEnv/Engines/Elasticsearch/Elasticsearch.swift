/// Elasticsearch, or OpenSearch: a single node with its indexes and templates.
///
/// Built against the documented REST API; it has not met a real server yet.
package struct Elasticsearch: Engine {
    package static let name = "elasticsearch"
    package static let summary =
        "Elasticsearch or OpenSearch: a single node with a password, indexes with mappings, templates."
    package static let defaultVersion = "8.19.0"

    package var flavor = ElasticsearchFlavor.elasticsearch
    package var password: String?
    /// The size of Java's heap as Java takes it: `512m`.
    package var heap = "512m"
    package var settings: [Named<String>] = []
    package var indexes: [Named<ElasticsearchIndex>] = []
    package var templates: [Named<ElasticsearchTemplate>] = []
    package var snapshots: [Named<String>] = []

    /// How long a server may refuse the right password: one that starts can't read its users at first.
    var loginPatience = Duration.seconds(5)

    package var port: Int? { 9200 }
    package var startUp: Duration { .seconds(15) }

    package static let shape = Shape<Elasticsearch>(
        "an elasticsearch service",
        summary,
        defaults: Elasticsearch(),
        [
            Field("flavor", \.flavor, .choice, "Whose server it is."),
            Field(
                "password",
                \.password,
                .password,
                "The password of `elastic` (OpenSearch: `admin`); made once and kept when left out."
            ),
            Field("heap", \.heap, .heapSize, "The size of Java's heap."),
            Field("settings", \.settings, .map(of: .text), "Settings as in elasticsearch.yml."),
            Field(
                "indexes",
                \.indexes,
                .map(keys: .indexName, of: .inFile(ElasticsearchIndex.shape)),
                "Indexes with mappings and settings: here, or the path of a YAML or JSON file."
            ),
            Field(
                "templates",
                \.templates,
                .map(keys: .indexName, of: .inFile(ElasticsearchTemplate.shape)),
                "Templates of indexes that applications make: here, or the path of a YAML or JSON file."
            ),
            Field(
                "snapshots",
                \.snapshots,
                .map(keys: .indexName, of: .snapshotFolder),
                "Repositories for snapshots: a name and a folder on the server, kept with its data."
            ),
        ]
    )

    package func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext) {
        for setting in settings where setting.value.contains(where: \.isNewline) {
            context.report(.invalidValue, "a setting can't contain a line end", at: setting.position)
        }
        for index in indexes { index.value.check(context, reserved: ElasticsearchLedger.prefix, index) }
        for template in templates where template.value.patterns.isEmpty {
            context.report(.missingKey, "a template needs `index_patterns`", at: template.position)
        }
    }

    package func accounts(_ service: Service) -> [Account] {
        [Account(user: flavor.user, declaredPassword: password)]
    }

    // MARK: - Running

    package func container(_ server: ServerContext) throws -> ContainerDescription {
        let version = server.service.options.version ?? flavor.version
        var container = ContainerDescription(image: server.service.options.image ?? flavor.image(version))
        container.environment = flavor.variables(password: secret(server.passwords), heap: heap)
        let own = [
            ("cluster.name", server.project.id), ("node.name", server.service.name), ("discovery.type", "single-node"),
            ("network.host", "0.0.0.0"), ("http.port", "\(server.port)"),
            // A disk that is 95 % full would make every index read-only: sensible for a cluster, not for one machine.
            ("cluster.routing.allocation.disk.threshold_enabled", "false"),
        ]
        for (name, value) in own where !settings.contains(where: { $0.name == name }) {
            container.environment.append(.init(name, value))
        }
        if !snapshots.isEmpty {
            let folders = snapshots.map { folder(of: $0) }.joined(separator: ",")
            container.environment.append(.init("path.repo", folders))
        }
        container.environment += settings.map { .init($0.name, $0.value) }
        container.mounts = [.data(name: "", path: flavor.dataFolder)]
        return container
    }

    /// Where a repository lies inside the container: beside the data, the one place where the image's user may write.
    func folder(of repository: Named<String>) -> String { "\(flavor.dataFolder)/snapshots/\(repository.value)" }

    /// The password that the server knows.
    func secret(_ passwords: Passwords) -> String {
        let isMade = password?.isEmpty != false
        return passwords[flavor.user] + (isMade ? flavor.passwordSuffix : "")
    }

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        throw NexEnvError(
            .nativeUnsupported,
            "\(flavor == .opensearch ? "OpenSearch" : "Elasticsearch") runs in Docker only",
            service: server.service.name,
            hint: "start Docker, or leave the service out with `required: false`"
        )
    }

    /// Reads the time of a line such as `{"@timestamp":"2026-11-21T02:42:47.296Z", …` or `[2026-11-21T02:42:47,296][INFO ]…`.
    package func logTime(of line: String) -> Double? {
        let start =
            line.hasPrefix("[") ? line.dropFirst() : line.split(separator: "\"", maxSplits: 4).dropFirst(3).first
        return start.flatMap { LogTime.parse($0, format: "yyyy-MM-dd'T'HH:mm:ss", length: 19) }
    }

    // MARK: - Talking to it

    /// Asks for the health of the node: yellow is as good as a single one gets where an index wants copies elsewhere.
    package func probe(_ server: RunningServer) async -> ProbeResult {
        let client = client(server, timeout: .seconds(5))
        let start = ContinuousClock.now
        while true {
            do {
                let health = try await client.call("GET", ["_cluster", "health"])
                await client.close()
                let status = health["status"]?.plainText ?? "unknown"
                return ["yellow", "green"].contains(status) ? .ready : .notYet("its health is \(status)")
            } catch {
                if error.status == 401, ContinuousClock.now - start < loginPatience,
                    (try? await Task.sleep(for: .milliseconds(250))) != nil
                {
                    continue
                }
                await client.close()
                return problem(error, server)
            }
        }
    }

    private func problem(_ error: ElasticsearchError, _ server: RunningServer) -> ProbeResult {
        switch error.status {
        case 401:
            .refusesPassword(server, error)
        // OpenSearch answers 503 until its security index is there.
        case 408, 429, 500...: .notYet("starting up")
        case 0: .notYet("not answering yet")
        default: .failed(NexEnvError(.serviceFailed, error.message, service: server.service.name, underlying: error))
        }
    }

    func client(_ server: RunningServer, timeout: Duration = .seconds(120)) -> ElasticsearchClient {
        ElasticsearchClient(server.endpoint, user: flavor.user, password: secret(server.passwords), timeout: timeout)
    }
}

extension Elasticsearch: AddressedEngine {
    package func address(of database: String?, on server: RunningServer) -> DatabaseAddress? {
        if let database, !databaseNames.contains(database) { return nil }
        return DatabaseAddress(
            scheme: "http",
            endpoint: server.endpoint,
            user: flavor.user,
            password: secret(server.passwords),
            database: database
        )
    }
}

extension ValueShape<String> {
    /// A size as Java's `-Xmx` takes it.
    fileprivate static var heapSize: ValueShape<String> {
        text(pattern: "^[0-9]+[kmgKMG]$") { text in
            let isGood =
                text.utf8.count <= 8 && text.last.map { "kmgKMG".contains($0) } == true && text.utf8.count > 1
                && text.dropLast().utf8.allSatisfy { (0x30...0x39).contains($0) }
            return isGood ? nil : "is no size of a heap, such as `512m` or `2g`"
        }
    }

    /// The name of an index, a template or a repository: what all of them may be called, without dots, since a dot stands
    /// between a service and what it has.
    static var indexName: ValueShape<String> {
        text(pattern: "^[a-z0-9][a-z0-9_-]*$") { name in
            let isGood =
                name.utf8.count <= 255
                && name.utf8.first.map { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") } == true
                && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_-".utf8.contains($0) }
            return isGood
                ? nil : "is no name for an index: small letters, digits, `-` and `_`, starting with a letter or digit"
        }
    }

    /// The name of a folder.
    fileprivate static var snapshotFolder: ValueShape<String> { indexName }
}
