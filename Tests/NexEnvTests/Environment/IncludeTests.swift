import Foundation
import NexEnv
import TextTesting
import Testing

@Suite struct IncludeTests {
    private func databases(_ environment: NexEnv.Environment, _ service: String) -> [String] {
        (environment[service]?.engine as? any DatabaseEngine)?.databaseNames ?? []
    }

    @Test func `a service of two files is one server with the databases of both`() throws {
        let scratch = try ScratchEnvironment(
            "include: [a.yaml, b.yaml]\nservices: {pg: {databases: {own: {}}}}",
            files: [
                "a.yaml":
                    "services: {pg: {engine: postgres, version: \"17\", databases: {auth: {owner: a}}}, other: {image: x}}",
                "b.yaml":
                    "services: {pg: {engine: postgres, port: 5555, databases: {shop: {}, auth: {extensions: [citext]}}}}",
            ]
        )
        let environment = try scratch.load()
        #expect(environment.services.map(\.name) == ["pg", "other"])
        #expect(databases(environment, "pg") == ["auth", "shop", "own"])
        let postgres = try #require(environment["pg"]?.engine as? Postgres)
        #expect(postgres.databases[0].value.owner == "a")
        #expect(postgres.databases[0].value.extensions == ["citext"])
        #expect(environment["pg"]?.options.version == "17")
        #expect(environment["pg"]?.port == .preferred(5555))
    }

    @Test func `siblings that disagree are shown with both places`() throws {
        let first = MarkedText("services:\n  pg:\n    engine: postgres\n    version: 1️⃣\"16\"\n")
        let second = MarkedText("services: {pg: {engine: postgres, version: 1️⃣\"17\"}}\n")
        let scratch = try ScratchEnvironment(
            "include: [a.yaml, sub/b.yaml]",
            files: ["a.yaml": first.text, "sub/b.yaml": second.text]
        )
        let found = scratch.problems()
        #expect(found.map(\.code) == [.conflictingValues])
        let problem = try #require(found.first)
        #expect(problem.position?.file.path == "\(scratch.folder.path)/sub/b.yaml")
        #expect(problem.position.map { MarkedText.Place(line: $0.line, column: $0.column) } == second.places["1️⃣"])
        #expect(problem.related.first?.position.file.path == "\(scratch.folder.path)/a.yaml")
        let related = problem.related.first?.position
        #expect(related.map { MarkedText.Place(line: $0.line, column: $0.column) } == first.places["1️⃣"])
        #expect(problem.message.contains("`17`"))
        #expect(problem.related.first?.message.contains("`16`") == true)
    }

    @Test func `the including file settles what its files disagree on`() throws {
        let scratch = try ScratchEnvironment(
            "include: [a.yaml, b.yaml]\nservices: {pg: {version: \"18\"}}",
            files: [
                "a.yaml": "services: {pg: {engine: postgres, version: \"16\"}}",
                "b.yaml": "services: {pg: {engine: postgres, version: \"17\"}}",
            ]
        )
        #expect(try scratch.load()["pg"]?.options.version == "18")
    }

    @Test func `a file between settles too, and only what it says`() throws {
        let scratch = try ScratchEnvironment(
            "include: [middle.yaml]",
            files: [
                "middle.yaml": "include: [a.yaml, b.yaml]\nservices: {pg: {version: \"18\"}}",
                "a.yaml": "services: {pg: {engine: postgres, version: \"16\", port: 1}}",
                "b.yaml": "services: {pg: {engine: postgres, version: \"17\", port: 2}}",
            ]
        )
        #expect(scratch.problems().map(\.message) == ["two included files disagree: `2` here"])
    }

    @Test func `lists of siblings join, a file's own list replaces, +list appends`() throws {
        let files = [
            "a.yaml": "services: {pg: {engine: postgres, profiles: [a, both]}, x: {image: x, profiles: [x]}}",
            "b.yaml": "services: {pg: {profiles: [b, both]}}",
        ]
        let joined = try ScratchEnvironment("include: [a.yaml, b.yaml]", files: files).load()
        #expect(joined["pg"]?.options.profiles == ["a", "both", "b"])
        let replaced = try ScratchEnvironment(
            "include: [a.yaml, b.yaml]\nservices: {pg: {profiles: [c]}}",
            files: files
        ).load()
        #expect(replaced["pg"]?.options.profiles == ["c"])
        let appended = try ScratchEnvironment(
            "include: [a.yaml, b.yaml]\nservices: {pg: {+profiles: [c]}, x: {+profiles: [y]}, new: {image: n, +profiles: [z]}}",
            files: files
        ).load()
        #expect(appended["pg"]?.options.profiles == ["a", "both", "b", "c"])
        #expect(appended["x"]?.options.profiles == ["x", "y"])
        #expect(appended["new"]?.options.profiles == ["z"])
    }

    @Test func `+init appends behind what is included`() throws {
        let scratch = try ScratchEnvironment(
            "include: a/nexenv.yaml\nservices: {pg: {+init: [own.sql]}}",
            files: [
                "a/nexenv.yaml": "services: {pg: {engine: postgres, init: [first.sql]}}", "a/first.sql": "",
                "own.sql": "",
            ]
        )
        // The included file lies in a folder below, so its paths stay inside this one's.
        let postgres = try #require(try scratch.load()["pg"]?.engine as? Postgres)
        #expect(postgres.initFiles.map(\.written) == ["first.sql", "own.sql"])
        #expect(
            postgres.initFiles.map(\.path) == ["\(scratch.folder.path)/a/first.sql", "\(scratch.folder.path)/own.sql"]
        )
    }

    @Test func `+init in a mode waits for the file that the mode is laid over`() throws {
        let scratch = try ScratchEnvironment(
            """
            include: [a.yaml, b.yaml]
            services: {pg: {init: [own.sql]}}
            modes: {ci: {services: {pg: {+init: [ci.sql], databases: {one: {+init: [one.sql]}}}}}}
            """,
            files: [
                "a.yaml": "services: {pg: {engine: postgres, databases: {one: {init: [a.sql]}}}}",
                "b.yaml": "services: {pg: {engine: postgres}}\nmodes: {ci: {services: {pg: {+init: [b.sql]}}}}",
                "own.sql": "", "ci.sql": "", "one.sql": "", "a.sql": "", "b.sql": "",
            ]
        )
        let postgres = try #require(try scratch.load(mode: "ci")["pg"]?.engine as? Postgres)
        #expect(postgres.initFiles.map(\.written) == ["own.sql", "b.sql", "ci.sql"])
        #expect(postgres.databases[0].value.initFiles.map(\.written) == ["a.sql", "one.sql"])
        let plain = try #require(try scratch.load()["pg"]?.engine as? Postgres)
        #expect(plain.initFiles.map(\.written) == ["own.sql"])
    }

    @Test func `nothing replaces nothing`() throws {
        let scratch = try ScratchEnvironment(
            "include: a.yaml\nservices: {pg: {version: , databases: }}",
            files: ["a.yaml": "services: {pg: {engine: postgres, version: \"16\", databases: {auth: }}}"]
        )
        let environment = try scratch.load()
        #expect(environment["pg"]?.options.version == "16")
        #expect(databases(environment, "pg") == ["auth"])
    }

    @Test func `paths start from the file that says them`() throws {
        let scratch = try ScratchEnvironment(
            "include: [one/nexenv.yaml, two/nexenv.yaml]",
            files: [
                "one/nexenv.yaml":
                    "services: {a: {engine: postgres, init: [sql/init.sql]}, both: {engine: postgres, init: [s.sql]}}",
                "two/nexenv.yaml": "services: {b: {engine: postgres, init: [sql/init.sql]}, both: {init: [s.sql]}}",
                "one/sql/init.sql": "", "two/sql/init.sql": "", "one/s.sql": "", "two/s.sql": "",
            ]
        )
        let environment = try scratch.load()
        let paths = ["a", "b"].compactMap { (environment[$0]?.engine as? Postgres)?.initFiles.first?.path }
        #expect(paths == ["one", "two"].map { "\(scratch.folder.path)/\($0)/sql/init.sql" })
        // Two files of one name are two.
        let both = try #require(environment["both"]?.engine as? Postgres)
        #expect(both.initFiles.map(\.path) == ["one", "two"].map { "\(scratch.folder.path)/\($0)/s.sql" })
    }

    @Test func `the same file by two paths is the same`() throws {
        let scratch = try ScratchEnvironment(
            "include: [one/nexenv.yaml, nexenv2.yaml]",
            files: [
                "one/nexenv.yaml": "services: {a: {engine: postgres, config: postgres.conf}}",
                "nexenv2.yaml": "services: {a: {engine: postgres, config: one/postgres.conf}}", "one/postgres.conf": "",
            ]
        )
        let postgres = try #require(try scratch.load()["a"]?.engine as? Postgres)
        #expect(postgres.configuration?.path == "\(scratch.folder.path)/one/postgres.conf")
    }

    @Test func `a diamond is no disagreement and reports its problems once`() throws {
        var files = [
            "left.yaml": "include: base.yaml\nservices: {pg: {databases: {l: {}}}}",
            "right.yaml": "include: base.yaml\nservices: {pg: {databases: {r: {}}}}",
            "base.yaml": "services: {pg: {engine: postgres, databases: {base: {}}, profiles: [p]}}",
        ]
        let environment = try ScratchEnvironment("include: [left.yaml, right.yaml]", files: files).load()
        #expect(databases(environment, "pg") == ["base", "l", "r"])
        #expect(environment["pg"]?.options.profiles == ["p"])
        files["base.yaml"] = "services: {pg: {engine: postgres, password: \"${NONE}\"}}"
        let broken = try ScratchEnvironment("include: [left.yaml, right.yaml]", files: files)
        #expect(broken.problems().map(\.code) == [.undefinedVariable])
    }

    @Test(
        arguments: [
            (["nexenv.yaml": "include: nexenv.yaml"], "nexenv.yaml → nexenv.yaml", "nexenv.yaml"),
            (
                ["nexenv.yaml": "include: a.yaml", "a.yaml": "include: b.yaml", "b.yaml": "include: a.yaml"],
                "a.yaml → b.yaml → a.yaml", "b.yaml"
            ),
            (
                ["nexenv.yaml": "include: sub/../a.yaml", "a.yaml": "include: ./nexenv.yaml", "sub/x": ""],
                "nexenv.yaml → a.yaml → nexenv.yaml", "a.yaml"
            ),
        ] as [([String: String], String, String)]
    )
    func `a cycle is shown as one`(files: [String: String], cycle: String, place: String) throws {
        let folder = try ScratchFolder(files)
        var loader = EnvironmentLoader(processVariables: [:], mode: nil)
        let error = #expect(throws: Diagnostics.self) { try loader.load("\(folder.path)/nexenv.yaml") }
        let problem = try #require(error?.all.first { $0.code == .includeCycle })
        #expect(problem.message.replacing("\(folder.path)/", with: "").contains(cycle))
        #expect(problem.position?.file.path == "\(folder.path)/\(place)")
    }

    @Test func `a cycle through a link is one`() throws {
        let folder = try ScratchFolder(["nexenv.yaml": "include: link.yaml\nservices: {a: {image: x}}"])
        try folder.link("link.yaml", to: "nexenv.yaml")
        var loader = EnvironmentLoader(processVariables: [:], mode: nil)
        let error = #expect(throws: Diagnostics.self) { try loader.load("\(folder.path)/nexenv.yaml") }
        #expect(error?.all.map(\.code) == [.includeCycle])
    }

    @Test func `what a file says about itself stays its own`() throws {
        let scratch = try ScratchEnvironment(
            "include: a.yaml\nservices: {x: {image: x}}",
            files: [
                "a.yaml": """
                name: other
                default: true
                protected: true
                runtime: native
                registry: mirror/
                storage: tmpfs
                ports: auto
                description: other
                env_file: a.env
                services: {r: {engine: redis, password: "${SECRET}"}}
                defaults: {durability: none}
                """, "a.env": "SECRET=of a\n",
            ]
        )
        let environment = try scratch.load()
        #expect(environment.name != "other")
        #expect(!environment.isDefault)
        #expect(!environment.isProtected)
        #expect(environment.runtime == .auto)
        #expect(environment.registry == "")
        #expect(environment["r"]?.storage == .disk)
        #expect(environment["r"]?.port == .preferred(6379))
        #expect(environment["r"]?.durability == Durability.none)
        let engine = try #require(environment["r"]?.engine)
        let service = try #require(environment["r"])
        #expect(engine.accounts(service).first?.declaredPassword == "of a")
    }

    @Test func `a file that can't be read has the place that names it`() throws {
        let scratch = try ScratchEnvironment("services: {}\ninclude: [a]")
        mkfifo("\(scratch.folder.path)/a", 0o600)
        let found = try #require(scratch.problems().first { $0.code == .unreadableFile })
        #expect(found.position?.line == 2 && found.position?.column == 11)
    }

    @Test func `every problem of every file at once`() throws {
        let scratch = try ScratchEnvironment(
            "include: [a.yaml, none.yaml, b.yaml]\nservices: {x: {imag: x}}",
            files: ["a.yaml": "services: {a: {engine: redi}}", "b.yaml": "services: [\n"]
        )
        let found = scratch.problems()
        #expect(Set(found.map(\.code)) == [.missingFile, .invalidYAML, .unknownKey, .missingKey, .invalidValue])
    }
}
