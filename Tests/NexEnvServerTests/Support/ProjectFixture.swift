import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Synchronization
import Testing

/// A project in a temporary folder, with a name that nobody else has; whatever it started is gone when the test is over.
///
/// Clean-up runs in reverse order and whatever happens; `NEXENV_KEEP_SCRATCH=1` keeps the folder and what runs.
final class ProjectFixture: Sendable {
    /// The project's name: a random prefix and what the test is about.
    let name: String

    /// The project's folder.
    let folder: String

    /// Variables of every nexenv command, besides the fixture's own.
    let environment: [String: String?]

    private let cleanUps = CleanUps()

    /// The addresses that are known to stay.
    private let addresses = Mutex<[String: String]?>(nil)

    /// The folders that have an environment file, and so a `down` at the end.
    private let folders = Mutex<Set<String>>([])

    private init(name: String, folder: String, environment: [String: String?]) {
        self.name = name
        self.folder = folder
        self.environment = environment
    }

    /// Runs a test's body with a project of its own; few run at a time, so that no server starves.
    static func with(
        _ topic: String,
        environment: [String: String?] = [:],
        _ body: (ProjectFixture) async throws -> Void
    ) async throws {
        try await Slots.shared.withSlot {
            let prefix = String(UInt32.random(in: 0...UInt32.max), radix: 36)
            let scratch = FileManager.default.temporaryDirectory.path + "/nexenv-test-\(prefix)"
            try FileManager.default.createDirectory(atPath: scratch + "/project", withIntermediateDirectories: true)
            // What servers run as other users have to reach.
            chmod(scratch, 0o755)
            let variables: [String: String?] = [
                "XDG_STATE_HOME": scratch + "/state", "NEXENV_ENVIRONMENT": nil, "NEXENV_MODE": nil,
                "NEXENV_PROFILES": nil,
            ]
            let project = ProjectFixture(
                name: "t\(prefix)-\(topic)",
                folder: scratch + "/project",
                environment: variables.merging(environment) { $1 }
            )
            project.cleanUp { try FileManager.default.removeItem(atPath: scratch) }
            do {
                try await body(project)
            } catch {
                await project.cleanUps.run()
                throw error
            }
            await project.cleanUps.run()
        }
    }

    /// Adds a step that runs when the test is over, before those that were added earlier.
    func cleanUp(_ step: @escaping @Sendable () async throws -> Void) { cleanUps.add(step) }

    /// Writes a file of the project.
    func write(_ path: String, _ content: String) throws {
        let full = folder + "/" + path
        let parent = (full as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try content.write(toFile: full, atomically: true, encoding: .utf8)
    }

    /// Writes the environment file: the project's name and any free ports, then the given text.
    func environment(_ text: String, in place: Place? = nil, ports: String = "auto", folder: String = "") throws {
        let runtime = place.map { "runtime: \($0.rawValue)\n" } ?? ""
        try write(folder + "nexenv.yaml", "name: \(name)\nports: \(ports)\n\(runtime)\(text)\n")
        let here = self.folder + "/" + folder
        guard folders.withLock({ $0.insert(here).inserted }) else { return }
        cleanUp { [environment] in
            // What a test protects is taken down all the same.
            let file = here + "nexenv.yaml"
            let written = try String(contentsOfFile: file, encoding: .utf8)
            try written.replacing("protected: true", with: "").write(toFile: file, atomically: true, encoding: .utf8)
            let down = try await Program.run(
                Program.nexenv,
                ["down", "--volumes", "--yes", "--quiet"],
                folder: here,
                environment: environment.merging(["DOCKER_HOST": nil]) { $1 }
            )
            #expect(down.status == 0, "\(down)")
        }
    }

    // MARK: - Commands

    /// Runs nexenv in the project's folder and expects it to end with a status.
    @discardableResult
    func nexenv(
        _ arguments: String...,
        status: Int32? = 0,
        in place: String = "",
        environment: [String: String?] = [:],
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (Program.Running) async throws -> Void = { _ in }
    ) async throws -> Program.Run {
        let run = try await Program.run(
            Program.nexenv,
            arguments,
            folder: folder + "/" + place,
            environment: self.environment.merging(environment) { $1 },
            body
        )
        if let status { #expect(run.status == status, "\(run)", sourceLocation: sourceLocation) }
        return run
    }

    /// Runs nexenv with arguments in a list.
    @discardableResult
    func run(_ arguments: [String], status: Int32 = 0) async throws -> Program.Run {
        let run = try await Program.run(Program.nexenv, arguments, folder: folder, environment: environment)
        #expect(run.status == status, "\(run)")
        return run
    }

    /// Returns the address of a service or database, as nexenv prints it.
    func url(_ target: String, in place: String = "") async throws -> String {
        if let known = addresses.withLock({ $0?[target] }) { return known }
        let url = try await nexenv("url", target, in: place).output.trimmingCharacters(in: .newlines)
        addresses.withLock { $0?[target] = url }
        return url
    }

    /// Asks for each address but once from now on; for tests that look at servers often, and never move them.
    func keepAddresses() { addresses.withLock { $0 = [:] } }

    /// Returns the host port of a service.
    func port(_ service: String) async throws -> Int {
        let port = Int(try await nexenv("ports", service).output.trimmingCharacters(in: .newlines))
        return try #require(port)
    }

    // MARK: - Looking at servers without nexenv

    func postgres<Value: Sendable>(
        _ target: String,
        in place: String = "",
        _ body: (PostgresConnection) async throws -> sending Value
    ) async throws -> Value {
        try await PostgresConnection.withConnection(to: PostgresConfiguration(url: url(target, in: place)), body)
    }

    /// Returns the first cell of a query's first row.
    func value(_ sql: String, _ target: String, in place: String = "") async throws -> String {
        try await postgres(target, in: place) { try await $0.query(sql)[0].string(0) }
    }

    func mongo<Value: Sendable>(
        _ target: String,
        _ body: (MongoConnection) async throws -> sending Value
    ) async throws -> Value {
        try await MongoConnection.withConnection(to: MongoConfiguration(url: url(target)), body)
    }

    func redis<Value: Sendable>(
        _ target: String,
        _ body: (RedisConnection) async throws -> sending Value
    ) async throws -> Value {
        try await RedisConnection.withConnection(to: RedisConfiguration(url: url(target)), body)
    }
}

/// Steps in reverse order; a step that fails is reported and doesn't stop the others.
final class CleanUps: Sendable {
    private let steps = Mutex<[@Sendable () async throws -> Void]>([])

    func add(_ step: @escaping @Sendable () async throws -> Void) { steps.withLock { $0.append(step) } }

    func run() async {
        if ProcessInfo.processInfo.environment["NEXENV_KEEP_SCRATCH"] == "1" { return }
        let steps = steps.withLock { $0 }
        // Shielded: a test that is cancelled cleans up all the same.
        await Task.detached {
            for step in steps.reversed() {
                do { try await step() } catch { Issue.record("the clean-up failed: \(error)") }
            }
        }.value
    }
}

/// How many projects run side by side.
actor Slots {
    static let shared = Slots(count: ProcessInfo.processInfo.activeProcessorCount + 1)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(count: Int) { free = count }

    nonisolated func withSlot(_ body: () async throws -> Void) async throws {
        await take()
        do {
            try await body()
        } catch {
            await give()
            throw error
        }
        await give()
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
