/// Where servers run: it starts, stops, observes and removes what engines describe, and never knows what is inside.
///
/// What runs is always read from the runtime itself (labels, processes), never from a note of ours: any command may be killed
/// at any point, and the next one goes on from what is there.
package protocol Runtime: Sendable {
    /// The name in output and `--runtime`.
    var name: RuntimeChoice { get }

    /// Whether servers that are started at once get there later than one alone.
    var startsInTurn: Bool { get }

    /// Whether a stopped server can be started as it is: with the configuration and the ports that it was made with.
    var canResume: Bool { get }

    /// Returns everything that this runtime has of a project, running or not.
    func observe(_ project: ProjectIdentity) async throws -> [ObservedServer]

    /// Returns the port that a server would listen on inside, given the host's.
    func internalPort(of service: Service, hostPort: Int) -> Int

    /// Returns how a server is reached by its peers and by itself, given where the host reaches it.
    func internalEndpoint(of service: Service, endpoint: Endpoint) -> Endpoint

    /// Makes a start request of what the engine describes.
    ///
    /// - Throws: ``NexEnvError`` where the service can't run here.
    func prepare(_ context: ServerContext, ports: AssignedPorts, digestKey: String) async throws -> PreparedServer

    /// Makes what several servers share; called before the first start.
    ///
    /// - Parameter sharesNames: Whether they shall find each other by name, those that are there included.
    func prepareProject(_ project: ProjectIdentity, observed: [ObservedServer], sharesNames: Bool) async throws

    /// Starts a server that isn't there.
    ///
    /// - Parameter progress: Told what takes long, such as `pulling postgres:17`.
    /// - Throws: ``NexEnvError``; `port-taken` when another port should be tried.
    func start(_ server: PreparedServer, _ progress: @Sendable (String) -> Void) async throws

    /// Brings along what the start of a server needs from elsewhere, such as its image.
    func fetch(_ server: PreparedServer, _ progress: @Sendable (String) -> Void) async throws

    /// Returns whether the port of a server that was started is its own, as far as that can be told.
    func isListening(_ server: PreparedServer) async -> Bool

    /// Takes away what only the start of a server needed, now that it is usable.
    func settle(_ server: PreparedServer)

    /// Starts a server that is there and stopped, as it is.
    func resume(_ server: ObservedServer) async throws

    /// Asks a server to stop, with the signal that its engine wants, and kills it after the grace period.
    func stop(_ server: ObservedServer, grace: Duration) async throws

    /// Removes a stopped or running server; its data stays.
    func remove(_ server: ObservedServer) async throws

    /// Removes what `prepareProject` made, once no server is left.
    func removeShared(_ project: ProjectIdentity) async throws

    /// Returns the services that have data here, whether they run or not.
    func servicesWithData(_ project: ProjectIdentity) async throws -> Set<String>

    /// Removes the data of services; of all, and what belongs to none of them, where none are named.
    func removeData(of services: Set<String>?, _ project: ProjectIdentity) async throws

    /// Returns the process that a server is, where it can be seen from here; another one after each start.
    func process(of server: ObservedServer) async -> ProcessIdentity?

    /// Returns the last lines that a server wrote.
    func logTail(of server: ObservedServer, lines: Int) async -> [String]

    /// Hands over log lines, with what the server wrote so far first, until it ends or the task is cancelled.
    func logs(of server: ObservedServer, _ options: LogOptions, onLine: @escaping @Sendable (String) async -> Void)
        async throws

    /// Returns the command line that runs a program beside the server: in its container, or on the host.
    func command(
        in server: ObservedServer,
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        isInteractive: Bool
    ) -> ProgramCall
}

extension Runtime {
    package func fetch(_ server: PreparedServer, _ progress: @Sendable (String) -> Void) async throws {}
    package func isListening(_ server: PreparedServer) async -> Bool { true }
}

/// A program and its arguments.
package struct ProgramCall: Sendable {
    package var program: String
    package var arguments: [String]
    package var environment: [String: String]
}

/// Which part of a log is wanted.
package struct LogOptions: Sendable {
    package var follow = false
    /// Only lines written since then: a duration such as `10m`, or a time.
    package var since: String?
    /// Tells when a line was written, for a runtime that doesn't note it itself.
    package var timeOfLine: @Sendable (String) -> Double? = { _ in nil }
    package var tail: Int?

    package init() {}
}

/// The host ports that a server gets.
package struct AssignedPorts: Sendable, Hashable {
    /// The server's own port.
    package var main: Int?
    /// Further ports, by container port.
    package var extra: [Int: Int] = [:]

    package init(main: Int? = nil) {
        self.main = main
    }
}

/// A server as a runtime sees it.
package struct ObservedServer: Sendable {
    /// What a server is doing.
    package enum State: String, Sendable, Codable {
        case running
        /// Made but never started; a start was interrupted.
        case created
        case stopped
        /// Ended by itself with a failure.
        case failed
    }

    package var service: String
    package var runtime: RuntimeChoice
    package var state: State
    package var exitStatus: Int32?
    /// The state of the container's own health check, where it has one.
    package var health: String?
    /// Where the host reaches the server, while it runs.
    package var endpoint: Endpoint?
    /// Further published ports, by container port.
    package var extraPorts: [Int: Int]
    package var configurationHash: String
    /// The container's id, or the process's.
    package var identifier: String
    package var project: ProjectIdentity
    package var environmentFile: String?
    package var image: String?
    /// Whether others of the project find it by name.
    package var isFoundByName = false
}

/// A start request: everything decided, nothing done.
package struct PreparedServer: Sendable {
    package var service: Service
    package var project: ProjectIdentity
    /// A digest of everything that makes the server what it is, but for the port that it happened to get.
    package var configurationHash: String
    package var endpoint: Endpoint?
    package var internalEndpoint: Endpoint?
    /// What the user should know, such as another version being used.
    package var notes: [String] = []
    package var environmentFile: String = ""

    /// What only the runtime that prepared it can read.
    package var payload: any Sendable

    /// Returns the payload to the runtime that made it.
    func payload<Payload>(as type: Payload.Type) -> Payload {
        guard let payload = payload as? Payload else { preconditionFailure("another runtime prepared \(service.name)") }
        return payload
    }
}
