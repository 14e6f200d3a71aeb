import ArgumentParser
import NexEnv

extension MigrateCommand {
    /// `nexenv migrate verify`.
    struct Verify: MigrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Try every migration on a database of its own: up, down and up must come to the same."
        )

        @OptionGroup var source: FileOption
        @OptionGroup var global: GlobalOptions

        @OptionGroup var choice: TargetsArgument

        func run() async throws {
            let stack = try loadStack()
            let display = MigrationDisplay(console)
            var all: [MigrationVerification] = []
            for (target, server) in try await running(targets(choice.targets, in: stack), in: stack) {
                let verification = try await display.show(target, quietly: true) { report in
                    try await target.engine.verifyMigrations(target.folder, on: server, report)
                }
                if !all.isEmpty, !console.isJSON { console.output("\n") }
                all.append(verification)
                if !console.isJSON { console.output(Self.text(verification, console.outputStyle)) }
            }
            if console.isJSON { try console.json(MigrationVerificationReport(all)) }
            console.note(Self.sum(all))
            let problems = all.flatMap(\.findings).compactMap(\.failure).flatMap(\.diagnostics.all)
            // In JSON they are with the migration that they belong to.
            guard problems.isEmpty || console.isJSON else { throw Diagnostics(problems, exitStatus: .dataError) }
            guard all.allSatisfy(\.isGood) else { throw ExitCode(ExitStatus.dataError.rawValue) }
        }

        /// A line for each migration, and below it the objects that are not as they should be.
        static func text(_ verification: MigrationVerification, _ style: TerminalStyle) -> String {
            var out = "\(style.bold("\(verification.service).\(verification.database)"))\n"
            for finding in verification.findings {
                let mark = finding.isGood ? style.green("✓") : style.red("✗")
                let ways = finding.hasDown ? "" : "  no way down, only gone up"
                out += "\(mark) \(finding.name)\(style.dim(ways))\n"
                for object in finding.leftOut {
                    out += "    not run, since it is about the whole server: \(object)\n"
                }
                for difference in finding.leftBehind { out += "    \(line(difference, "its way down"))\n" }
                for difference in finding.differsAgain { out += "    \(line(difference, "going up again"))\n" }
                if let failure = finding.failure { out += "    \(sentence(failure.way)) fails\n" }
            }
            if verification.untried > 0 { out += "\(verification.untried) behind it not tried\n" }
            return out + (verification.findings.isEmpty ? "no migrations\n" : "")
        }

        /// What came of all databases, in one line.
        static func sum(_ all: [MigrationVerification]) -> String {
            let findings = all.flatMap(\.findings)
            let bad = findings.count { !$0.isGood }
            let count = findings.count == 1 ? "1 migration" : "\(findings.count) migrations"
            return bad == 0 ? "\(count) verified" : "\(bad) of \(count) failed"
        }

        private static func sentence(_ way: MigrationVerification.Failure.Way) -> String {
            switch way {
            case .up: "going up"
            case .down: "its way down"
            case .upAgain: "going up again"
            }
        }

        private static func line(_ difference: SchemaFingerprint.Difference, _ way: String) -> String {
            switch (difference.before, difference.after) {
            case (nil, _): "\(way) leaves behind: \(difference.object)"
            case (_, nil): "\(way) takes away: \(difference.object)"
            case (let before?, let after?):
                "\(way) changes: \(difference.object)\n        was: \(oneLine(before))\n        is:  \(oneLine(after))"
            }
        }

        private static func oneLine(_ text: String) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }
}

/// What `nexenv migrate verify --json` prints.
struct MigrationVerificationReport: Encodable {
    let schema = "nexenv/1"
    let command = "migrate verify"
    var ok: Bool
    var databases: [Database]

    struct Database: Encodable {
        var service: String
        var database: String
        var migrations: [Migration]
        var untried: Int
    }

    struct Migration: Encodable {
        var name: String
        var ok: Bool
        var hasDown: Bool
        var leftBehind: [Difference]
        var differsAgain: [Difference]
        var leftOut: [String]
        var failedWay: String?
        var errors: [ErrorReport.Problem]?
    }

    struct Difference: Encodable {
        var object: String
        var before: String?
        var after: String?
    }

    init(_ all: [MigrationVerification]) {
        ok = all.allSatisfy(\.isGood)
        databases = all.map { verification in
            let migrations = verification.findings.map { finding in
                Migration(
                    name: finding.name,
                    ok: finding.isGood,
                    hasDown: finding.hasDown,
                    leftBehind: finding.leftBehind.map(Difference.init),
                    differsAgain: finding.differsAgain.map(Difference.init),
                    leftOut: finding.leftOut,
                    failedWay: finding.failure?.way.rawValue,
                    errors: finding.failure?.diagnostics.all.map(ErrorReport.Problem.init)
                )
            }
            return Database(
                service: verification.service,
                database: verification.database,
                migrations: migrations,
                untried: verification.untried
            )
        }
    }
}

extension MigrationVerificationReport.Difference {
    init(_ difference: SchemaFingerprint.Difference) {
        self.init(object: difference.object, before: difference.before, after: difference.after)
    }
}
