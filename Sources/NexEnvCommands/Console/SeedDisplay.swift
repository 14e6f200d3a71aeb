import Foundation
import NexEnv
import Synchronization

/// Shows how far the loading of sets is: rows, rate and the time left.
final class SeedDisplay: Sendable {
    private struct Progress {
        var done = 0
        var total: Int?
        var start = ContinuousClock.now

        var isSent: Bool { total.map { done >= $0 } ?? false }
    }

    private struct State {
        /// The databases that are being made, with how.
        var databases: [(name: String, detail: String)] = []
        var sets: [String] = []
        var progress: [String: Progress] = [:]
        var region = LiveRegion()
        var frame = 0
    }

    private let console: Console
    private let state = Mutex(State())

    init(_ console: Console) {
        self.console = console
    }

    /// Loads sets and shows how; what became of them is for the caller to say.
    func run(_ stack: Stack, _ request: SeedRun.Request) async throws -> SeedRun.Report {
        try await run { try await SeedRun(stack, request, onEvent: self.show).run() }
    }

    /// Shows what is going on while a body runs, as far as ``show(_:)`` is told.
    func run<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        guard console.isLive else { return try await body() }
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(100))
                draw()
            }
        }
        defer {
            ticker.cancel()
            state.withLock { state in
                state.sets = []
                state.databases = []
                state.region.draw([])
            }
        }
        return try await body()
    }

    @Sendable func show(_ event: SeedEvent) {
        switch event {
        case .waiting(let database, let reason): console.note("\(database): \(reason)")
        case .rows(let set, let done, let total):
            state.withLock { state in
                if state.progress[set] == nil { state.sets.append(set) }
                state.progress[set, default: Progress()].done = done
                state.progress[set]?.total = total
            }
        case .preparing(let database, let detail):
            state.withLock { state in
                state.databases.removeAll { $0.name == database }
                state.databases.append((database, detail))
            }
        case .prepared(let database):
            state.withLock { state in state.databases.removeAll { $0.name == database } }
        case .finished(let outcome):
            state.withLock { state in state.sets.removeAll { $0 == outcome.set } }
        }
    }

    private func draw() {
        state.withLock { state in
            state.frame += 1
            let mark = console.style.blue(LiveRegion.spinner(state.frame))
            let making = state.databases.suffix(6).map {
                "\(mark) \(LiveRegion.cut("\($0.name)  \($0.detail)", to: console.width - 3))"
            }
            // What is sent waits for the rest of its database; only what is still on its way is shown.
            let sending = state.sets.filter { state.progress[$0]?.isSent == false }
            let loading = (sending.isEmpty ? state.sets.suffix(1) : sending.suffix(6)).compactMap { set in
                state.progress[set].map { line(set, $0, state.frame) }
            }
            state.region.draw(making + loading)
        }
    }

    private func line(_ set: String, _ progress: Progress, _ frame: Int) -> String {
        let seconds = (ContinuousClock.now - progress.start).seconds
        let rate = seconds > 0.2 ? Double(progress.done) / seconds : 0
        var text = "\(set)  \(Self.count(progress.done))"
        if let total = progress.total { text += " of \(Self.count(total))" }
        text += " rows"
        if rate > 0 { text += "  \(Self.count(Int(rate)))/s" }
        if let total = progress.total, rate > 0, total > progress.done {
            text += "  \(ProgressDisplay.seconds(Double(total - progress.done) / rate)) left"
        }
        let mark = console.style.blue(LiveRegion.spinner(frame))
        return "\(mark) \(LiveRegion.cut(text, to: console.width - 3))"
    }

    /// A number with its thousands apart: `1,234,567`.
    static func count(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }
}
