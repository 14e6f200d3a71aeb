import Foundation
import Testing

/// Two commands at once, and commands that are told to end.
@Suite(.waitsForSlots)
struct LockAndSignalTests {
    @Test("one waits for the other and says for whom", .docker)
    func twoAtOnce() async throws {
        try await ProjectFixture.with("two") { project in
            let stack = try SampleStack(project, in: .docker)
            let second = try await project.nexenv("up") { first in
                try await first.waitForError("starting")
                let other = try await project.nexenv("up")
                #expect(other.error.contains("waiting for nexenv up (pid \(first.pid)) to finish"), "\(other)")
            }
            #expect(second.error.contains("up in "))
            try await stack.expectWhole(rows: 0, "two at once")
            try await stack.expectNoLeftovers("two at once")
        }
    }

    @Test(
        "Ctrl-C and SIGTERM end it, and the next one resumes",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func signals(_ place: Place) async throws {
        try await ProjectFixture.with("signal-\(place.rawValue)") { project in
            let stack = try SampleStack(project, in: place)
            // The moments at which it works on containers or data folders, waits for servers, and fills databases.
            for (index, moment) in ["pg: starting", "mongo: replica set initiated", "electing", "pg: one"].enumerated()
            {
                let (signal, status): (Int32, Int32) = index % 2 == 0 ? (SIGINT, 130) : (SIGTERM, 143)
                let run = try await project.nexenv("up", status: nil) { running in
                    try? await eventually("it got that far", within: .seconds(8)) {
                        running.error.contains(moment) || running.error.contains("up in")
                    }
                    running.send(signal)
                }
                if !run.error.contains("up in") { #expect(run.status == status, "\(run)") }
                try await project.nexenv("up")
                try await stack.expectWhole(rows: 0, "after \(moment)")
                try await stack.expectNoLeftovers("after \(moment)")
                try await project.nexenv("down", "--volumes", "--yes")
            }
        }
    }

    @Test("what was begun and taken down at once can be begun again", .docker)
    func downInTheMiddle() async throws {
        try await ProjectFixture.with("halfway") { project in
            let stack = try SampleStack(project, in: .docker)
            for delay in [0.7, 1.3, 2.0] {
                try await project.nexenv("up", status: nil) { running in
                    try await Task.sleep(for: .seconds(delay))
                    running.send(SIGINT)
                }
                try await project.nexenv("down")
                let up = try await project.nexenv("up")
                guard up.status == 0 else { return }
                try await stack.expectWhole(rows: 0, "\(delay) s")
                try await project.nexenv("down", "--volumes", "--yes")
            }
        }
    }
}
