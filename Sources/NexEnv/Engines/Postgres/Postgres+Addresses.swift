import Foundation
package import PostgresClient

extension Postgres {
    package func address(of database: String?, on server: RunningServer) -> DatabaseAddress? {
        let declared = database.flatMap { name in databases.first { $0.name == name } }
        if let database, declared == nil, database != Self.maintenanceDatabase { return nil }
        let owner = declared?.value.owner
        let canLogIn = owner.map { name in roles.first { $0.name == name }?.value.canLogin ?? true } ?? false
        let login = canLogIn ? owner ?? user : user
        return DatabaseAddress(
            scheme: "postgresql",
            endpoint: server.endpoint,
            user: login,
            password: server.passwords[login],
            database: database ?? Self.maintenanceDatabase
        )
    }
}

extension Postgres: ShellEngine {
    package func shell(at address: DatabaseAddress, insidePort: Int, command: String?) -> ShellCommand? {
        guard let name = address.database, let user = address.user else { return nil }
        let once = command.map { ["-c", $0] } ?? []
        let who = ["-U", user, "-d", name]
        let password = ["PGPASSWORD": address.password ?? ""]
        return ShellCommand(
            program: "psql",
            arguments: ["-h", address.endpoint.host, "-p", "\(address.endpoint.port)"] + who + once,
            // Inside the container the server listens where the image has it, over TCP so that the password counts.
            containerArguments: ["-h", "127.0.0.1", "-p", "\(insidePort)"] + who + once,
            environment: password,
            containerEnvironment: password
        )
    }
}

/// How the package's own client logs in to an address.
extension PostgresConfiguration {
    package init(_ address: DatabaseAddress) {
        self.init(
            host: address.endpoint.host,
            port: address.endpoint.port,
            user: address.user ?? "",
            password: address.password,
            database: address.database ?? ""
        )
    }
}
