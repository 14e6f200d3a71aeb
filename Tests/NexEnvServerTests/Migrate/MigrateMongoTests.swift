import ClientTesting
import Foundation
import MongoClient
import Testing

extension MigrateTests {
    /// Commands in YAML, with transactions on a replica set and without them on a single server.
    @Suite(.waitsForSlots)
    struct Mongo {
        /// Whether the server is a replica set, which has transactions.
        enum Kind: String, CaseIterable {
            case replicaSet = "replica_set: rs0, "
            case single = ""
        }

        static func nexus(
            _ project: ProjectFixture,
            in place: Place = .native,
            _ kind: Kind = .replicaSet,
            files: [String: String] = [:]
        ) throws {
            for (name, text) in files { try project.write("migrations/\(name)", text) }
            try project.write("migrations/.gitkeep", "")
            try project.write("note.yaml", "collection: note\n")
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  mongo:
                    { engine: mongodb, version: "6.0", \(kind.rawValue)databases: { nexus: { collections: [note.yaml], migrations: migrations } } }
                """,
                in: place
            )
        }

        /// The documents of a collection, in order, as Extended JSON.
        static func documents(_ collection: String, _ project: ProjectFixture) async throws -> String {
            try await project.mongo("mongo.nexus") { connection in
                var cursor = try await connection.find(
                    collection,
                    in: "nexus",
                    options: ["sort": ["n": 1], "projection": ["_id": 0]]
                )
                var all: [String] = []
                while let batch = try await cursor.nextBatch() { all += batch.map { $0.extendedJSON(.relaxed) } }
                return all.joined(separator: " ")
            }
        }

        static func states(_ project: ProjectFixture) async throws -> [String] {
            let status = try await project.nexenv("migrate", "status", "--json").json["databases"][0]["migrations"]
            return status.elements.map { "\($0["name"].text ?? "") \($0["state"].text ?? "")" }
        }

        @Test(
            "up runs what is pending behind collections, once; migrate up does the same",
            .docker,
            .native,
            arguments: Place.allCases
        )
        func up(_ place: Place) async throws {
            try await ProjectFixture.with("migrate-mongo-\(place.rawValue)") { project in
                try Self.nexus(
                    project,
                    in: place,
                    files: [
                        "1_a.yaml": """
                        - create: invoice
                          validator: { $jsonSchema: { required: [n], properties: { n: { bsonType: int } } } }
                        - createIndexes: invoice
                          indexes: [{ key: { n: 1 }, name: n, unique: true }]
                        - insert: invoice
                          documents: [{ n: 1, at: { $date: "2024-12-02T00:00:00Z" } }, { n: 2 }]
                        """
                    ]
                )
                let first = try await project.nexenv("up")
                #expect(first.error.contains("mongo: nexus: 1_a"), "\(first)")
                let rows = #"{"n": 1, "at": {"$date": "2024-12-02T00:00:00Z"}} {"n": 2}"#
                #expect(try await Self.documents("invoice", project) == rows)
                #expect(try await project.nexenv("up").error.contains("nothing to do"))

                try project.write(
                    "migrations/2_b.yaml",
                    """
                    up:
                      - update: invoice
                        updates: [{ q: { n: 2 }, u: { $inc: { n: 10 } } }]
                      - renameCollection: invoice
                        to: bill
                    down:
                      - renameCollection: bill
                        to: invoice
                      - update: invoice
                        updates: [{ q: { n: 12 }, u: { $inc: { n: -10 } } }]
                    """
                )
                #expect(try await Self.states(project) == ["1_a applied", "2_b pending"])
                try await project.nexenv("migrate", "status", "--exit-code", status: 2)
                try await project.nexenv("status", "--exit-code", status: 3)
                let migrated = try await project.nexenv("migrate", "up")
                #expect(migrated.error.contains("mongo.nexus: 2_b applied in"), "\(migrated)")
                let idle = try await project.nexenv("migrate", "up")
                #expect(idle.error.hasPrefix("nothing to do"), "\(idle)")
                #expect(try await Self.documents("bill", project) == rows.replacing(#""n": 2"#, with: #""n": 12"#))
                try await project.nexenv("status", "--exit-code")

                let down = try await project.nexenv("migrate", "down")
                #expect(down.error.contains("mongo.nexus: 2_b taken back"), "\(down)")
                #expect(try await Self.documents("invoice", project) == rows)
                let refused = try await project.nexenv("migrate", "down", status: 65)
                #expect(refused.error.contains("migrations/1_a.yaml:1:1: error: `1_a` has no way down"), "\(refused)")
                try await project.nexenv("migrate", "up")
                let history = try await project.nexenv("migrate", "history", "--json").json["databases"][0]["history"]
                let ways = history.elements.map { "\($0["direction"].text ?? "") \($0["name"].text ?? "")" }
                #expect(ways == ["up 1_a", "up 2_b", "down 2_b", "up 2_b"])
                #expect(history[0]["by"].text?.contains("@") == true)
            }
        }

        @Test("what failed goes on behind what is done", .native, arguments: Kind.allCases)
        func resumes(_ kind: Kind) async throws {
            try await ProjectFixture.with("migrate-mongo-steps") { project in
                let file = """
                    - insert: a
                      documents: [{ n: 1 }, { n: 2 }]
                    - update: a
                      updates: [{ q: {}, u: { $inc: { n: 10 } }, multi: true }]
                    - createIndexes: b
                      indexes: [{ key: { n: 1 }, name: n, unique: true }]
                    - insert: b
                      documents:
                        - { n: 1 }
                        - { n: 1, x: twice }
                    - insert: a
                      documents: [{ n: 3 }]

                    """
                try Self.nexus(project, kind, files: ["1_a.yaml": file])
                let failed = try await project.nexenv("up", status: 65)
                #expect(failed.error.contains("migrations/1_a.yaml:10:7: error: E11000 duplicate key"), "\(failed)")
                let half = #"{"n": 11} {"n": 12}"#
                #expect(try await Self.documents("a", project) == half)
                // What was inserted before the one that was refused is gone again.
                #expect(try await Self.documents("b", project) == "")
                let status = try await project.nexenv("migrate", "status", "--json").json["databases"][0]["migrations"][
                    0
                ]
                #expect(status["state"].text == "half-done" && status["detail"].text == "3 of 5 statements done")
                // Again at once: nothing is done twice.
                try await project.nexenv("migrate", "up", status: 65)
                #expect(try await Self.documents("a", project) == half)
                let refused = try await project.nexenv("migrate", "down", status: 65)
                #expect(refused.error.contains("`1_a` is half done and can't be taken back"), "\(refused)")

                try project.write("migrations/1_a.yaml", file.replacing("n: 2 }", with: "n: 7 }"))
                let changed = try await project.nexenv("migrate", "up", status: 65)
                #expect(
                    changed.error.contains("`1_a` was changed in what had run already: 3 of its statements"),
                    "\(changed)"
                )
                try project.write("migrations/1_a.yaml", file.replacing("n: 1, x: twice", with: "n: 2, x: once"))
                try await project.nexenv("migrate", "up")
                #expect(try await Self.documents("a", project) == #"{"n": 3} "# + half)
                #expect(try await Self.documents("b", project) == #"{"n": 1} {"n": 2, "x": "once"}"#)
                #expect(try await Self.states(project) == ["1_a applied"])
            }
        }

        @Test("a way down that fails goes on when it is mended", .native)
        func down() async throws {
            try await ProjectFixture.with("migrate-mongo-down") { project in
                let file = """
                    up:
                      - insert: a
                        documents: [{ n: 1 }]
                    down:
                      - delete: a
                        deletes: [{ q: {}, limit: 0 }]
                      - wrong: 1

                    """
                try Self.nexus(
                    project,
                    files: ["1_a.yaml": file, "2_b.yaml": "up: [{ create: b }]\ndown: [{ drop: b }]\n"]
                )
                try await project.nexenv("up")
                let failed = try await project.nexenv("migrate", "down", "2", status: 65)
                #expect(failed.error.contains("2_b taken back"), "\(failed)")
                #expect(failed.error.contains("migrations/1_a.yaml:7:5: error: no such command: 'wrong'"), "\(failed)")
                #expect(try await Self.states(project) == ["1_a half-undone", "2_b pending"])
                let half = try await project.nexenv("migrate", "up", status: 65)
                #expect(half.error.contains("`1_a` is half undone: 1 statements of its way down are done"), "\(half)")
                try project.write("migrations/1_a.yaml", file.replacing("wrong: 1", with: "drop: a"))
                try await project.nexenv("migrate", "down")
                #expect(try await Self.states(project) == ["1_a pending", "2_b pending"])
                try await project.nexenv("migrate", "up")
                #expect(try await Self.documents("a", project) == #"{"n": 1}"#)
            }
        }

        @Test("what doesn't fit is named: changed, missing, out of order, wrong", .native)
        func misfits() async throws {
            try await ProjectFixture.with("migrate-mongo-misfits") { project in
                try Self.nexus(project, files: ["1_a.yaml": "- create: a\n", "3_c.yaml": "- create: c\n"])
                try await project.nexenv("up")
                try project.write("migrations/1_a.yaml", "# ours\n- { create: a }\r\n")
                let note = try await project.nexenv("migrate", "up")
                #expect(
                    note.error.contains("note: `1_a` was changed after it was applied, in nothing that ran"),
                    "\(note)"
                )
                #expect(try await !project.nexenv("migrate", "up").error.contains("note:"))
                try project.write("migrations/1_a.yaml", "- create: other\n")
                let changed = try await project.nexenv("migrate", "up", status: 65)
                #expect(changed.error.contains("migrations/1_a.yaml:1:1: error: `1_a` was applied on"), "\(changed)")
                try project.write("migrations/1_a.yaml", "- create: a\n")
                try project.write("migrations/2_b.yaml", "- create: b\n")
                let old = try await project.nexenv("up", status: 65)
                #expect(old.error.contains("`2_b` is older than `3_c`, which is applied already"), "\(old)")
                try await project.nexenv("migrate", "up", "--allow-out-of-order")
                try FileManager.default.removeItem(atPath: project.folder + "/migrations/3_c.yaml")
                let missing = try await project.nexenv("up", status: 65)
                #expect(missing.error.contains("`3_c` was applied on"), "\(missing)")
                try project.write("migrations/3_c.yaml", "- create: c\n- getMore: 1\n- { dropDatabase: 1 }\n- text\n")
                let wrong = try await project.nexenv("validate", status: 65)
                for place in ["2:3: error: `getMore`", "3:3: error: `dropDatabase`", "4:3: error:"] {
                    #expect(wrong.error.contains("migrations/3_c.yaml:\(place)"), "\(wrong)")
                }
            }
        }

        @Test(
            "several at once: one does the work, the others wait and say for whom",
            .docker,
            .native,
            arguments: Place.allCases
        )
        func twoAtOnce(_ place: Place) async throws {
            try await ProjectFixture.with("migrate-mongo-two") { project in
                try Self.nexus(
                    project,
                    in: place,
                    files: ["1_a.yaml": "- insert: a\n  documents: [{ n: 1 }, { n: 2 }]\n"]
                )
                try await project.nexenv("up")
                for round in 2...4 {
                    try project.write(
                        "migrations/\(round)_b.yaml",
                        """
                        - { createIndexes: a, indexes: [{ key: { x\(round): 1 }, name: x\(round) }] }
                        - { update: a, updates: [{ q: {}, u: { $inc: { x\(round): 1 } }, multi: true }] }
                        """
                    )
                    let runs = try await project.mongo("mongo.nexus") { connection in
                        let expires = BSONValue.date(milliseconds: Int64(Date().timeIntervalSince1970 + 3_600) * 1_000)
                        let lock: BSONDocument = [
                            "_id": "migration", "token": "theirs", "user": "ada@elsewhere", "pid": 7,
                            "purpose": "nexenv migrate up", "expires": expires,
                        ]
                        _ = try await connection.insert([lock], into: "nexenv.lock", in: "nexus")
                        let waiting = "waiting for nexenv migrate up (ada@elsewhere, pid 7)"
                        return try await MigrateTests.upTogether(project, waitingFor: waiting) {
                            let all: BSONDocument = ["q": [:], "limit": 0]
                            _ = try await connection.run(
                                ["delete": "nexenv.lock", "deletes": [.document(all)]],
                                in: "nexus"
                            )
                        }
                    }
                    #expect(runs.count { $0.error.contains("\(round)_b applied") } == 1, "\(runs)")
                    #expect(try await Self.documents("a", project).contains("\"x\(round)\": 1"))
                    #expect(try await !Self.documents("a", project).contains("\"x\(round)\": 2"))
                }
            }
        }

        @Test("who waits too long is told for whom; who is gone holds nobody up", .native)
        func timesOut() async throws {
            try await ProjectFixture.with("migrate-mongo-timeout") { project in
                try Self.nexus(project, files: ["1_a.yaml": "- insert: a\n  documents: [{ n: 1 }]\n"])
                try await project.nexenv("up")
                try project.write(
                    "migrations/2_b.yaml",
                    "- { count: a, query: { $where: \"sleep(60000) || true\" } }\n"
                )
                try await project.nexenv("migrate", "up", status: 137) { first in
                    try await eventually("it has the lock") {
                        try await project.mongo("mongo.nexus") { connection in
                            let lock = try await connection.run(
                                ["count": "nexenv.lock", "query": ["work": "2_b up"]],
                                in: "nexus"
                            )
                            return lock["n"]?.int == 1
                        }
                    }
                    let second = try await project.nexenv("migrate", "up", "--lock-timeout", "300ms", status: 75)
                    #expect(
                        second.error.contains("mongo.nexus: somebody else has been working on the database"),
                        "\(second)"
                    )
                    #expect(
                        second.error.contains("nexenv migrate up (") && second.error.contains("pid \(first.pid)"),
                        "\(second)"
                    )
                    #expect(second.error.contains("at work on: 2_b up"), "\(second)")
                    first.send(SIGKILL)
                }
                try project.write("migrations/2_b.yaml", "- create: b\n")
                try await project.nexenv("migrate", "up", "--lock-timeout", "5s")
                #expect(try await Self.states(project) == ["1_a applied", "2_b applied"])
            }
        }

        @Test("a server that is gone in the middle is said, and the next run goes on", .native)
        func lostConnection() async throws {
            try await ProjectFixture.with("migrate-mongo-lost") { project in
                let file = """
                    - insert: a
                      documents: [{ n: 1 }]
                    - count: a
                      query: { $where: "sleep(60000) || true" }
                    - insert: a
                      documents: [{ n: 2 }]

                    """
                try Self.nexus(project)
                try await project.nexenv("up")
                try project.write("migrations/1_a.yaml", file)
                let run = try await project.nexenv("migrate", "up", status: 1) { _ in
                    try await eventually("it sleeps") {
                        try await project.mongo("mongo") { connection in
                            let command: BSONDocument = ["currentOp": 1, "command.count": "a"]
                            return try await connection.run(command, in: "admin")["inprog"]?.array?.isEmpty == false
                        }
                    }
                    #expect(try await Self.documents("a", project) == #"{"n": 1}"#)
                    let server = ProcessView.of(project).first { $0.command[0].contains("mongod") }
                    kill(try #require(server).pid, SIGKILL)
                }
                #expect(
                    run.error.contains("migrations/1_a.yaml:3:3: error: the connection was lost while this ran"),
                    "\(run)"
                )
                #expect(run.error.contains("hint: run it again"), "\(run)")
                try project.write("migrations/1_a.yaml", file.replacing("60000", with: "0"))
                try await project.nexenv("up")
                #expect(try await Self.documents("a", project) == #"{"n": 1} {"n": 2}"#)
            }
        }
    }
}
