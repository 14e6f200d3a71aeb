import ArgumentParser
import Foundation
import NexEnv
import TextTesting
import Testing

@testable import NexEnvCommands

@Suite struct ErrorReportTests {
    private func report(_ error: any Error) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(ErrorReport(error)), as: UTF8.self) + "\n"
    }

    private var diagnostics: Diagnostics {
        let file = SourceFile(path: "/nowhere/nexenv.yaml", displayPath: "nexenv.yaml", text: "a: 1\nb: 2\n")
        return Diagnostics([
            Diagnostic(
                .unknownKey,
                "no key `a`",
                at: SourcePosition(file: file, line: 1, column: 1),
                hint: "did you mean `b`?"
            ),
            Diagnostic(
                .conflictingValues,
                "two disagree",
                severity: .warning,
                at: SourcePosition(file: file, line: 2, column: 4),
                related: [.init("the other one", at: SourcePosition(file: file, line: 1, column: 4))]
            ),
            Diagnostic(.notFound, "no file"),
        ])
    }

    @Test func `problems of a file`() throws { try Golden().expect(report(diagnostics), "error-diagnostics.json") }

    @Test func `an error while running`() throws {
        let error = NexEnvError(
            .serviceDied,
            "it ended with status 1",
            service: "pg",
            database: "auth",
            hint: "look at its log",
            logTail: ["FATAL: x"],
            underlying: NexEnvError(.bug, "inner")
        )
        try Golden().expect(report(error), "error-running.json")
    }

    @Test func `an interruption and a bug`() throws {
        struct Surprise: Error, CustomStringConvertible { var description: String { "surprise" } }
        try Golden().expect(report(CancellationError()), "error-interrupted.json")
        try Golden().expect(report(Surprise()), "error-bug.json")
    }

    @Test func `the status of each kind`() {
        struct Surprise: Error {}
        let console = Console(nil)
        let statuses: [(any Error, NexEnv.ExitStatus)] = [
            (diagnostics, .invalidConfiguration), (Diagnostics([], exitStatus: .dataError), .dataError),
            (NexEnvError(.portTaken, "x"), .conflict), (NexEnvError(.dockerUnavailable, "x"), .unavailable),
            (NexEnvError(.refused, "x"), .refused), (NexEnvError(.timedOut, "x"), .timedOut),
            (NexEnvError(.notFound, "x"), .usage), (CancellationError(), .interrupted), (ValidationError("x"), .usage),
            (Surprise(), .bug),
        ]
        for (error, status) in statuses { #expect(console.status(error) == status.rawValue, "\(error)") }
    }

    @Test func `an error for people`() throws {
        let error = NexEnvError(
            .serviceDied,
            "it ended with status 1",
            service: "pg",
            hint: "look at its log",
            logTail: ["FATAL: x", "bye"],
            underlying: NexEnvError(.bug, "inner")
        )
        #expect(
            Console(nil).text(error) == """
                  pg | FATAL: x
                  pg | bye
                error: pg: it ended with status 1 [service-died]
                  hint: look at its log

                """
        )
    }
}

@Suite struct TextTableTests {
    private func table(_ rows: [String]...) -> TextTable {
        var table = TextTable(rows[0])
        for row in rows.dropFirst() { table.add(row.map { TextTable.Cell($0) }) }
        return table
    }

    @Test func `columns are as wide as their widest cell`() {
        #expect(table(["A", "BB"], ["xxx", "y"], ["", "z"]).render(width: 80) == "A    BB\nxxx  y\n     z\n")
    }

    @Test func `the last column is wrapped under itself`() {
        let out = table(["NAME", "DATABASES"], ["pg", "one two three four five six"]).render(width: 26)
        #expect(out == "NAME  DATABASES\npg    one two three four\n      five six\n")
    }

    @Test func `a word that is too long stays whole`() {
        let word = String(repeating: "x", count: 40)
        #expect(table(["A", "B"], ["a", "b \(word) c"]).render(width: 10).contains("\n   \(word)\n   c\n"))
    }

    @Test func `a name that is too long is broken behind its dots`() {
        let out = table(["A", "INTO"], ["a", "timescale.market_data.stock_prices"]).render(width: 25)
        #expect(out == "A  INTO\na  timescale.market_data.\n   stock_prices\n")
        #expect(table(["A"], ["one.two. \(String(repeating: "x", count: 30))."]).render(width: 20).contains("x.\n"))
    }

    @Test func `a path with blanks stays as it is where there is room`() {
        #expect(table(["A"], ["/my  folder/ x "]).render(width: .max) == "A\n/my  folder/ x \n")
        #expect(table(["A", "B"], ["a", ""]).render(width: .max) == "A  B\na  \n")
    }

    @Test func `colours don't count`() {
        var table = TextTable(["A", "B"])
        table.add([TextTable.Cell("x") { "\u{1B}[32m\($0)\u{1B}[0m" }, TextTable.Cell("y")])
        table.add([TextTable.Cell("long"), TextTable.Cell("z")])
        #expect(table.render(width: 80) == "A     B\n\u{1B}[32mx\u{1B}[0m     y\nlong  z\n")
    }

    @Test func `unicode`() {
        #expect(table(["A", "B"], ["größe", "y"], ["👩‍👩‍👧", "z"]).render(width: 80) == "A      B\ngröße  y\n👩‍👩‍👧      z\n")
    }
}

@Suite struct ProgressTextTests {
    @Test(arguments: [
        (0.0, "0.00s"), (0.416, "0.42s"), (9.994, "9.99s"), (12.34, "12.3s"), (59.9, "59.9s"), (60, "1m00s"),
        (125, "2m05s"), (3_600, "60m00s"), (59.97, "1m00s"), (9.999, "10.0s"),
    ])
    func `times as people read them`(seconds: Double, text: String) {
        #expect(ProgressDisplay.seconds(seconds) == text)
    }

    @Test(arguments: [("it's", #"it'\''s"#), ("'", #"'\''"#), ("a'\u{301}b", "a'\\''\u{301}b"), ("plain", "plain")])
    func `shell quoting counts scalars`(text: String, quoted: String) {
        #expect(text.scalarReplacing("'", with: "'\\''").unicodeScalars.elementsEqual(quoted.unicodeScalars))
    }
}

@Suite struct TargetTests {
    private func split(_ text: String) throws -> String {
        let folder = try ScratchFolder([
            "nexenv.yaml":
                "services: {pg: {engine: postgres, databases: {auth: {}, shared: {}, a.b: {}}}, ts: {engine: timescaledb, databases: {metrics: {}, shared: {}}}}"
        ])
        var loader = EnvironmentLoader(processVariables: [:], mode: nil)
        let (service, database) = try Target.split(text, try loader.load("\(folder.path)/nexenv.yaml"))
        return "\(service.name) \(database ?? "-")"
    }

    @Test(arguments: [
        ("pg", "pg -"), ("pg.auth", "pg auth"), ("auth", "pg auth"), ("metrics", "ts metrics"),
        ("ts.shared", "ts shared"), ("pg.a.b", "pg a.b"), ("a.b", "pg a.b"),
    ])
    func `a service, a database, or both`(text: String, found: String) throws {
        #expect(try split(text) == found)
    }

    @Test(
        arguments: [
            ("shared", nil), ("atuh", "did you mean `auth`?"), ("pg.atuh", "did you mean `auth`?"), ("", nil),
            ("pg.", nil), (".", nil),
        ] as [(String, String?)]
    )
    func `nothing, or not one alone`(text: String, hint: String?) {
        let error = #expect(throws: NexEnvError.self) { try split(text) }
        #expect(error?.code == .notFound)
        if let hint { #expect(error?.hint == hint) }
    }
}
