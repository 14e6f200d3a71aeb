import Foundation
import NexEnv
import TextTesting
import Testing

/// Files that mean harm: each ends soon with a clear problem.
///
/// One after another, so that none is slowed by the others.
@Suite(.serialized, .timeLimit(.minutes(1))) struct HostileFileTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var yaml: @Sendable () -> String
        var code: Diagnostic.Code
        var message: String

        init(_ name: String, _ code: Diagnostic.Code, _ message: String, _ yaml: @escaping @Sendable () -> String) {
            testDescription = name
            self.yaml = yaml
            self.code = code
            self.message = message
        }
    }

    /// Ten levels of nine aliases each: 3,486,784,401 values out of some hundred bytes.
    private static let levels: String = {
        var lines = ["x-0: &a0 [l,l,l,l,l,l,l,l,l]"]
        for level in 1..<10 {
            lines.append(
                "x-\(level): &a\(level) [\([String](repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    private static func bomb(_ name: String, _ end: String) -> Attack {
        // The levels stand after the key that uses them nowhere, so the first five make the limit break either way.
        Attack("an alias bomb \(name)", .tooLarge, "values once its aliases are expanded") { levels + end }
    }

    /// Keys that Yams would have hashed with their aliases expanded; the levels are few enough to be allowed as values.
    private static func key(_ name: String, _ key: String) -> Attack {
        Attack("an alias in a key, \(name)", .invalidYAML, "a key must be a plain text") {
            levels.split(separator: "\n").prefix(4).joined(separator: "\n") + "\n" + key.replacing("*a", with: "*a3")
        }
    }

    private static let attacks: [Attack] = [
        bomb("as values", ""),
        bomb("as a merge", "x-m: {<<: [*a9, *a9]}"),
        key("alone in a set", "x-k: { *a }"),
        key("in a list in a set", "x-k: { [*a] }"),
        key("over several lines", "x-k: { [*a,\n *a\n]: 1 }"),
        key("behind a question mark", "? *a\n: 1"),
        key("under a question mark", "x-k:\n  ?\n    *a\n  : 1"),
        key("in a list under a question mark", "x-k:\n  ? - *a\n    - *a\n  : 1"),
        key("behind a question mark in braces", "x-k: {? [*a, *a] : 1}"),
        key("in a pair in a list", "x-k: [ [*a]: 1 ]"),
        key("with a tab behind it", "*a\t: 1"),
        key("with a tag", "x-k: { !!seq [*a]: 1 }"),
        Attack("a megabyte text in a hundred thousand places", .tooLarge, "bytes of text once its aliases are expanded")
        {
            "x-a: &a \"\(String(repeating: "y", count: 1_000_000))${HOME}\"\nx-b: [\([String](repeating: "*a", count: 100_000).joined(separator: ","))]"
        },
        Attack("a text of 10 MB", .tooLarge, "4194304 is the limit") {
            "a: " + String(repeating: "x", count: 10 << 20)
        },
        Attack("a key of 3 MB twice", .invalidYAML, "") {
            let key = String(repeating: "x", count: 3 << 19)
            return "\(key): 1\n\(key): 2\n"
        },
        Attack("999 braces as keys around a long list", .tooLarge, "nested too deep") {
            String(repeating: "{", count: 999) + "[" + String(repeating: "1,", count: 500_000) + "1]"
                + String(repeating: "}", count: 999)
        },
        Attack("99 nested lists", .tooLarge, "nested too deep") { nested("[", "]", 99) },
        Attack("999 nested lists", .tooLarge, "nested too deep") { nested("[", "]", 999) },
        Attack("100,000 nested lists", .tooLarge, "nested too deep") { nested("[", "]", 100_000) },
        Attack("100,000 lists that never close", .tooLarge, "nested too deep") {
            String(repeating: "[", count: 100_000)
        },
        Attack("100,000 nested mappings", .tooLarge, "nested too deep") { nested("{a: ", "}", 100_000) },
        Attack("999 levels of indentation", .tooLarge, "nested too deep") { block(999) },
        Attack("2,000 levels of indentation", .tooLarge, "nested too deep") { block(2_000) },
        Attack("999 compact lists", .tooLarge, "nested too deep") { String(repeating: "- ", count: 999) + "x" },
        Attack("100,000 compact lists", .tooLarge, "nested too deep") { String(repeating: "- ", count: 100_000) + "x" },
        Attack("100,000 question marks", .tooLarge, "nested too deep") {
            String(repeating: "? ", count: 100_000) + "x"
        },
        Attack("a million list elements", .tooLarge, "more than 200000 values") {
            "x-a: [" + String(repeating: "1,", count: 1_000_000) + "1]"
        },
        Attack("a million keys", .tooLarge, "more than 200000 values") {
            (0..<300_000).map { "a\($0):\n" }.joined()
        },
        Attack("a million anchors", .tooLarge, "more than 200000 values") {
            (0..<300_000).map { "- &a\($0) x\n" }.joined()
        },
        Attack("a million tabs", .invalidYAML, "cannot start any token") {
            "a:\n" + String(repeating: "\t", count: 1_000_000) + "b"
        },
        Attack("200,000 nested variables", .invalidInterpolation, "nested more than") {
            "x-a: \"\(String(repeating: "${A:-", count: 200_000))\(String(repeating: "}", count: 200_000))\""
        },
        Attack("200,000 variables that never close", .invalidInterpolation, "nested more than") {
            "x-a: \"\(String(repeating: "${A:-", count: 200_000))\""
        },
        Attack("200,000 empty variables", .invalidInterpolation, "`${}` is not understood") {
            "x-a: \"\(String(repeating: "${}", count: 200_000))\""
        },
        Attack("a duration of 3,000 eras", .wrongType, "expected a duration") {
            "defaults: {ready_timeout: \"\(String(repeating: "999999999999d", count: 3_000))\"}"
        },
        Attack("a chain of 20,000 services that bites its tail", .dependencyCycle, "depend on each other") {
            "services:\n" + (0..<20_000).map { "  s\($0): {image: x, depends_on: [s\(($0 + 1) % 20_000)]}\n" }.joined()
        },
        Attack("100,000 unknown keys", .unknownKey, "has no key") { (0..<99_000).map { "a\($0):\n" }.joined() },
        Attack("100,000 unknown keys of a service", .unknownKey, "has no key") {
            "services: {a: {image: x, \((0..<99_000).map { "a\($0): " }.joined(separator: ", "))}}"
        },
    ]

    private static func nested(_ open: String, _ close: String, _ depth: Int) -> String {
        "x-a: " + String(repeating: open, count: depth) + "x" + String(repeating: close, count: depth)
    }

    private static func block(_ depth: Int) -> String {
        (0..<depth).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    }

    /// Loads and renders as a command does, and fails when that takes long.
    ///
    /// The time of this thread is counted, not the clock's: other tests and programs want the processors too. The limit is five
    /// times what is promised to a user, since builds without optimisation are that slow; what it guards against took minutes.
    private func problems(_ path: String) -> [Diagnostic] {
        let start = threadNanoseconds()
        defer { #expect(threadNanoseconds() - start < 5_000_000_000) }
        var loader = EnvironmentLoader(processVariables: ["HOME": "/home"], mode: nil)
        do {
            _ = try loader.load(path)
            return []
        } catch {
            #expect(DiagnosticRenderer(style: .plain).render(error.all).utf8.count < 200_000)
            return error.all
        }
    }

    @Test(arguments: attacks) func `ends soon with a clear problem`(attack: Attack) throws {
        let scratch = try ScratchEnvironment(attack.yaml())
        let found = problems("\(scratch.folder.path)/nexenv.yaml")
        let first = try #require(found.first)
        if attack.message.isEmpty { return }
        #expect(first.code == attack.code)
        #expect(first.message.contains(attack.message), "\(first.message.prefix(200))")
        #expect(first.position != nil)
    }

    @Test func `an env file that isn't one`() throws {
        let scratch = try ScratchEnvironment(
            "env_file: bad.env\nservices: {a: {image: x}}",
            files: ["bad.env": String(repeating: "x\n", count: 500_000)]
        )
        let found = problems("\(scratch.folder.path)/nexenv.yaml")
        #expect(found.count == 20)
        #expect(found.first?.message.contains("NAME=value") == true)
    }

    @Test func `a variable of a megabyte in a thousand places`() throws {
        let scratch = try ScratchEnvironment(
            "x-a: [\([String](repeating: "\"${BIG}\"", count: 1_000).joined(separator: ","))]\nservices: {a: {image: x}}",
            files: [".env": "BIG=\(String(repeating: "b", count: 1 << 20))\n"]
        )
        #expect(problems("\(scratch.folder.path)/nexenv.yaml").first?.code == .tooLarge)
    }

    @Test func `two included lists of many elements`() throws {
        let list = "services: {s: {profiles: [" + (0..<50_000).map { "a\($0)" }.joined(separator: ",") + "]}}\n"
        let other = list.replacing(",a", with: ",b")
        let scratch = try ScratchEnvironment("include: [a.yaml, b.yaml]", files: ["a.yaml": list, "b.yaml": other])
        #expect(!problems("\(scratch.folder.path)/nexenv.yaml").isEmpty)
    }

    // MARK: - What is no file

    @Test func `a file that isn't there`() {
        let found = problems("/nowhere/at/all.yaml")
        #expect(found.map(\.code) == [.missingFile])
        #expect(found.first?.message.contains("/nowhere/at/all.yaml") == true)
    }

    @Test func `a folder`() throws {
        let folder = try ScratchFolder()
        #expect(problems(folder.path).first?.message.contains("is a folder") == true)
    }

    @Test(arguments: ["/dev/zero", "/dev/null", "/dev/tty"]) func `a device`(path: String) {
        let found = problems(path)
        #expect(found.first?.code == .unreadableFile)
        #expect(found.first?.message.contains("not a regular file") == true)
    }

    @Test func `a pipe that nobody writes to`() throws {
        let folder = try ScratchFolder()
        #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)
        #expect(problems("\(folder.path)/pipe").first?.message.contains("not a regular file") == true)
    }

    @Test func `a pipe as an env file and as an include`() throws {
        let scratch = try ScratchEnvironment("env_file: pipe\ninclude: pipe\nservices: {a: {image: x}}")
        #expect(mkfifo("\(scratch.folder.path)/pipe", 0o600) == 0)
        #expect(problems("\(scratch.folder.path)/nexenv.yaml").contains { $0.message.contains("not a regular file") })
    }

    @Test func `a file that can't be read`() throws {
        let scratch = try ScratchEnvironment("a: 1")
        chmod("\(scratch.folder.path)/nexenv.yaml", 0)
        // Root may read everything but this: its start is no memory of any process.
        let found = problems(geteuid() == 0 ? "/proc/self/mem" : "\(scratch.folder.path)/nexenv.yaml")
        #expect(found.first?.code == .unreadableFile)
        #expect(found.first?.hint?.contains("permissions") == true)
    }

    @Test func `a link to itself`() throws {
        let folder = try ScratchFolder()
        try folder.link("loop.yaml", to: "loop.yaml")
        #expect(problems("\(folder.path)/loop.yaml").first?.code == .missingFile)
    }

    @Test func `a file over the limit`() throws {
        let folder = try ScratchFolder(["big": String(repeating: "x", count: 1_000)])
        let error = #expect(throws: Diagnostics.self) { try SourceFile.read("\(folder.path)/big", limit: 999) }
        #expect(error?.all.first?.code == .tooLarge)
    }

    // MARK: - Bytes

    @Test(
        arguments: [
            ("Latin-1", "name: a\nuser: Gr", [0xF6, 0xDF, 0x65]),
            ("behind characters of several bytes", "# é中😀\na: é", [0xFF]),
            ("a character that is cut off", "a: ", [0xF0, 0x9F, 0x98]),
            ("a surrogate", "a: b", [0xED, 0xA0, 0x80]),
            ("an overlong slash", "", [0xC0, 0xAF]),
            ("at the very start", "", [0xFF, 0xFE, 0x61, 0x00]),
        ] as [(String, String, [UInt8])]
    )
    func `what isn't UTF-8 is told where it starts`(name: String, valid: String, bytes: [UInt8]) throws {
        let folder = try ScratchFolder()
        try folder.write(Data(Array(valid.utf8) + bytes + Array("\nb: 1\n".utf8)), to: "x.yaml")
        let problem = try #require(problems("\(folder.path)/x.yaml").first)
        #expect(problem.code == .unreadableFile)
        let end = MarkedText(valid + "1️⃣").places["1️⃣"]
        #expect(problem.position.map { MarkedText.Place(line: $0.line, column: $0.column) } == end)
    }

    @Test func `four megabytes that aren't UTF-8 at their end`() throws {
        let folder = try ScratchFolder()
        try folder.write(Data([UInt8](repeating: 0x61, count: 4_000_000) + [0xFF]), to: "x.yaml")
        #expect(problems("\(folder.path)/x.yaml").first?.position?.column == 4_000_001)
    }

    @Test func `a byte-order mark is no part of the first key`() throws {
        let scratch = try ScratchEnvironment("\u{FEFF}name: shop\nservices: {a: {image: x}}\n")
        let environment = try scratch.load()
        #expect(environment.name == "shop")
        let wrong = try ScratchEnvironment("\u{FEFF}nam: shop\nservices: {a: {image: x}}\n")
        #expect(wrong.problems().first?.position?.column == 1)
    }
}

/// Returns how long the processors have worked on this thread.
private func threadNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
