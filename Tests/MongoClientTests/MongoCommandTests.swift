import ClientTesting
import MongoClient
import Testing

extension MongoTests {
    @Suite struct Command {
        @Test func `documents of every type come back as they were`() async throws {
            try await withDatabase { connection, database async throws in
                var document = try BSONDocument(extendedJSON: #"{"_id": "all"}"#)
                // The server refuses an empty key in front and changes deprecated types in places.
                for (key, value) in try BSONDocumentTests.everything { try document.append(value, forKey: key) }
                #expect(try await connection.insert([document], into: "types", in: database) == 1)
                let found = try await connection.find("types", in: database).all()
                #expect(found == [document])
            }
        }

        @Test func `a large document, and names in unicode`() async throws {
            try await withDatabase { connection, database async throws in
                let text = String(repeating: "ü", count: 500_000)
                let document: BSONDocument = ["_id": 1, "grüße 日本": .string(text)]
                try await connection.insert([document], into: "größe 日本", in: database)
                let found = try await connection.find("größe 日本", in: database, filter: ["_id": 1]).all()
                #expect(found.first?["grüße 日本"]?.string == text)
            }
        }

        @Test func `a query comes in batches, in order, and can be ended`() async throws {
            try await withDatabase { connection, database async throws in
                let documents = (0..<2500).map { number -> BSONDocument in
                    ["_id": .int32(number), "even": .bool(number % 2 == 0)]
                }
                try await connection.insert(documents, into: "numbers", in: database)
                var cursor = try await connection.find(
                    "numbers",
                    in: database,
                    options: ["sort": ["_id": 1]],
                    batchSize: 700
                )
                var sizes: [Int] = []
                var ids: [Int] = []
                while let batch = try await cursor.nextBatch() {
                    sizes.append(batch.count)
                    ids += batch.compactMap { $0["_id"]?.int }
                }
                #expect(sizes == [700, 700, 700, 400])
                #expect(ids == Array(0..<2500))
                #expect(try await cursor.nextBatch() == nil)

                var ended = try await connection.find("numbers", in: database, batchSize: 10)
                #expect(try await ended.nextBatch()?.count == 10)
                try await ended.close()
                #expect(try await ended.nextBatch() == nil)
                let even = try await connection.find(
                    "numbers",
                    in: database,
                    filter: ["even": true],
                    options: ["limit": 3]
                )
                #expect(try await even.all().count == 3)
            }
        }

        @Test(arguments: [(true, 2, [2]), (false, 4, [2, 4])])
        func `refused documents are named`(ordered: Bool, inserted: Int, indices: [Int]) async throws {
            try await withDatabase { connection, database async throws in
                let documents: [BSONDocument] = [1, 2, 1, 3, 2, 4].map {
                    ["_id": .int32($0), "secret": "s3cret-value"]
                }
                let error = try await mongoError {
                    try await connection.insert(documents, into: "c", in: database, ordered: ordered)
                }
                #expect(error.code == .writeFailed)
                #expect(error.insertedCount == inserted)
                #expect(error.writeErrors.map(\.index) == indices)
                #expect(error.writeErrors.allSatisfy { $0.code == 11000 && $0.message.contains("_id") })
                #expect(!error.description.contains("_id"))
                #expect(try await connection.find("c", in: database).all().count == inserted)
            }
        }

        @Test func `a hundred thousand documents`() async throws {
            try await withDatabase { connection, database async throws in
                let documents = (0..<100_000).lazy.map { number -> BSONDocument in
                    ["_id": .int32(Int32(number)), "name": .string("name \(number)")]
                }
                #expect(
                    try await connection.insert(Array(documents), into: "many", in: database, ordered: false) == 100_000
                )
                #expect(try await connection.run(["count": "many"], in: database)["n"]?.int == 100_000)
                #expect(try await connection.insert([], into: "many", in: database) == 0)
            }
        }

        @Test func `the server's error has its code and name`() async throws {
            try await withDatabase { connection, database async throws in
                let error = try await mongoError {
                    try await connection.run(["noSuchCommand": "s3cret-value"], in: database)
                }
                #expect(error.code == .server)
                #expect(error.serverCode == 59)
                #expect(error.codeName == "CommandNotFound")
                #expect(!error.description.contains("s3cret-value"))
                let invalid = try await mongoError { try await connection.run(["ping": 1], in: "a\0b") }
                #expect(invalid.code == .invalidArgument)
                #expect(try await connection.run(["ping": 1], in: database)["ok"]?.double == 1)
            }
        }
    }
}
