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

    static func service(_ name: String, _ keys: String, _ problems: ExpectedProblem...) -> Mistake {
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
}

extension String {
    /// Marks the first occurrence of a text with `1️⃣`.
    func marked(_ text: String) -> String { marking(text, "1️⃣") }

    func marking(_ text: String, _ mark: String) -> String {
        firstRange(of: text).map { replacingCharacters(in: $0, with: mark + text) } ?? self
    }
}

extension EnvironmentShapeTests.Mistake {
    /// Marks the service's name.
    func movingService(_ mark: String = "3️⃣") -> Self {
        var copy = self
        copy.yaml = yaml.replacing("services: {a:", with: "services: {\(mark)a:")
        return copy
    }
}
