import Synchronization

/// How many tests of this process look for a copy at once: the others wait here, in turn, and cost nothing.
final class LeaseQueue: Sendable {
    private struct State {
        var free: Int
        /// The copies that were given back last, the latest one at the end.
        var recent: [Int] = []
        var waiting: [CheckedContinuation<Int?, Never>] = []
    }

    /// A place in front of the copies; given back when it is released.
    final class Place: Sendable {
        /// The copy to ask for first: whoever has had it is still logged in to it.
        let preferred: Int?
        private let queue: LeaseQueue
        private let isTaken = Mutex(true)

        fileprivate init(_ queue: LeaseQueue, preferred: Int?) {
            self.queue = queue
            self.preferred = preferred
        }

        deinit { release() }

        /// Gives the place back.
        ///
        /// - Parameter slot: The copy that was had.
        func release(after slot: Int? = nil) {
            let wasTaken = isTaken.withLock { isTaken in
                defer { isTaken = false }
                return isTaken
            }
            if wasTaken { queue.give(slot) }
        }
    }

    private let state: Mutex<State>

    init(places: Int) {
        state = Mutex(State(free: places))
    }

    func take() async -> Place {
        let preferred = await withCheckedContinuation { (continuation: CheckedContinuation<Int?, Never>) in
            let preferred: Int?? = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return nil
                }
                state.free -= 1
                return .some(state.recent.popLast())
            }
            if let preferred { continuation.resume(returning: preferred) }
        }
        return Place(self, preferred: preferred)
    }

    private func give(_ slot: Int?) {
        let next = state.withLock { state -> CheckedContinuation<Int?, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                if let slot { state.recent.append(slot) }
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: slot)
    }
}
