import Foundation
import NexEnv
import TextTesting
import Testing

@Suite struct SeedGeneratorTests {
    /// Every generator, with its options: what the golden file pins and what both ways of making a value are compared with.
    static let everything = """
        first_name: !gen first_name
        last_name: !gen last_name
        full_name: !gen full_name
        other_name: !gen { full_name: { group: manager } }
        own_first_name: !gen { first_name: { unique: true } }
        email: !gen email
        mail_elsewhere: !gen { email: { domain: mail.example.com, unique: true } }
        username: !gen username
        phone: !gen phone
        phone_gb: !gen { phone: GB }
        phone_fr: !gen { phone: { country: FR, unique: true } }
        job_title: !gen job_title
        company: !gen { company: { unique: true } }
        street: !gen street
        city: !gen city
        postcode: !gen postcode
        country: !gen country
        country_code: !gen country_code
        address: !gen address
        word: !gen word
        words: !gen { words: 2..4 }
        sentence: !gen { sentence: { words: 3..5 } }
        paragraph: !gen { paragraph: 2 }
        slug: !gen slug
        url: !gen url
        ip: !gen ip
        ip_network: !gen { ip: { network: 192.0.2.0/26, unique: true } }
        ip6: !gen { ip: { version: 6 } }
        user_agent: !gen user_agent
        hex: !gen { hex: 40 }
        hex_unique: !gen { hex: { length: 3, unique: true } }
        uuid: !gen uuid
        integer: !gen integer
        integer_unique: !gen { integer: { min: -30, max: 30, unique: true } }
        integer_normal: !gen { integer: { dist: normal, mean: 50, sd: 10, min: 0, max: 100 } }
        integer_zipf: !gen { integer: { dist: zipf, min: 100, max: 200, exponent: 1.5 } }
        decimal: !gen { decimal: { min: -1.50, max: 1.50 } }
        normal: !gen { normal: { mean: 20, sd: 4, round: 3 } }
        zipf: !gen { zipf: 1000 }
        boolean: !gen { boolean: 0.8 }
        sequence: !gen { sequence: { start: 100, step: -5 } }
        time: !gen time
        time_recent: !gen { time: { from: -10d, dist: recent, round: 1s } }
        time_absolute: !gen { time: { from: 2020-02-28, to: "2020-03-01T12:00:00Z", round: 1h } }
        time_later: !gen { time: { from: $time, to: 0d } }
        date: !gen date
        date_unique: !gen { date: { from: -99d, unique: true } }
        date_later: !gen { date: { from: $date, to: +30d } }
        series: !gen { series: { from: -30d, every: 2.5s, jitter: 20% } }
        series_rows: !gen { series: { from: 2024-12-02, every: 1d, rows: 2, jitter: 50% } }
        choice: !gen { choice: [a, "1", 1, 1.50, true, null, "quoted \\" \\\\ text"] }
        choice_weights: !gen { choice: { active: 90, trial: 8, past_due: 2 } }
        choice_list_weights: !gen { choice: [x, y], weights: [1, 3] }
        choice_generators: !gen { choice: [!gen word, { a: !gen boolean }, constant] }
        pick: !gen { pick: plans }
        pick_field: !gen { pick: plans#code, weights: { pro: 1, ent: 3 } }
        pick_zipf: !gen { pick: users, dist: zipf, exponent: 1.2 }
        pick_cycle: !gen { pick: plans, dist: cycle, rows: 2 }
        pick_unique: !gen { pick: users, unique: true }
        pick_own: !gen { pick: sample#email }
        maybe: !gen { maybe: 0.3, of: word }
        nothing: !gen { word: { null: 40% } }
        array: !gen { array: { of: { integer: { max: 9 } }, count: 0..4 } }
        array_unique: !gen { array: { of: { choice: [a, b, "c,\\"\\t"] }, count: 2..3, unique: true } }
        array_nested: !gen { array: { count: 2, of: { array: { of: { maybe: 0.5, of: word }, count: 1 } } } }
        array_mails: !gen { array: { of: email, count: 2 } }
        document: !gen { document: { city: !gen city, n: !gen integer, "a \\"b": [1, !gen word] } }
        nested: { city: !gen city, address: { street: !gen street }, fixed: { a: 1.50 }, empty: !gen { document: {} } }
        object_id: { $oid: !gen { hex: 24 } }
        template: !gen { template: "${first_name} of ${city}\\n$${x} ${maybe}" }
        template_tag: !tpl "user:${email}"
        constant: !gen { constant: [1, two, { three: 3 }] }
        plain: "text\\twith a tab"
        number: 19.00
        nothing_at_all: null
        id: !id
        """

    @Test func `values are what they were`() throws {
        let sample = try SeedSample(Self.everything, count: 60)
        let lines = sample.rows.names.enumerated().map { field, name in
            "\(name)\n" + (0..<4).map { "    " + sample.rows.value(of: field, row: $0).json + "\n" }.joined()
        }
        try Golden().expect(lines.joined(), "seed-generators.txt")
    }

    @Test func `every generator is in the list above`() {
        for kind in GeneratorKind.all {
            #expect(Self.everything.contains("gen \(kind.name)\n") || Self.everything.contains("{ \(kind.name): "))
            #expect(kind.summary.hasSuffix("."))
        }
    }

    /// Every generator is described, and every example of it works.
    @Test func `examples of the documentation`() throws {
        let root = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
        let text = try String(contentsOfFile: "\(root)/docs/generators.md", encoding: .utf8)
        let examples = text.split(separator: "`").map(String.init).filter {
            $0.hasPrefix("!gen ") || ($0.hasPrefix("{ ") && $0.contains("!gen "))
        }
        #expect(examples.count > 60)
        for example in examples {
            let yaml = "example: \(example)\nfirst_name: !gen first_name\ncity: !gen city\ncreated_at: !gen time\n"
            #expect(throws: Never.self, "\(example)") { try SeedSample(yaml, count: 100).texts(0) }
        }
        for kind in GeneratorKind.all {
            let isThere = examples.contains { $0 == "!gen \(kind.name)" || $0.contains("{ \(kind.name): ") }
            #expect(isThere, "\(kind.name)")
        }
    }

    @Test func `COPY's lines, JSON and values are the same`() throws {
        let sample = try SeedSample(Self.everything, count: 60)
        var values: [SeedValue] = []
        for form in [SeedColumnForm.scalar, .json, .array] {
            let forms = [SeedColumnForm](repeating: form, count: sample.rows.names.count)
            for row in 0..<60 {
                sample.rows.row(row, into: &values)
                var fast = SeedBuffer()
                sample.rows.appendCopy(row: row, as: forms, to: &fast)
                var slow = SeedBuffer()
                for (index, value) in values.enumerated() {
                    if index > 0 { slow.append(UInt8(ascii: "\t")) }
                    value.appendCopy(as: form, to: &slow)
                }
                slow.append(UInt8(ascii: "\n"))
                #expect(fast.text() == slow.text())
            }
        }
        for row in 0..<60 {
            sample.rows.row(row, into: &values)
            var json = SeedBuffer()
            sample.rows.appendJSON(row: row, to: &json)
            let fields = zip(sample.rows.names, values).map { SeedValue.Field($0, $1) }
            #expect(json.text() == SeedValue.document(fields).json)
        }
    }

    // MARK: - A value depends on seed, set, field and row alone

    @Test func `other fields, their order and the count of rows change nothing`() throws {
        let all = try SeedSample(Self.everything, count: 60)
        let entries = try #require(try YAMLReader.read(SourceFile(Self.everything)).entries)
        let lines = Self.everything.split(separator: "\n").map(String.init)
        let reversed = try SeedSample(lines.reversed().joined(separator: "\n"), count: 40)
        for (index, entry) in entries.enumerated() {
            let own = reversed.values(entries.count - 1 - index, 0..<40)
            #expect(own == all.values(index, 0..<40), "\(entry.key.name)")
        }
        // A field alone, unless it is made of others.
        for (index, line) in lines.enumerated() where !line.contains("$") && !line.contains("sample#") {
            let alone = try SeedSample(line, count: 50)
            #expect(alone.values(0, 0..<50) == all.values(index, 0..<50), "\(line)")
        }
    }

    @Test func `threads change nothing`() async throws {
        let sample = try SeedSample(Self.everything, count: 60)
        let rows = sample.rows
        let forms = [SeedColumnForm](repeating: .scalar, count: rows.names.count)
        let together = await withTaskGroup(of: (Int, String).self) { group in
            for row in (0..<60).reversed() {
                group.addTask {
                    var out = SeedBuffer()
                    rows.appendCopy(row: row, as: forms, to: &out)
                    return (row, out.text())
                }
            }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        for row in 0..<60 {
            var out = SeedBuffer()
            rows.appendCopy(row: row, as: forms, to: &out)
            #expect(together[row] == out.text())
        }
    }

    @Test func `seeds, sets and fields give other values`() throws {
        let texts = [
            try SeedSample("a: !gen hex").texts(), try SeedSample("b: !gen hex").texts(),
            try SeedSample("a: !gen hex", seed: "other").texts(), try SeedSample("a: !gen hex", set: "users").texts(),
        ]
        #expect(Set(texts.flatMap { $0 }).count == 4000)
    }

    // MARK: - Values that don't come twice

    @Test(arguments: [
        ("{ integer: { min: 1, max: 20000, unique: true } }", 20_000), ("email", 140_000), ("username", 70_000),
        ("slug", 50_000), ("url", 20_000), ("{ hex: { length: 4, unique: true } }", 65_536), ("uuid", 20_000),
        ("{ decimal: { min: -1, max: 1, round: 3, unique: true } }", 2001), ("{ full_name: { unique: true } }", 65_536),
        ("{ phone: { unique: true } }", 13_000), ("{ phone: { country: FR, unique: true } }", 60_000),
        ("{ phone: { country: GB, unique: true } }", 15_000), ("{ company: { unique: true } }", 50_000),
        ("{ job_title: { unique: true } }", 4608), ("{ country: { unique: true } }", 60),
        ("{ ip: { unique: true } }", 50_000),
        ("{ ip: { network: 192.0.2.0/24, unique: true } }", 256), ("{ ip: { version: 6, unique: true } }", 5000),
        ("{ date: { from: 2024-01-01, to: 2024-12-31, unique: true } }", 366), ("{ word: { unique: true } }", 128),
        ("{ time: { from: 2024-01-01, to: 2024-01-02, round: 1m, unique: true } }", 1441), ("sequence", 10_000),
        ("{ choice: [a, b, c], unique: true }", 3), ("{ pick: users, unique: true }", 5000),
        ("{ pick: users, dist: cycle, unique: true }", 5000), ("{ series: { every: 1ms, jitter: 100% } }", 10_000),
    ])
    func `unique over the whole range`(generator: String, count: Int) throws {
        let sample = try SeedSample("a: !gen \(generator)", count: count)
        let texts = sample.texts()
        #expect(Set(texts).count == count)
        #expect(texts != texts.sorted() || generator.contains("se"))
    }

    @Test func `elements of an array differ where that is asked for`() throws {
        let sample = try SeedSample("a: !gen { array: { of: { choice: [a, b, c, d] }, count: 4, unique: true } }")
        let arrays = sample.texts()
        #expect(arrays.allSatisfy { Set($0).count == 4 + 4 })
        // Every order of four comes.
        #expect(Set(arrays).count == 24)
    }

    // MARK: - What belongs together

    @Test func `a person and an address are the same in all fields of a row`() throws {
        let yaml = """
            first: !gen first_name
            last: !gen last_name
            full: !gen full_name
            user: !gen username
            in: { city: !gen city }
            at: !gen address
            street: !gen street
            code: !gen postcode
            town: !gen city
            """
        let sample = try SeedSample(yaml)
        for row in 0..<1000 {
            let texts = (0..<9).map { sample.rows.value(of: $0, row: row).plainText }
            #expect("\(texts[0]) \(texts[1])" == texts[2])
            #expect(texts[3].count == texts[0].count + 1 + texts[1].count)
            #expect(texts[4] == "{\"city\":\"\(texts[8])\"}")
            #expect(texts[5] == "\(texts[6]), \(texts[7]) \(texts[8])")
        }
    }

    @Test func `times later than another field are later`() throws {
        let sample = try SeedSample("b: !gen { time: { from: $a, to: 0d } }\na: !gen { time: { from: -1d, to: +1d } }")
        for row in 0..<1000 {
            let later = try #require(sample.rows.value(of: 0, row: row).microseconds)
            let first = try #require(sample.rows.value(of: 1, row: row).microseconds)
            // What is not before the end has nothing later than itself.
            #expect(later >= first)
            #expect(later <= max(first, 1_735_689_600_000_000))
        }
    }

    @Test func `a series is in order, and jitter doesn't change that`() throws {
        for options in ["every: 2.5s", "every: 1s, jitter: 100%", "every: 1m, rows: 7, jitter: 100%"] {
            let times = try SeedSample("a: !gen { series: { from: 2024-12-02, \(options) } }").values().compactMap(
                \.microseconds
            )
            #expect(times.count == 1000)
            #expect(times == times.sorted())
            #expect(times.first ?? 0 >= 1_733_097_600_000_000)
        }
    }

    @Test func `a cycle takes one after the other`() throws {
        let sample = try SeedSample("a: !gen { pick: plans, dist: cycle, rows: 2 }", count: 8)
        #expect(sample.texts() == ["1", "1", "2", "2", "3", "3", "1", "1"])
    }

    @Test func `picks of one group pick the same row`() throws {
        for options in ["", ", dist: zipf", ", weights: { free: 1, pro: 2 }", ", dist: cycle"] {
            let set = options.contains("weights") ? "plans" : "users"
            let yaml = """
                a: !gen { pick: \(set), group: owner\(options) }
                b: { c: !gen { pick: \(set)#code, group: owner\(options) } }
                c: !gen { pick: \(set), group: other\(options) }
                """
            let sample = try SeedSample(yaml)
            for (id, code) in zip(sample.texts(0), sample.texts(1)) {
                #expect(code == "{\"c\":\"code-\((Int(id) ?? 0) - 1)\"}")
            }
            #expect((sample.texts(0) == sample.texts(2)) == options.contains("cycle"))
        }
    }

    @Test func `sets that are picked from are known before anything is made`() throws {
        let found = SeedRowGenerator.pickedSets(in: try YAMLReader.read(SourceFile(Self.everything)))
        #expect(found.map(\.name) == ["plans", "plans", "users", "plans", "users", "sample"])
        #expect(found.first?.position.column == 20)
    }
}

extension SeedValue {
    fileprivate var microseconds: Int64? {
        if case .time(let time) = self { time } else { nil }
    }
}
