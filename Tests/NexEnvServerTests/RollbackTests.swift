import Foundation
import PostgresClient
import Testing

/// `up --rollback` leaves what was there, and nothing else.
@Suite(.waitsForSlots)
struct RollbackTests {
    @Test(.docker, .native, arguments: Place.allCases)
    func rollback(_ place: Place) async throws {
        try await ProjectFixture.with("rollback-\(place.rawValue)") { project in
            func file(_ more: String) throws {
                try project.environment(
                    """
                    defaults: { durability: none }
                    services:
                      pg: { engine: postgres, databases: { one: { owner: boss } } }
                    \(more)
                    """,
                    in: place
                )
            }
            let broken = """
                  redis: { engine: redis }
                  bad: { engine: postgres, settings: { shared_buffers: lots } }
                """
            try file(broken)
            try await project.nexenv("up", "--rollback", status: 1)
            try await expectNothing(project, place)

            try file("")
            try await project.nexenv("up")
            try await project.postgres("pg.one") { _ = try await $0.execute("CREATE TABLE a AS SELECT 7 AS n") }
            try file(broken)
            try await project.nexenv("up", "--rollback", status: 1)
            #expect(try await project.value("SELECT n FROM a", "pg.one") == "7")

            try await project.nexenv("down")
            try await project.nexenv("up", "--rollback", status: 1)
            try await expectNothing(project, place, volumes: 1)
            try file("")
            try await project.nexenv("up")
            #expect(try await project.value("SELECT n FROM a", "pg.one") == "7")
        }
    }

    private func expectNothing(_ project: ProjectFixture, _ place: Place, volumes: Int = 0) async throws {
        if place == .docker {
            let left = try await DockerView.of(project)
            #expect(left.containers.isEmpty && left.networks.isEmpty && left.volumes.count == volumes, "\(left)")
        } else {
            try? await eventually("no process is left", within: .seconds(3)) { ProcessView.of(project).isEmpty }
            #expect(ProcessView.of(project).isEmpty)
            let data = project.files().filter { $0.hasPrefix("data/") && !$0.dropFirst(5).contains("/") }
            #expect(data.count == volumes, "\(data)")
        }
    }
}
