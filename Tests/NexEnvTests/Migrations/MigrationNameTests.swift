import NexEnv
import Testing

@Suite struct MigrationNameTests {
    struct Name: Sendable, CustomTestStringConvertible {
        var file: String
        var name: String
        var version: String
        var style: MigrationName.Style
        var role: MigrationName.Role
        var testDescription: String { file }

        init(
            _ file: String,
            _ name: String,
            _ version: String,
            _ style: MigrationName.Style,
            _ role: MigrationName.Role
        ) {
            self.file = file
            self.name = name
            self.version = version
            self.style = style
            self.role = role
        }
    }

    @Test(arguments: [
        Name("20250114102000_add_invoices.sql", "20250114102000_add_invoices", "20250114102000", .numbered, .both),
        Name("001_initial schema.sql", "001_initial schema", "1", .numbered, .both),
        Name("1.sql", "1", "1", .numbered, .both),
        Name("000.SQL", "000", "0", .numbered, .both),
        Name("00001-näme.sql", "00001-näme", "1", .numbered, .both),
        Name(
            "99999999999999999999999_far.sql",
            "99999999999999999999999_far",
            "99999999999999999999999",
            .numbered,
            .both
        ),
        Name("3_add.up.sql", "3_add", "3", .paired, .up),
        Name("3_add.down.sql", "3_add", "3", .paired, .down),
        Name("3.up.sql", "3", "3", .paired, .up),
        Name("3_speed.upper.sql", "3_speed.upper", "3", .numbered, .both),
        Name("V1__a.sql", "V1__a", "1", .flyway, .both),
        Name("V1.2.0__add invoices.sql", "V1.2.0__add invoices", "1.2", .flyway, .both),
        Name("V1_10__a.sql", "V1_10__a", "1.10", .flyway, .both),
        Name("V0.3__a.sql", "V0.3__a", "0.3", .flyway, .both),
        Name("U1.2__a.sql", "U1.2__a", "1.2", .flyway, .down),
    ])
    func `what a name says`(name: Name) throws {
        let parsed = try #require(MigrationName(file: name.file, extensions: ["sql"]))
        #expect(parsed.name == name.name)
        #expect(parsed.version?.description == name.version)
        #expect(parsed.style == name.style)
        #expect(parsed.role == name.role)
    }

    @Test func `what is repeatable has no version`() throws {
        let name = try #require(MigrationName(file: "R__views of_mine.sql", extensions: ["sql"]))
        #expect(name.name == "R__views of_mine")
        #expect(name.version == nil && name.role == .repeatable && name.style == .flyway)
    }

    @Test(arguments: [
        "add_users.sql", "V__a.sql", "V1_a.sql", "Vx__a.sql", "v1__a.sql", "R1__a.sql", "V1..2__a.sql", "١_a.sql",
    ])
    func `no version`(file: String) {
        #expect(MigrationName(file: file, extensions: ["sql"]) == nil)
    }

    @Test(arguments: ["README.md", ".1_a.sql", "1_a.sql.conf", "1_a", "sql", ".sql", "1_a.sql~"])
    func `nobody's business`(file: String) {
        #expect(MigrationName.stem(of: file, ["sql"]) == nil)
    }

    @Test func `versions are compared as numbers, part by part`() throws {
        let sorted = ["0", "1", "2", "9", "10", "20250114102000", "99999999999999999999998", "99999999999999999999999"]
        let versions = try sorted.map { try #require(MigrationVersion([$0])) }
        #expect(versions.shuffled().sorted() == versions)
        func version(_ parts: String...) throws -> MigrationVersion { try #require(MigrationVersion(parts)) }
        #expect(try version("1") == version("001"))
        #expect(try version("1", "0") == version("1"))
        #expect(try version("1") < version("1", "1"))
        #expect(try version("1", "2") < version("1", "10"))
        #expect(try version("1", "10") < version("2"))
        #expect(try version("0", "3") < version("0", "3", "1"))
        #expect(try version("0").description == "0")
        #expect(try version("0", "0", "7").description == "0.0.7")
        #expect(MigrationVersion([String]()) == nil)
        #expect(MigrationVersion(["1", ""]) == nil)
    }
}
