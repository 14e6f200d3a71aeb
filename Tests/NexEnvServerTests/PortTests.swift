import ClientTesting
import Foundation
import RedisClient
import Testing

/// Host ports: the preferred one, the next free one, and the one that a service had.
@Suite(.waitsForSlots)
struct PortTests {
    @Test("a taken port gives the next one, which is remembered", .docker, .native, arguments: Place.allCases)
    func next(_ place: Place) async throws {
        try await ProjectFixture.with("port-\(place.rawValue)") { project in
            let holder = try LocalListener(.silent)
            try project.environment(
                "services:\n  redis: { engine: redis, port: \(holder.port) }",
                in: place,
                ports: "preferred"
            )
            let up = try await project.nexenv("up")
            let own = ProcessInfo.processInfo.processIdentifier
            #expect(up.error.contains("port \(holder.port) is held by") && up.error.contains("(pid \(own))"), "\(up)")
            let port = try await project.port("redis")
            #expect(port > holder.port)
            try await project.nexenv("down")
            try await project.nexenv("up")
            #expect(try await project.port("redis") == port)
            try await project.nexenv("down")
            let strict = try await project.nexenv("up", "--strict-ports", status: 73)
            #expect(strict.error.contains("port \(holder.port) is held by"), "\(strict)")
            #expect(strict.error.contains("(pid \(own))"), "\(strict)")
        }
    }

    @Test("who holds the port is told whole in a narrow terminal", .native)
    func terminal() async throws {
        try await ProjectFixture.with("port-terminal") { project in
            let holder = try LocalListener(.silent)
            try project.environment(
                "services:\n  redis: { engine: redis, port: \(holder.port) }",
                in: .native,
                ports: "preferred"
            )
            let up = try await Program.run(
                "script",
                ["-qec", "stty cols 40; exec '\(Program.nexenv)' up", "/dev/null"],
                folder: project.folder,
                environment: project.environment.merging(["TERM": "xterm", "CI": nil]) { $1 }
            )
            let own = ProcessInfo.processInfo.processIdentifier
            let last = up.output.split(separator: "✓").last ?? ""
            #expect(up.status == 0 && last.contains("port \(holder.port) is held by"), "\(up)")
            #expect(last.contains("(pid \(own))"), "\(up)")
        }
    }

    @Test("a container that holds the port is named", .docker)
    func container() async throws {
        try await ProjectFixture.with("holder") { project in
            try project.environment("services:\n  redis: { engine: redis }", in: .docker)
            try await project.nexenv("up")
            let port = try await project.port("redis")
            try project.environment(
                "services:\n  redis: { engine: redis, port: \(port) }",
                in: .docker,
                ports: "preferred",
                folder: "other/"
            )
            let strict = try await project.nexenv("up", "--strict-ports", status: 73, in: "other")
            let name = try #require(try await DockerView.of(project).container("redis")?.name)
            #expect(strict.error.contains("the container \(name)"), "\(strict)")
        }
    }

    @Test("a running server moves when the file asks for another port", .docker, .native, arguments: Place.allCases)
    func move(_ place: Place) async throws {
        try await ProjectFixture.with("move-\(place.rawValue)") { project in
            func file(_ port: String) throws {
                try project.environment(
                    "services:\n  redis: { engine: redis, port: \(port) }",
                    in: place,
                    ports: "preferred"
                )
            }
            try file("auto")
            try await project.nexenv("up")
            let first = try await project.port("redis")
            _ = try await project.redis("redis") { try await $0.send(["SET", "a", "1"]) }
            let wanted = try LocalListener(.silent).port
            try file("\(wanted)")
            try await project.nexenv("up")
            #expect(try await project.port("redis") == wanted)
            #expect(try await project.redis("redis") { try await $0.send(["GET", "a"]).text } == "1")
            try file("\(first)")
            try await project.nexenv("up")
            #expect(try await project.port("redis") == first)
        }
    }
}
