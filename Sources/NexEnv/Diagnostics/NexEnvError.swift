/// Something that went wrong while running, as opposed to something wrong in what the user wrote (``Diagnostics``).
///
/// `description` is safe to paste in public: no password, no connection string.
package struct NexEnvError: Error, Sendable {
    /// A stable name for the kind of failure; the exit status hangs on it.
    package struct Code: Sendable, Hashable {
        /// The name in `--json` output.
        package let name: String
        package let exitStatus: ExitStatus

        package init(_ name: String, _ exitStatus: ExitStatus) {
            self.name = name
            self.exitStatus = exitStatus
        }
    }

    package var code: Code
    /// One plain sentence without a full stop.
    package var message: String
    package var service: String?
    package var database: String?
    /// What to do next.
    package var hint: String?
    /// The last lines that the server wrote.
    package var logTail: [String]
    package var underlying: (any Error)?

    package init(
        _ code: Code,
        _ message: String,
        service: String? = nil,
        database: String? = nil,
        hint: String? = nil,
        logTail: [String] = [],
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.service = service
        self.database = database
        self.hint = hint
        self.logTail = logTail
        self.underlying = underlying
    }
}

extension NexEnvError.Code {
    package static let serviceDied = Self("service-died", .serviceFailed)
    package static let dependencyFailed = Self("dependency-failed", .serviceFailed)
    package static let serviceFailed = Self("service-failed", .serviceFailed)
    package static let authenticationFailed = Self("authentication-failed", .serviceFailed)
    package static let sqlFailed = Self("sql-failed", .dataError)
    package static let dockerUnavailable = Self("docker-unavailable", .unavailable)
    package static let imageMissing = Self("image-missing", .unavailable)
    package static let programMissing = Self("program-missing", .unavailable)
    package static let nativeUnsupported = Self("native-unsupported", .unavailable)
    package static let portTaken = Self("port-taken", .conflict)
    package static let nameTaken = Self("name-taken", .conflict)
    package static let locked = Self("locked", .conflict)
    package static let inputOutput = Self("input-output", .inputOutput)
    package static let diskFull = Self("disk-full", .inputOutput)
    package static let timedOut = Self("timed-out", .timedOut)
    package static let refused = Self("refused", .refused)
    package static let notRunning = Self("not-running", .serviceFailed)
    package static let notFound = Self("not-found", .usage)
    package static let bug = Self("bug", .bug)
}

extension NexEnvError {
    /// A server that ended by itself; where its last lines say why in words that every server has from the system, so do we.
    package static func ended(_ message: String, service: String, logTail: [String]) -> NexEnvError {
        func says(_ text: String) -> Bool { logTail.contains { $0.contains(text) } }
        if says("No space left on device") {
            let hint = "free some space and run it again"
            return NexEnvError(.diskFull, "the disk is full", service: service, hint: hint, logTail: logTail)
        }
        if says("Address already in use") {
            return NexEnvError(.portTaken, "its port was taken just now", service: service, logTail: logTail)
        }
        let hint = "its last lines are above; `nexenv logs \(service)` has all"
        return NexEnvError(.serviceDied, message, service: service, hint: hint, logTail: logTail)
    }
}

extension NexEnvError: CustomStringConvertible {
    package var description: String {
        [service, database].compactMap { $0 }.joined(separator: ".") + (service == nil ? "" : ": ") + message
    }
}
