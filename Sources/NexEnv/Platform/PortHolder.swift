import Foundation

/// Finds out who listens on a port.
package enum PortHolder {
    /// Returns who holds a TCP port, such as `redis-server (pid 812)`, or nothing when that can't be told.
    package static func find(_ port: Int) async -> String? {
        if let container = await container(port) { return container }
        return await process(port)
    }

    private static func container(_ port: Int) async -> String? {
        let format = "{{.Names}}\t{{.Label \"\(DockerLabel.project)\"}}"
        let arguments = ["ps", "--filter", "publish=\(port)", "--format", format]
        guard let output = try? await ChildProcess.run("docker", arguments), output.isSuccess else { return nil }
        guard let line = output.standardOutput.split(separator: "\n").first else { return nil }
        let fields = line.split(separator: "\t")
        let project = fields.count > 1 ? " of the project \(fields[1])" : ""
        return fields.first.map { "the container \($0)\(project)" }
    }

    /// Returns whether a process listens on a port.
    package static func isHeld(_ port: Int, by pid: Int32) async -> Bool {
        #if os(Linux)
        let inodes = listeners(port)
        return !inodes.isEmpty && holds("\(pid)", inodes)
        #else
        let arguments = ["-nP", "-a", "-p", "\(pid)", "-iTCP:\(port)", "-sTCP:LISTEN", "-Fp"]
        return (try? await ChildProcess.run("lsof", arguments))?.isSuccess ?? true
        #endif
    }

    #if os(Linux)
    private static func holds(_ pid: String, _ inodes: Set<String>) -> Bool {
        let folder = "/proc/\(pid)/fd"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).contains { descriptor in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
            return target.map(inodes.contains) ?? false
        }
    }

    private static func process(_ port: Int) async -> String? {
        let inodes = listeners(port)
        guard !inodes.isEmpty else { return nil }
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in processes where pid.allSatisfy(\.isNumber) {
            guard holds(pid, inodes) else { continue }
            let name = kernelFile("/proc/\(pid)/comm") ?? "a process"
            return "\(name.trimmingCharacters(in: .whitespacesAndNewlines)) (pid \(pid))"
        }
        return "a process of another user"
    }

    private static func listeners(_ port: Int) -> Set<String> {
        Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners($0, port) })
    }

    /// Reads the sockets that listen on a port (proc(5): local address, state 0A, inode).
    private static func listeners(_ path: String, _ port: Int) -> [String] {
        (kernelFile(path) ?? "").split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let hex = fields[1].split(separator: ":").last else {
                return nil
            }
            return Int(hex, radix: 16) == port ? "socket:[\(fields[9])]" : nil
        }
    }
    #else
    private static func process(_ port: Int) async -> String? {
        let arguments = ["-nP", "-iTCP:\(port)", "-sTCP:LISTEN", "-Fpc"]
        guard let output = try? await ChildProcess.run("lsof", arguments), output.isSuccess else { return nil }
        var fields: [Character: String] = [:]
        for line in output.standardOutput.split(separator: "\n") {
            if let kind = line.first, fields[kind] == nil { fields[kind] = String(line.dropFirst()) }
        }
        return fields["c"].map { "\($0) (pid \(fields["p"] ?? "?"))" }
    }
    #endif
}
