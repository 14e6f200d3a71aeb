import Foundation
import TextTesting
import Testing

@testable import NexEnv

/// Every kind of mistake in an environment file, with the place that is shown.
@Suite struct EnvironmentShapeTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var yaml: String
        var problems: [ExpectedProblem]

        init(_ name: String, _ yaml: String, _ problems: ExpectedProblem...) {
            testDescription = name
            self.yaml = yaml
            self.problems = problems
        }
    }

    private static func service(_ name: String, _ keys: String, _ problems: ExpectedProblem...) -> Mistake {
        var mistake = Mistake(name, "services: {a: {\(keys)}}")
        mistake.problems = problems
        return mistake
    }

    private static let unknownKeys: [Mistake] = [
        Mistake(
            "at the top",
            "nmae: x\n".marked("nmae") + "services: {a: {image: x}}",
            .init("1️⃣", .unknownKey, "an environment has no key `nmae`", hint: "`name`")
        ),
        service(
            "of every service",
            "engine: redis, 1️⃣prot: 1",
            .init("1️⃣", .unknownKey, "a redis service has no key `prot`", hint: "`port`")
        ),
        service(
            "of one engine",
            "engine: postgres, 1️⃣databasse: {}",
            .init("1️⃣", .unknownKey, "a postgres service has no key `databasse`", hint: "`databases`")
        ),
        service(
            "of another engine",
            "engine: redis, 1️⃣servers: []",
            .init("1️⃣", .unknownKey, "a redis service has no key `servers`")
        ),
        service(
            "of an engine in an engine",
            "engine: timescaledb, 1️⃣rolls: {}",
            .init("1️⃣", .unknownKey, "`rolls`", hint: "`roles`")
        ),
        service(
            "of a container",
            "image: x, 1️⃣comand: y",
            .init("1️⃣", .unknownKey, "a container service has no key `comand`", hint: "`command`")
        ),
        service("of pgadmin", "engine: pgadmin, 1️⃣e-mail: a@b", .init("1️⃣", .unknownKey, "`e-mail`", hint: "`email`")),
        service(
            "of a database",
            "engine: postgres, databases: {d: {1️⃣ownr: o}}",
            .init("1️⃣", .unknownKey, "a database has no key `ownr`", hint: "`owner`")
        ),
        service(
            "of a role",
            "engine: postgres, roles: {r: {1️⃣log_in: true}}",
            .init("1️⃣", .unknownKey, "a role has no key", hint: "`login`")
        ),
        service(
            "of a health check",
            "image: x, healthcheck: {test: a, 1️⃣intervall: 1s}",
            .init("1️⃣", .unknownKey, "a health check has no key", hint: "`interval`")
        ),
        Mistake(
            "of the defaults",
            "defaults: {1️⃣durabilty: full}\nservices: {a: {image: x}}",
            .init("1️⃣", .unknownKey, "`defaults` has no key `durabilty`", hint: "`durability`")
        ),
        service("of nothing near", "engine: redis, 1️⃣wxyz: 1", .init("1️⃣", .unknownKey, "`wxyz`", hint: "some keys: ")),
        service(
            "engine itself",
            "1️⃣2️⃣engin: redis",
            .init("3️⃣", .missingKey, "service `a` needs `engine` or `image`", hint: "postgres"),
            .init("1️⃣", .unknownKey, "`engin`", hint: "`engine`")
        ).movingService(),
    ]

    private static let wrongTypes: [Mistake] = [
        Mistake("a list at the top", "1️⃣[a]", .init("1️⃣", .wrongType, "expected a mapping, found a list")),
        Mistake("a text at the top", "1️⃣hello", .init("1️⃣", .wrongType, "expected a mapping, found `hello`")),
        Mistake(
            "services as a list",
            "services: 1️⃣[a]",
            .init("1️⃣", .wrongType, "expected a mapping from names to services")
        ),
        Mistake(
            "a service as a text",
            "services: {a: 1️⃣redis}",
            .init("1️⃣", .wrongType, "expected a service, found `redis`", hint: "`engine:` or `image:`")
        ),
        Mistake(
            "a service as nothing",
            "services: {a: 1️⃣~}",
            .init("1️⃣", .wrongType, "expected a service, found nothing")
        ),
        Mistake(
            "a name as a list",
            "name: 1️⃣[x]\nservices: {a: {image: x}}",
            .init("1️⃣", .wrongType, "expected a text, found a list")
        ),
        Mistake(
            "a boolean in YAML 1.1",
            "protected: 1️⃣yes\nservices: {a: {image: x}}",
            .init("1️⃣", .wrongType, "expected `true` or `false`, found `yes`")
        ),
        Mistake(
            "modes as a list",
            "modes: 1️⃣[ci]\nservices: {a: {image: x}}",
            .init("1️⃣", .wrongType, "expected a mapping from names to overlays")
        ),
        service(
            "databases as a list",
            "engine: postgres, databases: 1️⃣[a, b]",
            .init("1️⃣", .wrongType, "expected a mapping, found a list")
        ),
        service(
            "a database as a text",
            "engine: postgres, databases: {a: 1️⃣b}",
            .init("1️⃣", .wrongType, "expected a database, found `b`")
        ),
        service(
            "profiles as a text",
            "image: x, profiles: 1️⃣tools",
            .init("1️⃣", .wrongType, "expected a list, found `tools`")
        ),
        service(
            "a list in a list",
            "image: x, profiles: [a, 1️⃣[b]]",
            .init("1️⃣", .wrongType, "expected a text, found a list")
        ),
        service(
            "nothing in a list",
            "image: x, profiles: [a, 1️⃣~]",
            .init("1️⃣", .wrongType, "expected a text, found nothing")
        ),
        service(
            "a number that isn't one",
            "engine: redis, databases: {a: 1️⃣one}",
            .init("1️⃣", .wrongType, "expected a whole number, found `one`")
        ),
        service(
            "a fraction",
            "engine: redis, databases: {a: 1️⃣1.5}",
            .init("1️⃣", .wrongType, "expected a whole number, found `1.5`")
        ),
        service(
            "a number that is too large for any",
            "engine: redis, databases: {a: 1️⃣99999999999999999999}",
            .init("1️⃣", .wrongType, "expected a whole number")
        ),
        service("environment as a text", "image: x, environment: 1️⃣A=1", .init("1️⃣", .wrongType, "expected a mapping")),
        service(
            "a command as a mapping",
            "image: x, command: 1️⃣{a: b}",
            .init("1️⃣", .wrongType, "expected a text, found a mapping")
        ),
    ]

    private static let values: [Mistake] = [
        Mistake(
            "a reference where none is resolved",
            "services: {pg: {engine: postgres, user: 1️⃣'${host:pg}'}, a: {image: x, command: [2️⃣'${url:pg}']}}",
            .init("1️⃣", .invalidInterpolation, "`${host:pg}` is known only when the servers run", hint: "container"),
            .init("2️⃣", .invalidInterpolation, "`${url:pg}` is known only")
        ),
        Mistake(
            "references to what a service doesn't have",
            """
            services:
              pg: {engine: postgres, user: me, databases: {one: {}}}
              a: {image: x, environment: {A: "${url:pg.one} ${password:pg.me}", 1️⃣B: "${url:pg.two}", 2️⃣C: "${password:pg.you}"}}
            """,
            .init("1️⃣", .invalidInterpolation, "`pg` has no database `two`"),
            .init("2️⃣", .invalidInterpolation, "`pg` has no user `you`")
        ),
        Mistake(
            "two addresses of one name",
            "services: {a-b: {engine: redis}, 1️⃣a_b: {engine: redis}, x: {engine: postgres, databases: {y: {}}}, 2️⃣x_y: {engine: redis}}",
            .init("1️⃣", .invalidValue, "`a-b` and `a_b` would both have their address in `A_B_URL`"),
            .init("2️⃣", .invalidValue, "`x` and `x_y` would both have their address in `X_Y_URL`")
        ),
        service(
            "out of range",
            "engine: redis, databases: {a: 1️⃣-1, b: 2️⃣16384}",
            .init("1️⃣", .invalidValue, "-1 is not between 0 and 16383"),
            .init("2️⃣", .invalidValue, "16384 is not between")
        ),
        service(
            "an unknown engine",
            "engine: 1️⃣postgress",
            .init("1️⃣", .invalidValue, "there is no engine `postgress`", hint: "`postgres`")
        ),
        service(
            "an unknown choice",
            "image: x, durability: 1️⃣relaxd",
            .init("1️⃣", .invalidValue, "expected one of `full`, `relaxed`, `none`, found `relaxd`", hint: "`relaxed`")
        ),
        service("a port of 0", "engine: redis, port: 1️⃣0", .init("1️⃣", .invalidValue, "0 is not a port")),
        service(
            "a port that is too large",
            "engine: redis, port: 1️⃣65536",
            .init("1️⃣", .invalidValue, "65536 is not a port", hint: "1 to 65535")
        ),
        service(
            "a port that is none",
            "engine: redis, port: 1️⃣any",
            .init("1️⃣", .wrongType, "expected a port, found `any`", hint: "`auto`")
        ),
        service(
            "a port with too many sides",
            "engine: redis, port: 1️⃣\"1:2:3\"",
            .init("1️⃣", .wrongType, "expected a port")
        ),
        service(
            "a port with a side missing",
            "engine: redis, port: 1️⃣\"5433:\"",
            .init("1️⃣", .wrongType, "expected a port")
        ),
        service("a signed port", "engine: redis, port: 1️⃣+5433", .init("1️⃣", .wrongType, "expected a port")),
        service("a port of a container", "image: x, port: 1️⃣80", .init("1️⃣", .invalidValue, "stand under `ports`")),
        service(
            "another port inside",
            "engine: postgres, port: 1️⃣\"5433:9999\"",
            .init("1️⃣", .invalidValue, "listens on 5432 inside, not on 9999", hint: "`5433`")
        ),
        service(
            "a duration without a unit",
            "image: x, ready_timeout: 1️⃣60",
            .init("1️⃣", .wrongType, "expected a duration, found `60`", hint: "500ms, 10s")
        ),
        service(
            "a duration of nothing",
            "image: x, ready_timeout: 1️⃣\"\"",
            .init("1️⃣", .wrongType, "expected a duration")
        ),
        service(
            "a duration with a fraction",
            "image: x, ready_timeout: 1️⃣1.5s",
            .init("1️⃣", .wrongType, "expected a duration")
        ),
        service(
            "a duration with a sign",
            "image: x, ready_timeout: 1️⃣-5s",
            .init("1️⃣", .wrongType, "expected a duration")
        ),
        service(
            "a duration in another unit",
            "image: x, ready_timeout: 1️⃣5 s",
            .init("1️⃣", .wrongType, "expected a duration")
        ),
        service(
            "a duration past every calendar",
            "image: x, ready_timeout: 1️⃣999999999999d1ms",
            .init("1️⃣", .wrongType, "expected a duration")
        ),
        Mistake(
            "a service's name",
            "services: {1️⃣My_Service: {image: x}, 2️⃣-a: {image: x}, _b: {image: x}}".marking("_b", "3️⃣"),
            .init("1️⃣", .invalidValue, "is not a name"),
            .init("2️⃣", .invalidValue, "is not a name"),
            .init("3️⃣", .invalidValue, "is not a name")
        ),
        Mistake(
            "a project's name",
            "name: 1️⃣\(String(repeating: "a", count: 32))\nservices: {a: {image: x}}",
            .init("1️⃣", .invalidValue, "is not a name: up to 31")
        ),
        service(
            "an empty database's name",
            "engine: postgres, databases: {1️⃣\"\": {}}",
            .init("1️⃣", .invalidValue, "a name can't be empty")
        ),
        service(
            "a database's name with NUL",
            "engine: postgres, databases: {1️⃣\"a\\0b\": {}}",
            .init("1️⃣", .invalidValue, "NUL")
        ),
        service(
            "a database's name of 64 bytes",
            "engine: postgres, databases: {1️⃣\(String(repeating: "é", count: 32)): {}}",
            .init("1️⃣", .invalidValue, "has 64 bytes; 63 is the most")
        ),
        service(
            "PostgreSQL's own database",
            "engine: postgres, databases: {1️⃣template1: {}}",
            .init("1️⃣", .invalidValue, "belongs to PostgreSQL")
        ),
        service(
            "PostgreSQL's own roles",
            "engine: postgres, roles: {1️⃣pg_x: {}}, databases: {2️⃣a: {owner: pg_y}}",
            .init("1️⃣", .invalidValue, "`pg_`"),
            .init("2️⃣", .invalidValue, "`pg_`")
        ),
        service(
            "two names for one database",
            "engine: redis, databases: {a: 3, 1️⃣b: 3}",
            .init("1️⃣", .invalidValue, "two names for database 3")
        ),
        service(
            "a line end in a setting",
            "engine: redis, settings: {1️⃣a: \"b\\nrequirepass x\"}",
            .init("1️⃣", .invalidValue, "line end")
        ),
        service(
            "an e-mail address",
            "engine: pgadmin, email: 1️⃣nobody",
            .init("1️⃣", .invalidValue, "is not an e-mail address")
        ),
        service(
            "a container without an image",
            "engine: container",
            .init("2️⃣", .missingKey, "a container needs `image`")
        ).movingService("2️⃣"),
        service(
            "a volume",
            "image: x, volumes: [1️⃣data, 2️⃣\"a:b\", 3️⃣\"a:/b:rx\", 4️⃣\":/b\"]",
            .init("1️⃣", .wrongType, "expected a volume"),
            .init("2️⃣", .wrongType, "expected a volume"),
            .init("3️⃣", .wrongType, "expected a volume"),
            .init("4️⃣", .wrongType, "expected a volume")
        ),
        service(
            "a published port",
            "image: x, ports: [1️⃣a, 2️⃣\"1:2:3\", 3️⃣0, 4️⃣\"70000:1\", 5️⃣1/sctp]",
            .init("1️⃣", .wrongType, "expected a published port"),
            .init("2️⃣", .wrongType, "expected a published port"),
            .init("3️⃣", .wrongType, "expected a published port"),
            .init("4️⃣", .invalidValue, "70000 is not a port"),
            .init("5️⃣", .wrongType, "expected a published port")
        ),
        service(
            "a port published twice",
            "image: x, ports: [80, \"81:80\"]",
            .init("2️⃣", .invalidValue, "port 80 is published more than once")
        ).movingService("2️⃣"),
        service(
            "an open quote in a command",
            "image: x, command: 1️⃣\"a 'b\"",
            .init("1️⃣", .invalidValue, "a quote is never closed")
        ),
        service(
            "a variable without a value",
            "image: x, environment: [A=1, 1️⃣B, 2️⃣=c]",
            .init("1️⃣", .invalidValue, "expected NAME=value, found `B`"),
            .init("2️⃣", .invalidValue, "expected NAME=value")
        ),
        service(
            "a health check without a command",
            "image: x, healthcheck: 1️⃣{interval: 1s}",
            .init("1️⃣", .missingKey, "a health check needs `test`")
        ),
        service(
            "a dependency on nobody",
            "image: x, depends_on: [1️⃣b]",
            .init("1️⃣", .unknownService, "there is no service `b`")
        ),
        Mistake(
            "a condition that is none",
            "services: {b: {image: x}, a: {image: x, depends_on: {b: {condition: 1️⃣healthy}}}}",
            .init("1️⃣", .invalidValue, "expected one of")
        ),
        Mistake(
            "an unknown key beside a condition",
            "services: {b: {image: x}, a: {image: x, depends_on: {b: {1️⃣conditon: service_healthy}}}}",
            .init("1️⃣", .unknownKey, "a dependency has no key", hint: "`condition`")
        ),
        service(
            "a server list with nobody",
            "engine: pgadmin, servers: [1️⃣pg]",
            .init("1️⃣", .unknownService, "there is no service `pg`")
        ),
        service(
            "a reference to nobody",
            "image: x, environment: {1️⃣U: \"${url:pg.auth}\"}",
            .init("1️⃣", .unknownService, "there is no service `pg`")
        ),
        Mistake(
            "services that wait for each other",
            "services:\n  1️⃣a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [a]}\n  d: {image: x, depends_on: [a]}\n",
            .init("1️⃣", .dependencyCycle, "a → b → c → a")
        ),
        Mistake(
            "a service that waits for itself",
            "services: {1️⃣a: {image: x, depends_on: [a]}}",
            .init("1️⃣", .dependencyCycle, "a → a")
        ),
        Mistake("no services", "1️⃣name: x", .init("1️⃣", .missingKey, "declares no services", hint: "services:")),
        Mistake("nothing at all", "1️⃣", .init("1️⃣", .missingKey, "declares no services")),
    ]

    @Test(arguments: unknownKeys) func `an unknown key`(mistake: Mistake) throws { try check(mistake) }
    @Test(arguments: wrongTypes) func `a wrong type`(mistake: Mistake) throws { try check(mistake) }
    @Test(arguments: values) func `a wrong value`(mistake: Mistake) throws { try check(mistake) }

    private func check(_ mistake: Mistake) throws {
        let marked = MarkedText(mistake.yaml)
        let found = try ScratchEnvironment(marked.text).problems()
        let difference = ExpectedProblem.difference(mistake.problems, found, in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func `several problems at once, in order, and x- keys are free`() throws {
        let marked = MarkedText(
            """
            x-mine: {anything: [goes]}
            name: 1️⃣Bad Name
            2️⃣descripton: x
            defaults:
              durability: 3️⃣max
              x-note: y
            services:
              pg:
                engine: postgres
                x-owner: me
                port: 4️⃣none
                databases:
                  a: {x-y: 1, extensions: 5️⃣citext}
              other: {engine: 6️⃣redi}
            """
        )
        let expected: [ExpectedProblem] = [
            .init("1️⃣", .invalidValue, "is not a name"), .init("2️⃣", .unknownKey, "`descripton`"),
            .init("3️⃣", .invalidValue, "expected one of"), .init("4️⃣", .wrongType, "expected a port"),
            .init("5️⃣", .wrongType, "expected a list"), .init("6️⃣", .invalidValue, "there is no engine"),
        ]
        let found = try ScratchEnvironment(marked.text).problems()
        let difference = ExpectedProblem.difference(expected, found, in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }

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

extension String {
    /// Marks the first occurrence of a text with `1️⃣`.
    fileprivate func marked(_ text: String) -> String { marking(text, "1️⃣") }

    fileprivate func marking(_ text: String, _ mark: String) -> String {
        firstRange(of: text).map { replacingCharacters(in: $0, with: mark + text) } ?? self
    }
}

extension EnvironmentShapeTests.Mistake {
    /// Marks the service's name.
    fileprivate func movingService(_ mark: String = "3️⃣") -> Self {
        var copy = self
        copy.yaml = yaml.replacing("services: {a:", with: "services: {\(mark)a:")
        return copy
    }
}
