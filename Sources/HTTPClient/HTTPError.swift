import ClientTransport

/// What went wrong while talking HTTP; an answer of any status is none.
package struct HTTPError: Error, Sendable, Hashable {
    package enum Code: Sendable, Hashable {
        /// Nobody listens, or the name has no address.
        case unreachable
        /// The connection ended before the answer did.
        case connectionLost
        case timedOut
        case cancelled
        /// What came is no HTTP/1.1.
        case malformedResponse
        /// The answer is larger than allowed.
        case tooLarge
        /// What was asked for can't be said in HTTP.
        case invalidRequest
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: TransportError, isConnecting: Bool = false) {
        switch error {
        case .cancelled: self.init(.cancelled, "cancelled")
        case .timedOut: self.init(.timedOut, "no answer in time")
        case .unresolvable: self.init(.unreachable, "the host has no address")
        case .closed: self.init(.connectionLost, "the connection ended")
        case .system(let number):
            self.init(isConnecting ? .unreachable : .connectionLost, "system error \(number)")
        }
    }
}

extension HTTPError: CustomStringConvertible {
    package var description: String { message }
}
