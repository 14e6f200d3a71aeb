import ClientTesting
import Foundation
import MongoClient
import Testing

/// `engine: elasticsearch` from file to server, in Docker, with the strict stand-in in the place of the image.
@Suite(.waitsForSlots)
struct SearchTests {
    private static let services = """
        services:
          search:
            engine: elasticsearch
            image: \(SearchImage.name)
            indexes:
              content: { mappings: { dynamic: strict, properties: { title: { type: text }, at: { type: date } } } }
              notes: { mappings: { properties: { text: { type: text } } } }
          mongo:
            engine: mongodb
            version: "6.0"
            databases: { app: {} }
        seeds: [seeds.yaml]
        """

    private static let seeds = """
        sets:
          articles:
            into: mongo.app.articles
            generate:
              count: 30
              fields: { _id: !id , title: !gen sentence, at: !gen { time: { from: -30d, to: -1d, round: 1s } }, hidden: yes }
          notes:
            into: search.notes
            rows:
              first: { text: First }
              second: { text: Second }
        sync:
          searched: { from: mongo.app.articles, into: search.content, fields: [title, at], changed_by: at }
        """

    @Test(
        "up makes the indexes, seed fills them and keeps one like a collection, a second run changes nothing",
        .docker
    )
    func everything() async throws {
        try await SearchImage.make()
        try await ProjectFixture.with("search") { project in
            try project.write("seeds.yaml", Self.seeds)
            try project.environment(Self.services, in: .docker)
            let up = try await project.nexenv("up", "--json")
            #expect(up.output.contains("index content created"), "\(up)")
            try await project.nexenv("seed", "--quiet")
            let content = SearchClient(url: try await project.url("search.content"))
            #expect(try await content.count() == 30)
            #expect(try await SearchClient(url: project.url("search.notes")).count() == 2)
            for arguments in [["seed", "--json"], ["seed", "--fresh", "--json"]] {
                let sets = try await project.run(arguments).json["sets"].elements
                #expect(sets.compactMap { $0["set"].text }.sorted() == ["articles", "notes", "searched"])
                for set in sets {
                    #expect(
                        ["inserted", "updated", "deleted"].map { set[$0].number } == [0, 0, 0],
                        "\(arguments) \(set)"
                    )
                }
            }
            try await Self.expectChangesFollowed(project, content)
            try await Self.expectStatus(project)
            try await Self.expectSecretsKept(project)
            try await Self.expectRefusalsPlaced(project)
        }
    }

    private static func expectChangesFollowed(_ project: ProjectFixture, _ content: SearchClient) async throws {
        try await project.mongo("mongo.app") { connection in
            let now = BSONValue.date(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            let new: BSONDocument = ["_id": "new", "title": "New", "at": now]
            _ = try await connection.run(["insert": "articles", "documents": [.document(new)]], in: "app")
        }
        let set = try await project.nexenv("seed", "--set", "searched", "--json").json["sets"][0]
        #expect(set["inserted"].number == 1 && set["updated"].number == 0, "\(set)")
        #expect(try await content.call("GET", "/_doc/new")["_source"]["title"].text == "New")
        try await project.mongo("mongo.app") { connection in
            let delete: BSONDocument = ["q": ["_id": "new"], "limit": 1]
            _ = try await connection.run(["delete": "articles", "deletes": [.document(delete)]], in: "app")
        }
        let fresh = try await project.nexenv("seed", "--set", "searched", "--fresh", "--json").json["sets"][0]
        #expect(fresh["deleted"].number == 1, "\(fresh)")
    }

    private static func expectStatus(_ project: ProjectFixture) async throws {
        try await project.nexenv("status", "--exit-code")
        let content = SearchClient(url: try await project.url("search.content"))
        #expect(try await content.call("DELETE")["acknowledged"].flag == true)
        let status = try await project.nexenv("status", "--json").json["services"].elements
        let search = status.first { $0["name"].text == "search" }
        #expect(search?["state"].text == "incomplete", "\(status)")
        try await project.nexenv("up", "--quiet")
        try await project.nexenv("seed", "--quiet")
        #expect(try await content.count() == 30)
    }

    /// The password is in the container's environment, and in nothing that anybody else may see.
    private static func expectSecretsKept(_ project: ProjectFixture) async throws {
        let url = try await project.url("search")
        let password = try #require(url.split(separator: ":").dropFirst(2).first?.split(separator: "@").first)
        let container = try await DockerView.of(project).container("search")
        for format in ["{{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.Labels}} {{json .Args}}"] {
            #expect(!(try await DockerView.inspect(container, format)).contains(password))
        }
        #expect(!(try await project.nexenv("logs", "search")).output.contains(password))
    }

    private static func expectRefusalsPlaced(_ project: ProjectFixture) async throws {
        let bad = seeds.replacing("second: { text: Second }", with: "second: { text: { deep: 1 } }")
        try project.write("seeds.yaml", bad)
        let seed = try await project.nexenv("seed", status: 65)
        #expect(seed.error.contains("seeds.yaml:11:7: error: notes/second: failed to parse field [text]"), "\(seed)")
        let changed = services.replacing("title: { type: text }", with: "title: { type: keyword }")
        try project.environment(changed, in: .docker)
        let up = try await project.nexenv("up", status: nil)
        #expect(up.status != 0 && up.error.contains("cannot be changed from type [text] to [keyword]"), "\(up)")
        #expect(up.error.contains("nexenv.yaml:") && up.error.contains("POST /_reindex"), "\(up)")
    }

    @Test("identities of several types, and a sync that is killed, end with every document", .docker)
    func killedSync() async throws {
        try await SearchImage.make()
        try await ProjectFixture.with("search") { project in
            try project.write("seeds.yaml", Self.seeds)
            try project.environment(Self.services, in: .docker)
            try await project.nexenv("up")
            let at = BSONValue.date(milliseconds: 1_700_000_000_000)
            let identities = (0..<3_000).map { number -> BSONValue in
                number % 2 == 0 ? .int64(Int64(number)) : .string("text \(number)")
            }
            let documents = identities.map { BSONValue.document(["_id": $0, "title": "Same moment", "at": at]) }
            try await project.mongo("mongo.app") { connection in
                _ = try await connection.run(["insert": "articles", "documents": .array(documents)], in: "app")
            }
            let content = SearchClient(url: try await project.url("search.content"))
            let undisturbed = try await project.nexenv("seed", "--set", "searched")
            #expect(try await content.count() == 3_000)
            var generator = SeededGenerator(seed: 7)
            for round in 0..<8 {
                _ = try await content.call("DELETE")
                try await project.nexenv("up", "--quiet")
                let moment = Double.random(in: 0...undisturbed.seconds, using: &generator)
                try await project.nexenv("seed", "--set", "searched", "--fresh", status: nil) { running in
                    try await Task.sleep(for: .seconds(moment))
                    running.send(SIGKILL)
                }
                try await project.nexenv("seed", "--set", "searched", "--fresh")
                #expect(try await content.count() == 3_000, "round \(round), killed after \(moment) s")
            }
        }
    }

    @Test("where it can't run it is left out, and so are its sets", .native)
    func leftOut() async throws {
        try await ProjectFixture.with("search") { project in
            try project.write("seeds.yaml", Self.seeds)
            let optional = Self.services.replacing(
                "engine: elasticsearch",
                with: "engine: elasticsearch\n    required: false"
            )
            try project.environment(optional, in: .native)
            let up = try await project.nexenv("up")
            #expect(up.error.contains("Elasticsearch runs in Docker only"), "\(up)")
            let sets = try await project.nexenv("seed", "--json").json["sets"].elements
            #expect(sets.compactMap { $0["set"].text } == ["articles"])
        }
    }
}
