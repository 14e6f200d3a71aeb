import Foundation
import PostgresClient
import RedisClient
import Synchronization
import Testing

/// What goes wrong is said once, at once, with what to do; and mending it is enough.
@Suite(.waitsForSlots)
struct FailureTests {
    @Test("a server that dies at start", .docker, .native, arguments: Place.allCases)
    func diesAtStart(_ place: Place) async throws {
        try await ProjectFixture.with("dies-\(place.rawValue)") { project in
            func file(_ buffers: String) throws {
                try project.environment(
                    """
                    defaults: { durability: none, ready_timeout: 50s }
                    services:
                      pg: { engine: postgres, settings: { shared_buffers: "\(buffers)" }, databases: { one: {} } }
                      redis: { engine: redis }
                    """,
                    in: place
                )
            }
            try file("lots")
            let failed = try await project.nexenv("up", status: 1)
            #expect(failed.error.contains(#"invalid value for parameter "shared_buffers": "lots""#), "\(failed)")
            #expect(failed.error.components(separatedBy: "error:").count == 2, "\(failed)")
            #expect(failed.seconds < 45)
            try file("16MB")
            try await project.nexenv("up")
            #expect(try await project.value("SHOW shared_buffers", "pg.one") == "16MB")
            #expect(try await project.redis("redis") { try await $0.send(["PING"]).text } == "PONG")
        }
    }

    @Test("no Docker daemon: --runtime docker says so, auto runs natively", .native)
    func noDaemon() async throws {
        let dead = ["DOCKER_HOST": "unix:///nonexistent/docker.sock"]
        try await ProjectFixture.with("nodaemon", environment: dead) { project in
            try project.environment("services:\n  redis: { engine: redis }")
            let failed = try await project.nexenv("--runtime", "docker", "up", status: 69)
            #expect(failed.error.components(separatedBy: "error:").count == 2, "\(failed)")
            #expect(failed.error.contains("the Docker daemon doesn't answer"), "\(failed)")
            try await project.nexenv("up")
            #expect(try await project.nexenv("status", "--json").json["services"][0]["runtime"].text == "native")
        }
    }

    @Test("what is in Docker stays there when the daemon doesn't answer", .docker, .native)
    func homeInDocker() async throws {
        try await ProjectFixture.with("home") { project in
            let dead = ["DOCKER_HOST": "unix:///nonexistent/docker.sock"]
            try project.environment("services:\n  redis: { engine: redis }")
            try await project.nexenv("up")
            try await project.redis("redis") { _ = try await $0.send(["SET", "k", "v"]) }
            let moved = try await project.nexenv("--runtime", "native", "up")
            #expect(moved.error.contains("its data in docker stays there, unused"), "\(moved)")
            try await project.nexenv("--runtime", "docker", "up")
            try await project.nexenv("down")
            let failed = try await project.nexenv("up", status: 69, environment: dead)
            #expect(failed.error.contains("its data is there; `--runtime native` would start with none"), "\(failed)")
            try await project.nexenv("down", "--volumes", "--yes", status: 69, environment: dead)
            try await project.nexenv("up")
            #expect(try await project.redis("redis") { try await $0.send(["GET", "k"]).text } == "v")
            try await project.nexenv("down", "--volumes", "--yes")
            // Nothing is left that would be missed.
            try await project.nexenv("up", environment: dead)
            #expect(try await project.nexenv("status", "--json").json["services"][0]["runtime"].text == "native")
        }
    }

    @Test("ready means that all is there that the file declares", .native)
    func incomplete() async throws {
        try await ProjectFixture.with("incomplete") { project in
            try project.write("bad.sql", "CREATE TABLE a (n integer);\nSELECT nothing;\n")
            try project.environment(
                """
                services:
                  pg: { engine: postgres, databases: { one: { init: [bad.sql] } } }
                  redis: { engine: redis, settings: { databases: 4 }, databases: { far: 16 } }
                """,
                in: .native
            )
            try await project.nexenv("up", "pg", status: 65)
            let status = try await project.nexenv("status", "pg", "--exit-code", status: 3)
            #expect(status.output.contains("pg: init files of `one` aren't applied yet"), "\(status)")
            try await project.nexenv("wait", "pg", "--timeout", "1s", status: 75)
            try project.write("bad.sql", "CREATE TABLE a (n integer);\n")
            try await project.nexenv("up", "pg")
            try await project.nexenv("wait", "pg")
            try await project.postgres("pg") { _ = try await $0.execute("DROP DATABASE one") }
            let dropped = try await project.nexenv("status", "pg", "--exit-code", status: 3)
            #expect(dropped.output.contains("pg: the database `one` isn't made yet"), "\(dropped)")
            let redis = try await project.nexenv("up", "redis", status: 1)
            #expect(redis.error.contains("redis.far: the server has no database 16"), "\(redis)")
            #expect(redis.error.contains("`settings: { databases: 17 }` gives it one"), "\(redis)")
        }
    }

    @Test("three projects that want one port get three servers", .native)
    func onePort() async throws {
        try await ProjectFixture.with("oneport") { project in
            let folders = ["a/", "b/", "c/"]
            for folder in folders {
                let services =
                    "services:\n  pg: { engine: postgres, port: 45832, durability: none }\n  r: { engine: redis, port: 45932 }"
                try project.environment(services, in: .native, ports: "preferred", folder: folder)
            }
            for _ in 0..<2 {
                try await withThrowingTaskGroup { group in
                    for folder in folders { group.addTask { try await project.nexenv("up", in: folder) } }
                    try await group.waitForAll()
                }
                var urls: Set<String> = []
                for folder in folders { urls.insert(try await project.url("pg", in: folder)) }
                #expect(urls.count == 3)
                for folder in folders { try await project.nexenv("down", in: folder) }
            }
        }
    }

    @Test("the Docker daemon goes away in the middle", .docker)
    func daemonDies() async throws {
        try await ProjectFixture.with("daemondies") { project in
            // A door to the real daemon that can be shut.
            let socket = project.folder + "/docker.sock"
            try project.write("door.py", Self.door)
            let door = Task {
                try await Program.run("python3", ["door.py", socket], folder: project.folder, limit: .seconds(60)) {
                    running in
                    try await eventually("the door is shut") {
                        FileManager.default.fileExists(atPath: project.folder + "/shut")
                    }
                    running.send(SIGKILL)
                }
            }
            try await eventually("the door is open") { FileManager.default.fileExists(atPath: socket) }
            try project.environment(
                """
                defaults: { ready_timeout: 40s }
                services:
                  never: { image: busybox:1, command: [sleep, "600"], healthcheck: { test: [CMD, "false"], interval: 1s } }
                """
            )
            let run = try await project.nexenv("up", status: 69, environment: ["DOCKER_HOST": "unix://" + socket]) {
                running in
                try await running.waitForError("never: starting")
                try await Task.sleep(for: .seconds(1.5))
                try project.write("shut", "")
            }
            #expect(run.error.contains("the Docker daemon doesn't answer"), "\(run)")
            #expect(run.error.components(separatedBy: "error:").count == 2, "\(run)")
            #expect(run.seconds < 38)
            _ = try await door.value
        }
    }

    private static let door = """
        import os, socket, sys, threading
        listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); listener.listen(50)
        def pump(source, target):
            try:
                while data := source.recv(65536): target.sendall(data)
            except OSError: pass
            for end in (source, target):
                try: end.shutdown(socket.SHUT_RDWR)
                except OSError: pass
        while True:
            client, _ = listener.accept()
            server = socket.socket(socket.AF_UNIX); server.connect("/var/run/docker.sock")
            threading.Thread(target=pump, args=(client, server), daemon=True).start()
            threading.Thread(target=pump, args=(server, client), daemon=True).start()
        """

    @Test("an image that nobody has", .docker)
    func missingImage() async throws {
        try await ProjectFixture.with("noimage", environment: ["NEXENV_REGISTRY": "127.0.0.1:9/"]) { project in
            try project.environment("services:\n  redis: { engine: redis, version: \"99.9\" }", in: .docker)
            let failed = try await project.nexenv("up", status: 69)
            #expect(failed.error.contains("127.0.0.1:9/redis:99.9 isn't here and can't be pulled"), "\(failed)")
            #expect(failed.error.components(separatedBy: "error:").count == 2, "\(failed)")
        }
    }

    #if os(Linux)
    @Test("a full disk", .native, .enabled("only root can make a small disk") { geteuid() == 0 })
    func fullDisk() async throws {
        try await ProjectFixture.with("full") { project in
            let data = project.folder + "/.nexenv/data"
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            let mounted = try await Program.run(
                "mount",
                ["-t", "tmpfs", "-o", "size=8m,mode=0711", "nexenv-test", data]
            )
            #expect(mounted.status == 0, "\(mounted)")
            project.cleanUp { _ = try await Program.run("umount", ["-l", data]) }
            try project.environment("services:\n  pg: { engine: postgres, databases: { one: {} } }", in: .native)
            let failed = try await project.nexenv("up", status: 74)
            #expect(failed.error.components(separatedBy: "error:").count == 2, "\(failed)")
            #expect(failed.error.contains("the disk is full"), "\(failed)")
            _ = try await Program.run("mount", ["-o", "remount,size=400m", data])
            try await project.nexenv("up")
            #expect(try await project.value("SELECT 1", "pg.one") == "1")
        }
    }
    #endif

    @Test("another password than the data was made with", .docker, .native, arguments: Place.allCases)
    func otherPassword(_ place: Place) async throws {
        try await ProjectFixture.with("password-\(place.rawValue)") { project in
            func file(postgres: String, mongo: String, redis: String) throws {
                try project.environment(
                    """
                    defaults: { durability: none, ready_timeout: 30s }
                    services:
                      pg: { engine: postgres, password: \(postgres) }
                      mongo: { engine: mongodb, version: "6.0", password: \(mongo), replica_set: rs0 }
                      redis: { engine: redis, password: \(redis) }
                    """,
                    in: place
                )
            }
            try file(postgres: "first", mongo: "first", redis: "first")
            try await project.nexenv("up")
            try file(postgres: "first", mongo: "first", redis: "second")
            try await project.nexenv("up")
            #expect(try await project.redis("redis") { try await $0.send(["PING"]).text } == "PONG")
            for (service, postgres, mongo) in [("pg", "second", "first"), ("mongo", "first", "second")] {
                try file(postgres: postgres, mongo: mongo, redis: "second")
                let failed = try await project.nexenv("up", status: 1)
                #expect(failed.error.contains("error: \(service): the server refuses the password"), "\(failed)")
                #expect(failed.error.contains("hint: set the old password again"), "\(failed)")
                #expect(failed.error.components(separatedBy: "error:").count == 2, "\(failed)")
                #expect(failed.seconds < 28)
            }
            try file(postgres: "first", mongo: "first", redis: "second")
            try await project.nexenv("up")
        }
    }
}
