/// A database of which tests get copies: all that a test's process has to know of it.
///
/// It is made once for all processes, by ``LeasableEngine/leaseSource(_:on:)``, and read by each of them.
package struct LeaseSource: Sendable, Hashable {
    /// The engine's name, as in `engine:`.
    package var engine: String
    package var place: DatabasePlace
    package var endpoint: Endpoint
    /// The process that the server is, where that can be seen.
    package var process: ProcessIdentity?
    /// Who tests log in as.
    package var user: String
    package var password: String
    /// Who makes the copies and brings them back.
    package var administrator: String
    package var administratorPassword: String
    /// Twelve hex digits that stand for all that the copies are made from; the names of template and copies have them.
    package var digest: String
    /// The digests of templates that this one was made from, or that new ones may be made from.
    package var bases: [String] = []
    /// How many copies there are at most.
    package var slots: Int
    /// What else the engine has to know.
    package var details: [String: String]
}

extension LeaseSource {
    /// - Parameters:
    ///   - user: Who tests log in as; the server has a password for each of the two.
    init(
        of database: String?,
        _ engine: String,
        on server: RunningServer,
        user: String,
        administrator: String,
        digest: String,
        slots: Int,
        details: [String: String] = [:]
    ) {
        self.init(
            engine: engine,
            place: DatabasePlace(service: server.service.name, database: database),
            endpoint: server.endpoint,
            user: user,
            password: server.passwords[user],
            administrator: administrator,
            administratorPassword: server.passwords[administrator],
            digest: digest,
            slots: slots,
            details: details
        )
    }

    /// Whether the server still runs that the template is in.
    var isAlive: Bool { process?.isRunning ?? endpoint.isListening }

    /// Names that run of the server; a copy that was clean in another one may not be there any more.
    var run: String { process.map { "\($0.pid):\($0.startTime)" } ?? "" }
}

/// The name of a template or of one of its copies.
///
/// Only databases with such a name are ever dropped or emptied.
package struct LeaseName: Sendable, Hashable {
    private static let prefix = "nexenv_t_"

    package let digest: String
    /// The number of a copy; nothing for the template.
    package let slot: Int?

    package init(digest: String, slot: Int? = nil) {
        self.digest = digest
        self.slot = slot
    }

    /// Reads a name; nothing for any other.
    package init?(_ name: String) {
        guard name.hasPrefix(Self.prefix) else { return nil }
        let parts = name.dropFirst(Self.prefix.count).split(separator: "_", omittingEmptySubsequences: false)
        guard let digest = parts.first, digest.utf8.count == 12,
            digest.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }), parts.count <= 2
        else { return nil }
        self.digest = String(digest)
        guard parts.count == 2 else {
            slot = nil
            return
        }
        guard let slot = Int(parts[1]), "\(slot)" == parts[1], slot >= 0 else { return nil }
        self.slot = slot
    }

    package var text: String { Self.prefix + digest + (slot.map { "_\($0)" } ?? "") }
}
