import Foundation
import Synchronization
import Testing

/// Passwords are nowhere but where they belong.
@Suite(.waitsForSlots)
struct SecretTests {
    @Test("no password is seen anywhere", .docker, .native, arguments: Place.allCases)
    func leaks(_ place: Place) async throws {
        try await ProjectFixture.with("secrets-\(place.rawValue)") { project in
            let mark = "secret-of-\(project.name)"
            try project.write("init.sql", "CREATE TABLE a (n integer);")
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg:
                    engine: postgres
                    password: pg-\(mark)
                    settings: { log_statement: all }
                    roles: { reader: { password: role-\(mark) } }
                    databases: { one: { owner: one_owner, init: [init.sql] } }
                  mongo:
                    engine: mongodb
                    version: "6.0"
                    replica_set: rs0
                    databases: { nexus: { owner: nexus_owner } }
                  redis: { engine: redis, password: redis-\(mark) }
                  pooler: { engine: pgbouncer, server: pg }
                \(place == .docker ? container(mark) : "")
                """,
                in: place
            )
            let seen = Mutex<Set<String>>([])
            let sampler = Task {
                while !Task.isCancelled {
                    let lines = ProcessView.all().map { $0.command.joined(separator: " ") }
                    seen.withLock { $0.formUnion(lines) }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            let up = try await project.nexenv("up", "-v")
            let again = try await project.nexenv("up", "-v")
            sampler.cancel()
            var places = ["up": up.output + up.error + again.output + again.error]
            places["command lines"] = seen.withLock { $0.joined(separator: "\n") }
            places["status"] = try await project.nexenv("status", "--json").output
            places["logs"] = try await project.nexenv("logs").output
            if place == .docker {
                for container in try await DockerView.of(project).containers {
                    let format =
                        "{{json .Config.Labels}} {{json .Config.Cmd}} {{json .Args}} {{json .Config.Entrypoint}} {{.Path}}"
                    places["inspect \(container.name)"] = try await DockerView.inspect(container, format)
                    let logs = try await Program.run("docker", ["logs", container.id])
                    places["docker logs \(container.name)"] = logs.output + logs.error
                }
            }
            let base = project.folder + "/.nexenv"
            let kept = try String(contentsOfFile: base + "/secrets.env", encoding: .utf8)
            var secrets = kept.split(separator: "\n").filter { !$0.hasPrefix("#") }
                .map { String($0.drop { $0 != "=" }.dropFirst()) }
            #expect(secrets.count >= 5)
            secrets += ["pg-\(mark)", "role-\(mark)", "redis-\(mark)", "proxy-\(mark)", "token-\(mark)"]
            if place == .docker {
                let seen = try await project.nexenv("exec", "app", "sh", "-c", "echo $HTTPS_PROXY $TOKEN").output
                #expect(seen == "http://me:proxy-\(mark)@127.0.0.1:9 token-\(mark)\n")
            }
            for (place, text) in places {
                for secret in secrets { #expect(!text.contains(secret), "\(place) shows a password") }
            }
            // Data files are searched by a program that is made for it, which reads what to look for from a file.
            try project.write("patterns", secrets.joined(separator: "\n"))
            let search = ["-rlaF", "-f", project.folder + "/patterns", "--exclude=secrets.env", base]
            let found = try await Program.run("grep", search)
            #expect(found.status == 1 && found.output.isEmpty, "\(found.output) \(found.error)")
        }
    }

    /// A container whose variables hold secrets; one of them would make the `docker` program itself use a proxy.
    private func container(_ mark: String) -> String {
        """
          app:
            image: busybox:1
            command: [sleep, "600"]
            environment: { HTTPS_PROXY: "http://me:proxy-\(mark)@127.0.0.1:9", TOKEN: token-\(mark) }
        """
    }

    @Test("what nexenv keeps is its owner's alone", .native)
    func permissions() async throws {
        try await ProjectFixture.with("modes") { project in
            _ = try SampleStack(project, in: .native)
            try await project.nexenv("up")
            let base = project.folder + "/.nexenv"
            for path in ["."] + project.files() {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(base)/\(path)")
                let mode = (attributes[.posixPermissions] as? Int) ?? 0
                let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
                let allowed = isFolder ? [0o700, 0o711] : path == ".gitignore" ? [0o644] : [0o600]
                #expect(allowed.contains(mode), "\(path) has the mode \(String(mode, radix: 8))")
            }
            let left = project.files().filter { $0.contains("initial-password") || $0.contains("replica-set-key") }
            #expect(left.isEmpty)
        }
    }
}
