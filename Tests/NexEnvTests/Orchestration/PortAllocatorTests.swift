import Foundation
import TextTesting
import Testing

@testable import NexEnv

@Suite struct PortAllocatorTests {
    private let scratch: ScratchEnvironment
    private let project: Project

    init() throws {
        scratch = try ScratchEnvironment("services: {r: {engine: redis}}")
        project = Project(ProjectIdentity(name: "shop", root: scratch.folder.path))
        try project.prepareFolder()
    }

    private func service(_ port: String, _ name: String = "r") throws -> Service {
        let yaml = port.isEmpty ? "engine: redis" : "engine: redis, port: \(port)"
        return try #require(try ScratchEnvironment("services: {\(name): {\(yaml)}}").load()[name])
    }

    private func allocator(taken: Set<Int> = [], freed: Set<Int> = [], isStrict: Bool = false) -> PortAllocator {
        PortAllocator(book: PortBook(project), taken: taken, freed: freed, isStrict: isStrict)
    }

    /// A port that is free, and stays so as far as one can tell.
    private func freePort() throws -> Int {
        let port = try #require(ReservedPort.reserve(0, on: "127.0.0.1"))
        return port.number
    }

    @Test func `the preferred port where it is free`() async throws {
        let port = try freePort()
        var allocator = allocator()
        let assignment = try await allocator.assign(try service("\(port)"))
        #expect(assignment.ports.main == port)
        #expect(assignment.note == nil)
        #expect(allocator.remembered["r"] == PortBook.Entry(wanted: port, port: port))
        // It is held until the server starts, so that nobody slips in between.
        #expect(ReservedPort.reserve(port, on: "127.0.0.1") == nil)
        for reservation in assignment.reservations { reservation.release() }
        #expect(ReservedPort.reserve(port, on: "127.0.0.1") != nil)
    }

    @Test func `the next one where it is taken, and who has it`() async throws {
        let holder = try #require(ReservedPort.reserve(0, on: "127.0.0.1"))
        var allocator = allocator()
        let assignment = try await allocator.assign(try service("\(holder.number)"))
        let got = try #require(assignment.ports.main)
        #expect(got > holder.number && got <= holder.number + 100)
        #expect(assignment.note?.contains("port \(holder.number) is held by") == true)
        #expect(assignment.note?.contains("(pid \(getpid()))") == true)
    }

    @Test func `strict about ports names who has it`() async throws {
        let holder = try #require(ReservedPort.reserve(0, on: "127.0.0.1"))
        let service = try service("\(holder.number)")
        var allocator = allocator(isStrict: true)
        do {
            _ = try await allocator.assign(service)
            Issue.record("it got a port")
        } catch let error as NexEnvError {
            #expect(error.code == .portTaken)
            #expect(error.service == "r")
            #expect(error.message.contains("port \(holder.number) is held by"))
            #expect(error.message.contains("(pid \(getpid()))"))
            #expect(error.hint?.contains("--strict-ports") == true)
        }
    }

    @Test func `who has each of many ports`() async throws {
        // More than the kernel tells about in one page.
        let held = try (0..<100).map { _ in try #require(ReservedPort.reserve(0, on: "127.0.0.1")) }
        for port in held { #expect(await PortHolder.isHeld(port.number, by: getpid())) }
        #expect(await PortHolder.find(held[0].number)?.contains("(pid \(getpid()))") == true)
        #expect(await PortHolder.find(held[99].number)?.contains("(pid \(getpid()))") == true)
    }

    @Test func `two services that want the same`() async throws {
        let port = try freePort()
        var allocator = allocator()
        let first = try await allocator.assign(try service("\(port)"))
        let second = try await allocator.assign(try service("\(port)", "s"))
        #expect(first.ports.main == port)
        #expect(second.ports.main != port)
        #expect(second.note == "port \(port) is another service's here")
    }

    @Test func `a port of a server that keeps running is taken, one that makes way isn't`() async throws {
        let port = try freePort()
        var first = allocator(taken: [port])
        #expect(try await first.assign(try service("\(port)")).ports.main != port)
        let held = try #require(ReservedPort.reserve(0, on: "127.0.0.1"))
        var second = allocator(taken: [held.number], freed: [held.number])
        #expect(try await second.assign(try service("\(held.number)")).ports.main == held.number)
    }

    @Test func `the port it had last, as long as it wants the same`() async throws {
        let wanted = try freePort()
        let last = try freePort()
        var book = PortBook(project)
        try book.remember(["r": .init(wanted: wanted, port: last), "a": .init(wanted: nil, port: last)])
        var remembers = allocator()
        let assignment = try await remembers.assign(try service("\(wanted)"))
        #expect(assignment.ports.main == last)
        #expect(assignment.note == nil)
        for reservation in assignment.reservations { reservation.release() }
        let other = try freePort()
        var changed = allocator()
        #expect(try await changed.assign(try service("\(other)")).ports.main == other)
        var strict = allocator(isStrict: true)
        #expect(try await strict.assign(try service("\(wanted)")).ports.main == wanted)
        var automatic = allocator()
        #expect(try await automatic.assign(try service("auto", "a")).ports.main == last)
    }

    @Test func `any port`() async throws {
        var allocator = allocator()
        let first = try await allocator.assign(try service("auto"))
        let second = try await allocator.assign(try service("auto", "s"))
        let ports = [first.ports.main, second.ports.main].compactMap(\.self)
        #expect(Set(ports).count == 2)
        #expect(ports.allSatisfy { $0 > 0 })
        #expect(allocator.remembered["r"]?.wanted == nil)
        #expect(first.note == nil)
    }

    @Test func `the last port there is`() async throws {
        let held = ReservedPort.reserve(65_535, on: "127.0.0.1")
        var allocator = allocator(taken: [65_535])
        let got = try #require(try await allocator.assign(try service("65535")).ports.main)
        #expect(got != 65_535 && got > 0)
        withExtendedLifetime(held) {}
    }

    @Test func `every published port of a container`() async throws {
        let first = try freePort()
        let service = try #require(
            try ScratchEnvironment("services: {c: {image: x, ports: [\"\(first):80\", \"auto:81\"]}}").load()["c"]
        )
        var allocator = allocator()
        let assignment = try await allocator.assign(service)
        #expect(assignment.ports.main == nil)
        #expect(assignment.ports.extra[80] == first)
        #expect(assignment.ports.extra.keys.sorted() == [80, 81])
        #expect(allocator.remembered.keys.sorted() == ["c/80", "c/81"])
        #expect(assignment.reservations.count == 2)
    }

    @Test func `the book is kept, merged, private, and worth nothing when it is broken`() throws {
        var book = PortBook(project)
        try book.remember(["a": .init(wanted: 1, port: 2)])
        try book.remember(["b": .init(wanted: nil, port: 3)])
        let read = PortBook(project)
        #expect(read["a"] == PortBook.Entry(wanted: 1, port: 2))
        #expect(read["b"] == PortBook.Entry(wanted: nil, port: 3))
        #expect(permissions(project.portsPath) == 0o600)
        try scratch.folder.write("{\"a\":", to: ".nexenv/ports.json")
        #expect(PortBook(project)["a"] == nil)
    }
}

@Suite struct AddressVariablesTests {
    private func variables(_ service: String, _ name: String = "pg") throws -> [String] {
        let found = try #require(
            try ScratchEnvironment("services: {\(name): {\(service)}, pg0: {engine: postgres}}").load()[name]
        )
        let server = RunningServer(
            project: ProjectIdentity(name: "shop", root: "/"),
            service: found,
            passwords: Passwords(["postgres": "p@w", "app": "a", "default": "r", "x@y": "z"]),
            endpoint: Endpoint(host: "127.0.0.1", port: 5_555),
            internalEndpoint: Endpoint(host: "pg", port: 5_432)
        )
        return AddressVariables.of(server).map { "\($0.name)=\($0.value)" }
    }

    @Test func `PostgreSQL`() throws {
        #expect(
            try variables("engine: postgres, databases: {auth: {owner: app}, my-db: {}}") == [
                "PG_URL=postgresql://postgres:p%40w@127.0.0.1:5555/postgres", "PG_HOST=127.0.0.1", "PG_PORT=5555",
                "PG_USER=postgres",
                "PG_PASSWORD=p@w", "PG_AUTH_URL=postgresql://app:a@127.0.0.1:5555/auth",
                "PG_MY_DB_URL=postgresql://postgres:p%40w@127.0.0.1:5555/my-db",
            ]
        )
    }

    @Test func `Redis`() throws {
        #expect(
            try variables("engine: redis, databases: {cache: 3}", "my-redis") == [
                "MY_REDIS_URL=redis://default:r@127.0.0.1:5555/0", "MY_REDIS_HOST=127.0.0.1", "MY_REDIS_PORT=5555",
                "MY_REDIS_USER=default",
                "MY_REDIS_PASSWORD=r",
                "MY_REDIS_CACHE_URL=redis://default:r@127.0.0.1:5555/3",
            ]
        )
    }

    @Test func `pgAdmin has no database`() throws {
        #expect(
            try variables("engine: pgadmin, email: x@y", "a").prefix(3) == [
                "A_URL=http://127.0.0.1:5555/", "A_HOST=127.0.0.1", "A_PORT=5555",
            ]
        )
    }

    @Test func `a container has none`() throws {
        #expect(try variables("image: x").isEmpty)
    }

    @Test(arguments: [("a-b", "A_B"), ("größe", "GR_SSE"), ("x1_y", "X1_Y"), ("a.b c", "A_B_C"), ("7up", "_7UP")])
    func `names are what a shell takes`(text: String, name: String) {
        #expect(AddressVariables.variableName(text) == name)
    }
}

@Suite struct TimingsTests {
    struct Failure: Error {}

    @Test func `phases in order, the failed one too`() async throws {
        var timings = Timings()
        #expect(timings.total == 0)
        let value = await timings.measure("first") { 42 }
        #expect(value == 42)
        await #expect(throws: Failure.self) { try await timings.measure("second") { throw Failure() } }
        await timings.measure("first") { try? await Task.sleep(for: .milliseconds(20)) }
        #expect(timings.phases.map(\.name) == ["first", "second", "first"])
        #expect(timings.phases.allSatisfy { $0.seconds >= 0 })
        #expect(timings.phases[2].seconds >= 0.02)
        #expect(timings.total == timings.phases.reduce(0) { $0 + $1.seconds })
    }
}

@Suite struct ServiceSelectionTests {
    private func names(_ selection: ServiceSelection, withDependencies: Bool = false) throws -> [String] {
        try selection.services(
            of: ScratchEnvironment(
                """
                services:
                  a: {image: x, depends_on: [b]}
                  b: {image: x, depends_on: [c]}
                  c: {image: x}
                  tool: {image: x, profiles: [tools, all], depends_on: [c]}
                  other: {image: x, profiles: [all]}
                """
            ).load(),
            withDependencies: withDependencies
        ).map(\.name)
    }

    @Test func `which services a command is about`() throws {
        #expect(try names(.init()) == ["a", "b", "c"])
        #expect(try names(.init(profiles: ["tools"])) == ["a", "b", "c", "tool"])
        #expect(try names(.init(profiles: ["all"])) == ["a", "b", "c", "tool", "other"])
        #expect(try names(.init(names: ["c", "a"])) == ["a", "c"])
        #expect(try names(.init(names: ["tool"])) == ["tool"])
        #expect(try names(.init(names: ["a"]), withDependencies: true) == ["a", "b", "c"])
        #expect(try names(.init(names: ["tool"]), withDependencies: true) == ["c", "tool"])
    }

    @Test func `names and profiles that aren't there`() throws {
        let service = #expect(throws: NexEnvError.self) { try names(.init(names: ["tol"])) }
        #expect(service?.hint == "did you mean `tool`?")
        #expect(service?.code.exitStatus == .usage)
        let profile = #expect(throws: Diagnostics.self) { try names(.init(profiles: ["tool"])) }
        #expect(profile?.all.first?.hint == "did you mean `tools`?")
        #expect(profile?.exitStatus == .usage)
    }
}
