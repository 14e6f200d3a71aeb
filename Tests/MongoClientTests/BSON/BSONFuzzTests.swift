import CLibMongoC
import ClientTesting
import MongoClient
import Testing

/// Hostile input, always the same; each test yields now and then, so that tests with a clock get their turn.
@Suite struct BSONFuzzTests {
    /// Damages bytes in one to four places, with the values that lengths and types are made of among them.
    private func damage(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = .random(in: 0...255, using: &random)
            case 1: bytes[place] = [0, 1, 2, 5, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(.random(in: 0...255, using: &random), at: place)
            case 4: bytes.removeLast(min(bytes.count, Int.random(in: 1...8, using: &random)))
            default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return bytes
    }

    /// Asks libbson, whose check is an independent one.
    private func isValidForLibbson(_ bytes: [UInt8]) -> Bool {
        guard let document = bson_new_from_data(bytes, bytes.count) else { return false }
        defer { bson_destroy(document) }
        let flags = BSON_VALIDATE_UTF8.rawValue | BSON_VALIDATE_UTF8_ALLOW_NULL.rawValue
        return bson_validate(document, bson_validate_flags_t(rawValue: flags), nil)
    }

    /// A random well-formed document of up to a few hundred bytes.
    private func document(_ random: inout SeededGenerator, depth: Int = 0) throws -> BSONDocument {
        let every = Array(try BSONDocumentTests.everything)
        var document = BSONDocument()
        for index in 0..<Int.random(in: 0...3, using: &random) {
            // The number keeps keys apart: our Extended JSON refuses a key that occurs twice, which BSON allows.
            let key = random.awkwardText(maxLength: 3) + String(index)
            guard depth < 3, Bool.random(using: &random) else {
                try document.append(every.randomElement(using: &random)?.value ?? nil, forKey: key)
                continue
            }
            let inner = try self.document(&random, depth: depth + 1)
            try document.append(
                Bool.random(using: &random) ? .document(inner) : .array([.document(inner)]),
                forKey: key
            )
        }
        return document
    }

    @Test func `a hundred and twenty thousand damaged documents never crash`() async throws {
        var random = SeededGenerator(seed: 0xb50)
        var accepted = 0
        for _ in 0..<3000 {
            await Task.yield()
            let bytes = try document(&random).bytes
            for _ in 0..<40 {
                guard let document = try? BSONDocument(bytes: damage(bytes, &random)) else { continue }
                accepted += 1
                #expect(isValidForLibbson(document.bytes))
                // Whatever is accepted can be walked and rebuilt.
                var rebuilt = BSONDocument()
                for (key, value) in document { try rebuilt.append(value, forKey: key) }
                #expect(rebuilt.map(\.key) == document.map(\.key))
            }
        }
        // The check isn't so strict that nothing passes, nor so lax that all does.
        #expect((1000...119_000).contains(accepted))
    }

    @Test func `noise is never a document`() async {
        var random = SeededGenerator(seed: 7)
        for round in 0..<20_000 {
            if round.isMultiple(of: 100) { await Task.yield() }
            var bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect((try? BSONDocument(bytes: bytes)) == nil)
            guard bytes.count >= 5 else { continue }
            bytes.replaceSubrange(0..<4, with: [UInt8(bytes.count), 0, 0, 0])
            _ = (try? BSONDocument(bytes: bytes)).map { $0.extendedJSON(.canonical) }
        }
    }

    @Test func `random documents survive canonical Extended JSON`() async throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<1000 {
            await Task.yield()
            let document = try document(&random)
            let text = document.extendedJSON(.canonical)
            #expect(try BSONDocument(extendedJSON: text).bytes == document.bytes)
        }
    }

    @Test func `damaged Extended JSON never crashes`() async throws {
        var random = SeededGenerator(seed: 13)
        let bytes = Array(try BSONDocumentTests.everything.extendedJSON(.canonical).utf8)
        var refused = 0
        for _ in 0..<2000 {
            await Task.yield()
            do {
                _ = try BSONDocument(extendedJSON: String(decoding: damage(bytes, &random), as: UTF8.self))
            } catch {
                refused += 1
                #expect(error.position != nil)
            }
        }
        #expect(refused > 500)
    }
}
