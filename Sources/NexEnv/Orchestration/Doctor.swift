/// Looks at what a machine has for running environments.
package struct Doctor: Sendable {
    /// One thing that was looked at.
    package struct Finding: Sendable, Codable {
        package var subject: String
        package var isGood: Bool
        package var detail: String
        /// The command that mends it.
        package var remedy: String?
    }

    /// The environment at hand, when there is one.
    package let stack: Stack?

    package init(stack: Stack?) {
        self.stack = stack
    }

    package func examine() async -> [Finding] {
        var findings = [await docker()]
        findings += await programs()
        findings += await clients()
        if let stack { findings += await services(stack, hasDocker: findings[0].isGood) }
        return findings
    }

    private func docker() async -> Finding {
        do {
            let format = "client {{.Client.Version}}, engine {{.Server.Version}}"
            let version = try await DockerCLI().run(["version", "--format", format])
            return Finding(subject: "docker", isGood: true, detail: String(version.prefix { !$0.isNewline }))
        } catch let error as NexEnvError {
            let remedy = "Debian: sudo apt-get install docker.io; macOS: brew install --cask docker"
            return Finding(subject: "docker", isGood: false, detail: error.message, remedy: error.hint ?? remedy)
        } catch {
            return Finding(subject: "docker", isGood: false, detail: "\(error)")
        }
    }

    /// The programs of the native runtime, one per engine that has any.
    private func programs() async -> [Finding] {
        let finder = ProgramFinder()
        var findings: [Finding] = []
        for program in EngineRegistry.programs {
            let found = await finder.all(program)
            let detail = found.map { "\($0.version) (\($0.path))" }.joined(separator: ", ")
            findings.append(
                Finding(
                    subject: program.name,
                    isGood: !found.isEmpty,
                    detail: found.isEmpty ? "not found; needed only without Docker" : detail,
                    remedy: found.isEmpty ? "Debian: sudo apt-get install \(program.package)" : nil
                )
            )
        }
        return findings
    }

    private func clients() async -> [Finding] {
        let finder = ProgramFinder()
        var findings: [Finding] = []
        let clients = [
            ("psql", "Debian: sudo apt-get install postgresql-client"),
            ("redis-cli", "Debian: sudo apt-get install redis-tools"),
            ("mongosh", "MongoDB's own packages have it: https://www.mongodb.com/docs/mongodb-shell/install/"),
        ]
        for (name, remedy) in clients {
            let isThere = finder.isInPath(name)
            findings.append(
                Finding(
                    subject: name,
                    isGood: isThere,
                    detail: isThere ? "found" : "not found; `connect` uses the one in the container",
                    remedy: isThere ? nil : remedy
                )
            )
        }
        return findings
    }

    /// Where each service of the environment would run.
    private func services(_ stack: Stack, hasDocker: Bool) async -> [Finding] {
        guard let observation = try? await stack.observe() else { return [] }
        var findings: [Finding] = []
        for service in stack.environment.services {
            let runtime = stack.chosenRuntime(of: service, observation)
            var finding = Finding(subject: service.name, isGood: true, detail: "would run in Docker")
            if runtime == .native {
                do {
                    let context = ServerContext(
                        project: stack.identity,
                        service: service,
                        passwords: Passwords(),
                        peers: [:],
                        port: 0,
                        version: service.options.version ?? type(of: service.engine).defaultVersion
                    )
                    let server = try await stack.runtime(.native).prepare(
                        context,
                        ports: AssignedPorts(),
                        digestKey: ""
                    )
                    finding.detail = (["would run natively"] + server.notes).joined(separator: ", ")
                } catch let error as NexEnvError {
                    finding.isGood = false
                    finding.detail = error.message
                    finding.remedy = error.hint
                } catch {
                    finding.isGood = false
                    finding.detail = "\(error)"
                }
            }
            findings.append(finding)
        }
        return findings
    }
}
