extension PostgresError {
    /// A kind of failure.
    ///
    /// More may be added in any release, so a `switch` over codes needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unreachable, startingUp, authenticationFailed, unknownDatabase, tooManyConnections
            case timedOut, cancelled, connectionLost, closed, busy
            case server, transactionAborted
            case invalidConfiguration, invalidArgument, unexpectedResult
        }

        private let kind: Kind

        private init(_ kind: Kind) {
            self.kind = kind
        }

        /// Nothing that speaks PostgreSQL answered: refused, no such host, or a proxy that accepted and then closed.
        public static let unreachable = Code(.unreachable)
        /// The server is there, but takes no connections now: it starts, shuts down or recovers (57P03).
        public static let startingUp = Code(.startingUp)
        /// User or password were refused (class 28).
        public static let authenticationFailed = Code(.authenticationFailed)
        /// The database doesn't exist (3D000).
        public static let unknownDatabase = Code(.unknownDatabase)
        /// All connection slots are taken (53300).
        public static let tooManyConnections = Code(.tooManyConnections)
        /// Connecting took too long, or the server was silent for too long.
        public static let timedOut = Code(.timedOut)
        /// The task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The connection ended in the middle; whether the statement took effect isn't known.
        public static let connectionLost = Code(.connectionLost)
        /// The connection was closed earlier, by its owner or by a failure.
        public static let closed = Code(.closed)
        /// Another call, a COPY from an asynchronous sequence, is in progress on the connection.
        public static let busy = Code(.busy)
        /// The server reported an error: see ``PostgresError/sqlState``.
        public static let server = Code(.server)
        /// COMMIT rolled back, because a statement inside the transaction had failed and its error was ignored.
        public static let transactionAborted = Code(.transactionAborted)
        /// A URL or a setting makes no sense.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// A statement or a parameter can't be sent, such as text with a NUL character.
        public static let invalidArgument = Code(.invalidArgument)
        /// The result isn't of the shape that was asked for: no such column, NULL, or not a number.
        public static let unexpectedResult = Code(.unexpectedResult)

        /// The name of the code.
        public var description: String {
            kind.rawValue
        }

        /// A plain sentence without data.
        var summary: String {
            switch kind {
            case .unreachable: "no PostgreSQL server answers there"
            case .startingUp: "the PostgreSQL server isn't ready for connections yet"
            case .authenticationFailed: "PostgreSQL refused the user or the password"
            case .unknownDatabase: "the database doesn't exist"
            case .tooManyConnections: "PostgreSQL has no connection slots left"
            case .timedOut: "PostgreSQL didn't answer in time"
            case .cancelled: "the PostgreSQL call was cancelled"
            case .connectionLost: "the connection to PostgreSQL was lost"
            case .closed: "the connection to PostgreSQL is closed"
            case .busy: "the connection to PostgreSQL is in the middle of a COPY"
            case .server: "PostgreSQL reported an error"
            case .transactionAborted: "the transaction was rolled back because a statement in it had failed"
            case .invalidConfiguration: "the PostgreSQL connection settings make no sense"
            case .invalidArgument: "the statement or a parameter can't be sent to PostgreSQL"
            case .unexpectedResult: "the result isn't of the expected shape"
            }
        }

        /// Returns the code for a failed log-in or statement.
        init(sqlState: String) {
            switch sqlState {
            case "57P03": self = .startingUp
            case "3D000": self = .unknownDatabase
            case "53300": self = .tooManyConnections
            case let state where state.hasPrefix("28"): self = .authenticationFailed
            default: self = .server
            }
        }
    }
}
