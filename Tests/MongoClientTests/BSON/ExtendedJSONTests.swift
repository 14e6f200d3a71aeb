import MongoClient
import Testing

@Suite struct ExtendedJSONTests {
    @Test func `relaxed numbers get the smallest type`() throws {
        let document = try BSONDocument(
            extendedJSON: #"{"a": 1, "b": -2147483649, "c": 1.0, "d": 1e3, "e": 9223372036854775808, "f": -0.5E-2}"#
        )
        #expect(
            document.map(\.value) == [
                .int32(1), .int64(-2_147_483_649), 1.0, 1000.0, 9_223_372_036_854_775_808.0, -0.005,
            ]
        )
    }

    @Test func `escapes and unicode`() throws {
        let document = try BSONDocument(extendedJSON: #"{"a\n": "\"\\\/\b\f\r\t\u00e9\ud83d\ude00 ünï"}"#)
        #expect(document["a\n"] == "\"\\/\u{8}\u{c}\r\t\u{e9}\u{1f600} ünï")
        #expect(document.extendedJSON(.relaxed) == #"{"a\n": "\"\\/\u0008\u000c\r\té😀 ünï"}"#)
    }

    @Test func `queries with operators stay documents`() throws {
        let text =
            #"{"price": {"$gt": 5, "$lt": 9}, "name": {"$regex": "^a", "$options": "i"}, "$or": [{"a": {"$type": "int"}}]}"#
        #expect(try BSONDocument(extendedJSON: text).extendedJSON(.relaxed) == text)
    }

    @Test(arguments: [
        (#"{"$date": "1970-01-01T00:00:00Z"}"#, 0), (#"{"$date": "2024-02-29T23:59:59.999+01:30"}"#, 1_709_245_799_999),
        (#"{"$date": "1969-12-31T23:59:59.5-00:00"}"#, -500),
        (#"{"$date": "9999-12-31T23:59:59.999Z"}"#, 253_402_300_799_999),
        (#"{"$date": "0001-01-01T00:00Z"}"#, -62_135_596_800_000), (#"{"$date": {"$numberLong": "-7"}}"#, -7),
    ])
    func `dates`(text: String, milliseconds: Int64) throws {
        #expect(try BSONValue(extendedJSON: text) == .date(milliseconds: milliseconds))
    }

    @Test func `relaxed dates are text from 1970 to 9999`() {
        let document: BSONDocument = [
            "a": .date(milliseconds: 951_782_400_000), "b": .date(milliseconds: -1),
            "c": .date(milliseconds: 253_402_300_800_000), "d": .date(milliseconds: 5),
        ]
        #expect(
            document.extendedJSON(.relaxed) == """
                {"a": {"$date": "2000-02-29T00:00:00Z"}, "b": {"$date": {"$numberLong": "-1"}}, \
                "c": {"$date": {"$numberLong": "253402300800000"}}, "d": {"$date": "1970-01-01T00:00:00.005Z"}}
                """
        )
    }

    @Test(arguments: [
        ("", 1, 1), ("[]", 1, 1), ("{", 1, 2), ("{\"a\"}", 1, 5), ("{\"a\": 1,}", 1, 9), ("{\"a\": 01}", 1, 7),
        ("{\n  \"ü\": nope}", 2, 8), ("{\"a\": 1, \"a\": 2}", 1, 10), ("{\"a\": \"x\ny\"}", 1, 9),
        ("{\"a\": \"\\x\"}", 1, 8), ("{\"a\": \"\\ud800x\"}", 1, 8), ("{\"a\": \"\\u12g4\"}", 1, 8),
        ("{\"a\": 1} x", 1, 10),
        ("{\"a\": \"abc", 1, 11), ("{\"a\": 1.}", 1, 9), ("{\"a\": 1e999}", 1, 7), ("{\"a\": [1 2]}", 1, 10),
        ("{\"a\":\n {\"$oid\": \"zz\"}}", 2, 2), ("{\"a\": {\"$date\": \"2023-02-29T00:00:00Z\"}}", 1, 7),
        ("{\"a\": {\"$numberInt\": 5}}", 1, 7),
        ("{\"a\": {\"$binary\": {\"base64\": \"*\", \"subType\": \"00\"}}}", 1, 7),
        ("{\"a\\u0000b\": 1}", 1, 2), ("{\"a\": tru}", 1, 7), ("{'a': 1}", 1, 2),
    ])
    func `mistakes are found where they are`(text: String, line: Int, column: Int) {
        let error = #expect(throws: BSONError.self) { try BSONDocument(extendedJSON: text) }
        #expect(error?.position?.line == line)
        #expect(error?.position?.column == column)
    }

    @Test func `too deep is an error, not a crash`() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: BSONError.self) { try BSONValue(extendedJSON: text) }
        let fine = String(repeating: "[", count: 150) + String(repeating: "]", count: 150)
        #expect(throws: Never.self) { try BSONValue(extendedJSON: fine) }
    }
}
