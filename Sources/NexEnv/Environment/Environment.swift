/// One application's databases: what an environment file says, checked, with places kept for later messages.
package struct Environment: Sendable {
    /// The project's name; the first part of every container, volume and network name.
    package var name: String

    /// Whether this is the environment that is taken when nobody names one.
    package var isDefault = false

    /// Whether commands that destroy data are refused.
    package var isProtected = false

    /// Where services run that don't say so themselves.
    package var runtime = RuntimeChoice.auto

    /// What is put before every image name, such as a company's mirror.
    package var registry = ""

    package var services: [Service] = []

    /// The files that say what the databases are filled with.
    package var seeds: [ResourcePath] = []

    /// The modes that were applied, and those that the file knows.
    package var appliedMode: String?
    package var knownModes: [String] = []

    /// The file that was asked for.
    package var file: SourceFile

    /// The absolute path of the project's folder, links resolved: identity and `.nexenv/` come from it.
    package var root: String

    /// The variables that `${…}` saw; plain containers get theirs from here too.
    package var variables: [String: String]

    /// The same for each file that is included, by its path: an env file beside it is its own.
    package var variablesOfIncluded: [String: [String: String]] = [:]

    /// The files that it was read from, and those that would have been read if they were there.
    package var sources: Set<String> = []

    /// The files that may name paths outside their folder.
    package var filesAllowedOutside: Set<String> = []

    /// Returns a service by name.
    package subscript(_ service: String) -> Service? {
        services.first { $0.name == service }
    }

    /// Returns the variables that a file of this environment sees.
    package func variables(of file: SourceFile) -> [String: String] { variablesOfIncluded[file.path] ?? variables }

    /// Returns whether another service waits until a service has reached a condition.
    package func isAwaited(_ service: Service, until condition: Dependency.Condition) -> Bool {
        services.contains { other in
            other.options.dependencies.contains { $0.service == service.name && $0.condition == condition }
        }
    }
}

/// Which runtime a file or flag asks for.
package enum RuntimeChoice: String, Sendable, CaseIterable, Codable {
    /// Docker when its daemon answers, else native.
    case auto
    case docker
    case native
}

/// How hard a server tries to keep data over a crash of the machine.
package enum Durability: String, Sendable, CaseIterable, Codable {
    /// As the engine ships.
    case full
    /// A crash of the machine may lose the last moments, never consistency.
    case relaxed
    /// A crash of the machine may lose everything; for tests.
    case none
}

/// Where a server's data lies.
package enum Storage: String, Sendable, CaseIterable, Codable {
    /// On disk, kept by `down`.
    case disk
    /// In memory, gone when the server stops.
    case tmpfs
}

/// Which host port a service asks for.
package enum PortPreference: Sendable, Hashable {
    /// This one; when it is taken, the next free one.
    case preferred(Int)
    /// Any free one.
    case automatic
}

/// Whether services get the ports that the file asks for.
package enum PortPolicy: String, Sendable, CaseIterable, Codable {
    /// The preferred one where it is free.
    case preferred
    /// Any free one, for stacks that run side by side.
    case auto
}

/// What every service inherits unless it says otherwise.
package struct ServiceDefaults: Sendable, Hashable {
    package var bind = "127.0.0.1"
    package var durability = Durability.relaxed
    package var readyTimeout = Duration.seconds(60)
    package var stopGracePeriod = Duration.seconds(10)
}

/// One server of an environment.
package struct Service: Sendable {
    package var name: String
    package var position: SourcePosition
    package var options: ServiceOptions
    package var engine: any Engine

    /// What the service's own keys and the file's defaults come to.
    package var bind: String
    package var durability: Durability
    package var storage: Storage
    package var readyTimeout: Duration
    package var stopGracePeriod: Duration
    package var port: PortPreference?
}

/// The keys that every service has, whatever its engine.
package struct ServiceOptions: Sendable {
    package var engine: String?
    package var image: String?
    package var version: String?
    package var runtime: RuntimeChoice?
    package var port: PortPreference?
    package var bind: String?
    package var durability: Durability?
    package var storage: Storage?
    package var readyTimeout: Duration?
    package var stopGracePeriod: Duration?
    package var isRequired = true
    package var profiles: [String] = []
    package var dependencies: [Dependency] = []

    package init() {}
}

/// A service that has to come first.
package struct Dependency: Sendable, Hashable {
    /// What the other service has to have reached.
    package enum Condition: String, Sendable, CaseIterable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completed = "service_completed_successfully"
    }

    package var service: String
    package var condition: Condition
    package var position: SourcePosition
}
