import Foundation
import Synchronization
import Testing

/// `nexenv test -- PROGRAM`: a stack for the program, of which nothing is left, whatever is killed.
@Suite(.waitsForSlots)
struct TestRunTests {
    @Test("the program finds filled databases, its status is passed on, and nothing is left", arguments: Place.allCases)
    func run(_ place: Place) async throws {
        try await ProjectFixture.with("test-run") { project in
            try LeaseKillTests.shop(project, in: place)
            let script = "psql \"$DATABASE_URL\" -XAtc 'SELECT count(*) FROM item'; exit 7"
            let run = try await project.nexenv("test", "--", "sh", "-c", script, status: 7)
            #expect(run.output == "100\n", "\(run)")
            try await Self.expectNothing(of: project)
            // Nor is the project's own stack there.
            #expect(try await project.nexenv("status", "--json").json["services"][0]["state"].text != "running")
        }
    }

    @Test("without seeds, quietly, and with a program that isn't there", .native)
    func options() async throws {
        try await ProjectFixture.with("test-options") { project in
            try LeaseKillTests.shop(project, in: .native)
            let count = "psql \"$DATABASE_URL\" -XAtc 'SELECT count(*) FROM item'"
            let run = try await project.nexenv("test", "--no-seed", "--quiet", "--", "sh", "-c", count)
            #expect(run.output == "0\n")
            #expect(run.error == "", "\(run)")
            let missing = try await project.nexenv("test", "--", "no-such-program", status: nil)
            #expect(missing.status != 0 && missing.error.contains("no-such-program"), "\(missing)")
            let usage = try await project.nexenv("test", status: nil)
            #expect(usage.status == 64 && usage.error.contains("nexenv test -- PROGRAM"), "\(usage)")
            try await Self.expectNothing(of: project)
        }
    }

    @Test("the stack that runs is used again, and goes on", .native)
    func reuse() async throws {
        try await ProjectFixture.with("test-reuse") { project in
            try LeaseKillTests.shop(project, in: .native)
            let refused = try await project.nexenv("test", "--reuse", "--", "true", status: nil)
            #expect(refused.status != 0 && refused.error.contains("nexenv up"), "\(refused)")
            try await project.nexenv("up")
            let run = try await project.nexenv(
                "test",
                "--reuse",
                "--",
                "sh",
                "-c",
                "echo $DATABASE_URL; exit 3",
                status: 3
            )
            #expect(run.output == (try await project.url("pg.shop")) + "\n")
            #expect(try await project.value("SELECT 1", "pg") == "1")
        }
    }

    /// What is killed while the program runs.
    enum Victim: String, CaseIterable {
        case nexenv, terminal, host
    }

    @Test("whatever is killed, the stack goes, and the program with it", .native, arguments: Victim.allCases)
    func killed(_ victim: Victim) async throws {
        try await ProjectFixture.with("test-killed") { project in
            try LeaseKillTests.shop(project, in: .native)
            let command = [Program.nexenv, "test", "--", "sh", "-c", "exec sleep 1000"]
            // `script` gives it a terminal, which is gone when `script` is.
            let isInTerminal = victim == .terminal
            let memory = Mutex<Int32?>(nil)
            let run = try await Program.run(
                isInTerminal ? "script" : command[0],
                isInTerminal
                    ? ["-qec", command.map { "'\($0)'" }.joined(separator: " "), "/dev/null"]
                    : Array(command.dropFirst()),
                folder: project.folder,
                environment: project.environment
            ) { running in
                try await eventually("the program runs") { Self.program(of: project) != nil }
                let found = try Self.sharedMemory(of: project)
                memory.withLock { $0 = found }
                guard victim == .host else { return running.send(SIGKILL) }
                let host = try #require(Self.processes(of: project).first { $0.command.contains("test-host") })
                kill(host.pid, SIGKILL)
                // The program doesn't know, and goes on; its end is seen as ever.
                let program = try #require(Self.program(of: project))
                kill(program.pid, SIGTERM)
            }
            #expect(run.status == (victim == .host ? 143 : 137), "\(run)")
            try await Self.expectNothing(of: project)
            // Of shared memory, the machine has 4,096 pieces.
            let number = try #require(memory.withLock { $0 })
            var status = shmid_ds()
            #expect(shmctl(number, IPC_STAT, &status) == -1, "the server's shared memory \(number) is still there")
        }
    }

    @Test("what a killed host has left is removed by the next run, or by gc", .native)
    func swept() async throws {
        try await ProjectFixture.with("test-swept") { project in
            try LeaseKillTests.shop(project, in: .native)
            for sweep in [["test", "gc"], ["test", "--no-seed", "--", "true"]] {
                let run = try await Program.run(
                    Program.nexenv,
                    ["test", "--no-seed", "--", "sh", "-c", "exec sleep 1000"],
                    folder: project.folder,
                    environment: project.environment
                ) { running in
                    try await eventually("the program runs") { Self.program(of: project) != nil }
                    // All at once: nobody is left to clear up.
                    let mine = Self.processes(of: project).filter {
                        $0.command.contains("test-host") || $0.command == ["sleep", "1000"]
                    }
                    for process in mine { kill(process.pid, SIGKILL) }
                    running.send(SIGKILL)
                }
                #expect(run.status == 137, "\(run)")
                #expect(!Self.processes(of: project).isEmpty)
                try await project.run(sweep)
                try await Self.expectNothing(of: project)
            }
        }
    }

    @Test("test processes that find no stack start one together, which goes when they have ended", .native)
    func automatic() async throws {
        try await ProjectFixture.with("test-automatic") { project in
            try LeaseKillTests.shop(project, in: .native)
            let probes = (1...4).map { "'\(LeaseKillTests.probe)' nexenv.yaml 5 \($0) &" }.joined(separator: " ")
            let run = try await Program.run(
                "sh",
                ["-c", "\(probes) wait"],
                folder: project.folder,
                environment: project.environment.merging(["NEXENV_PROGRAM": Program.nexenv]) { $1 }
            )
            #expect(run.output == "done\ndone\ndone\ndone\n", "\(run)")
            try await Self.expectNothing(of: project)
        }
    }

    // MARK: - Looking

    /// Waits until no process, folder, container, volume or network of any run is left.
    private static func expectNothing(of project: ProjectFixture) async throws {
        try await eventually("no process is left: \(processes(of: project))") { processes(of: project).isEmpty }
        try await eventually("no folder is left: \(runs(of: project))") { runs(of: project).isEmpty }
        if Requirement.isStrict {
            let docker = try await DockerView.of(project)
            #expect(docker.containers.isEmpty && docker.volumes.isEmpty && docker.networks.isEmpty, "\(docker)")
        }
    }

    private static func state(of project: ProjectFixture) -> String {
        (project.environment["XDG_STATE_HOME"] ?? nil) ?? ""
    }

    private static func runs(of project: ProjectFixture) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: state(of: project) + "/nexenv/runs")) ?? []
    }

    /// The processes of all runs: servers, hosts and programs.
    private static func processes(of project: ProjectFixture) -> [ProcessView] {
        // Servers of root's runs have their data where their user can reach it, in a folder with the run's name.
        let marks = [state(of: project), "/\(project.name)-test-"]
        return ProcessView.all().filter { process in
            marks.contains { mark in process.command.contains { $0.contains(mark) } || process.folder.contains(mark) }
        } + [program(of: project)].compactMap { $0 }
    }

    /// The number of the native PostgreSQL's shared memory, as it notes it in the seventh line of `postmaster.pid`.
    private static func sharedMemory(of project: ProjectFixture) throws -> Int32 {
        let command = try #require(processes(of: project).map(\.command).first { $0.contains("-D") })
        let folder = try #require(command.drop { $0 != "-D" }.dropFirst().first)
        let note = try String(contentsOfFile: "\(folder)/postmaster.pid", encoding: .utf8)
        let line = try #require(note.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(6).first)
        return try #require(line.split(separator: " ").last.flatMap { Int32($0) })
    }

    /// The program that tests stand in for, once it runs.
    private static func program(of project: ProjectFixture) -> ProcessView? {
        ProcessView.of(project).first { $0.command == ["sleep", "1000"] }
    }
}
