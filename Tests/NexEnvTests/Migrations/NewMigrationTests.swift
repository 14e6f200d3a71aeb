import Foundation
import TextTesting
import Testing

@testable import NexEnv

/// A new migration is named and laid out as the others in its folder.
@Suite struct NewMigrationTests {
    /// 2025-01-14T10:20:00Z.
    private static let time = 1_736_850_000.0

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var files: [String: String]
        var made: [String: String]

        init(_ name: String, _ files: [String: String], _ made: [String: String]) {
            testDescription = name
            self.files = files
            self.made = made
        }
    }

    private static let ours = "-- nexenv:up\n\n-- nexenv:down\n"

    @Test(arguments: [
        Case("an empty folder", [:], ["20250114102000_add_x.sql": ours]),
        Case("times", ["20240101000000_a.sql": "a;"], ["20250114102000_add_x.sql": ours]),
        Case("a time that is still to come", ["20990101000000_a.sql": "a;"], ["20990101000001_add_x.sql": ours]),
        Case("numbers", ["1_a.sql": "", "9_b.sql": ""], ["10_add_x.sql": ours]),
        Case("numbers of a width", ["001_a.sql": "", "009_b.sql": ""], ["010_add_x.sql": ours]),
        Case("a width that is full", ["998_a.sql": "", "999_b.sql": ""], ["1000_add_x.sql": ours]),
        Case(
            "dbmate",
            ["20240101000000_a.sql": "-- migrate:up\na;\n-- migrate:down\n"],
            ["20250114102000_add_x.sql": "-- migrate:up\n\n-- migrate:down\n\n"]
        ),
        Case(
            "goose",
            ["00001_a.sql": "-- +goose Up\na;"],
            ["00002_add_x.sql": "-- +goose Up\n\n-- +goose Down\n"]
        ),
        Case(
            "golang-migrate",
            ["000001_a.up.sql": "", "000001_a.down.sql": ""],
            ["000002_add_x.up.sql": "", "000002_add_x.down.sql": ""]
        ),
        Case("Flyway", ["V1__a.sql": "", "R__v.sql": ""], ["V2__add_x.sql": ""]),
        Case("Flyway with parts", ["V1.2__a.sql": "", "V1.9__b.sql": ""], ["V1.10__add_x.sql": ""]),
        Case("Flyway with underscores", ["V2_09__a.sql": ""], ["V2_10__add_x.sql": ""]),
    ])
    func `files`(new: Case) throws {
        let sample = try MigrationSample(new.files)
        let made = try NewMigration("Add X!", in: sample.listing(), SQLMigration.format, time: Self.time)
        try made.write()
        for (name, content) in new.made {
            let path = "\(sample.path.path)/\(name)"
            #expect(try String(contentsOfFile: path, encoding: .utf8) == content, "\(name)")
        }
        #expect(made.files.count == new.made.count)
        // The folder is still good, and the new one is the newest.
        #expect(try sample.listing().entries.last { $0.version != nil }?.name.contains("add_x") == true)
        #expect(throws: NexEnvError.self) { try made.write() }
    }

    @Test(arguments: ["", "!?", "   "]) func `a name without a letter`(title: String) throws {
        let sample = try MigrationSample([:])
        #expect(throws: NexEnvError.self) {
            try NewMigration(title, in: sample.listing(), SQLMigration.format, time: Self.time)
        }
    }

    #if MongoDB
    @Test func `MongoDB`() throws {
        let sample = try MigrationSample([:])
        let made = try NewMigration("größe", in: sample.listing(["yaml"]), MongoMigration.format, time: Self.time)
        #expect(made.files.map(\.content) == ["up: []\n\ndown: []\n"])
        #expect(made.files.first?.path.hasSuffix("/20250114102000_größe.yaml") == true)
    }
    #endif
}
