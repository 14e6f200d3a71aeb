import Foundation
import NexEnv

/// What Docker has of a project, asked without nexenv.
struct DockerView: Sendable {
    /// One container.
    struct Container: Sendable, Hashable {
        var name: String
        var state: String
        var id: String
    }

    var containers: [Container]
    var volumes: [String]
    var networks: [String]

    /// Everything whose label names a project of this name; its id is the name and four digits.
    static func of(_ project: ProjectFixture) async throws -> DockerView {
        let mine = "\(project.name)-"
        func lines(_ arguments: [String]) async throws -> [String] {
            let run = try await Program.run("docker", arguments)
            guard run.status == 0 else { throw NotInTime(what: "docker answers: \(run)") }
            return run.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix(mine) }.sorted()
        }
        let listed = try await lines(["ps", "-a", "--no-trunc", "--format", "{{.Names}}\t{{.State}}\t{{.ID}}"])
        return DockerView(
            containers: listed.map { line in
                let fields = line.split(separator: "\t").map(String.init)
                return Container(name: fields[0], state: fields[1], id: fields[2])
            },
            volumes: try await lines(["volume", "ls", "--format", "{{.Name}}"]),
            networks: try await lines(["network", "ls", "--format", "{{.Name}}"])
        )
    }

    /// A service's container.
    func container(_ service: String) -> Container? { containers.first { $0.name.hasSuffix("-\(service)") } }

    /// Asks Docker about a container.
    static func inspect(_ container: Container?, _ format: String) async throws -> String {
        try await Program.run("docker", ["inspect", "-f", format, container?.id ?? "none"]).output
            .trimmingCharacters(in: .newlines)
    }
}

/// A process of this machine, read from /proc.
struct ProcessView: Sendable {
    var pid: Int32
    var command: [String]
    var folder: String

    /// Every process whose command line or working folder lies in a project's folder.
    static func of(_ project: ProjectFixture) -> [ProcessView] {
        let own = ProcessInfo.processInfo.processIdentifier
        let real = (try? FileManager.default.destinationOfSymbolicLink(atPath: project.folder)) ?? project.folder
        return all().filter { process in
            guard process.pid != own else { return false }
            return process.command.contains { $0.contains(real) } || process.folder.hasPrefix(real)
        }
    }

    /// Every process, as far as we may look at it.
    static func all() -> [ProcessView] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { pid in
            guard let text = kernelFile("/proc/\(pid)/cmdline"), !text.isEmpty else { return nil }
            let command = text.split(separator: "\0").map(String.init)
            let folder = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) ?? ""
            return ProcessView(pid: pid, command: command, folder: folder)
        }
    }
}
