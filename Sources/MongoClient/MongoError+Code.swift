extension MongoError {
    /// A kind of failure.
    ///
    /// More may be added in any release, so a `switch` over codes needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unreachable, authenticationFailed, notPrimary
            case timedOut, cancelled, connectionLost, closed
            case server, writeFailed
            case invalidConfiguration, invalidArgument, unexpectedReply
        }

        private let kind: Kind

        private init(_ kind: Kind) {
            self.kind = kind
        }

        /// Nothing that speaks MongoDB answered: refused, no such host, or a proxy that accepted and then closed.
        public static let unreachable = Code(.unreachable)
        /// User or password were refused.
        public static let authenticationFailed = Code(.authenticationFailed)
        /// The server belongs to a replica set and isn't its primary now; a set that was just initiated has none yet.
        public static let notPrimary = Code(.notPrimary)
        /// The server was silent for too long.
        public static let timedOut = Code(.timedOut)
        /// The task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The connection ended in the middle; whether the command took effect isn't known.
        public static let connectionLost = Code(.connectionLost)
        /// The connection was closed earlier by its owner.
        public static let closed = Code(.closed)
        /// The server reported an error: see ``MongoError/serverCode``.
        public static let server = Code(.server)
        /// Some documents weren't inserted: see ``MongoError/writeErrors``.
        public static let writeFailed = Code(.writeFailed)
        /// A URL or a setting makes no sense.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// A command or a document can't be sent, such as one that is too large.
        public static let invalidArgument = Code(.invalidArgument)
        /// The server's reply isn't of the expected shape.
        public static let unexpectedReply = Code(.unexpectedReply)

        /// The name of the code.
        public var description: String {
            kind.rawValue
        }

        /// A plain sentence without data.
        var summary: String {
            switch kind {
            case .unreachable: "no MongoDB server answers there"
            case .authenticationFailed: "MongoDB refused the user or the password"
            case .notPrimary: "the MongoDB server isn't the primary of its replica set"
            case .timedOut: "MongoDB didn't answer in time"
            case .cancelled: "the MongoDB call was cancelled"
            case .connectionLost: "the connection to MongoDB was lost"
            case .closed: "the connection to MongoDB is closed"
            case .server: "MongoDB reported an error"
            case .writeFailed: "MongoDB refused documents"
            case .invalidConfiguration: "the MongoDB connection settings make no sense"
            case .invalidArgument: "the command can't be sent to MongoDB"
            case .unexpectedReply: "MongoDB's reply isn't of the expected shape"
            }
        }

        /// Returns the code for an error that the server reported.
        ///
        /// Source: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
        init(serverCode: Int) {
            switch serverCode {
            case 18: self = .authenticationFailed
            case 10107, 10058, 13435, 13436, 11600, 11602, 189, 91: self = .notPrimary
            default: self = .server
            }
        }
    }
}
