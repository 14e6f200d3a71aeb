/// An engine whose server stands in front of another one, and hands its connections out to many clients.
///
/// It has the same databases and accounts as the server behind it, which it waits for.
package protocol PoolingEngine: AddressedEngine {
    /// The service that it stands in front of.
    var server: Named<String>? { get }
}

extension PoolingEngine {
    package var peers: [Named<String>] { server.map { [$0] } ?? [] }

    package var dependencies: [Dependency] {
        peers.map { Dependency(service: $0.name, condition: .healthy, position: $0.position) }
    }

    /// Returns the address of a database of the server behind, by way of this one.
    ///
    /// - Parameters:
    ///   - database: Nothing for the one that the server's own address has.
    ///   - pooler: This engine's server.
    /// - Returns: Nothing for a database that isn't there.
    package func pooledAddress(of database: String?, on pooler: RunningServer) -> DatabaseAddress? {
        guard let backend = pooler.backend else { return nil }
        var server = pooler
        server.service = backend.service
        server.passwords = backend.passwords
        server.backend = nil
        return (backend.service.engine as? any AddressedEngine)?.address(of: database, on: server)
    }
}

/// A service that another one stands in front of.
package struct Backend: Sendable {
    package var service: Service
    package var passwords: Passwords
}

extension Environment {
    /// Returns the service that pools the connections of another one; nothing where none does.
    package func pooler(of service: Service) -> Service? {
        services.first { ($0.engine as? any PoolingEngine)?.server?.name == service.name }
    }

    /// Returns the service that a pooler stands in front of; nothing for a service of another kind.
    package func server(behind service: Service) -> Service? {
        (service.engine as? any PoolingEngine)?.server.flatMap { self[$0.name] }
    }

    /// Returns the names of the databases that a service gives access to: its own, or those of the server behind it.
    package func databaseNames(of service: Service) -> [String] {
        ((server(behind: service) ?? service).engine as? any DatabaseEngine)?.databaseNames ?? []
    }
}
