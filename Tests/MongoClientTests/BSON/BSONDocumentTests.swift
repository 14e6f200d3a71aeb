import MongoClient
import Testing

@Suite struct BSONDocumentTests {
    static let id = BSONObjectID(hex: "56e1fc72e0c917e9c4714161")

    /// A document with every type in it.
    static var everything: BSONDocument {
        get throws {
            [
                "double": 1.5, "nan": .double(.nan), "string": "a\0b — wörld 👩‍👩‍👧", "": "an empty key",
                "document": ["nested": ["deeper": [1, "two", nil]]], "array": [], "empty": [:],
                "binary": .binary([0, 1, 255], subtype: 0), "uuid": .binary(Array(0..<16), subtype: 4),
                "old": .binary([9, 9], subtype: 2), "undefined": .undefined, "id": .objectID(try #require(id)),
                "true": true, "false": false, "date": .date(milliseconds: 1_733_097_600_500),
                "early": .date(milliseconds: -1), "null": nil,
                "regex": .regularExpression(pattern: "^a/\"b", options: "im"),
                "pointer": .dbPointer(collection: "db.c", id: try #require(id)), "code": .javaScript("f()"),
                "symbol": .symbol("s"), "scoped": .javaScriptWithScope("g()", scope: ["x": 1]), "int": 42,
                "min": .int32(.min), "timestamp": .timestamp(seconds: 4_294_967_295, increment: 1),
                "long": .int64(.min), "decimal": .decimal128(try #require(BSONDecimal128("-1.50"))),
                "minKey": .minKey, "maxKey": .maxKey,
            ]
        }
    }

    @Test func `every type survives bytes and canonical Extended JSON`() throws {
        let document = try Self.everything
        #expect(try BSONDocument(bytes: document.bytes) == document)
        #expect(try BSONDocument(extendedJSON: document.extendedJSON(.canonical)).bytes == document.bytes)
        var rebuilt = BSONDocument()
        for (key, value) in document { try rebuilt.append(value, forKey: key) }
        #expect(rebuilt == document)
        #expect(document.keys.count == 29)
        // Relaxed form loses types, but nothing that it then writes.
        let relaxed = document.extendedJSON(.relaxed)
        #expect(try BSONDocument(extendedJSON: relaxed).extendedJSON(.relaxed) == relaxed)
    }

    /// Documents out of the BSON corpus.
    ///
    /// Source: https://github.com/mongodb/specifications/tree/master/source/bson-corpus
    @Test(arguments: [
        (#"{"a" : {"$numberInt": "-1"}}"#, "0C000000106100FFFFFFFF00"),
        (#"{"d" : {"$numberDouble": "1.2345678921232E+18"}}"#, "10000000016400 2A1BF5F41022B14300"),
        (#"{"a" : "\u0000"}"#, "0E00000002610002000000000000"),
        (#"{"a" : [{"$numberInt": "10"}]}"#, "140000000461000C0000001030000A0000000000"),
        (#"{"x" : { "$binary" : {"base64" : "//8=", "subType" : "02"}}}"#, "13000000057800060000000202000000FFFF00"),
        (#"{"a" : {"$date" : {"$numberLong" : "1356351330501"}}}"#, "10000000096100C5D8D6CC3B01000000"),
        (#"{"a" : {"$date" : "2012-12-24T12:15:30.501Z"}}"#, "10000000096100C5D8D6CC3B01000000"),
        (#"{"a" : {"$regularExpression" : { "pattern": "abc", "options" : "im"}}}"#, "0F0000000B610061626300696D0000"),
        (#"{"a" : {"$timestamp" : {"t" : 123456789, "i" : 42} } }"#, "100000001161002A00000015CD5B0700"),
        (#"{"d" : {"$numberDecimal" : "0.1"}}"#, "1800000013640001000000000000000000000000003E3000"),
        (#"{"d" : {"$numberDecimal" : "NaN"}}"#, "180000001364000000000000000000000000000000007C00"),
        (
            #"{"a" : {"$uuid" : "73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}}"#,
            "1D000000056100100000000473FFD26444B34C6990E8E7D1DFC035D400"
        ),
        (
            #"{"a" : {"$code" : "abcd", "$scope" : {"x" : {"$numberInt" : "1"}}}}"#,
            "210000000F61001900000005000000616263640 00C000000107800010000000000"
        ),
    ])
    func `known bytes`(json: String, hex: String) throws {
        let digits = hex.filter { $0 != " " }
        let expected = stride(from: 0, to: digits.count, by: 2).compactMap { start in
            UInt8(digits.dropFirst(start).prefix(2), radix: 16)
        }
        #expect(try BSONDocument(extendedJSON: json).bytes == expected)
        #expect(try BSONDocument(bytes: expected).bytes == expected)
    }

    @Test func `literals keep their order and choose the smallest integer`() {
        let document: BSONDocument = ["z": 1, "a": 2_147_483_648, "m": ["k": [true, nil]]]
        #expect(document.keys == ["z", "a", "m"])
        #expect(document["z"] == .int32(1))
        #expect(document["a"] == .int64(2_147_483_648))
        #expect(document["m"]?.document?["k"]?.array == [true, nil])
        #expect(document["x"] == nil)
        #expect(BSONDocument().isEmpty)
        #expect("\(document)" == #"{"z": 1, "a": 2147483648, "m": {"k": [true, null]}}"#)
    }

    @Test func `what BSON can't hold is refused`() {
        var document = BSONDocument()
        #expect(throws: BSONError.self) { try document.append(1, forKey: "a\0b") }
        #expect(throws: BSONError.self) {
            try document.append(.regularExpression(pattern: "a\0", options: ""), forKey: "r")
        }
        #expect(document.isEmpty)
    }

    @Test(arguments: [
        "0", "1", "-1", "0.001", "-0.00", "1.50", "1E+3", "1.5E-10", "9.999999999999999999999999999999999E+6144",
        "1E-6176", "9999999999999999999999999999999999", "Infinity", "-Infinity", "NaN", "0E+10", "0.000001", "1E-7",
    ])
    func `decimals keep their digits`(text: String) throws {
        #expect(try #require(BSONDecimal128(text)).description == text)
    }

    @Test(arguments: [
        ("1e3", "1E+3"), ("+5", "5"), ("007", "7"), (".5", "0.5"), ("5.", "5"), ("inf", "Infinity"),
        ("1E6144", "1.000000000000000000000000000000000E+6144"), ("10E-6177", "1E-6176"), ("0E-9999", "0E-6176"),
    ])
    func `decimals in other spellings`(text: String, canonical: String) throws {
        #expect(try #require(BSONDecimal128(text)).description == canonical)
    }

    @Test(arguments: [
        "", ".", "e5", "1e", "--1", "1.2.3", "0x10", "1E6145", "1E-6177", "10000000000000000000000000000000001",
    ])
    func `what isn't a decimal`(text: String) {
        #expect(BSONDecimal128(text) == nil)
    }
}
