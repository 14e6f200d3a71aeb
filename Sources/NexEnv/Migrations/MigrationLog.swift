import Synchronization

/// What migrations had to say, for when they are done.
final class MigrationLog: Sendable {
    private let lines = Mutex<[String]>([])

    /// What is worth knowing, and what the migrations' own statements said.
    var notices: [String] { lines.withLock { $0 } }

    func add(_ event: MigrationEvent) {
        switch event {
        case .note(let text), .notice(let text): lines.withLock { $0.append(text) }
        default: return
        }
    }
}

extension MigrationEvent {
    /// What is being done, in a few words; nothing for what is done or said.
    package var progress: String? {
        switch self {
        case .waiting(let holder): "waiting for \(holder)"
        case .running(let name, let direction, done: 0, _): direction == .up ? name : "taking \(name) back"
        case .running(let name, _, let done, let count):
            done == count ? nil : "\(name), \(done) of \(count) statements done"
        case .done, .note, .notice: nil
        }
    }
}
