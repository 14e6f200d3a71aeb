import Foundation

/// Where the copies of a process's tests are kept track of, and whose they are.
struct LeaseHome: Sendable {
    let folder: String
    let stack: @Sendable () throws -> Stack

    /// What was read there on the way.
    var session: LeaseSession?

    /// Says that this process needs the stack; nothing where somebody else looks after it.
    var membership: SharedLock?
}

/// Finds the stack in which tests get their copies: the one that `nexenv test` has started, else the project's own where it runs,
/// else one that is started for this run of tests.
struct LeaseHomeSearch: Sendable {
    private let options: LeaseDesk.Options
    private let variables: [String: String]

    init(_ options: LeaseDesk.Options, variables: [String: String]) {
        self.options = options
        self.variables = variables
    }

    func find() async throws -> LeaseHome {
        if let folder = variables[TestRun.folderVariable], !folder.isEmpty {
            return LeaseHome(folder: folder) { try TestRun.stack(ofLeaseFolder: folder) }
        }
        let file = try environmentFile()
        let root = (file as NSString).deletingLastPathComponent
        let own = LeaseHome(folder: (realPath(root) ?? root) + "/.nexenv/test") { try load(file) }
        // Most processes find what an earlier one has left, and look no further.
        if let session = LeaseSession.read(own.folder), session.sources.values.contains(where: \.isAlive) {
            return LeaseHome(folder: own.folder, stack: own.stack, session: session)
        }
        let automatic = AutomaticRun(environmentFile: file)
        if let home = try automatic.join() { return home }
        let stack = try load(file)
        let observation = try await stack.observe()
        let runs = stack.environment.services.contains { service in
            service.engine is any LeasableEngine && observation[service.name]?.state == .running
        }
        return runs ? own : try await automatic.start(stack)
    }

    /// The stack as the environment declares it, whether it runs or not.
    func declaredStack() throws -> Stack {
        if let folder = variables[TestRun.folderVariable], !folder.isEmpty {
            return try TestRun.stack(ofLeaseFolder: folder)
        }
        return try load(try environmentFile())
    }

    /// The file by its real path: named in another way it is the same environment, and has the same stack.
    private func environmentFile() throws(Diagnostics) -> String {
        let file = try EnvironmentLocator(directory: options.directory).locate(
            file: nil,
            name: nil,
            variable: options.environment ?? variables["NEXENV_ENVIRONMENT"]
        )
        return realPath(file) ?? file
    }

    private func load(_ file: String) throws -> Stack {
        let mode = variables["NEXENV_MODE"].flatMap { $0.isEmpty ? nil : $0 }
        var loader = EnvironmentLoader(processVariables: variables, mode: mode)
        return Stack(try loader.load(file))
    }
}
