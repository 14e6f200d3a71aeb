import Foundation
import HTTPClient

/// pgAdmin 4, with the environment's servers already in its list.
package struct PgAdmin: Engine {
    package static let name = "pgadmin"
    package static let summary = "pgAdmin 4: a web page for PostgreSQL; its server list and passwords are generated."
    package static let defaultVersion = "9"

    package var email = "admin@nexenv.local"
    package var password: String?
    package var servers: [Named<String>] = []

    package var port: Int? { 80 }
    package var preferredPort: Int? { 5050 }
    package var peers: [Named<String>] { servers }

    package static let shape = Shape<PgAdmin>(
        "a pgadmin service",
        summary,
        defaults: PgAdmin(),
        [
            Field("email", \.email, .email, "Who logs in."),
            Field("password", \.password, .password, "The password; made once and kept when left out."),
            Field("servers", \.servers, .peers, "The postgres and timescaledb services in its list."),
        ]
    )

    package func problem(withPeer service: Service) -> String? { Postgres.problem(with: service) }

    package func accounts(_ service: Service) -> [Account] {
        [Account(user: email, declaredPassword: password)]
    }

    package func container(_ server: ServerContext) throws -> ContainerDescription {
        var container = ContainerDescription(
            image: server.service.options.image ?? "dpage/pgadmin4:\(server.version)",
            entrypoint: ["/entrypoint.sh"]
        )
        container.environment = [
            .init("PGADMIN_DEFAULT_EMAIL", email),
            .init("PGADMIN_DEFAULT_PASSWORD", server.passwords[email]),
            .init("PGADMIN_SERVER_JSON_FILE", Self.serversPath),
            .init("PGADMIN_REPLACE_SERVERS_ON_STARTUP", "True"),
            .init("PGPASS_FILE", Self.passwordsPath),
            // Addresses of a developer's machine end in .local, which pgAdmin refuses otherwise.
            .init("PGADMIN_CONFIG_ALLOW_SPECIAL_EMAIL_DOMAINS", "['local', 'localhost', 'test', 'internal']"),
            .init("PGADMIN_CONFIG_CHECK_EMAIL_DELIVERABILITY", "False"),
            .init("PGADMIN_CONFIG_UPGRADE_CHECK_ENABLED", "False"),
        ]
        container.files = [
            .init(path: Self.serversPath, content: try serverList(server)),
            .init(path: Self.passwordsPath, content: passwordList(server)),
        ]
        container.mounts = [.data(name: "", path: "/var/lib/pgadmin")]
        return container
    }

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        throw NexEnvError(
            .nativeUnsupported,
            "pgAdmin runs in Docker only",
            service: server.service.name,
            hint: "start Docker, or leave the service out with `required: false`"
        )
    }

    package func probe(_ server: RunningServer) async -> ProbeResult {
        // `/misc/ping` answers once the application is loaded, not when the web server accepts.
        let connection = HTTPConnection(host: server.endpoint.host, port: server.endpoint.port, timeout: .seconds(2))
        let answer = try? await connection.send(HTTPRequest("GET", "/misc/ping"))
        await connection.close()
        guard let answer else { return .notYet("not answering yet") }
        return answer.status == 200 ? .ready : .notYet("answers with status \(answer.status)")
    }

    private static let serversPath = "/tmp/nexenv/servers.json"
    private static let passwordsPath = "/tmp/nexenv/pgpass"

    /// Each server with its superuser, as pgAdmin's import format has it.
    private func serverList(_ server: ServerContext) throws -> String {
        var list: [String: JSONValue] = [:]
        for (index, peer) in known(server).enumerated() {
            list["\(index + 1)"] = [
                "Name": .string(peer.name),
                "Group": .string(server.project.name),
                "Host": .string(peer.value.endpoint.host),
                "Port": .integer(peer.value.endpoint.port),
                "MaintenanceDB": .string(Postgres.maintenanceDatabase),
                "Username": .string(superuser(peer.value)),
                "SSLMode": "prefer",
                // pgAdmin copies the file into the user's storage, where it is called this.
                "PassFile": "/pgpass",
            ]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(JSONValue.object(["Servers": .object(list)])), as: UTF8.self)
    }

    /// A password file (libpq, "The Password File"): backslash and colon are escaped.
    private func passwordList(_ server: ServerContext) -> String {
        func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
        }
        return known(server).map { peer in
            let user = superuser(peer.value)
            let place = "\(escaped(peer.value.endpoint.host)):\(peer.value.endpoint.port):*"
            return "\(place):\(escaped(user)):\(escaped(peer.value.passwords[user]))\n"
        }.joined()
    }

    private func known(_ server: ServerContext) -> [(name: String, value: Peer)] {
        servers.compactMap { named in server.peers[named.name].map { (named.name, $0) } }
    }

    private func superuser(_ peer: Peer) -> String {
        peer.service.engine.accounts(peer.service).first?.user ?? Postgres.maintenanceDatabase
    }
}

extension PgAdmin: AddressedEngine {
    package func address(of database: String?, on server: RunningServer) -> DatabaseAddress? {
        var address = DatabaseAddress(
            scheme: "http",
            endpoint: server.endpoint,
            user: nil,
            password: nil,
            database: nil
        )
        // For the form on its page; a browser would not take them from the URL.
        address.user = email
        address.password = server.passwords[email]
        return address
    }
}

extension ValueShape<String> {
    /// An e-mail address, as far as pgAdmin looks at one.
    static var email: ValueShape<String> {
        text(pattern: "^[^@\\s]+@[^@\\s]+$") { text in
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            let isGood = parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(where: \.isWhitespace)
            return isGood ? nil : "is not an e-mail address"
        }
    }
}

extension ValueShape<[Named<String>]> {
    /// A list of the names of other services.
    static var peers: ValueShape<[Named<String>]> {
        let element = ValueShape<String>.text.map { text, node, _ in
            Optional(Named(name: text, position: node.position, value: text))
        }
        return .list(of: element)
    }
}
