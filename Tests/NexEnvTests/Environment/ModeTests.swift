import NexEnv
import TextTesting
import Testing

@Suite struct ModeTests {
    private let yaml = """
        name: shop
        defaults: {durability: full, bind: 127.0.0.2}
        services:
          pg: {engine: postgres, port: 5555, init: [a.sql], databases: {auth: {}}, settings: {max_connections: 10}}
          tool: {image: x, profiles: [tools]}
        modes:
          ci: {defaults: {durability: none}, storage: tmpfs, ports: auto}
          more: {services: {pg: {+init: [b.sql], databases: {extra: {}}, settings: {max_connections: 20}}}}
          less: {services: {pg: {init: [b.sql]}, tool: {profiles: []}}}
          empty:
        """

    private func scratch() throws -> ScratchEnvironment {
        try ScratchEnvironment(yaml, files: ["a.sql": "", "b.sql": ""])
    }

    @Test func `a mode's variables are asked for when it is applied`() throws {
        let yaml = "services: {a: {image: x}}\nmodes: {ci: {services: {a: {image: '${IMAGE:?set by CI}'}}}}"
        let scratch = try ScratchEnvironment(yaml)
        #expect(scratch.problems().isEmpty)
        #expect(scratch.problems(mode: "ci").map(\.message) == ["`IMAGE` is not set: set by CI"])
        #expect(try scratch.load(mode: "ci", variables: ["IMAGE": "y"])["a"]?.options.image == "y")
    }

    @Test func `no mode`() throws {
        let environment = try scratch().load()
        #expect(environment.knownModes == ["ci", "more", "less", "empty"])
        #expect(environment.appliedMode == nil)
        #expect(environment["pg"]?.durability == .full)
        #expect(environment["pg"]?.port == .preferred(5555))
    }

    @Test func `scalars replace and ports: auto wins over a port`() throws {
        let environment = try scratch().load(mode: "ci")
        let postgres = try #require(environment["pg"])
        #expect(environment.appliedMode == "ci")
        #expect(postgres.durability == Durability.none)
        #expect(postgres.bind == "127.0.0.2")
        #expect(postgres.storage == .tmpfs)
        #expect(postgres.port == .automatic)
        #expect(environment["tool"]?.port == nil)
    }

    @Test func `+list appends, mappings merge`() throws {
        let postgres = try #require(try scratch().load(mode: "more")["pg"]?.engine as? Postgres)
        #expect(postgres.initFiles.map(\.written) == ["a.sql", "b.sql"])
        #expect(postgres.databaseNames == ["auth", "extra"])
        #expect(postgres.settings.map(\.value) == ["20"])
    }

    @Test func `lists replace`() throws {
        let environment = try scratch().load(mode: "less")
        #expect((environment["pg"]?.engine as? Postgres)?.initFiles.map(\.written) == ["b.sql"])
        #expect(environment["tool"]?.options.profiles == [])
    }

    @Test func `an empty mode changes nothing`() throws {
        #expect(try scratch().load(mode: "empty")["pg"]?.port == .preferred(5555))
    }

    @Test func `an unknown mode names the nearest`() throws {
        let found = try scratch().problems(mode: "mor")
        #expect(found.map(\.code) == [.unknownMode])
        #expect(found.first?.hint == "did you mean `more`?")
    }

    @Test func `a mode of an included file counts`() throws {
        let scratch = try ScratchEnvironment(
            "include: a.yaml\nmodes: {ci: {ports: auto}}",
            files: ["a.yaml": "services: {r: {engine: redis}}\nmodes: {ci: {storage: tmpfs}, dev: {}}"]
        )
        let environment = try scratch.load(mode: "ci")
        #expect(environment.knownModes == ["ci", "dev"])
        #expect(environment["r"]?.storage == .tmpfs)
        #expect(environment["r"]?.port == .automatic)
    }

    @Test(arguments: ["include: [a.yaml]", "name: x", "modes: {}", "allow_outside: true", "env_file: a.env"])
    func `what a mode can't change is refused`(key: String) throws {
        let marked = MarkedText("services: {r: {engine: redis}}\nmodes: {ci: {1️⃣\(key)}}")
        let found = try ScratchEnvironment(marked.text, files: ["a.yaml": ""]).problems(mode: "ci")
        let difference = ExpectedProblem.difference([.init("1️⃣", .unknownKey, "a mode has no key")], found, in: marked)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func `a mode that nobody applies is checked by validate`() throws {
        let marked = MarkedText("services: {r: {engine: redis}}\nmodes: {a: {1️⃣prots: auto}, b: {storage: 2️⃣ram}, c: {}}")
        let environment = try ScratchEnvironment(marked.text)
        let loaded = try environment.load()
        let error = #expect(throws: Diagnostics.self) { try EnvironmentLoader.checkModes(of: loaded, variables: [:]) }
        let expected: [ExpectedProblem] = [
            .init("1️⃣", .unknownKey, "`prots`", hint: "`ports`"),
            .init("2️⃣", .invalidValue, "expected one of `disk`, `tmpfs`"),
        ]
        let difference = ExpectedProblem.difference(expected, error?.all ?? [], in: marked)
        #expect(difference == nil, "\(difference ?? "")")
        let good = try scratch()
        let valid = try good.load()
        #expect(throws: Never.self) { try EnvironmentLoader.checkModes(of: valid, variables: [:]) }
        withExtendedLifetime(good) {}
    }

    @Test func `a wrong key of the mode is shown where it stands`() throws {
        let marked = MarkedText(
            "services: {r: {engine: redis}}\nmodes: {ci: {services: {r: {1️⃣confg: x}}, defaults: {durability: 2️⃣maybe}, 3️⃣stroage: disk}}"
        )
        let expected: [ExpectedProblem] = [
            .init("2️⃣", .invalidValue, "expected one of"), .init("1️⃣", .unknownKey, "`confg`", hint: "`config`"),
            .init("3️⃣", .unknownKey, "`stroage`", hint: "`storage`"),
        ]
        let found = try ScratchEnvironment(marked.text).problems(mode: "ci")
        let difference = ExpectedProblem.difference(
            expected.sorted { $0.message < $1.message },
            found.sorted { $0.message < $1.message },
            in: marked
        )
        #expect(difference == nil, "\(difference ?? "")")
    }
}

@Suite struct EnvironmentVariableTests {
    private func password(_ scratch: ScratchEnvironment, _ variables: [String: String] = [:]) throws -> String? {
        let service = try #require(try scratch.load(variables: variables)["r"])
        return service.engine.accounts(service).first?.declaredPassword
    }

    @Test func `the process wins over the env file, a later env file over an earlier one`() throws {
        let yaml = "services: {r: {engine: redis, password: \"${P:-none}\"}}\n"
        let plain = try ScratchEnvironment(yaml, files: [".env": "P=dot", "a.env": "P=a", "b.env": "P=b"])
        #expect(try password(plain) == "dot")
        #expect(try password(plain, ["P": "process"]) == "process")
        let both = try ScratchEnvironment(
            "env_file: [a.env, b.env]\n" + yaml,
            files: [".env": "P=dot", "a.env": "P=a", "b.env": "P=b"]
        )
        #expect(try password(both) == "b")
        let absent = try ScratchEnvironment("env_file: [nowhere.env]\n" + yaml, files: [".env": "P=dot"])
        #expect(try password(absent) == "none")
    }

    @Test func `an env file outside the folder is refused`() throws {
        let folder = try ScratchFolder([
            "outside.env": "P=x", "env/nexenv.yaml": "env_file: ../outside.env\nservices: {r: {engine: redis}}",
        ])
        var loader = EnvironmentLoader(processVariables: [:], mode: nil)
        let error = #expect(throws: Diagnostics.self) { try loader.load("\(folder.path)/env/nexenv.yaml") }
        #expect(error?.all.map(\.code) == [.outsidePath])
        #expect(error?.all.first?.position?.column == 11)
    }

    @Test(
        arguments: [
            ("mirror/", nil, "mirror/"), ("mirror", nil, "mirror/"), ("mirror//", nil, "mirror/"), ("\"\"", nil, ""),
            ("mirror/", "stand-in/", "stand-in/"), ("mirror/", "a/b", "a/b/"), ("mirror/", "", "mirror/"),
        ] as [(String, String?, String)]
    )
    func `the registry of the process wins, and ends in one slash`(file: String, process: String?, prefix: String)
        throws
    {
        let scratch = try ScratchEnvironment("registry: \(file)\nservices: {r: {engine: redis}}")
        #expect(try scratch.load(variables: process.map { ["NEXENV_REGISTRY": $0] } ?? [:]).registry == prefix)
    }

    @Test(arguments: [
        ("my-shop", "my-shop"), ("My Shöp", "my-sh-p"), ("__x", "x"), ("日本", "nexenv"),
        (String(repeating: "a", count: 40), String(repeating: "a", count: 31)),
    ])
    func `a file without a name is called after its folder`(folderName: String, name: String) throws {
        let folder = try ScratchFolder(["\(folderName)/nexenv.yaml": "services: {r: {engine: redis}}"])
        var loader = EnvironmentLoader(processVariables: [:], mode: nil)
        #expect(try loader.load("\(folder.path)/\(folderName)/nexenv.yaml").name == name)
    }

    @Test func `defaults are inherited and overridden`() throws {
        let environment = try ScratchEnvironment(
            """
            defaults: {bind: 0.0.0.0, durability: full, ready_timeout: 5s, stop_grace_period: 1500ms}
            services:
              a: {engine: redis}
              b: {engine: redis, bind: 127.0.0.1, durability: none, ready_timeout: 1m30s, stop_grace_period: 2h, storage: tmpfs, port: auto}
            """
        ).load()
        let first = try #require(environment["a"])
        #expect((first.bind, first.durability, first.storage) == ("0.0.0.0", .full, .disk))
        #expect((first.readyTimeout, first.stopGracePeriod) == (.seconds(5), .milliseconds(1_500)))
        let second = try #require(environment["b"])
        #expect((second.bind, second.durability, second.storage) == ("127.0.0.1", .none, .tmpfs))
        #expect((second.readyTimeout, second.stopGracePeriod) == (.seconds(90), .seconds(7_200)))
        #expect(second.port == .automatic)
        let plain = try #require(try ScratchEnvironment("services: {a: {engine: redis}}").load()["a"])
        #expect((plain.bind, plain.durability, plain.readyTimeout) == ("127.0.0.1", .relaxed, .seconds(60)))
        #expect(plain.stopGracePeriod == .seconds(10))
    }
}
