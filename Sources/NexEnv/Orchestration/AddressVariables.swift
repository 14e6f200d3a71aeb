/// The names under which programs find a service: `POSTGRES_URL`, `POSTGRES_HOST`, `POSTGRES_AUTH_URL`.
package enum AddressVariables {
    /// Returns a running server's variables: its own address and parts, and the address of each database.
    package static func of(_ server: RunningServer) -> [(name: String, value: String)] {
        guard let engine = server.service.engine as? any AddressedEngine, let own = engine.address(of: nil, on: server)
        else {
            return []
        }
        let name = variableName(server.service.name)
        var variables = [
            ("\(name)_URL", own.url), ("\(name)_HOST", own.endpoint.host), ("\(name)_PORT", "\(own.endpoint.port)"),
        ]
        if let user = own.user { variables.append(("\(name)_USER", user)) }
        if let password = own.password, !password.isEmpty { variables.append(("\(name)_PASSWORD", password)) }
        for database in (engine as? any DatabaseEngine)?.databaseNames ?? [] {
            guard let address = engine.address(of: database, on: server) else { continue }
            variables.append(("\(name)_\(variableName(database))_URL", address.url))
        }
        return variables + pooled(server)
    }

    /// The addresses of the databases behind a pooler, each under its own name: `POSTGRES_AUTH_POOLED_URL`.
    private static func pooled(_ server: RunningServer) -> [(name: String, value: String)] {
        guard let engine = server.service.engine as? any PoolingEngine, let backend = server.backend else { return [] }
        let databases = (backend.service.engine as? any DatabaseEngine)?.databaseNames ?? []
        return ([nil] + databases.map(Optional.some)).compactMap { database in
            engine.pooledAddress(of: database, on: server).map { (pooledName(backend.service, database), $0.url) }
        }
    }

    private static func pooledName(_ service: Service, _ database: String?) -> String {
        variableName(([service.name] + (database.map { [$0] } ?? [])).joined(separator: "_")) + "_POOLED_URL"
    }

    /// Returns the names of the variables that hold a service's addresses.
    static func names(of service: Service, in environment: Environment) -> [String] {
        guard service.engine is any AddressedEngine else { return [] }
        let databases = environment.databaseNames(of: service)
        if let server = environment.server(behind: service), environment.pooler(of: server)?.name == service.name {
            let pooled = ([nil] + databases.map(Optional.some)).map { pooledName(server, $0) }
            return ["\(variableName(service.name))_URL"] + pooled
        }
        return ([service.name] + databases.map { "\(service.name)_\($0)" }).map { "\(variableName($0))_URL" }
    }

    /// Makes a name of capitals, digits and underscores, not starting with a digit: no shell takes that.
    static func variableName(_ text: String) -> String {
        let name = String(text.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isNumber == true ? "_" + name : name
    }
}
