#if MongoDB
import Foundation
import MongoClient
import TextTesting
import Testing

@testable import NexEnv

/// What YAML files with commands come to.
@Suite struct MongoMigrationTests {
    private func read(_ text: String, file: String = "1_a.yaml") throws -> MigrationFolder<MongoCommand> {
        let sample = try MigrationSample([file: text])
        return try MigrationFolder.read(sample.listing(MongoMigration.format.extensions), MongoMigration.format)
    }

    struct File: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var up: [[String]]
        var down: [[String]]?

        init(_ name: String, _ text: String, up: [[String]], down: [[String]]? = nil) {
            testDescription = name
            self.text = text
            self.up = up
            self.down = down
        }
    }

    @Test(arguments: [
        File("both ways", "up:\n  - create: a\ndown:\n  - drop: a\n", up: [["create a"]], down: [["drop a"]]),
        File("a list is the way up", "- create: a\n- drop: b", up: [["create a", "drop b"]]),
        File("no transactions", "tx: off\nup: [{ insert: a, documents: [] }]", up: [["tx=off", "insert a"]]),
        File(
            "JSON",
            #"[{"create": "a"}, {"collMod": "a", "validator": {"x": {"$exists": true}}}]"#,
            up: [["create a", "collMod a"]]
        ),
        File("nothing", "", up: []),
        File("empty lists", "up: []\ndown: []\n", up: []),
        File("no way down", "up: [{ create: a }]\ndown:\n", up: [["create a"]]),
    ])
    func `reads`(file: File) throws {
        let migration = try #require(try read(file.text).migrations.first)
        #expect(migration.up.outline(\.summary) == file.up)
        #expect(migration.down?.outline(\.summary) == file.down)
    }

    @Test func `golang-migrate's pairs of JSON files`() throws {
        let sample = try MigrationSample(["1_a.up.json": #"[{"create": "a"}]"#, "1_a.down.json": #"[{"drop": "a"}]"#])
        let listing = try sample.listing(MongoMigration.format.extensions)
        let migration = try #require(try MigrationFolder.read(listing, MongoMigration.format).migrations.first)
        #expect(migration.up.outline(\.summary) == [["create a"]] && migration.down?.outline(\.summary) == [["drop a"]])
    }

    @Test func `values are BSON`() throws {
        let text =
            "- insert: a\n  documents: [{ n: 1, d: { $date: \"2025-01-14T10:20:00Z\" }, x: { $numberDecimal: \"1.50\" }, s: \"1\" }]"
        let command = try #require(try read(text).migrations.first?.up.statements.first)
        let document = try #require(command.document["documents"]?.array?.first?.document)
        #expect(document["n"] == .int32(1) && document["s"] == .string("1"))
        #expect(document["d"] == .date(milliseconds: 1_736_850_000_000))
        #expect(document["x"] == .decimal128(try #require(BSONDecimal128("1.50"))))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var problems: [ExpectedProblem]

        init(_ name: String, _ text: String, _ problems: ExpectedProblem...) {
            testDescription = name
            self.text = text
            self.problems = problems
        }
    }

    @Test(arguments: [
        Refusal(
            "an unknown key",
            "1️⃣ups: []\n",
            .init("1️⃣", .unknownKey, "a migration has no key `ups`", hint: "did you mean `up`?")
        ),
        Refusal("a command that is none", "up:\n  - 1️⃣create\n", .init("1️⃣", .wrongType, "expected a command")),
        Refusal("no list", "up: 1️⃣create\n", .init("1️⃣", .wrongType, "expected a list")),
        Refusal("a text", "1️⃣create", .init("1️⃣", .wrongType, "expected a migration")),
        Refusal("dropDatabase", "- 1️⃣dropDatabase: 1", .init("1️⃣", .invalidValue, "can't be in a migration")),
        Refusal("a session", "- create: a\n  1️⃣lsid: x", .init("1️⃣", .invalidValue, "`lsid` is for nexenv to say")),
        Refusal("a rename without a name", "- 1️⃣renameCollection: a", .init("1️⃣", .invalidValue, "takes two names")),
        Refusal("a mistake in YAML", "- create: 1️⃣[a\n", .init("1️⃣", .invalidYAML, "")),
        Refusal(
            "Extended JSON that is none, deep inside",
            "- insert: a\n  documents:\n    - { ok: 1, when: 1️⃣{ $date: never } }\n",
            .init("1️⃣", .invalidValue, "$date")
        ),
    ])
    func `refuses with a place`(refusal: Refusal) throws {
        let marked = MarkedText(refusal.text)
        let error = #expect(throws: Diagnostics.self) { try read(marked.text) }
        if refusal.testDescription == "a mistake in YAML" { return #expect(error?.all.first?.code == .invalidYAML) }
        let difference = ExpectedProblem.difference(refusal.problems, error?.all ?? [], in: marked)
        #expect(difference == nil, "\(difference ?? "")")
        #expect(error?.exitStatus == .dataError)
    }

    @Test func `documents get identifiers that are always the same`() throws {
        let text = "- insert: a\n  documents: [{ x: 1 }, { _id: 5, x: 2 }, { x: 1 }]"
        let command = try #require(try read(text).migrations.first?.up.statements.first)
        func ids(_ seed: String) throws -> [BSONValue?] {
            try command.sent(seed: seed, in: "shop")["documents"]?.array?.map { $0.document?["_id"] } ?? []
        }
        let first = try ids("a")
        #expect(try ids("a") == first)
        #expect(first[1] == .int32(5) && first[0] != first[2])
        #expect(try ids("b")[0] != first[0])
    }

    @Test func `collections to rename are those of the database at hand`() throws {
        let command = try #require(try read("- { renameCollection: a, to: b }").migrations.first?.up.statements.first)
        let sent = try command.sent(seed: "", in: "nexenv_scratch_x")
        #expect(sent["renameCollection"]?.string == "nexenv_scratch_x.a" && sent["to"]?.string == "nexenv_scratch_x.b")
        #expect(command.target(in: "shop") == "admin")
    }

    @Test func `the digest of what a file says doesn't see how it is written`() throws {
        func tokens(_ text: String) throws -> String? { try read(text).migrations.first?.up.tokens }
        #expect(try tokens("- create: a # c\n  capped: true") == tokens("up: [{ \"create\": 'a', capped: true }]"))
        #expect(try tokens("- create: a") != tokens("- create: b"))
    }
}
#endif
