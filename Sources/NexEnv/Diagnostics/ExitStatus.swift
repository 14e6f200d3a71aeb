/// What a command exits with; the numbers follow sysexits(3) where it has one.
package enum ExitStatus: Int32, Sendable, CaseIterable, Codable {
    case done = 0
    case serviceFailed = 1
    case changesPending = 2
    case notFullyUp = 3
    case usage = 64
    case dataError = 65
    case unavailable = 69
    case bug = 70
    case conflict = 73
    case inputOutput = 74
    case timedOut = 75
    case refused = 77
    case invalidConfiguration = 78
    case interrupted = 130
    case terminated = 143

    /// One line for `--help` and the documentation.
    package var summary: String {
        switch self {
        case .done: "done, or nothing to do"
        case .serviceFailed: "a service failed"
        case .changesPending: "changes are pending"
        case .notFullyUp: "not everything is up"
        case .usage: "the command line is wrong"
        case .dataError: "SQL, a migration or a seed failed"
        case .unavailable: "Docker, an image or a program is missing"
        case .bug: "a bug in nexenv"
        case .conflict: "a port, a name or a lock is taken"
        case .inputOutput: "reading or writing failed, or a checksum differs"
        case .timedOut: "timed out; trying again may help"
        case .refused: "refused: would destroy data without --yes"
        case .invalidConfiguration: "the environment file is wrong"
        case .interrupted: "interrupted (Ctrl-C)"
        case .terminated: "terminated"
        }
    }
}
