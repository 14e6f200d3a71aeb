import Foundation
import NexEnv
import Synchronization

/// Shows what `up` and `down` do: on a terminal one line per service that is redrawn, in a pipe a line per event.
final class ProgressDisplay: Sendable {
    private struct Line {
        var service: String
        var detail = ""
        var start = ContinuousClock.now
        var outcome: ServiceOutcome?
        /// Why nobody works on it any more, though it came to no end.
        var ending: Ending?
    }

    private enum Ending {
        case failed, leftUndone
    }

    private struct State {
        var lines: [Line] = []
        var region = LiveRegion()
        var frame = 0
    }

    private let console: Console
    private let state = Mutex(State())

    /// Whether a pipe gets a line for each service that is ready, and none for the way there.
    private let isBrief: Bool

    init(_ console: Console, isBrief: Bool = false) {
        self.console = console
        self.isBrief = isBrief
    }

    /// Brings services up and shows how; the lines stay when it is done, whatever came of it.
    func run(_ stack: Stack, _ options: Up.Options) async throws -> Up.Result {
        defer { end() }
        let up = Up(stack, options, onEvent: show)
        guard console.isLive else { return try await up.run() }
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(100))
                tick()
            }
        }
        defer { ticker.cancel() }
        do {
            return try await up.run()
        } catch {
            giveUp((error as? NexEnvError)?.service)
            throw error
        }
    }

    /// Marks the lines of services that came to no end, so that no sign goes on turning.
    private func giveUp(_ failed: String?) {
        state.withLock { state in
            for index in state.lines.indices where state.lines[index].outcome == nil {
                state.lines[index].ending = state.lines[index].service == failed ? .failed : .leftUndone
            }
        }
    }

    /// Shows an event.
    func show(_ event: UpEvent) {
        switch event {
        case .waitingFor(let holder): console.note("waiting for \(holder) to finish")
        case .planned(let services): planned(services)
        case .working(let service, let detail): working(service, detail)
        case .finished(let outcome): finished(outcome)
        }
    }

    /// Leaves the lines as they are, for what is printed next.
    private func end() {
        state.withLock { state in
            if console.isLive { redraw(&state, isLast: true) }
            state.region.end()
            state.lines = []
        }
    }

    private func planned(_ services: [String]) {
        state.withLock { state in
            state.lines = services.map { Line(service: $0, detail: "looking") }
            if console.isLive { redraw(&state) }
        }
    }

    private func working(_ service: String, _ detail: String) {
        state.withLock { state in
            if let index = state.lines.firstIndex(where: { $0.service == service }) {
                if state.lines[index].detail == detail { return }
                state.lines[index].detail = detail
            } else {
                state.lines.append(Line(service: service, detail: detail))
            }
            if console.isLive { redraw(&state) } else if !isBrief { console.note("\(service): \(detail)") }
        }
    }

    private func finished(_ outcome: ServiceOutcome) {
        state.withLock { state in
            if let index = state.lines.firstIndex(where: { $0.service == outcome.service }) {
                state.lines[index].outcome = outcome
            } else {
                state.lines.append(Line(service: outcome.service, outcome: outcome))
            }
            guard !console.isLive else { return redraw(&state) }
            console.note(plain(outcome))
            for change in outcome.changes { console.detail("\(outcome.service): \(change)") }
        }
    }

    private func tick() {
        state.withLock { state in
            state.frame += 1
            if state.lines.contains(where: { $0.outcome == nil }) { redraw(&state) }
        }
    }

    // MARK: - Lines

    /// Draws all lines; the last time whole, as long as they may be, since nothing is drawn over them any more.
    private func redraw(_ state: inout State, isLast: Bool = false) {
        let names = state.lines.map(\.service.count).max() ?? 0
        let places = state.lines.compactMap(\.outcome?.endpoint).map { "\($0.host):\($0.port)".count }.max() ?? 0
        let room = isLast ? Int.max : console.width - 3
        state.region.draw(
            state.lines.flatMap { line in
                let notes = (line.outcome?.notes ?? []).map { note in
                    String(repeating: " ", count: names + 4) + LiveRegion.cut(note, to: room - names - 2)
                }
                return [render(line, names, places, state.frame, room)] + notes
            }
        )
    }

    private func render(_ line: Line, _ names: Int, _ places: Int, _ frame: Int, _ room: Int) -> String {
        let style = console.style
        func cut(_ text: String) -> String { LiveRegion.cut(text, to: room) }
        if let ending = line.ending {
            let mark = ending == .failed ? style.red("✗") : style.dim("-")
            let word = ending == .failed ? "failed" : "left undone"
            return "\(mark) \(cut("\(line.service.padding(to: names))  \(word): \(line.detail)"))"
        }
        guard let outcome = line.outcome else {
            let spinner = LiveRegion.spinner(frame)
            let time = Self.seconds((ContinuousClock.now - line.start).seconds)
            return "\(style.blue(spinner)) \(cut("\(line.service.padding(to: names))  \(line.detail)  \(time)"))"
        }
        let place = outcome.endpoint.map { "\($0.host):\($0.port)" } ?? ""
        let text = [outcome.service.padding(to: names), place.padding(to: places), Self.sentence(outcome)]
            .filter { !$0.isEmpty }.joined(separator: "  ")
        let mark =
            switch outcome.state {
            case .ready, .finished: style.green("✓")
            case .starting: style.blue("…")
            case .skipped: style.yellow("-")
            case .failed: style.red("✗")
            }
        return "\(mark) \(cut(text))"
    }

    private func plain(_ outcome: ServiceOutcome) -> String {
        let place = outcome.endpoint.map { " at \($0.host):\($0.port)" } ?? ""
        let notes = outcome.notes.isEmpty ? "" : "  (\(outcome.notes.joined(separator: "; ")))"
        return "\(outcome.service): \(Self.sentence(outcome))\(notes)\(outcome.state == .skipped ? "" : place)"
    }

    /// What became of a service, in a few words.
    private static func sentence(_ outcome: ServiceOutcome) -> String {
        let time = outcome.isChanged ? " in \(seconds(outcome.timings.total))" : ""
        let databases =
            outcome.databases.count > 3
            ? "\(outcome.databases.count) databases" : outcome.databases.joined(separator: " ")
        let state =
            switch outcome.state {
            case .ready: "ready\(time)"
            case .finished: "finished\(time)"
            case .starting: "starting, not waited for"
            case .skipped: "left out: \(outcome.error?.message ?? "")"
            case .failed: "failed: \(outcome.error?.message ?? "")"
            }
        let hasDatabases = outcome.state == .ready || outcome.state == .starting
        return [state, hasDatabases ? databases : ""].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// A time as people read it: `0.42s`, `12.3s`, `2m05s`.
    static func seconds(_ seconds: Double) -> String {
        // The bounds are where rounding would reach 10.00 and 60.0.
        if seconds < 9.995 { return String(format: "%.2fs", seconds) }
        if seconds < 59.95 { return String(format: "%.1fs", seconds) }
        let whole = Int(seconds.rounded())
        return String(format: "%dm%02ds", whole / 60, whole % 60)
    }
}
