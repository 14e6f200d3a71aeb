import Foundation

/// Every project of this machine, whichever folder it lies in.
package enum Machine {
    /// A project that has servers here.
    package struct MachineProject: Sendable {
        package var identity: ProjectIdentity
        package var file: String
        package var servers: [ObservedServer]

        /// How many of the servers run.
        package var running: Int { servers.count { $0.state == .running } }
    }

    /// Returns the projects, by name: those with containers, and those whose native servers were noted.
    package static func projects() async throws -> [MachineProject] {
        var servers: [ObservedServer] = []
        do {
            servers = try await DockerRuntime().observeAll()
        } catch let error as NexEnvError where error.code == .dockerUnavailable {
            // Without Docker there are native servers only.
        }
        for project in ProjectRegistry.projects() {
            servers += try await NativeRuntime(project).observe(project.identity)
        }
        let byProject = Dictionary(grouping: servers) { $0.project.id }
        return byProject.values.map { servers in
            let servers = servers.sorted { $0.service < $1.service }
            return MachineProject(
                identity: servers[0].project,
                file: servers.compactMap(\.environmentFile).first ?? "",
                servers: servers
            )
        }.sorted { $0.identity.id < $1.identity.id }
    }

    /// Removes every server of a project with its data, whether its file is there or not; none is asked to stop first.
    static func removeAll(of identity: ProjectIdentity) async throws {
        let runtimes: [any Runtime] = [NativeRuntime(Project(identity)), DockerRuntime()]
        for runtime in runtimes {
            do {
                let servers = try await runtime.observe(identity)
                try await servers.concurrentForEach(limit: 8) { try await runtime.remove($0) }
                try await runtime.removeData(of: nil, identity)
                if !servers.isEmpty { try await runtime.removeShared(identity) }
            } catch let error as NexEnvError where error.code.exitStatus == .unavailable {
                // Without Docker there is nothing in it.
            }
        }
        ProjectRegistry.remove(identity)
    }

    /// Stops and removes every server of every project; data stays.
    ///
    /// - Returns: The projects that had any.
    package static func powerOff() async throws -> [String] {
        let projects = try await projects()
        for found in projects {
            let project = Project(found.identity)
            let native = NativeRuntime(project)
            let docker = DockerRuntime()
            try await found.servers.concurrentForEach(limit: 8) { server in
                let runtime: any Runtime = server.runtime == native.name ? native : docker
                if server.state == .running { try await runtime.stop(server, grace: .seconds(10)) }
                try await runtime.remove(server)
            }
            if found.servers.contains(where: { $0.runtime == .docker }) {
                try await docker.removeShared(found.identity)
            }
        }
        return projects.map(\.identity.id)
    }
}

/// Which projects have native servers: one small file each in the user's state folder, so that `nexenv ls` finds them.
enum ProjectRegistry {
    private struct Entry: Codable {
        var name: String
        var root: String
    }

    private static var folder: String { StateFolder.path + "/projects" }

    /// Notes a project; a project that can't be noted works all the same, but `nexenv ls` won't find it.
    static func add(_ identity: ProjectIdentity) {
        let path = "\(folder)/\(identity.id).json"
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try? PrivateFile.makeFolder(folder)
        guard let data = try? JSONEncoder().encode(Entry(name: identity.name, root: identity.root)) else { return }
        try? PrivateFile.write(String(decoding: data, as: UTF8.self), to: path)
    }

    static func remove(_ identity: ProjectIdentity) {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(identity.id).json")
    }

    /// Returns the projects that still exist.
    static func projects() -> [Project] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            let path = "\(folder)/\(name)"
            guard let data = FileManager.default.contents(atPath: path),
                let entry = try? JSONDecoder().decode(Entry.self, from: data)
            else { return nil }
            let project = Project(ProjectIdentity(name: entry.name, root: entry.root))
            guard FileManager.default.fileExists(atPath: project.folder) else {
                try? FileManager.default.removeItem(atPath: path)
                return nil
            }
            return project
        }
    }
}
