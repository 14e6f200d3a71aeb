import NexEnv
import TextTesting
import Testing

@Suite struct InterpolationTests {
    private let variables = ["A": "1", "EMPTY": "", "B": "two", "GRÖSSE": "XL", "TRICKY": "${A} $${ }"]

    struct Form: Sendable, CustomTestStringConvertible {
        var text: String
        var result: String
        var testDescription: String { text }

        init(_ text: String, _ result: String) {
            self.text = text
            self.result = result
        }
    }

    @Test(arguments: [
        Form("${A}", "1"), Form("x${A}y${B}z", "x1ytwoz"), Form("${EMPTY}", ""), Form("${GRÖSSE}", "XL"),
        Form("${A:-d}", "1"), Form("${EMPTY:-d}", "d"), Form("${NONE:-d}", "d"), Form("${NONE:-}", ""),
        Form("${A-d}", "1"), Form("${EMPTY-d}", ""), Form("${NONE-d}", "d"),
        Form("${A:?m}", "1"), Form("${EMPTY?m}", ""),
        Form("${A:+s}", "s"), Form("${EMPTY:+s}", ""), Form("${NONE:+s}", ""), Form("${EMPTY+s}", "s"),
        Form("${NONE+s}", ""),
        Form("${NONE:-${A}}", "1"), Form("${NONE:-${NONE:-${B}}}", "two"), Form("${NONE:-a${A}b${B}c}", "a1btwoc"),
        Form("${A:-${NOT_LOOKED_AT}}", "1"), Form("${NONE:+${NOT_LOOKED_AT}}", ""),
        Form("${NONE:-a:b-c?d}", "a:b-c?d"), Form("${NONE:-{}", "{"),
        Form("$${A}", "${A}"), Form("$$${A}", "$${A}"), Form("${NONE:-$${A}", "${A"), Form("a$b$$c$", "a$b$$c$"),
        Form("pa$$word", "pa$$word"), Form("${TRICKY}", "${A} $${ }"),
        Form("${url:pg.auth}", "${url:pg.auth}"), Form("${port:pg}/${host:pg}", "${port:pg}/${host:pg}"),
        Form("${password:pg.a.b}", "${password:pg.a.b}"), Form("${NONE:-${url:pg.auth}}", "${url:pg.auth}"),
        Form("${A}\u{301}", "1\u{301}"), Form("\u{1F468}\u{200D}${A}", "\u{1F468}\u{200D}1"),
        Form("${NONE:-é\u{301}}\u{301}", "é\u{301}\u{301}"),
    ])
    func `every form`(form: Form) {
        var interpolation = Interpolation(variables: variables)
        let node = YAMLNode(.scalar(form.text), at: SourcePosition(file: SourceFile(form.text), line: 1, column: 1))
        let text = interpolation.expand(node).text
        #expect(text?.unicodeScalars.elementsEqual(form.result.unicodeScalars) == true, "\(text ?? "")")
        #expect(interpolation.problems.isEmpty)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var yaml: String
        var problems: [ExpectedProblem]
        var testDescription: String { yaml }

        init(_ yaml: String, _ problems: ExpectedProblem...) {
            self.yaml = yaml
            self.problems = problems
        }
    }

    @Test(arguments: [
        Refusal(
            "a: {b: [x, 1️⃣\"${NONE}\"]}",
            .init("1️⃣", .undefinedVariable, "`NONE` is not set", hint: "${NONE:-default}")
        ),
        Refusal("a: 1️⃣${NONE:?say who}", .init("1️⃣", .undefinedVariable, "`NONE` is not set: say who")),
        Refusal("a: 1️⃣${EMPTY:?}", .init("1️⃣", .undefinedVariable, "`EMPTY` is not set")),
        Refusal("a: 1️⃣${NONE?m ${A}}", .init("1️⃣", .undefinedVariable, "`NONE` is not set: m 1")),
        Refusal("a: 1️⃣x${A", .init("1️⃣", .invalidInterpolation, "never closed", hint: "$${")),
        Refusal("a: 1️⃣${A:-${B}", .init("1️⃣", .invalidInterpolation, "never closed")),
        Refusal("a: 1️⃣${}", .init("1️⃣", .invalidInterpolation, "`${}` is not understood")),
        Refusal("a: 1️⃣${:-x}", .init("1️⃣", .invalidInterpolation, "is not understood")),
        Refusal("a: 1️⃣${A!}", .init("1️⃣", .invalidInterpolation, "`${A!}` is not understood")),
        Refusal("a: 1️⃣${A B}", .init("1️⃣", .invalidInterpolation, "is not understood")),
        Refusal("a: 1️⃣${A:}", .init("1️⃣", .invalidInterpolation, "is not understood")),
        Refusal("a: 1️⃣${uri:pg}", .init("1️⃣", .invalidInterpolation, "is not understood")),
        Refusal("a: 1️⃣${url:}", .init("1️⃣", .invalidInterpolation, "`${url:}` is not understood")),
        Refusal("a: 1️⃣${port:.}", .init("1️⃣", .invalidInterpolation, "is not understood")),
        Refusal("a: 1️⃣${port:pg.}", .init("1️⃣", .invalidInterpolation, "is not understood")),
        Refusal(
            "a: 1️⃣${X1}\nb: 2️⃣${X2} ${X3}",
            .init("1️⃣", .undefinedVariable, "`X1`"),
            .init("2️⃣", .undefinedVariable, "`X2`"),
            .init("2️⃣", .undefinedVariable, "`X3`")
        ),
    ])
    func `refuses with a place`(refusal: Refusal) throws {
        let marked = MarkedText(refusal.yaml)
        var interpolation = Interpolation(variables: variables)
        _ = interpolation.expand(try YAMLReader.read(SourceFile(marked.text)))
        let difference = ExpectedProblem.difference(refusal.problems, interpolation.problems, in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func `keys are left alone`() throws {
        var interpolation = Interpolation(variables: variables)
        #expect(interpolation.expand(try YAMLReader.read(SourceFile("{\"${A}\": 1}"))).flow == "{${A}: 1}")
        #expect(interpolation.problems.isEmpty)
    }

    @Test func `a quoted value stays a text`() throws {
        var interpolation = Interpolation(variables: ["NO": "null"])
        let node = interpolation.expand(try YAMLReader.read(SourceFile("[\"${NO}\", '${NO}']")))
        #expect(node.elements?.map(\.isNull) == [false, false])
    }

    @Test func `a default of a text that grows is bounded`() throws {
        var interpolation = Interpolation(variables: ["BIG": String(repeating: "b", count: 1 << 20)])
        let text = String(repeating: "${BIG}", count: 1_000)
        let node = YAMLNode(.scalar(text), at: SourcePosition(file: SourceFile(text), line: 1, column: 1))
        #expect(interpolation.expand(node).text == "")
        #expect(interpolation.problems.map(\.code) == [.tooLarge])
    }
}
