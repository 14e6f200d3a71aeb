import Foundation
import PostgresClient

/// The roles of a server, which all of its databases share: one that a test has made and left is there for all tests.
struct PostgresRoles: Sendable {
    /// The newest role that is known of, as a number; in a file beside the templates.
    private let path: String

    init(_ source: LeaseSource, folder: String) {
        path = (folder as NSString).deletingLastPathComponent + "/\(source.place.service).newest-role"
    }

    /// Notes which roles there are.
    func note(_ newest: Int) throws { try PrivateFile.write("\(newest)", to: path) }

    /// Returns the roles that have come since, once each.
    ///
    /// - Parameter newest: The greatest number of a role right now.
    func unknown(_ newest: Int, _ admin: PostgresConnection) async throws -> [String] {
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        guard let known = text.flatMap({ Int($0) }) else {
            try note(newest)
            return []
        }
        guard newest > known else { return [] }
        try note(newest)
        return try await admin.query("SELECT rolname FROM pg_roles WHERE oid > \(known) ORDER BY oid").map {
            try $0.string(0)
        }
    }
}
