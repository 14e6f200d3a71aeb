import NexEnv
import TextTesting
import Testing

@Suite struct SeedValueTests {
    /// Reads a value whose tags all stand for the same UUID.
    private static func read(_ yaml: String) throws -> SeedValue {
        let context = DecodingContext()
        let value = SeedValue.read(try YAMLReader.read(SourceFile(yaml)), context) { node in
            node.tag == "ref" ? .uuid(.url) : nil
        }
        guard let value else { throw Diagnostics(context.problems) }
        return value
    }

    @Test(
        arguments: [
            ("", .null), ("~", .null), ("true", .bool(true)), ("False", .bool(false)), ("\"true\"", .text("true")),
            ("yes", .text("yes")), ("12", .integer(12)), ("-007", .integer(-7)), ("+5", .integer(5)),
            ("0x1F", .integer(31)),
            ("0o17", .integer(15)), ("'12'", .text("12")), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .decimal("9223372036854775808")), ("19.00", .decimal("19.00")),
            ("+.50", .decimal("0.50")), ("-1.", .decimal("-1")), ("007.10", .decimal("7.10")), ("1e3", .decimal("1e3")),
            ("1.5E-07", .decimal("1.5E-07")), (".inf", .double(.infinity)), ("1.2.3", .text("1.2.3")),
            (".", .text(".")),
            ("-", .array([.null])), ("1e", .text("1e")), ("0x-1", .text("0x-1")), ("2025-01-01", .text("2025-01-01")),
            ("22:22", .text("22:22")), ("12 ", .integer(12)), ("1_000", .text("1_000")), ("é", .text("é")),
        ] as [(String, SeedValue)]
    )
    func `plain scalars are YAML's, numbers exact`(yaml: String, value: SeedValue) throws {
        #expect(try Self.read(yaml) == value)
    }

    @Test(
        arguments: [
            (
                "{ $oid: 65a1b2c3d4e5f60718293a4b }",
                .objectID(SeedObjectID(seconds: 0x65a1_b2c3, rest: 0xd4e5_f607_1829_3a4b))
            ),
            ("{ $date: \"2024-12-02T00:00:00.5+01:00\" }", .time(1_733_094_000_500_000)),
            ("{ $date: { $numberLong: \"-7\" } }", .time(-7000)), ("{ $date: 5 }", .time(5000)),
            ("{ $uuid: 6ba7b811-9dad-11d1-80b4-00c04fd430c8 }", .uuid(.url)),
            ("{ $uuid: !ref admins/root }", .uuid(.url)),
            ("{ $numberLong: \"9007199254740993\" }", .extended(.int64(9_007_199_254_740_993))),
            ("{ $numberLong: 5 }", .extended(.int64(5))), ("{ $numberInt: \"-3\" }", .extended(.int32(-3))),
            ("{ $numberDouble: \"1.5\" }", .double(1.5)), ("{ $numberDouble: \"-Infinity\" }", .double(-.infinity)),
            ("{ $numberDecimal: \"12.50\" }", .extended(.decimal128("12.50"))),
            ("{ $numberDecimal: 12.50 }", .extended(.decimal128("12.50"))),
            ("{ $numberDecimal: \"-inf\" }", .extended(.decimal128("-Infinity"))),
            ("{ $binary: { base64: \"AQID\", subType: \"00\" } }", .bytes([1, 2, 3])),
            ("{ $binary: { base64: \"AQID\", subType: 80 } }", .extended(.binary([1, 2, 3], subtype: 0x80))),
            ("{ $binary: \"AQID\", $type: \"00\" }", .bytes([1, 2, 3])),
            ("{ $binary: { base64: \"a6e4EZ2tEdGAtADAT9QwyA==\", subType: \"04\" } }", .uuid(.url)),
            ("{ $timestamp: { t: 1, i: 2 } }", .extended(.timestamp(seconds: 1, increment: 2))),
            (
                "{ $regularExpression: { pattern: ^a, options: xi } }",
                .extended(.regularExpression(pattern: "^a", options: "ix"))
            ),
            ("{ $code: f(), $scope: { a: 1 } }", .extended(.javaScript("f()", scope: [.init("a", .integer(1))]))),
            ("{ $minKey: 1 }", .extended(.minKey)), ("{ $undefined: true }", .extended(.undefined)),
            ("{ $gt: 5 }", .document([.init("$gt", .integer(5))])),
            ("{ $type: int, $gt: 5 }", .document([.init("$type", .text("int")), .init("$gt", .integer(5))])),
            ("{ a: [{ $minKey: 1 }] }", .document([.init("a", .array([.extended(.minKey)]))])),
        ] as [(String, SeedValue)]
    )
    func `extended JSON gives the types that YAML lacks`(yaml: String, value: SeedValue) throws {
        #expect(try Self.read(yaml) == value)
    }

    @Test(arguments: [
        "a: {1️⃣$oid: xyz}", "a: [{1️⃣$date: \"2023-02-29T00:00:00Z\"}]", "{1️⃣$numberInt: 2147483648}",
        "{1️⃣$uuid: 6ba7b8119dad11d180b400c04fd430c8}", "{1️⃣$date: 9223372036854775807}", "{1️⃣$numberDecimal: twelve}",
        "{1️⃣$timestamp: {t: -1, i: 0}}", "{1️⃣$minKey: 2}", "{1️⃣$binary: {base64: '*', subType: '00'}}",
        "{1️⃣$binary: '*', $type: '00'}", "{1️⃣$code: 1, $scope: {}}", "{1️⃣$numberDouble: \"0x10\"}",
    ])
    func `a wrapper that isn't correct has a place`(yaml: String) throws {
        let marked = MarkedText(yaml)
        let error = #expect(throws: Diagnostics.self) { try Self.read(marked.text) }
        let expected = ExpectedProblem("1️⃣", .invalidValue, "Extended JSON asks for")
        let code = ExpectedProblem("1️⃣", .invalidValue, "`$code` takes a text")
        let difference = ExpectedProblem.difference(
            [yaml.contains("$code") ? code : expected],
            error?.all ?? [],
            in: marked
        )
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test(
        arguments: [
            (.null, "null", ""), (.bool(true), "true", "true"),
            (.integer(.min), "-9223372036854775808", "-9223372036854775808"),
            (.double(0.1), "0.1", "0.1"), (.double(.nan), "\"NaN\"", "NaN"),
            (.double(-.infinity), "\"-Infinity\"", "-Infinity"),
            (.decimal("19.00"), "19.00", "19.00"),
            (.text("a\"\\\n\u{1}é"), "\"a\\\"\\\\\\n\\u0001é\"", "a\"\\\n\u{1}é"),
            (.uuid(.url), "\"6ba7b811-9dad-11d1-80b4-00c04fd430c8\"", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
            (.bytes([0, 255]), "\"\\\\x00ff\"", "\\x00ff"),
            (.time(0), "\"1970-01-01T00:00:00Z\"", "1970-01-01T00:00:00Z"),
            (.time(-1), "\"1969-12-31T23:59:59.999999Z\"", "1969-12-31T23:59:59.999999Z"),
            (.time(1_500_000), "\"1970-01-01T00:00:01.500Z\"", "1970-01-01T00:00:01.500Z"),
            (.date(-1), "\"1969-12-31\"", "1969-12-31"), (.date(19_782), "\"2024-02-29\"", "2024-02-29"),
            (.array([.integer(1), .null]), "[1,null]", "[1,null]"),
            (
                .document([.init("b", .text("x")), .init("a", .array([]))]), "{\"b\":\"x\",\"a\":[]}",
                "{\"b\":\"x\",\"a\":[]}"
            ),
            (.extended(.int64(5)), "5", "5"), (.extended(.decimal128("NaN")), "\"NaN\"", "NaN"),
            (.extended(.minKey), "{\"$minKey\":1}", "{\"$minKey\":1}"),
            (
                .extended(.timestamp(seconds: 1, increment: 2)), "{\"$timestamp\":{\"t\":1,\"i\":2}}",
                "{\"$timestamp\":{\"t\":1,\"i\":2}}"
            ),
            (
                .extended(.binary([1, 2, 3], subtype: 128)), "\"\\\\x010203\"", "\\x010203"
            ),
        ] as [(SeedValue, String, String)]
    )
    func `json and text`(value: SeedValue, json: String, text: String) {
        #expect(value.json == json)
        #expect(value.plainText == text)
    }

    @Test func `times at the ends of their range have a text`() {
        #expect(SeedValue.time(.max).plainText == "294247-01-10T04:00:54.775807Z")
        #expect(SeedValue.time(.min).plainText == "-290308-12-21T19:59:05.224192Z")
    }

    /// RFC 9562, appendix A.4, and Python's documentation of `uuid`.
    @Test func `version 5 UUIDs are those of the RFC`() {
        let rfc = SeedUUID.version5(namespace: .dns, name: "www.example.com")
        #expect(rfc.description == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
        #expect(
            SeedUUID.version5(namespace: .dns, name: "python.org").description == "886313e1-3b8a-5372-9b90-0c9aee199e5d"
        )
    }

    @Test func `UUIDs and object ids keep their bytes`() throws {
        #expect(SeedUUID("6BA7B811-9DAD-11D1-80B4-00C04FD430C8") == .url)
        #expect(SeedUUID(bytes: SeedUUID.dns.bytes) == .dns)
        #expect(SeedUUID("6ba7b811-9dad-11d1-80b4-00c04fd430c") == nil)
        #expect(SeedUUID("6ba7b811-9dad-11d1-80b4-00c04fd430cg") == nil)
        let id = try #require(SeedObjectID(hex: "65a1b2c3d4e5f60718293a4b"))
        #expect(id.description == "65a1b2c3d4e5f60718293a4b")
        #expect(id.bytes == [0x65, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18, 0x29, 0x3a, 0x4b])
        #expect(SeedObjectID(hex: "65a1b2c3d4e5f60718293a4b00") == nil)
    }
}
