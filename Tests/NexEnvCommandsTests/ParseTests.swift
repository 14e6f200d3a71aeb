import ArgumentParser
import NexEnv
import Testing

@testable import NexEnvCommands

@Suite struct ParseTests {
    private func parse<Command>(_ arguments: String..., as type: Command.Type = Command.self) throws -> Command {
        let command = try NexEnvCommand.parseAsRoot(LeadingOptions.moved(arguments))
        return try #require(command as? Command, "\(arguments) is a \(Swift.type(of: command))")
    }

    struct Name: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var type: String
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String..., is type: String) {
            self.arguments = arguments
            self.type = type
        }
    }

    @Test(arguments: [
        Name("up", is: "UpCommand"), Name("down", is: "DownCommand"), Name("stop", is: "StopCommand"),
        Name("start", is: "StartCommand"),
        Name("restart", is: "RestartCommand"), Name("wait", is: "WaitCommand"), Name("status", is: "StatusCommand"),
        Name("ps", is: "StatusCommand"), Name("logs", is: "LogsCommand"), Name("ports", is: "PortsCommand"),
        Name("ls", is: "ListCommand"),
        Name("connect", "pg", is: "ConnectCommand"), Name("sh", "pg", is: "ConnectCommand"),
        Name("exec", "pg", "ls", is: "ExecCommand"),
        Name("env", is: "EnvCommand"), Name("url", "pg", is: "URLCommand"), Name("validate", is: "ValidateCommand"),
        Name("schema", is: "SchemaCommand"), Name("doctor", is: "DoctorCommand"),
        Name("poweroff", is: "PowerOffCommand"),
        Name("completion", "zsh", is: "CompletionCommand"),
        Name("migrate", "up", is: "Up"), Name("migrate", "down", is: "Down"), Name("migrate", "status", is: "Status"),
        Name("migrate", "history", is: "History"), Name("migrate", "verify", is: "Verify"),
        Name("migrate", "new", "add x", is: "New"),
    ])
    func `commands and their aliases`(name: Name) throws {
        let command = try NexEnvCommand.parseAsRoot(name.arguments)
        #expect("\(type(of: command))" == name.type)
    }

    @Test func `up as compose's users type it`() throws {
        let up: UpCommand = try parse(
            "up",
            "-d",
            "--wait",
            "pg",
            "redis",
            "--timings",
            "--strict-ports",
            "--rollback",
            "--attach"
        )
        #expect(up.services == ["pg", "redis"])
        #expect(up.detach && up.wait && up.timings && up.strictPorts && up.rollback && up.attach)
        let plain: UpCommand = try parse("up")
        #expect(plain.services.isEmpty)
        #expect(!(plain.detach || plain.wait || plain.timings || plain.strictPorts || plain.rollback || plain.attach))
    }

    @Test func `down asks unless it is told not to`() throws {
        let plain: DownCommand = try parse("down")
        #expect(!plain.volumes && !plain.yes)
        let all: DownCommand = try parse("down", "--volumes", "-y", "pg")
        #expect(all.volumes && all.yes && all.services == ["pg"])
    }

    struct Place: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(arguments: [
        Place(arguments: [
            "up", "-f", "x.yaml", "-e", "shop", "--mode", "ci", "--profile", "a", "--profile", "b", "--runtime",
            "native", "-q", "--json",
        ]),
        Place(arguments: [
            "-f", "x.yaml", "-e", "shop", "--mode", "ci", "--profile", "a", "--profile", "b", "--runtime", "native",
            "-q", "--json", "up",
        ]),
        Place(arguments: [
            "--file=x.yaml", "--environment=shop", "--mode=ci", "--profile", "a", "up", "--profile=b",
            "--runtime=native", "--quiet", "--json",
        ]),
        Place(arguments: [
            "--file", "x.yaml", "--json", "up", "--environment", "shop", "--mode", "ci", "--profile", "a", "--profile",
            "b", "--runtime", "native", "-q",
        ]),
    ])
    func `global options stand before the command or behind it`(place: Place) throws {
        let command = try NexEnvCommand.parseAsRoot(LeadingOptions.moved(place.arguments))
        let up = try #require(command as? UpCommand)
        #expect(up.file == "x.yaml")
        #expect(up.global.environment == "shop")
        #expect(up.global.mode == "ci")
        #expect(up.global.profile == ["a", "b"])
        #expect(up.global.runtime == .native)
        #expect(up.global.quiet && up.global.json && !up.global.verbose && !up.global.noColor)
        #expect(up.services.isEmpty)
    }

    @Test(arguments: [
        Place(arguments: ["migrate", "up", "--file", "x.yaml", "-e", "shop", "--json", "pg.auth", "ts"]),
        Place(arguments: ["-f", "x.yaml", "-e", "shop", "--json", "migrate", "up", "pg.auth", "ts"]),
        Place(arguments: ["-f", "x.yaml", "migrate", "-e", "shop", "--json", "up", "pg.auth", "ts"]),
        Place(arguments: ["migrate", "-f", "x.yaml", "up", "--environment=shop", "pg.auth", "--json", "ts"]),
    ])
    func `global options stand anywhere around a command of a command`(place: Place) throws {
        let up: MigrateCommand.Up = try #require(
            try NexEnvCommand.parseAsRoot(LeadingOptions.moved(place.arguments)) as? MigrateCommand.Up
        )
        #expect(up.file == "x.yaml" && up.global.environment == "shop" && up.global.json)
        #expect(up.choice.targets == ["pg.auth", "ts"])
    }

    @Test func `migrate's own options`() throws {
        let plain: MigrateCommand.Up = try parse("migrate", "up")
        #expect(plain.choice.targets.isEmpty && !plain.allowOutOfOrder && plain.lock.lockTimeout == "30s")
        let up: MigrateCommand.Up = try parse("migrate", "up", "--allow-out-of-order", "--lock-timeout", "2m")
        #expect(up.allowOutOfOrder && up.lock.lockTimeout == "2m")
        let one: MigrateCommand.Down = try parse("migrate", "down")
        #expect(one.count == 1 && one.choice.database == nil)
        let three: MigrateCommand.Down = try parse("migrate", "down", "3", "--database", "pg.auth")
        #expect(three.count == 3 && three.choice.database == "pg.auth")
        let status: MigrateCommand.Status = try parse("migrate", "status", "--exit-code", "pg")
        #expect(status.exitCode && status.choice.targets == ["pg"])
        let new: MigrateCommand.New = try parse("migrate", "new", "add invoices", "--database", "pg.auth")
        #expect(new.name == "add invoices" && new.choice.database == "pg.auth")
    }

    @Test func `an option's value may look like a command, and a command's word like nothing else`() throws {
        let down: DownCommand = try parse("-e", "up", "down", "up")
        #expect(down.global.environment == "up")
        #expect(down.services == ["up"])
    }

    @Test(
        arguments: [
            ["--help"], ["-h"], ["--version"], ["--bogus", "up"], ["-f"], ["-e"], [], ["up", "-e", "x"], ["-f", "x"],
        ] as [[String]]
    )
    func `what isn't a leading option is left as it is`(arguments: [String]) {
        #expect(LeadingOptions.moved(arguments) == arguments)
    }

    @Test func `-f means to follow behind logs, and the file before it`() throws {
        let behind: LogsCommand = try parse("logs", "-f", "--tail", "5", "pg")
        #expect(behind.file == nil)
        #expect(behind.services == ["pg"])
        let before: LogsCommand = try parse("-f", "x.yaml", "logs", "-f")
        #expect(before.file == "x.yaml")
    }

    @Test func `connect and exec hand on what isn't theirs`() throws {
        let connect: ConnectCommand = try parse("connect", "pg.auth", "-c", "SELECT 1", "--", "-A", "-t")
        #expect(connect.target == "pg.auth")
        #expect(connect.command == "SELECT 1")
        #expect(connect.arguments == ["-A", "-t"])
        let exec: ExecCommand = try parse("exec", "-e", "shop", "pg", "ls", "-la", "--json")
        #expect(exec.service == "pg")
        #expect(exec.global.environment == "shop")
        #expect(exec.arguments == ["ls", "-la", "--json"])
        #expect(!exec.global.json)
    }

    @Test(arguments: EnvCommand.Format.allCases) func `formats of env`(format: EnvCommand.Format) throws {
        let env: EnvCommand = try parse("env", "--format", format.rawValue, "--prefix", "X_")
        #expect(env.format == format)
        #expect(env.prefix == "X_")
        let plain: EnvCommand = try parse("env")
        #expect(plain.format == .dotenv)
    }

    @Test(
        arguments: [
            ["upp"], ["up", "--bogus"], ["up", "--runtime", "kubernetes"], ["url"], ["connect"],
            ["completion", "tcsh"], ["env", "--format", "xml"],
            ["migrate", "down", "0"], ["migrate", "down", "-1"], ["migrate", "down", "x"], ["migrate", "new"],
            ["migrate", "upp"], ["migrate", "up", "--bogus"],
            ["wait", "--timeout"], ["url", "a", "b"], ["logs", "--tail", "x"], ["validate", "x"],
        ] as [[String]]
    )
    func `what isn't a command line has the status of usage`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try NexEnvCommand.parseAsRoot(LeadingOptions.moved(arguments)) }
        if let error { #expect(NexEnvCommand.exitCode(for: error).rawValue == NexEnv.ExitStatus.usage.rawValue) }
    }

    @Test func `a mistyped command names the right one`() {
        let error = #expect(throws: NexEnvError.self) { try NexEnvCommand.checkName(in: ["stauts"]) }
        #expect(error?.hint == "did you mean `nexenv status`?")
        #expect(error?.code.exitStatus == .usage)
        #expect(throws: Never.self) { try NexEnvCommand.checkName(in: ["status"]) }
        let inner = #expect(throws: NexEnvError.self) {
            try NexEnvCommand.checkName(in: ["-e", "shop", "migrate", "-q", "stauts"])
        }
        #expect(inner?.message == "there is no command `migrate stauts`")
        #expect(inner?.hint == "did you mean `nexenv migrate status`?")
        #expect(throws: Never.self) { try NexEnvCommand.checkName(in: ["migrate", "--json", "status"]) }
        #expect(throws: Never.self) { try NexEnvCommand.checkName(in: ["migrate"]) }
        #expect(throws: Never.self) { try NexEnvCommand.checkName(in: ["ps"]) }
        #expect(throws: Never.self) { try NexEnvCommand.checkName(in: ["--help"]) }
        #expect(throws: Never.self) { try NexEnvCommand.checkName(in: []) }
    }
}
