import TextTesting

@testable import NexEnv

/// Values that are of the right kind, and wrong.
extension EnvironmentShapeTests {
    static let values: [Mistake] = [
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
}
