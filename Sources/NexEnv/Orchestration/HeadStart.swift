import Synchronization

/// Who is started first: the servers that take longest until they answer, alone; the others as soon as those run.
///
/// A Docker daemon that is asked for three containers at once makes all three late, since it gives each its network in turn: on
/// two cores each takes 620 ms and one alone 280. With MongoDB ahead of PostgreSQL and Redis, all are usable after 1,080 ms
/// instead of 1,510, and on empty volumes after 1,870 instead of 2,420 (medians of 5; docs/benchmarks.md has the machine).
final class HeadStart: Sendable {
    private struct State {
        var ahead: Set<String>
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// Picks those that go ahead, of servers whose starts hold each other up; nobody does where all are about equally slow.
    convenience init(_ steps: [UpPlan.Step]) {
        let slowest = steps.map(\.startUp).max() ?? .zero
        // Who waits for another service, or for its own predecessor to end, would hold up the rest for longer than it is worth.
        let ahead = steps.filter { $0.canStartAtOnce && $0.startUp > slowest / 2 }
        self.init(ahead: Set(ahead.map(\.service.name)))
    }

    init(ahead: Set<String>) {
        state = Mutex(State(ahead: ahead))
    }

    /// Waits until those that go ahead have left; one of them doesn't wait.
    ///
    /// - Throws: `CancellationError` once they have left, when the run was cancelled meanwhile.
    func wait(_ service: String) async throws {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.ahead.isEmpty || state.ahead.contains(service) { return true }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        try Task.checkCancellation()
    }

    /// Notes that a service has been started, or won't be soon; noting it twice is fine.
    func hasLeft(_ service: String) {
        let free = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard state.ahead.remove(service) != nil, state.ahead.isEmpty else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in free { continuation.resume() }
    }
}

extension UpPlan.Step {
    /// How long the server takes from its start to its first answer, roughly; nothing where it isn't started.
    fileprivate var startUp: Duration { starts ? service.engine.startUp : .zero }

    /// Whether nothing has to happen before the server is started.
    fileprivate var canStartAtOnce: Bool {
        guard service.options.isRequired, service.options.dependencies.isEmpty, leftover == nil else { return false }
        return switch action {
        case .resume, .start(replacing: nil): true
        default: false
        }
    }
}
