/// Indexes, templates and repositories, made to match the file on every `up`; those that it doesn't name are left alone.
extension Elasticsearch: DatabaseEngine {
    package var databaseNames: [String] { indexes.map(\.name) }

    package func provision(_ server: RunningServer, _ progress: ProvisionProgress) async throws -> Provisioned {
        try await calling(server) { client in
            var done = Provisioned()
            let reconciler = ElasticsearchReconciler(client: client, durability: server.service.durability)
            // Templates first: an index that is made takes what fits from them.
            for template in templates {
                progress.report("template \(template.name)")
                done.changes += try await reconciler.reconcile(template)
            }
            for index in indexes {
                progress.report("index \(index.name)")
                done.changes += try await reconciler.reconcile(index)
            }
            for repository in snapshots {
                done.changes += try await register(repository, client)
            }
            if !indexes.isEmpty {
                let names = indexes.map(\.name).joined(separator: ",")
                let wait = [("wait_for_status", "yellow"), ("timeout", "30s")]
                try await client.call("GET", ["_cluster", "health", names], wait)
            }
            return done
        }
    }

    /// Makes a folder of the server known as a repository of snapshots.
    private func register(_ repository: Named<String>, _ client: ElasticsearchClient) async throws -> [String] {
        let path = ["_snapshot", repository.name]
        let folder = SeedValue.text(folder(of: repository))
        let found = try await client.find("GET", path)?[repository.name]
        if found?["type"] == .text("fs"), found?["settings"]?["location"] == folder { return [] }
        let body: [SeedValue.Field] = [
            .init("type", .text("fs")), .init("settings", .document([.init("location", folder)])),
        ]
        try await client.call("PUT", path, [], .json(.document(body)))
        return ["repository \(repository.name) registered"]
    }

    package func missing(on server: RunningServer) async throws -> String? {
        try await calling(server) { client in
            let reconciler = ElasticsearchReconciler(client: client, durability: server.service.durability)
            for template in templates where try await !reconciler.isSettled(template) {
                return "the template `\(template.name)` isn't as declared yet"
            }
            for index in indexes {
                guard let state = try await reconciler.state(of: index.name) else {
                    return "the index `\(index.name)` isn't made yet"
                }
                let differences = ElasticsearchDifference.inMappings(index.value.mappings, state["mappings"])
                if let field = differences.first(where: \.isMissingField) {
                    return "`\(field.path)` of the index `\(index.name)` isn't there yet"
                }
            }
            return nil
        }
    }

    /// Runs a body with a client, and says of a refusal which service it is about.
    func calling<Value: Sendable>(
        _ server: RunningServer,
        database: String? = nil,
        _ body: (ElasticsearchClient) async throws -> sending Value
    ) async throws -> Value {
        let client = client(server)
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch let error as ElasticsearchError {
            await client.close()
            throw NexEnvError(
                error.status == 401 ? .authenticationFailed : .serviceFailed,
                error.message,
                service: server.service.name,
                database: database,
                hint: error.status == 0 ? "run it again: it goes on where it was" : nil,
                underlying: error
            )
        } catch {
            await client.close()
            throw error
        }
    }
}
