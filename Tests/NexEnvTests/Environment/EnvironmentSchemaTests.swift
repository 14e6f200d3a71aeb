import Foundation
import TextTesting
import Testing

@testable import NexEnv

@Suite struct EnvironmentSchemaTests {
    /// Debian's python3-jsonschema, as a script beside this file runs it.
    private enum Validator {
        static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "validate-schema.py"
        ).path

        /// The first Python that has what the script needs: one that stands in `PATH` may be somebody's own.
        static let python: String? = {
            let all =
                ["/usr/bin/python3"]
                + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
            return all.first { path in
                let process = Process()
                process.executableURL = URL(fileURLWithPath: path)
                process.arguments = ["-c", "import jsonschema, yaml"]
                process.standardError = FileHandle.nullDevice
                guard (try? process.run()) != nil else { return false }
                process.waitUntilExit()
                return process.terminationStatus == 0
            }
        }()

        /// Where services are required, a missing validator is a failure like a missing server.
        static let takesPart = python != nil || ProcessInfo.processInfo.environment["NEXENV_REQUIRE_SERVICES"] == "1"

        /// Returns the problems of each file.
        static func problems(_ schema: String, _ files: [String]) async throws -> [String: [String]] {
            let python = try #require(
                python,
                "no Python has jsonschema and yaml: scripts/bootstrap --test installs them"
            )
            let output = try await ChildProcess.run(python, [script, schema] + files)
            try #require(output.isSuccess, "\(output.standardError)")
            return try JSONDecoder().decode([String: [String]].self, from: Data(output.standardOutput.utf8))
        }
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardized

    /// The schema as `nexenv schema` prints it.
    private static func schemaText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(EnvironmentSchema.document), as: UTF8.self) + "\n"
    }

    private static let shipped: [String] = {
        let folder = root.appending(path: "environments").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { "\(folder)/\($0)/nexenv.yaml" }.filter {
            FileManager.default.fileExists(atPath: $0)
        }
    }()

    @Test func `draft-07, with a description for every key and nothing else allowed`() throws {
        guard case .object(let document) = EnvironmentSchema.document else { return #expect(Bool(false), "no object") }
        #expect(document["$schema"] == "http://json-schema.org/draft-07/schema#")
        #expect(document["additionalProperties"] == false)
        var undescribed: [String] = []
        func visit(_ value: JSONValue, _ path: String) {
            if case .array(let elements) = value { for element in elements { visit(element, path) } }
            guard case .object(let members) = value else { return }
            for (name, member) in members {
                if name == "properties", case .object(let properties) = member {
                    for (key, schema) in properties {
                        let isCondition =
                            path.hasSuffix(".if") || key == "engine" || key == "condition" || key == "services"
                        if case .object(let own) = schema, own["description"] == nil, !isCondition {
                            undescribed.append("\(path).\(key)")
                        }
                    }
                }
                visit(member, "\(path).\(name)")
            }
        }
        visit(EnvironmentSchema.document, "")
        #expect(undescribed.isEmpty)
    }

    /// The defaults that editors show are those that the loader takes.
    @Test func `defaults`() throws {
        guard case .object(let document) = EnvironmentSchema.document, case .object(let keys) = document["properties"],
            case .object(let runtime) = keys["runtime"], case .object(let ports) = keys["ports"],
            case .object(let defaults) = ServiceDefaults.shape.properties["ready_timeout"]
        else { return #expect(Bool(false), "no such keys") }
        #expect(runtime["default"] == "auto")
        #expect(ports["default"] == "preferred")
        #expect(defaults["default"] == "60s")
    }

    #if MongoDB && Redis
    @Test func `docs/nexenv.schema.json is what nexenv schema prints`() throws {
        let path = Self.root.appending(path: "docs/nexenv.schema.json").path
        let text = try Self.schemaText()
        if ProcessInfo.processInfo.environment["NEXENV_RECORD_GOLDEN"] == "1" {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let isCurrent = try String(contentsOfFile: path, encoding: .utf8) == text
        #expect(isCurrent, "make it again: nexenv schema > docs/nexenv.schema.json")
    }
    #endif

    @Test func `there are shipped environments, and the loader takes each one`() throws {
        #expect(!Self.shipped.isEmpty)
        for path in Self.shipped {
            var loader = EnvironmentLoader(processVariables: [:], mode: nil)
            #expect(throws: Never.self, "\(path)") { try loader.load(path) }
        }
    }

    @Test(.enabled(if: Validator.takesPart, "needs python3-jsonschema and python3-yaml"))
    func `the schema takes every shipped environment`() async throws {
        let folder = try ScratchFolder(["schema.json": try Self.schemaText()])
        let problems = try await Validator.problems("\(folder.path)/schema.json", Self.shipped)
        #expect(problems.count == Self.shipped.count)
        #expect(problems.allSatisfy { $0.value.isEmpty }, "\(problems)")
    }

    /// What a person may write, and the loader takes.
    private static let valid: [String: String] = [
        "everything": """
        x-mine: [1, {a: b}]
        name: shop
        description: A shop.
        default: true
        protected: false
        runtime: docker
        registry: mirror/
        env_file: [.env, other.env]
        include: a.yaml
        allow_outside: true
        storage: tmpfs
        ports: auto
        defaults: {bind: 0.0.0.0, durability: none, ready_timeout: 1m30s, stop_grace_period: 500ms}
        services:
          pg:
            engine: postgres
            version: "17"
            port: "5433:5432"
            user: me
            password: ${PW:-}
            settings: {max_connections: 200, jit: off, a.b: "x"}
            config: c.conf
            init: [i.sql]
            roles: {r: {password: x, login: true, member_of: [s], createdb: false}, s: }
            databases: {a: {owner: o, extensions: [citext], init: [i.sql], migrations: m}, b: {}, c: }
            required: false
            profiles: [p]
            depends_on: [app]
            x-note: 1
          ts: {engine: timescaledb, version: 2.19.3-pg17, port: auto, durability: full, storage: disk, runtime: native}
          r: {engine: redis, version: 8, port: 6380, databases: {a: 0}, depends_on: {pg: {condition: service_healthy}}}
          admin: {engine: pgadmin, email: a@b, servers: [pg, ts], bind: 127.0.0.1}
          pooler: {engine: pgbouncer, server: pg, pool_mode: statement, default_pool_size: 5, settings: {verbose: 1}}
          app:
            image: x/y:1
            command: a b
            entrypoint: [a, 1]
            environment: {A: 1, B: true, C: "${url:pg.a}"}
            volumes: [v:/v, "./m:/w:ro"]
            ports: [80, "81:81", auto:82]
            healthcheck: {test: [CMD, a], interval: 5s, timeout: 1s, start_period: 1s, retries: 3}
            user: 1000
            working_dir: /
            restart: always
          app2: {engine: container, image: x, environment: [A=1]}
        modes:
          ci: {ports: auto, defaults: {durability: none}, services: {pg: {+init: [j.sql], databases: {z: {}}}}}
        """,
        "variables":
            "services: {r: {engine: redis, port: '${P:-1}', required: '${R:-true}', durability: '${D:-none}', databases: {a: '${N:-1}'}}}",
    ]

    /// What both refuse: an unknown key anywhere, a wrong type, an unknown name.
    private static let invalid: [String: String] = [
        "an unknown key at the top": "nmae: x\nservices: {a: {image: x}}",
        "an unknown key of the defaults": "defaults: {durabilty: full}\nservices: {a: {image: x}}",
        "an unknown key of a service": "services: {a: {engine: redis, prot: 1}}",
        "an unknown key of a container": "services: {a: {image: x, comand: y}}",
        "a pooler of nothing": "services: {a: {engine: pgbouncer}}",
        "an unknown mode of a pooler":
            "services: {p: {engine: postgres}, a: {engine: pgbouncer, server: p, pool_mode: x}}",
        "a key of another engine": "services: {a: {engine: redis, servers: []}}",
        "an engine's key in a container": "services: {a: {image: x, databases: {}}}",
        "an unknown key of a database": "services: {a: {engine: postgres, databases: {d: {ownr: o}}}}",
        "migrations as a list": "services: {a: {engine: postgres, databases: {d: {migrations: [m]}}}}",
        "an unknown key of a role": "services: {a: {engine: postgres, roles: {r: {log_in: true}}}}",
        "an unknown key of a health check": "services: {a: {image: x, healthcheck: {test: a, intervall: 1s}}}",
        "an unknown key of a dependency":
            "services: {a: {image: x, depends_on: {b: {conditon: service_healthy}}}, b: {image: x}}",
        "an unknown engine": "services: {a: {engine: postgress}}",
        "no engine": "services: {a: {version: \"17\"}}",
        "a service as a text": "services: {a: redis}",
        "services as a list": "services: [a]",
        "a port as a word": "services: {a: {engine: redis, port: any}}",
        "a port that is too large": "services: {a: {engine: redis, port: 65536}}",
        "a list where a mapping has to be": "services: {a: {engine: postgres, databases: [a]}}",
        "a text where a list has to be": "services: {a: {image: x, profiles: tools}}",
        "a boolean that isn't one": "protected: maybe\nservices: {a: {image: x}}",
        "a choice that isn't one": "runtime: kubernetes\nservices: {a: {image: x}}",
        "a duration without a unit": "defaults: {ready_timeout: 60}\nservices: {a: {image: x}}",
        "a number out of range": "services: {a: {engine: redis, databases: {a: 16384}}}",
        "a fraction": "services: {a: {engine: redis, databases: {a: 1.5}}}",
        "a project's name": "name: My Shop\nservices: {a: {image: x}}",
        "a service's name": "services: {My_Shop: {image: x}}",
        "a condition that isn't one": "services: {a: {image: x, depends_on: {b: {condition: healthy}}}, b: {image: x}}",
        "an e-mail address": "services: {a: {engine: pgadmin, email: nobody}}",
        "a health check without a test": "services: {a: {image: x, healthcheck: {interval: 1s}}}",
        "an include in a mode": "services: {a: {image: x}}\nmodes: {ci: {include: a.yaml}}",
        "an unknown key of a mode": "services: {a: {image: x}}\nmodes: {ci: {prots: auto}}",
        "modes as a list": "modes: [ci]\nservices: {a: {image: x}}",
    ]

    @Test func `the loader tells valid from invalid`() throws {
        let files = ["i.sql": "", "c.conf": "", "m/x": "", "a.yaml": "", "j.sql": ""]
        for (name, yaml) in Self.valid {
            let problems = try ScratchEnvironment(yaml, files: files).problems().map(\.message)
            #expect(problems.isEmpty, "\(name)")
        }
        for (name, yaml) in Self.invalid {
            let scratch = try ScratchEnvironment(yaml, files: files)
            // A mode is checked when it is applied.
            let isRefused = [scratch.problems(), scratch.problems(mode: "ci")].contains { problems in
                problems.contains { $0.code != .unknownMode }
            }
            #expect(isRefused, "\(name)")
        }
    }

    @Test(.enabled(if: Validator.takesPart, "needs python3-jsonschema and python3-yaml"))
    func `the schema tells the same from the same`() async throws {
        let cases = Self.valid.merging(Self.invalid) { $1 }
        let names = cases.keys.sorted()
        let folder = try ScratchFolder(["schema.json": try Self.schemaText()])
        for (index, name) in names.enumerated() { try folder.write(cases[name] ?? "", to: "\(index).yaml") }
        let problems = try await Validator.problems(
            "\(folder.path)/schema.json",
            names.indices.map { "\(folder.path)/\($0).yaml" }
        )
        for (index, name) in names.enumerated() {
            let found = try #require(problems["\(folder.path)/\(index).yaml"])
            if Self.valid[name] == nil {
                #expect(!found.isEmpty, "\(name) passes")
            } else {
                #expect(found.isEmpty, "\(name)")
            }
        }
    }
}
