/// What `up` says while it works.
package enum UpEvent: Sendable {
    /// Somebody else holds the project's lock.
    case waitingFor(String)
    /// These services are about to be brought up, in this order.
    case planned([String])
    /// A service is being worked on, and how.
    case working(service: String, detail: String)
    /// A service has come to its end for this run.
    case finished(ServiceOutcome)
}

/// What became of one service.
package struct ServiceOutcome: Sendable {
    /// The end that a service came to.
    package enum State: String, Sendable, Codable {
        /// Usable: every declared database has answered.
        case ready
        /// Started, and not waited for because it isn't required.
        case starting
        /// Ended by itself with status 0, as it may.
        case finished
        /// Left out, because it can't run here and isn't required.
        case skipped
        /// Broken, which stops `up` when the service is required.
        case failed
    }

    package var service: String
    package var engine: String
    package var state: State
    package var runtime: RuntimeChoice?
    package var endpoint: Endpoint?
    package var databases: [String] = []
    /// Whether this run started or changed anything.
    package var isChanged = false
    /// What was changed, a line each.
    package var changes: [String] = []
    /// What the user should know.
    package var notes: [String] = []
    /// What the user's own scripts had to say.
    package var notices: [String] = []
    package var error: NexEnvError?
    package var timings = Timings()

    package init(_ service: Service, _ state: State) {
        self.service = service.name
        engine = type(of: service.engine).name
        self.state = state
        databases = (service.engine as? any DatabaseEngine)?.databaseNames ?? []
    }
}

/// Where the time of one service went, in seconds, in order.
package struct Timings: Sendable {
    /// One phase.
    package struct Phase: Sendable, Codable {
        package var name: String
        package var seconds: Double
    }

    package private(set) var phases: [Phase] = []

    package init() {}

    /// The sum of all phases.
    package var total: Double { phases.reduce(0) { $0 + $1.seconds } }

    /// Runs a body and notes how long it took, also when it throws.
    package mutating func measure<Value>(
        _ name: String,
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let start = ContinuousClock.now
        defer { phases.append(Phase(name: name, seconds: (ContinuousClock.now - start).seconds)) }
        return try await body()
    }
}
