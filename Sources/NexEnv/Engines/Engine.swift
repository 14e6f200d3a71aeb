/// What a server is: its image and native program, its settings, when it is usable, what is inside it.
///
/// An engine never knows where its server runs: it describes a container and a process, and then talks to an address. A new
/// engine is one folder beside this file and one line in ``EngineRegistry``. What an engine can do beyond running (databases,
/// a shell) it says by conforming to ``AddressedEngine``, ``DatabaseEngine`` and ``ShellEngine``.
package protocol Engine: Sendable {
    /// The value of `engine:` in the file.
    static var name: String { get }

    /// One sentence for the schema and `nexenv doctor`.
    static var summary: String { get }

    /// The keys of the engine's own, besides those that every service has.
    static var shape: Shape<Self> { get }

    /// The version that is taken when the file names none.
    static var defaultVersion: String { get }

    /// The program that the server runs as natively; nothing where it runs in Docker only.
    static var program: ProcessDescription.Program? { get }

    /// The port that the server listens on inside its container.
    var port: Int? { get }

    /// The host port when the file names none.
    var preferredPort: Int? { get }

    /// Further ports that are published as they are.
    var extraPorts: [ContainerDescription.PublishedPort] { get }

    /// How long a server takes from its start to its first answer, roughly: the slowest of several is started first.
    var startUp: Duration { get }

    /// Whether the server may end by itself with status 0 and count as done.
    var mayFinish: Bool { get }

    /// Reports what the keys alone can't: names that the server would refuse, values that contradict each other.
    func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext)

    /// Reports problems inside the files that the keys name, such as SQL that can't be split.
    ///
    /// Costs the reading of them, so it is done by `validate`, and by `up` before it starts something new.
    func checkFiles(_ context: DecodingContext)

    /// The accounts whose passwords come from the file or are made once.
    func accounts(_ service: Service) -> [Account]

    /// Other services that this one's configuration mentions; they get their addresses first.
    var peers: [Named<String>] { get }

    /// Services without which the server is never usable, whatever the file says of its order.
    var dependencies: [Dependency] { get }

    /// Returns why a service can't be what this one's configuration takes it for, such as a server of another kind.
    func problem(withPeer service: Service) -> String?

    /// The user's files that the server reads when it starts: one that has changed replaces the server.
    var configurationFiles: [ResourcePath] { get }

    /// Whether the server may talk to others of the environment, which it finds by their names.
    var reachesPeers: Bool { get }

    /// What the configuration says of other services by references.
    var references: [Named<LateReference>] { get }

    /// Describes the container that runs the server.
    func container(_ server: ServerContext) throws -> ContainerDescription

    /// Describes the processes that run the server on the host itself.
    ///
    /// - Throws: ``NexEnvError`` with code `native-unsupported` where it can't.
    func process(_ server: ServerContext) throws -> ProcessDescription

    /// Returns when a log line was written, in seconds since 1970; nothing for a line that goes on from the one before.
    func logTime(of line: String) -> Double?

    /// Asks the server once, over its own protocol and with its own credentials, whether it answers.
    func probe(_ server: RunningServer) async -> ProbeResult
}

extension Engine {
    package static var program: ProcessDescription.Program? { nil }
    package var preferredPort: Int? { port }
    package var peers: [Named<String>] {
        references.map { Named(name: $0.name, position: $0.position, value: $0.name) }
    }
    package var references: [Named<LateReference>] { [] }
    package var dependencies: [Dependency] { [] }
    package func problem(withPeer service: Service) -> String? { nil }
    package var configurationFiles: [ResourcePath] { [] }
    package var reachesPeers: Bool { !peers.isEmpty }
    package var extraPorts: [ContainerDescription.PublishedPort] { [] }
    package var startUp: Duration { .zero }
    package var mayFinish: Bool { false }
    package func logTime(of line: String) -> Double? { nil }
    package func accounts(_ service: Service) -> [Account] { [] }
    package func validate(_ service: ServiceOptions, at position: SourcePosition, _ context: DecodingContext) {}
    package func checkFiles(_ context: DecodingContext) {}
}

/// An engine whose server has an address that people and programs are given.
package protocol AddressedEngine: Engine {
    /// Returns the address of a database, or of the server where the name is nothing.
    func address(of database: String?, on server: RunningServer) -> DatabaseAddress?
}

/// An engine whose server holds databases that the file declares.
package protocol DatabaseEngine: AddressedEngine {
    /// The names of the declared databases, in order.
    var databaseNames: [String] { get }

    /// Makes what the file declares exist, and touches nothing else; then every declared database has answered a query.
    ///
    /// Runs on every `up`; costs little when there is nothing to do.
    ///
    func provision(_ server: RunningServer, _ progress: ProvisionProgress) async throws -> Provisioned

    /// Returns what ``provision(_:_:)`` would have to make, in a few words; nothing when all that the file declares is there.
    func missing(on server: RunningServer) async throws -> String?
}

extension DatabaseEngine {
    /// What is said of a database that the file doesn't declare.
    func unknownDatabase(_ name: String?, on server: RunningServer) -> NexEnvError {
        NexEnvError(
            .notFound,
            "there is no database `\(name ?? "")`",
            service: server.service.name,
            hint: Suggestion.hint(for: name ?? "", among: databaseNames, noun: "databases")
        )
    }
}

/// An engine that has a command-line client.
package protocol ShellEngine: AddressedEngine {
    /// Returns the client's command line for an address of the server.
    ///
    /// - Parameters:
    ///   - insidePort: Where the server listens inside its container.
    ///   - command: One command to run instead of a prompt.
    func shell(at address: DatabaseAddress, insidePort: Int, command: String?) -> ShellCommand?
}

extension ShellEngine {
    /// Returns the client's command line for a declared database.
    package func shell(for database: String?, command: String?, on server: RunningServer) -> ShellCommand? {
        address(of: database, on: server).flatMap {
            shell(at: $0, insidePort: server.internalEndpoint.port, command: command)
        }
    }
}

/// What one probe saw.
package enum ProbeResult: Sendable {
    case ready
    /// Not yet, and why, in a few words: `starting up`.
    case notYet(String)
    /// Waiting won't help.
    case failed(NexEnvError)
}

/// An account on a server.
package struct Account: Sendable, Hashable {
    /// The user or role.
    package var user: String
    /// The password that the file gives; nothing or empty means that one is made and kept.
    package var declaredPassword: String?

    package init(user: String, declaredPassword: String?) {
        self.user = user
        self.declaredPassword = declaredPassword
    }
}

/// Where a server listens.
package struct Endpoint: Sendable, Hashable, Codable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

extension ProbeResult {
    /// What a server means that refuses the password, which it has had since its data was made.
    static func refusesPassword(_ server: RunningServer, _ error: any Error) -> ProbeResult {
        .failed(
            NexEnvError(
                .authenticationFailed,
                "the server refuses the password: its data was made with another one",
                service: server.service.name,
                hint:
                    "set the old password again, or give the data up with `nexenv down --volumes \(server.service.name)`",
                underlying: error
            )
        )
    }
}

/// A client's command line.
package struct ShellCommand: Sendable, Hashable {
    package var program: String
    /// Arguments for a client on the host, which reaches the server through its published address.
    package var arguments: [String]
    /// Arguments for a client inside the server's container.
    package var containerArguments: [String]
    /// Variables that carry the password.
    package var environment: [String: String]
    /// The same for a client inside the server's container.
    package var containerEnvironment: [String: String]
}

/// What provisioning did.
package struct Provisioned: Sendable {
    /// What was changed, a line each, such as `database auth created`.
    package var changes: [String]

    /// What the user's own scripts had to say.
    package var notices: [String]

    /// The databases whose migrations and ledger differ in anything.
    package var unmigrated: [String]

    package init(changes: [String] = [], notices: [String] = [], unmigrated: [String] = []) {
        self.changes = changes
        self.notices = notices
        self.unmigrated = unmigrated
    }

    package static func += (left: inout Provisioned, right: Provisioned) {
        left.changes += right.changes
        left.notices += right.notices
        left.unmigrated += right.unmigrated
    }
}

/// Where provisioning says what it is doing: the live line of `up`.
package struct ProvisionProgress: Sendable {
    package var report: @Sendable (String) -> Void

    package init(report: @escaping @Sendable (String) -> Void) {
        self.report = report
    }
}
