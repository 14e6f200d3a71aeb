import Foundation
import Synchronization
import Testing

@testable import NexEnv

@Suite("Keeping an index like a collection")
struct SyncRunTests {
    /// A collection in memory; identities and marks are numbers with leading zeros.
    final class Collection: SyncSource {
        private struct State {
            var documents: [Int: (mark: Int, text: String)] = [:]
            var pages: [String] = []
        }

        private let state = Mutex(State())
        let hasMarks: Bool

        init(_ count: Int, hasMarks: Bool = true) {
            self.hasMarks = hasMarks
            for number in 0..<count { set(number, mark: number / 2, "text \(number)") }
        }

        func set(_ number: Int, mark: Int, _ text: String) { state.withLock { $0.documents[number] = (mark, text) } }
        func remove(_ number: Int) { state.withLock { _ = $0.documents.removeValue(forKey: number) } }

        /// What was asked for since the last call.
        func asked() -> [String] {
            state.withLock { state in
                defer { state.pages = [] }
                return state.pages
            }
        }

        private static func text(_ number: Int) -> String {
            String(repeating: "0", count: 6 - "\(number)".count) + "\(number)"
        }

        private func all(_ asked: String) -> [SyncDocument] {
            state.withLock { state in
                state.pages.append(asked)
                return state.documents.map { number, document in
                    SyncDocument(
                        id: "d\(number)",
                        identity: Self.text(number),
                        mark: hasMarks ? Self.text(document.mark) : nil,
                        fields: [.init("text", .text(document.text))]
                    )
                }
            }
        }

        func newest() async throws -> SyncMark? { hasMarks ? all("newest").compactMap(\.mark).max() : nil }

        func page(after identity: SyncMark?, limit: Int) async throws -> [SyncDocument] {
            let sorted = all("after \(identity ?? "-")").sorted { $0.identity < $1.identity }
            return Array(sorted.filter { $0.identity > identity ?? "" }.prefix(limit))
        }

        func page(since mark: SyncMark, after identity: SyncMark?, limit: Int) async throws -> [SyncDocument] {
            let sorted = all("since \(mark) \(identity ?? "-")").sorted {
                ($0.mark ?? "", $0.identity) < ($1.mark ?? "", $1.identity)
            }
            return Array(
                sorted.filter { ($0.mark ?? "") > mark || ($0.mark == mark && $0.identity > identity ?? "") }.prefix(
                    limit
                )
            )
        }

        func forEachIdentity(_ body: (String) -> Void) async throws {
            for document in all("identities") { body(document.id) }
        }
    }

    private static let index = """
        services:
          search:
            engine: elasticsearch
            indexes: { content: { mappings: { dynamic: strict, properties: { text: { type: keyword } } } } }

        """

    private struct Setting {
        let sample: SearchSample
        var run: SyncRun

        init(changedBy: String? = "changed") async throws {
            sample = try SearchSample(["nexenv.yaml": SyncRunTests.index])
            try await sample.provision()
            var sync = SeedSync()
            sync.target.database = "content"
            sync.target.written = "search.content"
            sync.source.written = "mongo.app.content"
            sync.changedBy = changedBy
            let position = SourcePosition(file: SourceFile("sync: {}"), line: 1, column: 1)
            run = SyncRun(name: "searched", sync: sync, position: position, pageSize: 10)
        }

        func changes(_ collection: Collection, isPlan: Bool = false, isFresh: Bool = false) async throws -> [Int] {
            var run = run
            run.isPlan = isPlan
            run.isFresh = isFresh
            let settled = run
            let (engine, server) = try sample.running()
            let outcome = try await engine.withSyncTarget(run.sync, on: server) {
                try await settled.run(collection, $0)
            }
            return [outcome.inserted, outcome.updated, outcome.deleted, outcome.unchanged]
        }
    }

    @Test("everything is copied once, then only what has changed")
    func changes() async throws {
        let setting = try await Setting()
        let collection = Collection(35)
        #expect(try await setting.changes(collection, isPlan: true) == [35, 0, 0, 0])
        #expect(try await setting.sample.documents() == [:])
        #expect(try await setting.changes(collection) == [35, 0, 0, 0])
        #expect(try await setting.sample.documents()["d34"] == #"{"text":"text 34"}"#)
        _ = collection.asked()
        // What has the last mark is looked at again, and nothing else.
        #expect(try await setting.changes(collection) == [0, 0, 0, 1])
        #expect(collection.asked() == ["since 000017 -"])
        collection.set(3, mark: 20, "changed")
        collection.set(99, mark: 21, "new")
        #expect(try await setting.changes(collection, isPlan: true) == [1, 1, 0, 1])
        #expect(try await setting.changes(collection) == [1, 1, 0, 1])
        #expect(try await setting.sample.documents()["d3"] == #"{"text":"changed"}"#)
        // In the same moment as the last one that was seen, and before it in the order of identities.
        collection.set(4, mark: 21, "late")
        #expect(try await setting.changes(collection) == [0, 1, 0, 1])
        #expect(try await setting.changes(collection) == [0, 0, 0, 2])
        // More than a page of one moment.
        for number in 200..<225 { collection.set(number, mark: 30, "many") }
        #expect(try await setting.changes(collection) == [25, 0, 0, 2])
        #expect(try await setting.changes(collection) == [0, 0, 0, 25])
        #expect(try await setting.changes(collection) == [0, 0, 0, 25])
    }

    @Test("a fresh run finds what was removed, and what somebody changed in the index")
    func fresh() async throws {
        let setting = try await Setting()
        let collection = Collection(25)
        #expect(try await setting.changes(collection) == [25, 0, 0, 0])
        collection.remove(7)
        try await setting.sample.call("PUT", "/content/_doc/d8", #"{"text":"by hand"}"#)
        try await setting.sample.call("PUT", "/content/_doc/alien", #"{"text":"nobody knows it"}"#)
        #expect(try await setting.changes(collection) == [0, 0, 0, 1])
        #expect(try await setting.changes(collection, isPlan: true, isFresh: true) == [0, 1, 2, 23])
        #expect(try await setting.changes(collection, isFresh: true) == [0, 1, 2, 23])
        #expect(try await setting.sample.documents().count == 24)
        #expect(try await setting.changes(collection, isFresh: true) == [0, 0, 0, 24])
    }

    @Test("without a field that says when, every run goes through everything")
    func unmarked() async throws {
        let setting = try await Setting(changedBy: nil)
        let collection = Collection(12, hasMarks: false)
        #expect(try await setting.changes(collection) == [12, 0, 0, 0])
        collection.remove(3)
        collection.set(5, mark: 0, "changed")
        #expect(try await setting.changes(collection) == [0, 1, 1, 10])
        #expect(try await setting.changes(collection) == [0, 0, 0, 11])
    }

    @Test("a run that was stopped goes on behind the last page that was written")
    func resumed() async throws {
        let setting = try await Setting()
        let collection = Collection(45)
        // Nobody can index a text that is longer than this as a keyword; here it is a document that the mapping refuses.
        collection.set(25, mark: 100, "x")
        let broken = Broken(collection, at: "d25")
        let (engine, server) = try setting.sample.running()
        let run = setting.run
        let error = await #expect(throws: Diagnostics.self) {
            try await engine.withSyncTarget(run.sync, on: server) { try await run.run(broken, $0) }
        }
        let message = try #require(error?.all.first?.message)
        #expect(message.hasPrefix("searched, document d25 of mongo.app.content: mapping set to strict"), "\(message)")
        #expect(try await setting.sample.documents().count == 29)
        _ = collection.asked()
        #expect(try await setting.changes(collection) == [16, 0, 0, 9])
        #expect(collection.asked().first == "after 000019")
        #expect(try await setting.sample.documents().count == 45)
        #expect(try await setting.changes(collection, isFresh: true) == [0, 0, 0, 45])
    }

    @Test("other fields, and an index that was made anew, are copied from the beginning")
    func anew() async throws {
        var setting = try await Setting()
        let collection = Collection(15)
        #expect(try await setting.changes(collection) == [15, 0, 0, 0])
        setting.run = SyncRun(
            name: setting.run.name,
            sync: {
                var sync = setting.run.sync
                sync.fields = [
                    Named(name: "text", position: setting.run.position, value: "text")
                ]
                return sync
            }(),
            position: setting.run.position,
            pageSize: 10
        )
        #expect(try await setting.changes(collection) == [0, 0, 0, 15])
        try await setting.sample.call("DELETE", "/content")
        try await setting.sample.provision()
        #expect(try await setting.changes(collection) == [15, 0, 0, 0])
    }

    /// A collection one of whose documents has a field that the index refuses.
    private struct Broken: SyncSource {
        let collection: Collection
        let id: String

        init(_ collection: Collection, at id: String) {
            self.collection = collection
            self.id = id
        }

        private func broken(_ page: [SyncDocument]) -> [SyncDocument] {
            page.map { document in
                var document = document
                if document.id == id { document.fields.append(.init("surprise", .integer(1))) }
                return document
            }
        }

        func newest() async throws -> SyncMark? { try await collection.newest() }
        func page(after identity: SyncMark?, limit: Int) async throws -> [SyncDocument] {
            try await broken(collection.page(after: identity, limit: limit))
        }
        func page(since mark: SyncMark, after identity: SyncMark?, limit: Int) async throws -> [SyncDocument] {
            try await broken(collection.page(since: mark, after: identity, limit: limit))
        }
        func forEachIdentity(_ body: (String) -> Void) async throws { try await collection.forEachIdentity(body) }
    }

    @Test("fields are taken by their path")
    func fields() {
        var sync = SeedSync()
        let document: [SeedValue.Field] = [
            .init("_id", .text("a")), .init("profile", .document([.init("name", .text("Ada"))])),
            .init("age", .integer(3)),
        ]
        #expect(sync.fields(of: document).map(\.name) == ["profile", "age"])
        let position = SourcePosition(file: SourceFile(""), line: 1, column: 1)
        sync.fields = [("name", "profile.name"), ("old", "age"), ("none", "profile.none.deeper")].map {
            Named(name: $0.0, position: position, value: $0.1)
        }
        #expect(sync.fields(of: document) == [.init("name", .text("Ada")), .init("old", .integer(3))])
    }

    @Test("what can't be kept alike is said at its line")
    func problems() throws {
        let services = """
            services:
              search: { engine: elasticsearch, indexes: { content: {}, other: {} } }
              mongo: { engine: mongodb, databases: { app: {} } }
              redis: { engine: redis }
            seeds: [seeds.yaml]

            """
        for (sync, message) in [
            ("s: { from: redis.app.x, into: search.content }", "`redis` is no service that documents could come from"),
            ("s: { from: mongo.app.x, into: redis.content }", "`redis` is no service that could be kept alike"),
            ("s: { from: mongo.none.x, into: search.content }", "`mongo` has no database `none`"),
            ("s: { from: mongo.app, into: search.content }", "`mongo.app` names no collection"),
            ("s: { from: mongo.app.x, into: search.none }", "`search` has no index `none`"),
            ("filled: { from: mongo.app.x, into: search.content }", "a set is called `filled` as well"),
            (
                "s: { from: mongo.app.x, into: search.other }",
                "`filled` fills the index that `s` keeps like a collection"
            ),
            ("s: { into: search.content }", "a sync needs `from`"),
        ] {
            let seeds = "sets: { filled: { into: search.other, rows: { a: { x: 1 } } } }\nsync:\n  \(sync)\n"
            let sample = try SearchSample(["nexenv.yaml": services, "seeds.yaml": seeds])
            let error = #expect(throws: Diagnostics.self) { try SeedBook.load(sample.environment()) }
            #expect(error?.all.first?.message == message)
            #expect(error?.all.first?.position?.line == 3)
        }
    }

    @Test("the example of docs/seeds.md is read, and its set fills an index")
    func documented() async throws {
        let root = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
        let text = try String(contentsOfFile: "\(root)/docs/seeds.md", encoding: .utf8)
        let parts = text.components(separatedBy: "```yaml seeds/search.yaml\n")
        let example = try #require(parts.dropFirst().first?.components(separatedBy: "```").first)
        let services = """
            services:
              search: { engine: elasticsearch, indexes: { help: {}, content: {} } }
              mongo: { engine: mongodb, databases: { nexus: {} } }
            seeds: [seeds.yaml]

            """
        let sample = try SearchSample(["nexenv.yaml": services, "seeds.yaml": example])
        let book = try SeedBook.load(sample.environment())
        #expect(book.syncs.map(\.name) == ["content_search"])
        #expect(book.syncs.first?.sync.fields.map(\.name) == ["title", "tags", "updatedAt"])
        try await sample.provision()
        #expect(try await sample.seed("help").map(\.inserted) == [2])
        #expect(try await sample.seed("help").map(\.unchanged) == [2])
    }
}
