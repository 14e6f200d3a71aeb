/// A container as `docker run` wants it: arguments that anybody may see, and variables that nobody should.
package struct DockerContainer: Sendable {
    /// The container's name.
    let name: String

    /// The image with its registry.
    let image: String

    /// The arguments of `docker run`, after `-d`.
    let arguments: [String]

    /// The variables that `-e NAME` takes from our environment.
    let environment: [String: String]

    /// The variables that would change what the `docker` program itself does if they were in our environment.
    let fileEnvironment: [String: String]
}

/// Builds ``DockerContainer`` from what an engine describes.
struct DockerContainerBuilder {
    let context: ServerContext
    let description: ContainerDescription
    let ports: AssignedPorts
    let registry: String
    let environmentFile: String

    private var name: String { context.project.resourceName(context.service.name) }

    /// A digest of everything but the ports that the container happened to get.
    ///
    /// - Throws: ``NexEnvError`` when a configuration file can't be read.
    func configurationHash(key: String) throws -> String {
        let ports = description.extraPorts.map { "\($0.host)>\($0.container)/\($0.isUDP)" }
        let wanted =
            ["\(String(describing: context.service.port))", context.service.bind] + ports + description.entrypoint
        let text = (wanted + ["\(wanted.count)"] + arguments(ports: nil, hash: "")).joined(separator: "\u{0}")
        let secrets = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\u{0}")
        let files = try context.service.engine.configurationFiles.map { try SHA256Digest.hex(ofFile: $0.path) }
        let all = ([text, secrets] + files).joined(separator: "\u{1}")
        return String(SHA256Digest.keyedHex(of: all, key: key).prefix(32))
    }

    func container(hash: String) -> DockerContainer {
        DockerContainer(
            name: name,
            image: registry + description.image,
            arguments: arguments(ports: ports, hash: hash),
            environment: environment.filter { !isReadByDocker($0.key) },
            fileEnvironment: environment.filter { isReadByDocker($0.key) }
        )
    }

    /// The variables and the files' content, under the names that the arguments mention.
    private var environment: [String: String] {
        var all: [String: String] = [:]
        for variable in description.environment { all[variable.name] = variable.value }
        for (index, file) in files.enumerated() { all[Self.fileVariable(index)] = file.content }
        return all
    }

    private func arguments(ports: AssignedPorts?, hash: String) -> [String] {
        var arguments = ["--name", name, "--init", "--pull", "never"]
        arguments += labels(hash: hash)
        // So a server finds itself by the name that its peers know it by.
        arguments += ["--hostname", context.service.name]
        if let ports {
            if context.isFoundByName {
                arguments += ["--network", context.project.id, "--network-alias", context.service.name]
            }
            arguments += published(ports)
        }
        for variable in description.environment where !isReadByDocker(variable.name) {
            arguments += ["-e", variable.name]
        }
        for index in files.indices { arguments += ["-e", Self.fileVariable(index)] }
        for mount in description.mounts { arguments += mountArguments(mount) }
        if let bytes = description.sharedMemoryBytes { arguments += ["--shm-size", "\(bytes)"] }
        if let signal = description.stopSignal { arguments += ["--stop-signal", signal] }
        let grace = max(1, Int(context.service.stopGracePeriod.seconds.rounded(.up)))
        arguments += ["--stop-timeout", "\(grace)"]
        if let user = description.user { arguments += ["--user", user] }
        if let folder = description.workingDirectory { arguments += ["--workdir", folder] }
        if let restart = description.restart { arguments += ["--restart", restart] }
        if let check = description.healthCheck { arguments += healthArguments(check) }
        return arguments + command
    }

    private func labels(hash: String) -> [String] {
        let labels = [
            (DockerLabel.project, context.project.id),
            (DockerLabel.name, context.project.name),
            (DockerLabel.service, context.service.name),
            (DockerLabel.root, context.project.root),
            (DockerLabel.file, environmentFile),
            (DockerLabel.hash, hash),
            // Tools that group containers by compose project group ours too.
            ("com.docker.compose.project", context.project.id),
            ("com.docker.compose.service", context.service.name),
        ]
        return labels.flatMap { ["--label", "\($0.0)=\($0.1)"] }
    }

    private func published(_ ports: AssignedPorts) -> [String] {
        var arguments: [String] = []
        let bind = context.service.bind.contains(":") ? "[\(context.service.bind)]" : context.service.bind
        if let main = ports.main, let inside = context.service.engine.port {
            arguments += ["-p", "\(bind):\(main):\(inside)"]
        }
        for port in description.extraPorts {
            let host = ports.extra[port.container].map { "\($0)" } ?? ""
            arguments += ["-p", "\(bind):\(host):\(port.container)\(port.isUDP ? "/udp" : "")"]
        }
        return arguments
    }

    private func mountArguments(_ mount: ContainerDescription.Mount) -> [String] {
        switch mount {
        case .data(let volume, let path):
            if context.service.storage == .tmpfs { return ["--mount", csv(["type=tmpfs", "dst=\(path)"])] }
            let source = name + (volume.isEmpty ? "" : "-\(volume)")
            let labels = [
                "volume-label=\(DockerLabel.project)=\(context.project.id)",
                "volume-label=\(DockerLabel.service)=\(context.service.name)",
            ]
            return ["--mount", csv(["type=volume", "src=\(source)", "dst=\(path)"] + labels)]
        case .bind(let host, let path, let isReadOnly):
            return ["--mount", csv(["type=bind", "src=\(host)", "dst=\(path)"] + (isReadOnly ? ["readonly"] : []))]
        case .volume(let volume, let path, let isReadOnly):
            let source = "\(context.project.id)-\(volume)"
            let labels = ["volume-label=\(DockerLabel.project)=\(context.project.id)"]
            let fields = ["type=volume", "src=\(source)", "dst=\(path)"] + labels
            return ["--mount", csv(fields + (isReadOnly ? ["readonly"] : []))]
        }
    }

    /// Joins the fields of `--mount`, which Docker reads as one line of CSV.
    private func csv(_ fields: [String]) -> String {
        fields.map { field in
            // Bytes, not characters: an accent behind a quote makes one character of both.
            guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return field }
            let quotes = field.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
            var quoted = String.UnicodeScalarView()
            quoted.append(contentsOf: quotes)
            return "\"\(String(quoted))\""
        }.joined(separator: ",")
    }

    private func healthArguments(_ check: ContainerDescription.HealthCheck) -> [String] {
        var arguments = [
            "--health-cmd", check.isShell ? check.test[0] : check.test.map(shellQuoted).joined(separator: " "),
        ]
        func add(_ option: String, _ value: Duration?) {
            if let value { arguments += [option, value.text] }
        }
        add("--health-interval", check.interval)
        add("--health-timeout", check.timeout)
        add("--health-start-period", check.startPeriod)
        if let retries = check.retries { arguments += ["--health-retries", "\(retries)"] }
        return arguments
    }

    private func shellQuoted(_ word: String) -> String {
        "'\(word.replacing("'", with: "'\\''"))'"
    }

    /// The image and what follows it.
    ///
    /// Files are written by a fixed script that gets paths as arguments and contents as variables: a bind mount from the host
    /// would have the wrong owner, and a password in it would lie on the host's disk.
    private var command: [String] {
        let image = registry + description.image
        if files.isEmpty {
            let override = description.overridesEntrypoint ? Array(description.entrypoint.prefix(1)) : []
            let rest = description.overridesEntrypoint ? Array(description.entrypoint.dropFirst()) : []
            return override.flatMap { ["--entrypoint", $0] } + [image] + rest + description.arguments
        }
        let places = files.flatMap { [$0.path, $0.owner ?? ""] }
        let data = [description.initialization?.folder ?? "", description.initialization?.user ?? ""]
        return ["--entrypoint", "/bin/sh", image, "-c", Self.startScript, "nexenv"] + data + ["\(files.count)"] + places
            + description.entrypoint + description.arguments
    }

    /// The files that the engine describes, and the one that says that the data folder is filled.
    private var files: [ContainerDescription.File] {
        guard let initialization = description.initialization else { return description.files }
        let script = "rm -f \(initialization.folder)/\(Self.initializing)\n"
        return description.files + [.init(path: initialization.hookPath, content: script, owner: initialization.user)]
    }

    /// A file in a data folder that is being filled for the first time.
    private static let initializing = ".nexenv-initializing"

    /// Whether a variable in our environment would change what the `docker` program itself does.
    private func isReadByDocker(_ name: String) -> Bool {
        let names: Set = [
            "PATH", "HOME", "TMPDIR", "USER", "SHELL", "LANG", "TZ", "GODEBUG", "NO_COLOR", "TERM", "NO_PROXY",
        ]
        let prefixes = ["DOCKER_", "BUILDKIT_", "LD_", "DYLD_", "SSH_", "SSL_", "XDG_"]
        let upper = name.uppercased()
        return names.contains(upper) || upper.hasSuffix("_PROXY") || prefixes.contains { upper.hasPrefix($0) }
    }

    private static func fileVariable(_ index: Int) -> String { "NEXENV_FILE_\(index)" }

    /// Empties a data folder that was never filled to the end, writes each file from its variable, takes the variable away and
    /// becomes the image's entrypoint.
    private static let startScript = """
        set -eu; umask 077; data=$1; user=$2; count=$3; shift 3; index=0
        if [ -n "$data" ]; then
          if [ -e "$data/\(initializing)" ]; then find "$data" -mindepth 1 -delete; fi
          if [ -z "$(ls -A "$data")" ]; then : > "$data/\(initializing)"; chown "$user" "$data/\(initializing)"; fi
        fi
        while [ "$index" -lt "$count" ]; do
          path=$1; owner=$2; shift 2; folder=${path%/*}
          if [ ! -d "$folder" ]; then mkdir -p "$folder"; chmod 0755 "$folder"; fi
          printenv "NEXENV_FILE_$index" > "$path"
          if [ -n "$owner" ] && [ "$(id -u)" = 0 ]; then chown "$owner" "$path"; fi
          unset "NEXENV_FILE_$index"; index=$((index + 1))
        done
        exec "$@"
        """
}

/// The labels on everything that we make in Docker.
enum DockerLabel {
    static let project = "dev.nexenv.project"
    static let name = "dev.nexenv.name"
    static let service = "dev.nexenv.service"
    static let root = "dev.nexenv.root"
    static let file = "dev.nexenv.file"
    static let hash = "dev.nexenv.config-hash"
}
