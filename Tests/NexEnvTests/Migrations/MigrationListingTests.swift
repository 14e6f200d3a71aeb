import Foundation
import NexEnv
import TextTesting
import Testing

@Suite struct MigrationListingTests {
    @Test func `in the order of their numbers, what is repeatable last`() throws {
        let sample = try MigrationSample([
            "10_c.sql": "", "9_b.sql": "", "1_a.sql": "", "R__z.sql": "", "R__a.sql": "", "README.md": "x",
            ".gitkeep": "", "notes/a.txt": "",
        ])
        #expect(try sample.listing().entries.map(\.name) == ["1_a", "9_b", "10_c", "R__a", "R__z"])
    }

    @Test func `pairs`() throws {
        let sample = try MigrationSample([
            "1_a.up.sql": "SELECT 1", "1_a.down.sql": "SELECT 2", "2_b.up.sql": "", "R__c.sql": "",
        ])
        let entries = try sample.listing().entries
        #expect(entries.map(\.up.fileName) == ["1_a.up.sql", "2_b.up.sql", "R__c.sql"])
        #expect(entries.map { $0.down?.fileName } == ["1_a.down.sql", nil, nil])
        let flyway = try MigrationSample(["V3__c.sql": "", "U3__c.sql": ""]).listing().entries
        #expect(flyway.map { $0.down?.fileName } == ["U3__c.sql"])
    }

    @Test func `an empty folder has none`() throws {
        #expect(try MigrationSample([:]).listing().entries.isEmpty)
    }

    struct Problem: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var files: [String: String]
        var messages: [String]

        init(_ name: String, _ files: [String], _ messages: String...) {
            testDescription = name
            self.files = Dictionary(uniqueKeysWithValues: files.map { ($0, "") })
            self.messages = messages
        }
    }

    @Test(arguments: [
        Problem("no version", ["add_users.sql"], "`add_users.sql` has no version in its name"),
        Problem("Flyway's callbacks", ["afterMigrate__x.sql"], "`afterMigrate__x.sql` has no version in its name"),
        Problem("the same version", ["1_a.sql", "01_b.sql"], "`01_b.sql` and `1_a.sql` have the same version"),
        Problem(
            "a pair and one file",
            ["1_a.sql", "1_a.up.sql"],
            "`1_a.sql` and `1_a.up.sql` are named by the rules of two tools",
            "`1_a.sql` and `1_a.up.sql` have the same version"
        ),
        Problem(
            "two tools' names",
            ["1_a.sql", "2_b.sql", "V3__c.sql"],
            "`1_a.sql` and `V3__c.sql` are named by the rules of two tools"
        ),
        Problem("a pair among Flyway's", ["1_a.up.sql", "V2__b.sql"], "`1_a.up.sql` and `V2__b.sql` are named by"),
        Problem("two ways down", ["1_a.up.sql", "1_a.down.sql", "1_b.down.sql"], "have the same version"),
        Problem("a way down alone", ["1_a.down.sql"], "`1_a.down.sql` is the way down of nothing"),
        Problem("undoing nothing", ["U1__a.sql"], "`U1__a.sql` is the way down of nothing"),
        Problem("a folder inside", ["1_a.sql", "more/2_b.sql"], "`more/` has migrations in it"),
        Problem("several at once", ["x.sql", "y.sql"], "`x.sql` has no version", "`y.sql` has no version"),
    ])
    func `what is wrong with a folder`(problem: Problem) throws {
        let problems = try MigrationSample(problem.files).problems()
        #expect(problems.count == problem.messages.count, "\(problems.map(\.message))")
        for (found, message) in zip(problems, problem.messages) {
            #expect(found.message.contains(message))
            #expect(found.position?.column == 13)
        }
    }

    @Test func `a link that leaves the environment's folder`() throws {
        let outside = try ScratchFolder(["secret.sql": "SELECT 1"])
        let sample = try MigrationSample(["1_a.sql": ""])
        try sample.link("2_b.sql", to: "\(outside.path)/secret.sql")
        try sample.link("3_c.sql", to: "1_a.sql")
        #expect(sample.problems().map(\.code) == [.outsidePath])
    }

    @Test func `what is no file, or gone`() throws {
        let sample = try MigrationSample(["1_a.sql": ""])
        try sample.link("2_b.sql", to: "nowhere.sql")
        try FileManager.default.createDirectory(
            atPath: sample.path.path + "/3_c.sql",
            withIntermediateDirectories: true
        )
        #expect(
            sample.problems().map(\.message) == ["`2_b.sql` is not a regular file", "`3_c.sql` is not a regular file"]
        )
    }

    @Test func `what isn't UTF-8 is told where it starts`() throws {
        let sample = try MigrationSample(["1_a.sql": ""])
        try Data([0x53, 0x0A, 0xFF]).write(to: URL(fileURLWithPath: sample.path.path + "/1_a.sql"))
        let problem = try #require(sample.problems().first)
        #expect(problem.message == "the file is not UTF-8 from here on" && problem.position?.line == 2)
    }
}
