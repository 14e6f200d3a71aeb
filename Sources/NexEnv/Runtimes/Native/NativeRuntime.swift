import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Servers as processes of this machine, each in a session of its own, with data under `.nexenv/data/`.
package struct NativeRuntime: Runtime {
    package let name = RuntimeChoice.native
    package let startsInTurn = false
    package let canResume = false

    private let folders: NativeFolders
    private let environmentFile: String
    private let finder: ProgramFinder

    package init(_ project: Project, environmentFile: String = "", finder: ProgramFinder = ProgramFinder()) {
        folders = NativeFolders(project)
        self.environmentFile = environmentFile
        self.finder = finder
    }

    /// What a prepared server carries to its start.
    private struct Payload: Sendable {
        var launch: NativeLaunch
        var files: [NativeFile]
    }

    // MARK: - Observing

    package func observe(_ project: ProjectIdentity) async throws -> [ObservedServer] {
        folders.records().map { record in
            let isRunning = record.process?.isRunning ?? false
            let state: ObservedServer.State = isRunning ? .running : record.process == nil ? .stopped : .failed
            return ObservedServer(
                service: record.service,
                runtime: .native,
                state: state,
                endpoint: isRunning ? record.endpoint : nil,
                extraPorts: [:],
                configurationHash: record.configurationHash,
                identifier: record.process.map { "\($0.pid)" } ?? "",
                project: project,
                environmentFile: record.environmentFile,
                image: "\((record.program as NSString).lastPathComponent) \(record.version)"
            )
        }
    }

    package func internalPort(of service: Service, hostPort: Int) -> Int { hostPort }

    package func internalEndpoint(of service: Service, endpoint: Endpoint) -> Endpoint { endpoint }

    // MARK: - Starting

    package func prepare(
        _ context: ServerContext,
        ports: AssignedPorts,
        digestKey: String
    ) async throws -> PreparedServer {
        let service = context.service
        let description = try service.engine.process(context)
        let dataFolder = folders.data(service.name)
        let (found, note) = try await choose(description, context, dataFolder: dataFolder)
        let configuration = folders.configuration(service.name)
        let fill = Placeholders(
            data: dataFolder,
            configuration: configuration,
            programs: found.folder,
            version: String(found.version.prefix { $0 != "." })
        )
        for requirement in description.requirements {
            let exists = requirement.candidates.contains { FileManager.default.fileExists(atPath: fill($0)) }
            guard exists else {
                throw NexEnvError(
                    .nativeUnsupported,
                    requirement.message,
                    service: service.name,
                    hint: requirement.hint
                )
            }
        }
        let endpoint = Endpoint(host: service.bind == "0.0.0.0" ? "127.0.0.1" : service.bind, port: context.port)
        let hash = try configurationHash(context, found, key: digestKey)
        let record = NativeRecord(
            service: service.name,
            projectName: context.project.name,
            projectRoot: context.project.root,
            environmentFile: environmentFile,
            configurationHash: hash,
            endpoint: endpoint,
            program: found.path,
            version: found.version,
            stopSignal: description.stopSignal,
            discardSignal: description.discardSignal,
            lockFile: description.lockFile.map { "\(dataFolder)/\($0)" },
            logPath: folders.log(service.name)
        )
        let launch = NativeLaunch(
            program: found.path,
            arguments: description.arguments.map { fill($0) },
            environment: description.environment.mapValues { fill($0) },
            user: try user(description),
            logPath: record.logPath,
            recordPath: folders.record(service.name),
            record: record,
            dataFolder: dataFolder,
            preparation: description.preparation.map { preparation in
                NativeLaunch.Preparation(
                    program: found.folder + "/" + preparation.program,
                    arguments: preparation.arguments.map { fill($0) },
                    marker: preparation.marker,
                    files: preparation.files.map { fill($0.path) }
                )
            }
        )
        func files(_ described: [ProcessDescription.File], _ life: (ProcessDescription.File) -> NativeFile.Life)
            -> [NativeFile]
        {
            described.map { NativeFile(path: fill($0.path), content: fill($0.content), life: life($0)) }
        }
        let generated =
            files(description.preparation?.files ?? []) { _ in .preparation }
            + files(description.files) { $0.isForStartOnly ? .start : .server }
        var prepared = PreparedServer(
            service: service,
            project: context.project,
            configurationHash: hash,
            endpoint: endpoint,
            internalEndpoint: endpoint,
            payload: Payload(launch: launch, files: generated)
        )
        prepared.notes = note.map { [$0] } ?? []
        return prepared
    }

    /// A digest of everything but the port that the server happened to get.
    private func configurationHash(
        _ context: ServerContext,
        _ found: ProgramFinder.Found,
        key: String
    ) throws -> String {
        var context = context
        context.port = 0
        let description = try context.service.engine.process(context)
        let files = description.files.sorted { $0.path < $1.path }.flatMap { [$0.path, $0.content] }
        let wanted = "\(String(describing: context.service.port)) \(context.service.bind)"
        let read = try context.service.engine.configurationFiles.map { try SHA256Digest.hex(ofFile: $0.path) }
        let parts = [wanted, found.path, found.version] + description.arguments + files + read
        let text = parts.joined(separator: "\u{0}")
        return String(SHA256Digest.keyedHex(of: text, key: key).prefix(32))
    }

    /// Picks the program: the version that made the data, or the wanted one, or the newest with a note.
    private func choose(
        _ description: ProcessDescription,
        _ context: ServerContext,
        dataFolder: String
    ) async throws -> (ProgramFinder.Found, note: String?) {
        let program = description.program
        let all = await finder.all(program)
        guard let newest = all.max(by: { $0.version.compare($1.version, options: .numeric) == .orderedAscending })
        else {
            throw NexEnvError(
                .nativeUnsupported,
                "there is no `\(program.name)` on this machine",
                service: context.service.name,
                hint: "install it: apt-get install \(program.package)"
            )
        }
        let wanted = description.version
        let madeBy = description.dataVersionFile
            .flatMap { try? String(contentsOfFile: "\(dataFolder)/\($0)", encoding: .utf8) }?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        if let madeBy, let found = all.first(where: { ProgramFinder.matches($0.version, madeBy) }) {
            let note =
                ProgramFinder.matches(found.version, wanted)
                ? nil : "\(found.version) instead of \(wanted), as its data"
            return (found, note)
        }
        if let madeBy {
            throw NexEnvError(
                .programMissing,
                "its data was made by version \(madeBy), and this machine has \(all.map(\.version).joined(separator: ", "))",
                service: context.service.name,
                hint: "install version \(madeBy), or give the data up with `nexenv down --volumes`"
            )
        }
        if let found = all.first(where: { ProgramFinder.matches($0.version, wanted) }) { return (found, nil) }
        return (newest, "version \(newest.version), since this machine has no \(wanted)")
    }

    private func user(_ description: ProcessDescription) throws -> SystemUser? {
        guard SystemUser.isRoot, let name = description.unprivilegedUser else { return nil }
        guard let user = SystemUser(named: name) ?? SystemUser(named: "nobody") else {
            throw NexEnvError(
                .nativeUnsupported,
                "\(description.program.name) refuses to run as root, and there is no user \(name)"
            )
        }
        return user
    }

    package func prepareProject(
        _ project: ProjectIdentity,
        observed: [ObservedServer],
        sharesNames: Bool
    ) async throws {
        try folders.make()
        ProjectRegistry.add(project)
    }

    package func start(_ server: PreparedServer, _ progress: @Sendable (String) -> Void) async throws {
        let payload = server.payload(as: Payload.self)
        let launch = payload.launch
        try folders.make(for: server.service.name, user: launch.user)
        for file in payload.files where file.life != .preparation || launch.isUnprepared {
            try PrivateFile.write(file.content, to: file.path)
            if let user = launch.user { chown(file.path, user.userID, user.groupID) }
        }
        if FileManager.default.fileExists(atPath: launch.logPath) { rename(launch.logPath, launch.logPath + ".1") }
        try PrivateFile.write("", to: launch.logPath)
        if launch.isUnprepared { progress("making its data folder") }
        try await NativeLauncher.start(launch)
    }

    package func isListening(_ server: PreparedServer) async -> Bool {
        guard let process = folders.record(of: server.service.name)?.process, let port = server.endpoint?.port else {
            return false
        }
        return await PortHolder.isHeld(port, by: process.pid)
    }

    package func settle(_ server: PreparedServer) {
        for file in server.payload(as: Payload.self).files where file.life != .server { unlink(file.path) }
    }

    package func resume(_ server: ObservedServer) async throws {
        // A native server has nothing that lasts but its data: it is started anew.
        throw NexEnvError(.notRunning, "a native server is started, not resumed", service: server.service)
    }

    // MARK: - Stopping

    package func stop(_ server: ObservedServer, grace: Duration) async throws {
        guard let record = folders.record(of: server.service) else { return }
        try await end(record, by: record.stopSignal.number, grace: grace)
    }

    private func end(_ record: NativeRecord, by signal: Int32, grace: Duration) async throws {
        guard let process = record.process else { return }
        process.send(signal)
        let deadline = ContinuousClock.now + grace
        var pause = Duration.milliseconds(2)
        while process.isRunning {
            reap(process.pid)
            if ContinuousClock.now >= deadline {
                process.send(SIGKILL)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
        reap(process.pid)
        if let lock = record.lockFile { breakLock(lock, of: process) }
        var stopped = record
        stopped.process = nil
        try folders.write(stopped)
    }

    /// Removes the lock of a server that was killed.
    ///
    /// PostgreSQL doesn't start as long as there is a process of that number, also one that has ended and that its parent hasn't
    /// waited for; in a container without an init, nobody ever does. Should its children still be there, the memory that they
    /// share keeps another server out.
    private func breakLock(_ path: String, of process: ProcessIdentity) {
        let holder = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first
        if holder == "\(process.pid)" { unlink(path) }
    }

    /// Takes the exit status of a child of ours, so that it doesn't stay a zombie.
    private func reap(_ pid: Int32) {
        waitpid(pid, nil, WNOHANG)
    }

    package func remove(_ server: ObservedServer) async throws {
        if let record = folders.record(of: server.service) {
            try await end(record, by: record.discardSignal?.number ?? SIGKILL, grace: .seconds(10))
        }
        folders.forget(server.service)
    }

    package func process(of server: ObservedServer) async -> ProcessIdentity? {
        folders.record(of: server.service)?.process
    }

    package func removeShared(_ project: ProjectIdentity) async throws {}

    package func servicesWithData(_ project: ProjectIdentity) async throws -> Set<String> {
        folders.servicesWithData()
    }

    package func removeData(of services: Set<String>?, _ project: ProjectIdentity) async throws {
        for service in services ?? folders.servicesWithData() { try folders.removeData(of: service) }
    }

    // MARK: - Logs and commands

    package func logTail(of server: ObservedServer, lines: Int) async -> [String] {
        NativeLog(folders.log(server.service)).tail(lines)
    }

    package func logs(
        of server: ObservedServer,
        _ options: LogOptions,
        onLine: @escaping @Sendable (String) async -> Void
    ) async throws {
        var arguments = ["-n", options.tail.map { "\($0)" } ?? "+1"]
        // `-F` goes on when a restart puts a new file in the old one's place.
        if options.follow { arguments.append("-F") }
        let path = folders.log(server.service)
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard let since = options.since else {
            _ = try await ChildProcess.stream("tail", arguments + [path], onLine: onLine)
            return
        }
        guard let start = LogTime.since(since) else {
            throw NexEnvError(
                .notFound,
                "`\(since)` is no time",
                hint: "a duration such as 10m, or 2026-01-31T12:00:00"
            )
        }
        let isRecent = RecentLines(start: start, timeOfLine: options.timeOfLine)
        _ = try await ChildProcess.stream("tail", arguments + [path]) { line in
            if await isRecent.passes(line) { await onLine(line) }
        }
    }

    /// Lets lines through from the first one that is recent; a line without a time goes with the one before.
    private actor RecentLines {
        private let start: Double
        private let timeOfLine: @Sendable (String) -> Double?
        private var hasBegun = false

        init(start: Double, timeOfLine: @escaping @Sendable (String) -> Double?) {
            self.start = start
            self.timeOfLine = timeOfLine
        }

        func passes(_ line: String) -> Bool {
            if !hasBegun, let time = timeOfLine(line) { hasBegun = time >= start }
            return hasBegun
        }
    }

    package func command(
        in server: ObservedServer,
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        isInteractive: Bool
    ) -> ProgramCall {
        ProgramCall(program: program, arguments: arguments, environment: environment)
    }
}

extension ProcessDescription.StopSignal {
    fileprivate var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .quit: SIGQUIT
        }
    }
}
