import Foundation
import Testing

@testable import NexEnv

@Suite("Seeds in Elasticsearch, against the strict stand-in")
struct ElasticsearchSeedTests {
    private static let service = """
        services:
          search:
            engine: elasticsearch
            indexes:
              content:
                mappings:
                  dynamic: strict
                  properties:
                    title: { type: text }
                    views: { type: long }
                    at: { type: date }
                    author: { properties: { name: { type: keyword } } }
        seeds: [seeds.yaml]

        """

    private static func sample(_ rows: String, mode: String = "upsert", more: String = "") async throws -> SearchSample
    {
        let sample = try SearchSample(["nexenv.yaml": service, "seeds.yaml": ""])
        try write(rows, mode: mode, more: more, to: sample)
        try await sample.provision()
        return sample
    }

    private static func write(_ rows: String, mode: String = "upsert", more: String = "", to sample: SearchSample)
        throws
    {
        let text = "sets:\n  pages:\n    into: search.content\n    mode: \(mode)\n\(more)    rows:\n\(rows)"
        try sample.write("seeds.yaml", text)
    }

    private static let two = """
              first: { title: First, views: 1, at: !at 1h, author: { name: Ada } }
              second: { _id: !id , title: Second, views: 2 }

        """

    private func changes(_ outcomes: [SeedOutcome]) -> [Int] {
        outcomes.flatMap { [$0.inserted, $0.updated, $0.deleted, $0.unchanged] }
    }

    @Test("rows become documents under their label or `_id`, once")
    func once() async throws {
        let sample = try await Self.sample(Self.two)
        #expect(try await changes(sample.seed(isPlan: true)) == [2, 0, 0, 0])
        #expect(try await sample.documents() == [:])
        #expect(try await changes(sample.seed()) == [2, 0, 0, 0])
        #expect(try await sample.isUntouched())
        #expect(try await changes(sample.seed()) == [0, 0, 0, 2])
        let documents = try await sample.documents()
        #expect(
            documents["first"] == #"{"title":"First","views":1,"at":"2025-01-01T01:00:00Z","author":{"name":"Ada"}}"#
        )
        let identity = try #require(documents.keys.first { $0 != "first" })
        #expect(SeedUUID(identity) != nil)
    }

    @Test("a document that somebody changed is put right; fields that the set doesn't mention stay")
    func putRight() async throws {
        let sample = try await Self.sample(Self.two, more: "    on_insert_only: [views]\n")
        try await sample.seed()
        try await sample.call(
            "PUT",
            "/content/_doc/first",
            #"{"views":9,"author":{"name":"Ada"},"at":"2025-01-01T01:00:00Z","title":"Changed"}"#
        )
        #expect(try await !sample.isUntouched())
        #expect(try await changes(sample.seed(isPlan: true)) == [0, 1, 0, 1])
        #expect(try await changes(sample.seed()) == [0, 1, 0, 1])
        #expect(
            try await sample.documents()["first"]
                == #"{"views":9,"author":{"name":"Ada"},"at":"2025-01-01T01:00:00Z","title":"First"}"#
        )
        #expect(try await changes(sample.seed()) == [0, 0, 0, 2])
    }

    @Test("each mode does to documents what it does to rows")
    func modes() async throws {
        let sample = try await Self.sample(Self.two, mode: "ensure")
        try await sample.call("PUT", "/content/_doc/first", #"{"title":"Theirs"}"#)
        try await sample.call("PUT", "/content/_doc/alien", #"{"title":"Alien"}"#)
        #expect(try await changes(sample.seed()) == [1, 0, 0, 1])
        #expect(try await sample.documents()["first"] == #"{"title":"Theirs"}"#)

        let rows = "      third: { title: Third }\n      fourth: { title: Fourth }\n"
        try Self.write(rows, mode: "sync", to: sample)
        #expect(try await changes(sample.seed()) == [2, 0, 0, 0])
        try Self.write("      fourth: { title: Fourth }\n", mode: "sync", to: sample)
        #expect(try await changes(sample.seed(isPlan: true)) == [0, 0, 1, 1])
        #expect(try await changes(sample.seed()) == [0, 0, 1, 1])
        #expect(try await changes(sample.seed()) == [0, 0, 0, 1])
        #expect(try await sample.documents().keys.contains("alien"))

        try Self.write("      - { title: Noted }\n      - { title: Noted }\n", mode: "append", to: sample)
        #expect(try await changes(sample.seed()) == [2, 0, 0, 0])
        #expect(try await changes(sample.seed()) == [0, 0, 0, 2])
        #expect(try await sample.documents().values.count { $0 == #"{"title":"Noted"}"# } == 2)

        try Self.write("      fourth: { title: Fourth }\n", mode: "replace", to: sample)
        #expect(try await changes(sample.seed(isPlan: true)).dropLast() == [0, 0, 5])
        #expect(try await changes(sample.seed()) == [0, 0, 5, 1])
        #expect(try await sample.documents() == ["fourth": #"{"title":"Fourth"}"#])
    }

    @Test("a document that the server refuses is an error at its line, in the server's words; the others are there")
    func refused() async throws {
        let rows = """
                  good: { title: Good }
                  bad: { views: many }
                  worse: { surprise: 1 }
                  late: { title: Late }

            """
        let sample = try await Self.sample(rows)
        let error = await #expect(throws: Diagnostics.self) { try await sample.seed() }
        let problem = try #require(error?.all.first)
        #expect(problem.position?.line == 7 && problem.position?.file.path.hasSuffix("/seeds.yaml") == true)
        #expect(
            problem.message
                == "pages/bad: failed to parse field [views] of type [long] in document: failed to parse [many]"
        )
        #expect(problem.hint?.contains("2 documents of `pages` written in search.content") == true, "\(problem)")
        #expect(try await Set(sample.documents().keys) == ["good", "late"])
        #expect(try await !sample.isUntouched())
    }

    @Test("a line of a file that the server refuses is named by its number")
    func refusedLine() async throws {
        let sample = try SearchSample([
            "nexenv.yaml": Self.service,
            "seeds.yaml": "sets: { lines: { into: search.content, from: { jsonl: lines.jsonl } } }",
            "lines.jsonl": (1...3_000).map { #"{"_id":"\#($0)","views":\#($0 == 2_500 ? "[]" : "1")}"# }
                .joined(separator: "\n").replacing("[]", with: "\"x\"") + "\n",
        ])
        try await sample.provision()
        let error = await #expect(throws: Diagnostics.self) { try await sample.seed() }
        let problem = try #require(error?.all.first)
        #expect(problem.position?.line == 2_500 && problem.position?.file.path.hasSuffix("/lines.jsonl") == true)
        try sample.write(
            "lines.jsonl",
            (1...3_000).map { #"{"_id":"\#($0)","views":1}"# }.joined(separator: "\n") + "\n"
        )
        let outcome = try #require(try await sample.seed().first)
        #expect(outcome.inserted >= 1 && outcome.inserted + outcome.unchanged == 3_000)
        #expect(try await changes(sample.seed()) == [0, 0, 0, 3_000])
        #expect(try await sample.documents().count == 3_000)
    }

    @Test("what can't be is said before anything is written")
    func problems() async throws {
        for (set, message) in [
            ("{ into: search.nothing, rows: { a: { title: A } } }", "`search` has no index `nothing`"),
            (
                "{ into: search.content.more, rows: { a: { title: A } } }",
                "an index has no tables: `search.content.more`"
            ),
            (
                "{ into: search.content, key: [title], rows: { a: { title: A } } }",
                "documents are found again by their `_id`"
            ),
            ("{ into: search.content, triggers: false, rows: { a: { title: A } } }", "an index has no triggers"),
        ] {
            let sample = try SearchSample(["nexenv.yaml": Self.service, "seeds.yaml": "sets:\n  pages: \(set)\n"])
            try await sample.provision()
            let error = await #expect(throws: Diagnostics.self) { try await sample.seed() }
            #expect(error?.all.first?.message == message)
        }
        for (rows, message) in [
            ("      - { title: A }\n", "pages: a document needs an `_id`, or a label"),
            (
                "      a: { title: !hash { alg: bcrypt, from: !env X:-y } }\n",
                "a search index is no place for passwords, not even for their hashes"
            ),
        ] {
            let sample = try await Self.sample(rows)
            let error = await #expect(throws: Diagnostics.self) { try await sample.seed() }
            #expect(error?.all.first?.message == message)
            #expect(error?.all.first?.position?.line == 6)
            #expect(try await sample.documents() == [:])
        }
    }
}
