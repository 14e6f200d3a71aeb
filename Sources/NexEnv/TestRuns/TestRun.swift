import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A stack that lives as long as a run of tests, and the folder that all of it is in.
///
/// A process of its own, the host, starts it, watches whoever it is for, and removes it; see ``TestHost``. What a host that was
/// killed has left behind is removed by the next one, or by `nexenv test gc`.
package struct TestRun: Sendable {
    /// The variable that tells test processes where the copies of their run are.
    package static let folderVariable = "NEXENV_TEST_FOLDER"

    /// What the host says of the run.
    package struct Description: Sendable, Codable {
        package var environmentFile: String
        package var mode: String?
        package var runtime: RuntimeChoice?
        /// The name under which the stack runs.
        package var name: String
        /// The services that it has; all that a run needs where nothing is said.
        package var services: [String]?
        /// The sets that its databases are filled with; all where nothing is said.
        package var sets: [String]?
        /// Whether it outlives its host, for somebody to look at.
        package var isKept: Bool?
        /// The variables that programs find the databases by, as soon as all are ready.
        package var variables: [String: String] = [:]
    }

    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    /// Where the copies that tests lease are kept track of.
    package var leaseFolder: String { folder + "/leases" }
    var lockPath: String { folder + "/host.lock" }
    var membersPath: String { folder + "/members.lock" }
    var programPath: String { folder + "/program.json" }
    private var descriptionPath: String { folder + "/run.json" }

    /// The folder of all runs of this user.
    static var allFolder: String { StateFolder.path + "/runs" }

    /// The run's name among all.
    package var name: String { (folder as NSString).lastPathComponent }

    /// Makes the folder of a new run.
    ///
    /// - Parameters:
    ///   - services: The services that it has, where that isn't all that ``services(of:)`` says.
    ///   - sets: The sets that its databases are filled with, where that isn't all.
    package static func make(
        _ stack: Stack,
        named name: String? = nil,
        services: [String]? = nil,
        sets: [String]? = nil
    ) throws -> TestRun {
        let digits = String(UInt32.random(in: 0...UInt32.max), radix: 36)
        let run = TestRun(folder: "\(allFolder)/\(name ?? digits)")
        try PrivateFile.makeFolder(run.leaseFolder)
        try run.write(
            Description(
                environmentFile: stack.environment.file.path,
                mode: stack.environment.appliedMode,
                runtime: stack.runtimeOverride,
                name: "\(stack.environment.name)-test-\(digits)",
                services: services,
                sets: sets
            )
        )
        return run
    }

    package func description() throws -> Description {
        guard let data = FileManager.default.contents(atPath: descriptionPath) else {
            throw NexEnvError(.notRunning, "the run of tests in \(folder) is over")
        }
        return try JSONDecoder().decode(Description.self, from: data)
    }

    /// The program that is run, once it has been started: what goes when nexenv itself is killed.
    var program: ProcessIdentity? {
        FileManager.default.contents(atPath: programPath)
            .flatMap { try? JSONDecoder().decode(ProcessIdentity.self, from: $0) }
    }

    func write(_ description: Description) throws {
        let text = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        try PrivateFile.write(text, to: descriptionPath)
    }

    var identity: ProjectIdentity {
        get throws { ProjectIdentity(name: try description().name, root: folder) }
    }

    /// The stack: the environment's, but with nothing that outlives it and on any free ports.
    package func stack() throws -> Stack {
        let description = try description()
        var loader = EnvironmentLoader(mode: description.mode)
        var environment = try loader.load(description.environmentFile)
        environment.services = environment.services.map { service in
            var service = service
            service.durability = .none
            service.port = service.port.map { _ in .automatic }
            if let engine = service.engine as? any LeasableEngine { service.engine = engine.forTests }
            return service
        }
        return Stack(environment, runtimeOverride: description.runtime, project: Project(try identity))
    }

    /// The stack of the run that a folder of copies belongs to.
    static func stack(ofLeaseFolder folder: String) throws -> Stack {
        try TestRun(folder: (folder as NSString).deletingLastPathComponent).stack()
    }

    /// The services that the stack has: what is required, and what holds databases, where the run doesn't say it.
    func services(of environment: Environment) throws -> [String] {
        if let services = try description().services { return services }
        return environment.services.filter { service in
            service.options.profiles.isEmpty && (service.options.isRequired || service.engine is any DatabaseEngine)
        }.map(\.name)
    }

    /// Has the stack stay when its host ends, until `nexenv test gc`.
    func keep() throws {
        var description = try description()
        description.isKept = true
        try write(description)
    }

    /// Whether a test has left something to look at.
    package var isKept: Bool {
        if (try? description().isKept) == true { return true }
        return LeaseStatus.read(leaseFolder).pools.contains { !$0.kept.isEmpty }
    }

    /// All runs of this user that are there.
    package static var all: [TestRun] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: allFolder)) ?? []
        return names.sorted().map { TestRun(folder: "\(allFolder)/\($0)") }
    }

    // MARK: - Its end

    /// Removes the stack with all its data, and the folder.
    func remove() async throws {
        if let identity = try? identity { try await Machine.removeAll(of: identity) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Removes the runs whose hosts have ended without doing so.
    ///
    /// - Parameter keepsKept: Whether those stay that a test has left something in to look at.
    /// - Returns: How many there were.
    @discardableResult
    package static func sweep(keepsKept: Bool) async -> Int {
        var count = 0
        for run in all where FileManager.default.fileExists(atPath: run.lockPath) || run.age > 60 {
            guard let lock = try? FileLock.tryLock(run.lockPath, note: "nexenv test gc") else { continue }
            if keepsKept, run.isKept { continue }
            if (try? await run.remove()) != nil { count += 1 }
            withExtendedLifetime(lock) {}
        }
        return count
    }

    /// Seconds since the folder was made or changed.
    private var age: Double {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder)
        return (attributes?[.modificationDate] as? Date).map { -$0.timeIntervalSinceNow } ?? 0
    }
}
