/// A database that has migrations.
package struct MigrationTarget: Sendable {
    package var service: Service
    package var engine: any MigratableEngine

    /// The folder, under the database's name.
    package var folder: Named<ResourcePath>

    /// `service.database`.
    package var name: String { "\(service.name).\(folder.name)" }

    /// Returns the databases of a service that have migrations.
    package static func all(of service: Service) -> [MigrationTarget] {
        guard let engine = service.engine as? any MigratableEngine else { return [] }
        return engine.migrationFolders.map { MigrationTarget(service: service, engine: engine, folder: $0) }
    }
}
