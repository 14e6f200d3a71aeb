/// Waiting until one may work on a database alone.
enum Turn {
    /// What to do where a connection was lost.
    static let goesOn = "run it again: it looks at what is done, and goes on from there"

    /// Asks for a lock, ever more seldom up to once a second, until it is ours.
    ///
    /// - Parameters:
    ///   - timeout: How long to ask.
    ///   - onWait: Told, once, who has it.
    ///   - tryTake: Takes it, or returns who has it.
    /// - Throws: ``NexEnvError`` with code `timed-out` that names who has it.
    static func take(
        within timeout: Duration,
        onWait: (LockHolder) -> Void,
        _ tryTake: () async throws -> LockHolder?
    ) async throws {
        let deadline = ContinuousClock.now + timeout
        var pause = Duration.milliseconds(50)
        var hasSaid = false
        while let holder = try await tryTake() {
            if !hasSaid { onWait(holder) }
            hasSaid = true
            let left = deadline - ContinuousClock.now
            guard left > .zero else {
                throw NexEnvError(
                    .timedOut,
                    "somebody else has been working on the database for longer than \(timeout.text): \(holder)",
                    hint: holder.hint
                )
            }
            try await Task.sleep(for: min(left, pause * Double.random(in: 0.5...1)))
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// Asks for a lock, and does without where somebody else keeps it.
    ///
    /// - Returns: Whether it is ours.
    static func isTaken(
        within timeout: Duration,
        _ tryTake: () async throws -> LockHolder?
    ) async throws -> Bool {
        do {
            try await take(within: timeout, onWait: { _ in }, tryTake)
            return true
        } catch let error as NexEnvError where error.code == .timedOut {
            return false
        }
    }
}

/// Who works on a database alone, as far as can be told.
package struct LockHolder: Sendable, Hashable {
    /// What names it on the server: `pid 4711`.
    package var name: String
    /// What it calls itself: `nexenv migrate up (user@host, pid 812)`.
    package var application: String?
    /// Where it comes from.
    package var address: String?
    /// Since when, in seconds since 1970.
    package var since: Double?
    /// What it runs right now.
    package var work: String?
    /// How to end it.
    package var hint: String?
}

extension LockHolder: CustomStringConvertible {
    package var description: String {
        var text = name
        if let application, !application.isEmpty { text += ", \(application)" }
        if let address { text += ", from \(address)" }
        if let since { text += ", since \(MigrationTime.text(since))" }
        if let work, !work.isEmpty { text += ", at work on: \(work)" }
        return text
    }
}
