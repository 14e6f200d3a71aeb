/// What an engine may know when it describes its server.
package struct ServerContext: Sendable {
    package var project: ProjectIdentity
    package var service: Service
    package var passwords: Passwords

    /// How other services are reached from inside this server, by name.
    package var peers: [String: Peer]

    /// Whether servers of this project find each other by name; one that nobody looks for is started faster.
    package var isFoundByName = false

    /// The port that the server listens on: inside its container, or on the host.
    package var port: Int

    /// The version, with the engine's default filled in.
    package var version: String
}

/// Another service, as it is reached from inside a server.
package struct Peer: Sendable {
    package var service: Service
    package var endpoint: Endpoint
    package var passwords: Passwords
}

/// The passwords of one service's accounts.
package struct Passwords: Sendable, Hashable {
    private var byUser: [String: String]

    package init(_ byUser: [String: String] = [:]) {
        self.byUser = byUser
    }

    /// Returns an account's password; empty for an account that has none.
    package subscript(_ user: String) -> String { byUser[user] ?? "" }

    /// Every password, for redaction.
    package var all: [String] { byUser.values.filter { !$0.isEmpty } }
}

/// A server that runs, as an engine talks to it.
package struct RunningServer: Sendable {
    package var project: ProjectIdentity
    package var service: Service
    package var passwords: Passwords

    /// Where the host reaches the server.
    package var endpoint: Endpoint

    /// Where the server reaches itself, and its peers reach it; a replica set's member address.
    package var internalEndpoint: Endpoint

    /// The service behind this one, where it stands in front of one.
    package var backend: Backend?
}

/// Who a project is on this machine: two checkouts of one project never meet.
package struct ProjectIdentity: Sendable, Hashable {
    /// The environment's name.
    package var name: String

    /// The absolute path of the project's folder, links resolved.
    package var root: String

    /// `NAME-HASH`: the name and 4 hex digits of the root's SHA-256.
    package var id: String

    package init(name: String, root: String) {
        self.name = name
        self.root = root
        id = "\(name)-\(SHA256Digest.hex(of: root).prefix(4))"
    }

    /// The name of a service's container, and the start of its volumes' names.
    package func resourceName(_ service: String) -> String { "\(id)-\(service)" }
}
