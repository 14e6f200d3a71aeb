import Foundation
import TextTesting
import Testing

@testable import NexEnv

/// What an environment file is read as.
@Suite struct EnvironmentReadingTests {
    @Test func `a key with nothing behind it is a key left out`() throws {
        let environment = try ScratchEnvironment(
            """
            name:
            env_file: ~
            defaults:
            modes: ~
            services:
              pg: {engine: postgres, port: , user: ~, version: null, databases: {a: , b: ~}, settings: , roles: {r: }, init: }
              r: {engine: redis, databases: , profiles: ~, depends_on: }
            """
        ).load()
        #expect(environment["pg"]?.port == .preferred(5432))
        let postgres = try #require(environment["pg"]?.engine as? Postgres)
        #expect(postgres.user == "postgres")
        #expect(postgres.databaseNames == ["a", "b"])
        #expect(postgres.roles.map(\.name) == ["r"])
        #expect(environment["pg"]?.options.version == nil)
    }

    @Test(arguments: [
        ("5433", PortPreference.preferred(5433)), ("\"5433\"", .preferred(5433)), ("\"5433:5432\"", .preferred(5433)),
        ("5433:5432", .preferred(5433)), ("auto", .automatic), ("65535", .preferred(65_535)), ("1", .preferred(1)),
        ("\"${P:-6000}\"", .preferred(6_000)),
    ])
    func `ports`(written: String, port: PortPreference) throws {
        #expect(try ScratchEnvironment("services: {a: {engine: postgres, port: \(written)}}").load()["a"]?.port == port)
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("1m30s", .seconds(90)), ("2h", .seconds(7_200)),
        ("30d", .seconds(2_592_000)), ("0s", .zero), ("1s1s", .seconds(2)), ("10000d", .seconds(864_000_000)),
    ])
    func `durations`(written: String, duration: Duration) {
        #expect(Duration(text: written) == duration)
    }

    @Test(arguments: [
        "", "s", "10", "10001d", "1x", "1 s", "-1s", "+1s", "1.5s", "1e3s", "١s", "1S", "9999999999999s", "10000d1ms",
    ])
    func `no durations`(written: String) {
        #expect(Duration(text: written) == nil)
    }

    @Test(arguments: [
        (Duration.seconds(60), "60s"), (.milliseconds(1_500), "1500ms"), (.seconds(864_000_000), "864000000s"),
    ])
    func `durations are written`(duration: Duration, text: String) {
        #expect(duration.text == text)
    }

    @Test(arguments: [
        ("a quote", "'it''s'", "it's"), ("double quotes", "'a\"b'", "a\"b"), ("a backslash", "'a\\b'", "a\\b"),
        ("unicode", "Größe_日本", "Größe_日本"),
        ("63 bytes", String(repeating: "a", count: 63), String(repeating: "a", count: 63)),
        ("a space", "'a b'", "a b"), ("a text that looks like nothing", "'null'", "null"), ("a dot", "a.b", "a.b"),
        ("a number", "42", "42"),
    ])
    func `names of databases and roles`(name: String, written: String, read: String) throws {
        let yaml =
            "services: {a: {engine: postgres, databases: {\(written): {owner: \(written)}}, roles: {\(written): {}}}}"
        let postgres = try #require(try ScratchEnvironment(yaml).load()["a"]?.engine as? Postgres)
        #expect(postgres.databaseNames == [read])
        #expect(postgres.databases.first?.value.owner == read)
        #expect(postgres.roles.first?.name == read)
    }

    @Test func `a container as compose has it`() throws {
        let environment = try ScratchEnvironment(
            """
            services:
              app:
                image: busybox
                command: sh -c 'echo "a b"'
                entrypoint: [/bin/e, 1]
                environment: {A: 1, B: "", C: true}
                volumes: [data:/data, "./sub:/in:ro"]
                ports: [80, "8081:81", "auto:82", "83:83/udp"]
                healthcheck: {test: [CMD-SHELL, "a || b"], interval: 5s, retries: 3}
                user: "1000"
                working_dir: /w
                restart: on-failure
                depends_on: {db: {condition: service_healthy}, one: {condition: service_completed_successfully}}
              db: {image: x, environment: [X=1, Y=a=b]}
              one: {image: x, depends_on: [db]}
            """,
            files: ["sub/x": ""]
        ).load()
        let app = try #require(environment["app"])
        let container = try #require(app.engine as? PlainContainer)
        #expect(container.command == ["sh", "-c", "echo \"a b\""])
        #expect(container.entrypoint == ["/bin/e", "1"])
        #expect(container.environment.map { "\($0.name)=\($0.value)" } == ["A=1", "B=", "C=true"])
        #expect(container.volumes.count == 2)
        #expect(container.ports.map(\.container) == [80, 81, 82, 83])
        #expect(container.ports.map(\.host) == [.preferred(80), .preferred(8_081), .automatic, .preferred(83)])
        #expect(container.ports.map(\.isUDP) == [false, false, false, true])
        #expect(container.healthCheck?.isShell == true)
        #expect(container.healthCheck?.test == ["a || b"])
        #expect(container.restart == .onFailure)
        #expect(app.options.dependencies.map(\.condition) == [.healthy, .completed])
        let second = try #require(environment["db"]?.engine as? PlainContainer)
        #expect(second.environment.map { "\($0.name)=\($0.value)" } == ["X=1", "Y=a=b"])
        #expect(environment["one"]?.options.dependencies.map(\.condition) == [.started])
    }
}
