import ClientTesting
import Foundation
import NexEnv
import TextTesting
import Testing

@Suite struct SeedGeneratorProblemTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var yaml: String
        var problems: [ExpectedProblem]
        var testDescription: String { yaml }

        init(_ yaml: String, _ code: Diagnostic.Code, _ message: String, hint: String? = nil) {
            self.yaml = yaml
            problems = [ExpectedProblem("1️⃣", code, message, hint: hint)]
        }
    }

    private static let refusals = [
        Refusal("a: 1️⃣!gen emial", .invalidValue, "there is no generator `emial`", hint: "did you mean `email`?"),
        Refusal("a: 1️⃣!gen person.first_name", .invalidValue, "no generator", hint: "did you mean `first_name`?"),
        Refusal("a: !gen {1️⃣emial: {domain: a}}", .invalidValue, "there is no generator `emial`", hint: "`email`"),
        Refusal("a: 1️⃣!gen {}", .invalidValue, "needs the name of a generator"),
        Refusal("a: 1️⃣!gen [email]", .wrongType, "expected a generator"),
        Refusal("a: !gen {email: , 1️⃣phone: }", .conflictingValues, "`email` and `phone` are two"),
        Refusal(
            "a: !gen {email: {1️⃣domian: a}}",
            .unknownKey,
            "`email` has no option `domian`",
            hint: "did you mean `domain`?"
        ),
        Refusal("a: !gen {email: {domain: a}, 1️⃣uniqe: true}", .unknownKey, "no option `uniqe`", hint: "`unique`"),
        Refusal("a: !gen {hex: {1️⃣lenght: 5}}", .unknownKey, "no option `lenght`", hint: "`length`"),
        Refusal("a: !gen {uuid: {1️⃣unique: true}, unique: true}", .duplicateKey, "more than once"),
        Refusal("a: !gen {email: 1️⃣a b}", .invalidValue, "is not the name of a host"),
        Refusal("a: !gen {word: 1️⃣5}", .wrongType, "expected the options of `word`"),
        Refusal("a: !gen {phone: 1️⃣XX}", .invalidValue, "expected one of `US`, `GB`, `FR`"),
        Refusal("a: !gen {hex: 1️⃣0}", .invalidValue, "0 is not between 1 and 4096"),
        Refusal("a: !gen {ip: {network: 1️⃣10.0.0.0}}", .wrongType, "expected a network", hint: "10.0.0.0/8"),
        Refusal("a: !gen {ip: {version: 1️⃣5}}", .invalidValue, "expected one of `4`, `6`"),
        Refusal("a: !gen {integer: {min: 5, max: 1️⃣4}}", .invalidValue, "`max` is below `min`"),
        Refusal("a: !gen {integer: {max: 1️⃣1.5}}", .invalidValue, "more than no digits behind a point"),
        Refusal("a: !gen {integer: {max: 1️⃣many}}", .wrongType, "expected a whole number"),
        Refusal("a: !gen {decimal: {max: 1️⃣0.125}}", .invalidValue, "more than 2 digits behind its point"),
        Refusal("a: !gen {decimal: {max: 1️⃣99999999999999999999}}", .invalidValue, "out of range"),
        Refusal("a: !gen {decimal: {dist: 1️⃣zipf}}", .invalidValue, "only whole numbers"),
        Refusal("a: !gen {decimal: {dist: 1️⃣gauss}}", .invalidValue, "expected one of `uniform`, `normal`, `zipf`"),
        Refusal("a: !gen {normal: {sd: 1️⃣-1}}", .invalidValue, "-1 is not between"),
        Refusal("a: !gen {zipf: 1️⃣0}", .invalidValue, "0 is not between 1 and"),
        Refusal("a: !gen {zipf: {max: 5, exponent: 1️⃣0}}", .invalidValue, "0 is not between 0.1 and"),
        Refusal("a: !gen {boolean: 1️⃣1.5}", .invalidValue, "1.5 is no probability"),
        Refusal("a: !gen {boolean: 1️⃣often}", .wrongType, "expected a probability"),
        Refusal("a: !gen {word: {null: 1️⃣120%}}", .invalidValue, "120% is no probability"),
        Refusal("a: !gen {sequence: {start: 5, step: 1️⃣9223372036854775807}}", .invalidValue, "leave the range"),
        Refusal("a: !gen {time: {from: 1️⃣yesterday}}", .wrongType, "expected a point in time"),
        Refusal("a: !gen {time: {from: 0d, to: 1️⃣-1d}}", .invalidValue, "`to` lies before `from`"),
        Refusal("a: !gen {time: {from: 1️⃣-999999d}}", .invalidValue, "outside the years 1 to 9999"),
        Refusal("a: !gen {time: {round: 1️⃣5}}", .wrongType, "expected a length of time"),
        Refusal("a: !gen {time: {to: 1️⃣$b}}\nb: !gen word", .invalidValue, "the field `b` is no point in time"),
        Refusal("a: !gen {time: {to: $b, unique: 1️⃣true}}\nb: !gen time", .conflictingValues, "can't be `unique`"),
        Refusal("a: !gen {1️⃣series: {from: 0d}}", .missingKey, "`series` needs `every`"),
        Refusal("a: !gen {series: {every: 1️⃣9999d}}", .invalidValue, "beyond the year 9999"),
        Refusal("a: !gen {series: {every: 1s, from: 1️⃣$b}}\nb: !gen time", .invalidValue, "starts at the same time"),
        Refusal("a: !gen {choice: 1️⃣5}", .wrongType, "expected a list of values"),
        Refusal("a: !gen {choice: 1️⃣[]}", .wrongType, "expected a list of values"),
        Refusal("a: !gen {choice: {a: 1️⃣many}}", .wrongType, "expected a number"),
        Refusal("a: !gen {1️⃣choice: {a: 0, b: 0}}", .invalidValue, "at least one weight must be above 0"),
        Refusal("a: !gen {choice: {a: 1, b: 2}, unique: 1️⃣true}", .conflictingValues, "can't have weights"),
        Refusal("a: !gen {choice: [a, b], weights: 1️⃣[1]}", .wrongType, "expected 2 weights"),
        Refusal("a: !gen {pick: 1️⃣plan}", .unknownReference, "there is no set `plan`", hint: "did you mean `plans`?"),
        Refusal("a: !gen {pick: 1️⃣nobody}", .invalidValue, "has no rows to pick"),
        Refusal("a: !gen {pick: 1️⃣plans#cod}", .unknownReference, "has no field `cod`", hint: "did you mean `code`?"),
        Refusal("a: !gen {pick: plans, weights: {1️⃣fre: 1}}", .unknownReference, "has no row `fre`", hint: "`free`"),
        Refusal("a: !gen {pick: plans, weights: 1️⃣[1]}", .wrongType, "from labels to weights"),
        Refusal(
            "a: !gen {pick: users, dist: cycle, rows: 1️⃣2, unique: true}",
            .conflictingValues,
            "several rows the same"
        ),
        Refusal("a: !gen {1️⃣maybe: 0.5}", .missingKey, "`maybe` needs `of`"),
        Refusal("a: !gen {maybe: 0.5, of: 1️⃣wrod}", .invalidValue, "no generator `wrod`", hint: "`word`"),
        Refusal("a: !gen {array: {of: word, count: 1️⃣3..1}}", .invalidValue, "not a count"),
        Refusal("a: !gen {array: {of: word, count: 1️⃣some}}", .wrongType, "expected a count"),
        Refusal(
            "a: !gen {array: {of: {word: {unique: 1️⃣true}}}}",
            .conflictingValues,
            "no two rows",
            hint: "array itself"
        ),
        Refusal(
            "a: !gen {array: {of: {1️⃣choice: [x]}, count: 2, unique: true}}",
            .invalidValue,
            "too few for 2 elements"
        ),
        Refusal("a: !gen {document: 1️⃣5}", .wrongType, "expected a mapping"),
        Refusal("a: {b: [{c: 1️⃣!gen emial}]}", .invalidValue, "no generator `emial`"),
        Refusal("a: {1️⃣$oid: xyz}", .invalidValue, "Extended JSON"),
        Refusal("a: !gen {template: 1️⃣'${b'}", .invalidInterpolation, "never closed"),
        Refusal("aa: !gen {template: 1️⃣'${ab}'}\nb: 1", .unknownReference, "no field `ab`", hint: "did you mean `aa`?"),
        Refusal("a: !gen {template: '${b}'}\nb: !gen {template: 1️⃣'${a}'}", .dependencyCycle, "a → b → a"),
        Refusal("a: !gen {time: {from: 1️⃣$a}}", .dependencyCycle, "a → a"),
        Refusal("a: !gen {pick: 1️⃣sample#a}", .dependencyCycle, "a → a"),
        Refusal(
            "a: !gen {integer: {max: 999, unique: 1️⃣true}}",
            .invalidValue,
            "999 different values here, too few for 1000 rows"
        ),
        Refusal("a: !gen {country: {unique: 1️⃣true}}", .invalidValue, "60 different values here, too few for 1000 rows"),
        Refusal(
            "a: !gen {boolean: 50%}\nb: !gen {pick: plans, unique: 1️⃣true}",
            .invalidValue,
            "too few",
            hint: "has 3 rows"
        ),
    ]

    @Test(arguments: refusals)
    func `mistakes are found where they are`(refusal: Refusal) throws {
        let marked = MarkedText(refusal.yaml)
        let context = DecodingContext()
        let made = try SeedSample.make(marked.text, context)
        #expect(made == nil)
        let difference = ExpectedProblem.difference(refusal.problems, context.problems, in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func `all mistakes are found at once`() throws {
        let context = DecodingContext()
        #expect(try SeedSample.make("a: !gen emial\nb: !gen {hex: 0}\nc: !gen {word: {x: 1}}", context) == nil)
        #expect(context.problems.count == 3)
    }

    @Test func `enough phones are elsewhere`() throws {
        let context = DecodingContext()
        #expect(try SeedSample.make("a: !gen {phone: {unique: true}}", count: 13_001, context) == nil)
        #expect(context.problems.first?.hint == "`country: FR` has 60000")
    }

    @Test func `a set without rows is fine`() throws {
        let sample = try SeedSample(
            "a: !gen email\nb: !gen {series: {every: 1s}}\nc: !gen {time: {from: $b}}",
            count: 0
        )
        #expect(sample.rows.count == 0)
    }

    /// Random options of random generators: made or refused with places, and what is made gives values.
    @Test func `hostile options`() throws {
        let names = GeneratorKind.all.map(\.name) + ["x"]
        let options = [
            "unique", "min", "max", "dist", "of", "count", "from", "to", "every", "round", "null", "weights", "group",
            "words",
            "length", "country", "network", "mean", "sd", "exponent", "rows", "jitter", "start", "step", "text", "set",
            "x",
        ]
        let values = [
            "true", "0", "1", "-1", "1.5", "9223372036854775807", "-9223372036854775808", "1e9", "[]", "{}", "[a, 1]",
            "{a: 1, b: 2}", "word", "email", "{integer: {max: 3}}", "0..2", "2..0", "-1d", "2.5s", "2024-01-01", "$b",
            "$a",
            "uniform", "normal", "zipf", "recent", "cycle", "plans", "users", "users#code", "'${b}'", "50%", "~", "''",
            "!gen word", "!id ", "99999d", "0.0000001", "1s", "1ms", "FR", "10.0.0.0/8", "0.0.0.0/1", "6",
        ]
        var random = SeededGenerator(seed: 8)
        var made = 0
        let count = Fuzz.count(debug: 20_000, full: 1_000_000)
        for _ in 0..<count {
            let name = names.randomElement(using: &random) ?? ""
            let pairs = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                "\(options.randomElement(using: &random) ?? ""): \(values.randomElement(using: &random) ?? "")"
            }
            let argument = Bool.random(using: &random) ? values.randomElement(using: &random) ?? "" : ""
            let yaml = "a: !gen { \(([name + ": " + argument] + pairs).joined(separator: ", ")) }\nb: !gen time\n"
            let context = DecodingContext()
            guard let rows = try? SeedSample.make(yaml, count: 50, context) else { continue }
            made += 1
            var out = SeedBuffer()
            for row in [0, 1, 49] {
                rows.appendCopy(row: row, as: [.json, .array], to: &out)
                let text = rows.value(of: 0, row: row).json
                #expect(
                    try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as Any? != nil,
                    "\(yaml)"
                )
            }
        }
        #expect(made > count / 20)
    }
}
