import Foundation
import PostgresClient
import RedisClient
import Testing

/// What each command prints, keeps, refuses and exits with.
@Suite(.waitsForSlots)
struct CommandTests {
    private static let stack = """
        defaults: { durability: none }
        services:
          pg: { engine: postgres, databases: { one: { owner: boss } } }
          redis: { engine: redis, password: "it's $HOME \\"é\\" `id`;x", databases: { app: 3 } }
        """

    @Test(
        "down keeps data; down --volumes asks, and refuses where it is protected",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func down(_ place: Place) async throws {
        try await ProjectFixture.with("down-\(place.rawValue)") { project in
            try project.environment(Self.stack, in: place)
            try await project.nexenv("up")
            try await project.postgres("pg.one") { _ = try await $0.execute("CREATE TABLE a AS SELECT 7 AS n") }
            try await project.nexenv("down")
            #expect(ProcessView.of(project).isEmpty)
            let refused = try await project.nexenv("down", "--volumes", status: 77)
            #expect(refused.error.contains("--yes"), "\(refused)")
            try project.environment("protected: true\n" + Self.stack, in: place)
            try await project.nexenv("down", "--volumes", "--yes", status: 77)
            try await project.nexenv("up")
            #expect(try await project.value("SELECT n FROM a", "pg.one") == "7")
            try project.environment(Self.stack, in: place)
            let removed = try await project.nexenv("down", "--volumes", "--yes", "--json").json
            #expect(removed["dataRemoved"].elements.compactMap(\.text) == ["pg", "redis"])
            if place == .docker {
                let left = try await DockerView.of(project)
                #expect(left.containers.isEmpty && left.volumes.isEmpty && left.networks.isEmpty)
            }
            #expect(project.files().filter { $0.hasPrefix("data/") }.isEmpty)
        }
    }

    @Test("stop, start, restart, status, wait", .docker, .native, arguments: Place.allCases)
    func lifecycle(_ place: Place) async throws {
        try await ProjectFixture.with("life-\(place.rawValue)") { project in
            try project.environment(Self.stack, in: place)
            try await project.nexenv("status", "--exit-code", status: 3)
            try await project.nexenv("wait", "--timeout", "300ms", status: 75)
            async let waiting = project.nexenv("wait", "--timeout", "60s")
            try await project.nexenv("up")
            _ = try await waiting
            try await project.nexenv("status", "--exit-code")
            let status = try await project.nexenv("status", "--json").json
            #expect(
                status["schema"].text == "nexenv/1" && status["command"].text == "status" && status["ok"].flag == true
            )
            #expect(status["fullyUp"].flag == true && status["name"].text == project.name)
            let pg = status["services"][0]
            #expect(pg["name"].text == "pg" && pg["engine"].text == "postgres" && pg["state"].text == "ready")
            #expect(pg["runtime"].text == place.rawValue && pg["required"].flag == true && pg["outdated"].flag == false)
            #expect(pg["endpoint"]["host"].text == "127.0.0.1")
            #expect(try await pg["endpoint"]["port"].number == project.port("pg"))
            #expect(pg["databases"].elements.compactMap(\.text) == ["one"])
            try await project.nexenv("stop", "redis")
            try await project.nexenv("status", "--exit-code", status: 3)
            let stopped = try await project.nexenv("status", "--json").json
            #expect(stopped["services"].elements.compactMap { $0["state"].text } == ["ready", "stopped"])
            try await project.nexenv("start")
            try await project.nexenv("status", "--exit-code")
            let before = try await project.value("SELECT pg_postmaster_start_time()", "pg")
            try await project.nexenv("restart", "pg")
            #expect(try await project.value("SELECT pg_postmaster_start_time()", "pg") != before)
            let list = try await project.nexenv("ls", "--json").json
            let own = list["projects"].elements.first { $0["name"].text == project.name }
            #expect(own?["services"].elements.compactMap { $0["state"].text } == ["running", "running"])
        }
    }

    @Test("env, url, ports", .native)
    func addresses() async throws {
        try await ProjectFixture.with("env") { project in
            try project.environment(Self.stack, in: .native)
            try await project.nexenv("env", status: 1)
            try await project.nexenv("up")
            let password = "it's $HOME \"é\" `id`;x"
            #expect(
                try await project.redis("redis.app") { try await $0.send(["CLIENT", "INFO"]).text }?.contains(" db=3 ")
                    == true
            )
            let json = try await project.nexenv("env", "--format", "json").json
            #expect(json["REDIS_PASSWORD"].text == password)
            let shell = try await project.nexenv("env", "--format", "shell").output
            for name in json.names {
                let run = try await Program.run("bash", ["-c", "\(shell)\nprintf %s \"$\(name)\""])
                #expect(run.output == json[name].text && run.status == 0, "\(run)")
            }
            // What dotenv says is read back by nexenv's own `env_file`.
            try project.write("copy/copied.env", try await project.nexenv("env").output)
            try project.write(
                "copy/nexenv.yaml",
                """
                name: \(project.name)
                env_file: copied.env
                runtime: native
                ports: auto
                services: { redis: { engine: redis, password: "${REDIS_PASSWORD}" } }
                """
            )
            let copy = try await project.nexenv("up", in: "copy")
            #expect(copy.status == 0)
            #expect(try await project.nexenv("url", "redis", "--json", in: "copy").json["password"].text == password)
            try await project.nexenv("down", "--volumes", "--yes", in: "copy")
            #expect(try await project.url("pg.one") == json["PG_ONE_URL"].text)
            let ports = try await project.nexenv("ports", "--json").json
            #expect(try await ports["pg"].number == project.port("pg"))
            try await project.nexenv("url", "pg.nothing", status: 64)
        }
    }

    @Test("logs of several services, by their tails", .docker, .native, arguments: Place.allCases)
    func logs(_ place: Place) async throws {
        try await ProjectFixture.with("logs-\(place.rawValue)") { project in
            try project.environment(Self.stack, in: place)
            try await project.nexenv("up")
            let lines = try await project.nexenv("logs", "--tail", "2").output.split(separator: "\n")
            #expect(lines.count == 4, "\(lines)")
            #expect(lines.count { $0.hasPrefix("pg    |") } == 2 && lines.count { $0.hasPrefix("redis |") } == 2)
            #expect(
                try await project.nexenv("logs", "pg").output.contains("database system is ready to accept connections")
            )
            try await project.nexenv("logs", "--follow", status: 130) { running in
                try await eventually("both logs are shown") {
                    running.output.contains("pg    |") && running.output.contains("redis |")
                }
                running.send(SIGINT)
            }
        }
    }

    @Test("connect and exec pass the status on, with the client here or in the container", .docker)
    func connect() async throws {
        try await ProjectFixture.with("connect") { project in
            try project.environment(Self.stack, in: .docker)
            try await project.nexenv("up")
            // A PATH with `docker` in it and no client.
            let bare = project.folder + "/bin"
            try FileManager.default.createDirectory(atPath: bare, withIntermediateDirectories: true)
            let docker = try await Program.run("sh", ["-c", "command -v docker"]).output.trimmingCharacters(
                in: .newlines
            )
            try FileManager.default.createSymbolicLink(atPath: bare + "/docker", withDestinationPath: docker)
            for environment: [String: String?] in [[:], ["PATH": bare]] {
                let user = try await project.nexenv(
                    "connect",
                    "pg.one",
                    "-c",
                    "SELECT current_user",
                    environment: environment
                )
                #expect(user.output.contains("boss"), "\(user)")
                try await project.nexenv("connect", "pg.one", "-c", "SELECT wrong", status: 1, environment: environment)
                let pong = try await project.nexenv("connect", "redis.app", "-c", "PING", environment: environment)
                #expect(pong.output.contains("PONG"), "\(pong)")
            }
            try await project.nexenv("exec", "redis", "--", "sh", "-c", "exit 7", status: 7)
            try await project.nexenv("exec", "redis", "true")
            // Docker's own status: 126 up to 20.10, 127 since.
            let missing = try await project.nexenv("exec", "redis", "no-such-program", status: nil)
            #expect([126, 127].contains(missing.status), "\(missing)")
        }
    }
}
