import ClientTesting
import Foundation
import Testing

/// `up` may be killed at any moment, and the next one converges.
@Suite(.waitsForSlots)
struct KillTests {
    /// What a run that is killed was about.
    enum Situation: CaseIterable {
        /// Nothing is there yet.
        case fresh
        /// The data is there, the servers aren't.
        case afterDown
        /// The servers run, and one has to be replaced.
        case changedSetting
        /// The servers were stopped.
        case afterStop
    }

    @Test("30 moments in Docker, in two projects side by side", .docker, arguments: [17, 18] as [UInt64])
    func docker(_ seed: UInt64) async throws { try await killAndConverge(in: .docker, seed: seed) }

    @Test("30 moments of native servers, in two projects side by side", .native, arguments: [23, 24] as [UInt64])
    func native(_ seed: UInt64) async throws { try await killAndConverge(in: .native, seed: seed) }

    @Test("down after a kill leaves nothing", .docker)
    func downAfterKill() async throws {
        try await ProjectFixture.with("killdown") { project in
            var generator = SeededGenerator(seed: 5)
            _ = try SampleStack(project, in: .docker)
            for round in 0..<5 {
                let moment = Double.random(in: 0...0.9, using: &generator)
                try await project.nexenv("up", status: nil) { running in
                    try await Task.sleep(for: .seconds(moment))
                    running.send(SIGKILL)
                }
                try await project.nexenv("down", "--volumes", "--yes")
                let left = try await DockerView.of(project)
                let isEmpty = left.containers.isEmpty && left.volumes.isEmpty && left.networks.isEmpty
                #expect(isEmpty, "round \(round), killed after \(moment) s: \(left)")
            }
        }
    }

    private func killAndConverge(in place: Place, seed: UInt64) async throws {
        try await ProjectFixture.with("kill-\(place.rawValue)") { project in
            var generator = SeededGenerator(seed: seed)
            let stack = try SampleStack(project, in: place)
            var rows = 0
            var workMemory = 4
            // How long an undisturbed run takes in each situation, to begin with.
            var usual: [Situation: Double] = [.fresh: 3, .afterDown: 2, .changedSetting: 1, .afterStop: 2]
            for round in 0..<15 {
                let situation: Situation =
                    round % 6 == 0
                    ? .fresh
                    : [.afterDown, .changedSetting, .afterStop, .fresh].randomElement(using: &generator) ?? .fresh
                switch situation {
                case .fresh:
                    try await project.nexenv("down", "--volumes", "--yes")
                    rows = 0
                case .afterDown: try await project.nexenv("down")
                case .afterStop: try await project.nexenv("stop")
                case .changedSetting:
                    workMemory += 1
                    try stack.write(workMemory: workMemory)
                }
                let moment = Double.random(in: 0...(usual[situation] ?? 2), using: &generator)
                let killed = try await project.nexenv("up", status: nil) { running in
                    try await Task.sleep(for: .seconds(moment))
                    running.send(SIGKILL)
                }
                let context: Comment = "round \(round), \(situation), killed after \(moment) s:\n\(killed.error)"
                let up = try await project.nexenv("up", status: nil)
                #expect(up.status == 0, "\(context)\(up)")
                guard up.status == 0 else { return }
                if killed.status == 0 { usual[situation] = killed.seconds }
                try await stack.expectWhole(rows: rows, context)
                try await stack.expectNoLeftovers(context)
                try await stack.addRow()
                rows += 1
            }
        }
    }
}
