import Foundation
import TextTesting
import Testing

@testable import NexEnv

@Suite struct DockerContainerTests {
    private static let yaml = """
        name: shop
        services:
          pg: {engine: postgres, user: me, password: s3cret-pg, databases: {auth: {owner: app}}, settings: {max_connections: 10}}
          redis: {engine: redis, password: s3cret-redis, config: redis.conf, storage: tmpfs}
          admin: {engine: pgadmin, password: s3cret-admin, servers: [pg], port: auto}
          pooler: {engine: pgbouncer, server: pg, default_pool_size: 5}
          app:
            image: busybox
            environment: {TOKEN: s3cret-app, DB: "${url:pg.auth}"}
            command: [echo, "a b"]
            entrypoint: [/bin/sh, -e]
            volumes: [data:/data, "./odd,\\"folder:/in:ro"]
            ports: ["8080:80", "auto:81/udp"]
            healthcheck: {test: [CMD, wget, "it's"], interval: 5s, timeout: 1500ms, start_period: 1m, retries: 3}
            user: "1000"
            working_dir: /w
            restart: always
            stop_grace_period: 2500ms
        """

    private let scratch: ScratchEnvironment
    private let passwords = Passwords([
        "me": "s3cret-pg", "app": "s3cret-owner", "default": "s3cret-redis", "admin@nexenv.local": "s3cret-admin",
    ])

    init() throws {
        scratch = try ScratchEnvironment(Self.yaml, files: ["redis.conf": "maxmemory 1mb", "odd,\"folder/x": ""])
    }

    private func builder(
        _ name: String,
        _ yaml: String = yaml,
        ports: AssignedPorts = AssignedPorts(main: 5_555),
        passwords: Passwords? = nil,
        registry: String = "",
        root: String = "/home/me/shop"
    ) throws -> DockerContainerBuilder {
        try scratch.folder.write(yaml, to: "nexenv.yaml")
        let environment = try scratch.load()
        let service = try #require(environment[name])
        let own = passwords ?? self.passwords
        let peers = environment.services.map {
            ($0.name, Peer(service: $0, endpoint: Endpoint(host: $0.name, port: $0.engine.port ?? 0), passwords: own))
        }
        let context = ServerContext(
            project: ProjectIdentity(name: "shop", root: root),
            service: service,
            passwords: own,
            peers: Dictionary(uniqueKeysWithValues: peers),
            isFoundByName: environment.services.contains { $0.engine.reachesPeers },
            port: service.engine.port ?? 0,
            version: service.options.version ?? type(of: service.engine).defaultVersion
        )
        return DockerContainerBuilder(
            context: context,
            description: try service.engine.container(context),
            ports: ports,
            registry: registry,
            environmentFile: "/home/me/shop/nexenv.yaml"
        )
    }

    /// The whole command line of each engine; a change of it restarts everybody's containers, so it is looked at.
    @Test(arguments: ["pg", "redis", "admin", "pooler", "app"]) func `arguments`(name: String) throws {
        var ports = AssignedPorts(main: name == "app" ? nil : 5_555)
        if name == "app" { ports.extra = [80: 8_080, 81: 32_768] }
        let container = try builder(name, ports: ports).container(hash: "HASH")
        let lines = container.arguments.map { $0.replacing(scratch.folder.path, with: "FOLDER") }
        try Golden().expect(lines.joined(separator: "\n") + "\n", "docker-\(name).txt")
        #expect(container.name == ProjectIdentity(name: "shop", root: "/home/me/shop").resourceName(name))
    }

    @Test func `a network only where names are looked for, and nobody is replaced for it`() throws {
        let alone = try builder("pg", "services: {pg: {engine: postgres}}")
        let together = try builder("pg", "services: {pg: {engine: postgres}, app: {image: x}}")
        #expect(!alone.container(hash: "").arguments.contains("--network"))
        #expect(together.container(hash: "").arguments.contains("--network"))
        #expect(try alone.configurationHash(key: "k") == together.configurationHash(key: "k"))
    }

    @Test func `another configuration is another server, whatever its file is called`() throws {
        let before = try builder("redis").configurationHash(key: "k")
        try scratch.folder.write("maxmemory 2mb", to: "redis.conf")
        #expect(try builder("redis").configurationHash(key: "k") != before)
    }

    @Test func `what docker would read itself goes by a file`() throws {
        let yaml = "services: {app: {image: x, environment: {https_proxy: s3cret, PATH: /x, TOKEN: s3cret}}}"
        let container = try builder("app", yaml).container(hash: "HASH")
        #expect(container.fileEnvironment == ["https_proxy": "s3cret", "PATH": "/x"])
        #expect(container.environment == ["TOKEN": "s3cret"])
        #expect(!container.arguments.joined(separator: "\n").contains("proxy"))
        let texts = [yaml, yaml.replacing("/x,", with: "/y,")]
        let hashes = try texts.map { try builder("app", $0).configurationHash(key: "k") }
        #expect(hashes[0] != hashes[1])
    }

    @Test(arguments: ["pg", "redis", "admin", "pooler", "app"]) func `no secret is in the arguments`(name: String)
        throws
    {
        let container = try builder(name).container(hash: "HASH")
        #expect(!container.arguments.joined(separator: "\n").contains("s3cret"))
        // And every variable that is only named there has its value here.
        let options = container.arguments.prefix { $0 != container.image }
        let named = zip(options, options.dropFirst()).filter { $0.0 == "-e" }.map(\.1)
        #expect(named.allSatisfy { !$0.contains("=") && container.environment[$0] != nil })
        #expect(Set(named) == Set(container.environment.keys))
        if name != "redis" { #expect(container.environment.values.contains { $0.contains("s3cret") }) }
    }

    @Test func `a port is published on the address that the service says`() throws {
        let four = try builder("pg").container(hash: "").arguments
        #expect(zip(four, four.dropFirst()).contains { $0 == ("-p", "127.0.0.1:5555:5432") })
        let six = try builder("pg", Self.yaml.replacing("user: me", with: "user: me, bind: '::1'")).container(hash: "")
            .arguments
        #expect(zip(six, six.dropFirst()).contains { $0 == ("-p", "[::1]:5555:5432") })
    }

    @Test func `the registry stands in front of the image`() throws {
        let container = try builder("pg", registry: "mirror/").container(hash: "")
        #expect(container.image == "mirror/postgres:17")
        #expect(container.arguments.contains("mirror/postgres:17"))
    }

    @Test func `paths with commas and quotes are quoted as CSV`() throws {
        let arguments = try builder("app").container(hash: "").arguments
        let source = "\(scratch.folder.path)/odd,\"folder".replacing("\"", with: "\"\"")
        #expect(arguments.contains("type=bind,\"src=\(source)\",dst=/in,readonly"))
    }

    // MARK: - The hash

    @Test func `the hash is the same for the same, whichever port it got`() throws {
        for name in ["pg", "redis", "admin", "pooler", "app"] {
            var other = AssignedPorts(main: 6_666)
            other.extra = [80: 9_999, 81: 1]
            let first = try builder(name).configurationHash(key: "k")
            #expect(try builder(name).configurationHash(key: "k") == first)
            #expect(try builder(name, ports: other).configurationHash(key: "k") == first)
            #expect(first.count == 32)
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var service: String
        var from: String
        var to: String
        var testDescription: String { "\(service): \(from) → \(to)" }

        init(_ service: String, _ from: String, _ to: String) {
            self.service = service
            self.from = from
            self.to = to
        }
    }

    @Test(arguments: [
        Change("pg", "user: me,", "user: you,"), Change("pg", "max_connections: 10", "max_connections: 11"),
        Change("pg", "engine: postgres", "engine: postgres, version: \"16\""),
        Change("pg", "user: me,", "user: me, port: 5433,"),
        Change("pg", "user: me,", "user: me, port: auto,"), Change("pg", "user: me,", "user: me, bind: 0.0.0.0,"),
        Change("pg", "user: me,", "user: me, durability: none,"),
        Change("pg", "user: me,", "user: me, storage: tmpfs,"),
        Change("pg", "user: me,", "user: me, image: \"mine:1\","),
        Change("pg", "user: me,", "user: me, stop_grace_period: 1m,"),
        Change("redis", "storage: tmpfs", "storage: disk"), Change("redis", "config: redis.conf, ", ""),
        Change("redis", "config:", "settings: {maxmemory: 2mb}, config:"),
        Change("admin", "servers: [pg]", "servers: []"), Change("admin", "port: auto", "port: 5050"),
        Change("pooler", "default_pool_size: 5", "default_pool_size: 6"),
        Change("app", "image: busybox", "image: busybox:2"), Change("app", "TOKEN: s3cret-app", "TOKEN: s3cret-new"),
        Change("app", "TOKEN: s3cret-app", "TOKEM: s3cret-app"), Change("app", "[echo, \"a b\"]", "[echo, a, b]"),
        Change("app", "[/bin/sh, -e]", "[\"/bin/sh -e\"]"), Change("app", "\"8080:80\"", "\"8081:80\""),
        Change("app", "\"8080:80\"", "\"8080:90\""), Change("app", "auto:81/udp", "auto:81"),
        Change("app", ", \"auto:81/udp\"", ""),
        Change("app", "data:/data", "data:/other"), Change("app", "data:/data", "data:/data:ro"),
        Change("app", "5s", "6s"),
        Change("app", "user: \"1000\"", "user: \"1001\""), Change("app", "working_dir: /w", "working_dir: /x"),
        Change("app", "restart: always", "restart: \"no\""),
        Change("app", "restart: always", "restart: always\n    bind: 0.0.0.0"),
    ])
    func `the hash changes with everything else`(change: Change) throws {
        #expect(Self.yaml.contains(change.from))
        let changed = Self.yaml.replacing(change.from, with: change.to)
        #expect(
            try builder(change.service).configurationHash(key: "k")
                != builder(change.service, changed).configurationHash(key: "k")
        )
    }

    @Test func `the hash changes with passwords, the key, the registry and the folder, and tells nobody the password`()
        throws
    {
        let first = try builder("pg").configurationHash(key: "k")
        #expect(try builder("pg", passwords: Passwords(["me": "other"])).configurationHash(key: "k") != first)
        let pooler = try builder("pooler").configurationHash(key: "k")
        #expect(try builder("pooler", passwords: Passwords(["me": "other"])).configurationHash(key: "k") != pooler)
        #expect(try builder("pg").configurationHash(key: "other") != first)
        #expect(try builder("pg", registry: "mirror/").configurationHash(key: "k") != first)
        #expect(try builder("pg", root: "/elsewhere").configurationHash(key: "k") != first)
    }
}
