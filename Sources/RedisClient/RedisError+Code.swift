extension RedisError {
    /// A kind of failure.
    ///
    /// More may be added in any release, so a `switch` over codes needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unreachable, loading, authenticationFailed
            case timedOut, cancelled, connectionLost, closed
            case server
            case invalidConfiguration, invalidArgument
        }

        private let kind: Kind

        private init(_ kind: Kind) {
            self.kind = kind
        }

        /// Nothing that speaks Redis answered: refused, no such host, or a proxy that accepted and then closed.
        public static let unreachable = Code(.unreachable)
        /// The server is there, but still reads its data from disk (`LOADING`).
        public static let loading = Code(.loading)
        /// User or password were refused, or missing (`WRONGPASS`, `NOAUTH`).
        public static let authenticationFailed = Code(.authenticationFailed)
        /// Connecting took too long, or the server was silent for too long; the connection is closed then.
        public static let timedOut = Code(.timedOut)
        /// The task was cancelled; the connection is closed then.
        public static let cancelled = Code(.cancelled)
        /// The connection ended in the middle; whether the command took effect isn't known.
        public static let connectionLost = Code(.connectionLost)
        /// The connection was closed earlier, by its owner or by a failure.
        public static let closed = Code(.closed)
        /// The server reported an error: see ``RedisError/prefix``.
        public static let server = Code(.server)
        /// A URL or a setting makes no sense.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// A command can't be sent, such as an empty one.
        public static let invalidArgument = Code(.invalidArgument)

        /// The name of the code.
        public var description: String {
            kind.rawValue
        }

        /// A plain sentence without data.
        var summary: String {
            switch kind {
            case .unreachable: "no Redis server answers there"
            case .loading: "the Redis server is still loading its data"
            case .authenticationFailed: "Redis refused the user or the password"
            case .timedOut: "Redis didn't answer in time"
            case .cancelled: "the Redis call was cancelled"
            case .connectionLost: "the connection to Redis was lost"
            case .closed: "the connection to Redis is closed"
            case .server: "Redis reported an error"
            case .invalidConfiguration: "the Redis connection settings make no sense"
            case .invalidArgument: "the command can't be sent to Redis"
            }
        }

        /// Returns the code for an error reply.
        init(prefix: String) {
            switch prefix {
            case "LOADING": self = .loading
            case "WRONGPASS", "NOAUTH": self = .authenticationFailed
            default: self = .server
            }
        }
    }
}
