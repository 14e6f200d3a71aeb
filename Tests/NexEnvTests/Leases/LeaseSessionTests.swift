import Foundation
import Testing
import TextTesting

@testable import NexEnv

@Suite struct LeaseSessionTests {
    private static let hostile = ["", "=", "a=b", "two\nlines", #"back\slash\n"#, "\\\n\\", "Zoë 🌳", "detail-", " "]

    @Test(arguments: hostile) func `what was written is read`(text: String) {
        var session = LeaseSession()
        session.watched = [.init(text, mark: nil), .init("b" + text, mark: text)]
        for database in [nil, text] {
            session.sources["postgres|\(database ?? "")|\(text)"] = LeaseSource(
                engine: "postgres",
                place: DatabasePlace(service: "pg", database: database),
                endpoint: Endpoint(host: "127.0.0.1", port: 5432),
                process: database.map { _ in ProcessIdentity(pid: 812, startTime: .max) },
                user: text,
                password: text,
                administrator: "a" + text,
                administratorPassword: text + text,
                digest: "0123456789ab",
                bases: database.map { _ in ["ba9876543210", "0123456789ab"] } ?? [],
                slots: 8,
                details: ["first": text, "second": ""]
            )
        }
        #expect(LeaseSession(text: session.text.utf8) == session)
    }

    @Test(arguments: [
        "", "{\"sources\":{}}", "nexenv leases 2\n", "nexenv leases 1\nsource=a\n", "nexenv leases 1\nx\n",
    ])
    func `another file is none`(text: String) {
        #expect(LeaseSession(text: text.utf8) == nil)
    }

    @Test func `a file that has changed is noticed`() throws {
        let folder = try ScratchFolder()
        try "one".write(toFile: folder.path + "/one", atomically: true, encoding: .utf8)
        var session = LeaseSession()
        session.watched = [.init(folder.path + "/one"), .init(folder.path + "/missing")]
        try session.write(folder.path)
        #expect(LeaseSession.read(folder.path) == session)
        try "".write(toFile: folder.path + "/missing", atomically: true, encoding: .utf8)
        #expect(LeaseSession.read(folder.path) == nil)
    }
}
