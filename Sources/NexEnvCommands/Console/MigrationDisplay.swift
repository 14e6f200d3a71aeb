import Foundation
import NexEnv
import Synchronization

/// Shows what migrating does: a line for what is done, and on a terminal one that is redrawn for what is being done.
final class MigrationDisplay: Sendable {
    private struct State {
        var target = ""
        var detail: String?
        var start = ContinuousClock.now
        var region = LiveRegion()
        var frame = 0
    }

    private let console: Console
    private let state = Mutex(State())

    init(_ console: Console) {
        self.console = console
    }

    /// Runs a body that migrates one database.
    ///
    /// - Parameter quietly: Whether only what is being done is shown, not what is done.
    func show<Value: Sendable>(
        _ target: MigrationTarget,
        quietly: Bool = false,
        _ body: (@escaping @Sendable (MigrationEvent) -> Void) async throws -> Value
    ) async throws -> Value {
        state.withLock { $0.target = target.name }
        defer { state.withLock { clear(&$0) } }
        let ticker = console.isLive ? Task { await tick() } : nil
        defer { ticker?.cancel() }
        return try await body { event in self.take(event, quietly: quietly) }
    }

    /// Says what was done in all databases together.
    func finish(
        _ results: [MigrationResult],
        _ command: String,
        _ verb: String,
        since start: ContinuousClock.Instant
    ) throws {
        let seconds = (ContinuousClock.now - start).seconds
        if console.isJSON { return try console.json(MigrationReport(command, results, seconds: seconds)) }
        let count = results.reduce(0) { $0 + $1.done.count }
        let time = ProgressDisplay.seconds(seconds)
        console.note(count == 0 ? "nothing to do (\(time))" : "\(count) \(verb) in \(time)")
    }

    /// `2025-01-14 10:20`.
    static func time(_ seconds: Double) -> String {
        String(MigrationTime.text(seconds).prefix(16)).replacing("T", with: " ")
    }

    private func take(_ event: MigrationEvent, quietly: Bool) {
        state.withLock { state in
            switch event {
            case .done(let name, let direction, let seconds):
                guard !quietly else { return }
                let verb = direction == .up ? "applied" : "taken back"
                say("\(name) \(verb) in \(ProgressDisplay.seconds(seconds))", &state)
            case .note(let text): say("note: \(text)", &state)
            case .notice(let text): if !quietly { say(text, &state) }
            case .waiting, .running:
                if state.detail == nil || event.begins { state.start = .now }
                state.detail = event.progress
                // Whoever waits in a pipe wants to know for what.
                if case .waiting = event, !console.isLive, let text = event.progress { say(text, &state) }
                if console.isLive { draw(&state) }
            }
        }
    }

    private func say(_ text: String, _ state: inout State) {
        clear(&state)
        console.note("\(state.target): \(text)")
    }

    // MARK: - The line that is redrawn

    private func tick() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            state.withLock { if !Task.isCancelled { draw(&$0) } }
        }
    }

    private func draw(_ state: inout State) {
        guard let detail = state.detail else { return }
        state.frame += 1
        let time = ProgressDisplay.seconds((ContinuousClock.now - state.start).seconds)
        let line = LiveRegion.cut("\(state.target): \(detail)  \(time)", to: console.width - 3)
        state.region.draw(["\(console.style.blue(LiveRegion.spinner(state.frame))) \(line)"])
    }

    private func clear(_ state: inout State) {
        if console.isLive { state.region.draw([]) }
        state.detail = nil
    }
}

extension MigrationEvent {
    /// Whether something new begins, whose time counts from now.
    fileprivate var begins: Bool {
        if case .running(_, _, done: 0, _) = self { true } else { false }
    }
}

/// What `nexenv migrate up --json` and `down --json` print.
struct MigrationReport: Encodable {
    let schema = "nexenv/1"
    var command: String
    let ok = true
    var databases: [Database]
    var durationMs: Int

    struct Database: Encodable {
        var service: String
        var database: String
        var done: [Done]
    }

    struct Done: Encodable {
        var name: String
        var direction: String
        var durationMs: Int
    }

    init(_ command: String, _ results: [MigrationResult], seconds: Double) {
        self.command = command
        durationMs = Int(seconds * 1_000)
        databases = results.map { result in
            let done = result.done.map {
                Done(name: $0.name, direction: $0.direction.rawValue, durationMs: Int($0.seconds * 1_000))
            }
            return Database(service: result.service, database: result.database, done: done)
        }
    }
}
