import Foundation
import Subprocess
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Runs programs, with a limit on their time, and keeps what they said.
enum Program {
    /// What a program left behind.
    struct Run: Sendable, CustomStringConvertible {
        var arguments: [String]
        var status: Int32
        var output: String
        var error: String
        var seconds: Double

        var description: String {
            "\(arguments.joined(separator: " ")) → \(status) in \(String(format: "%.2f", seconds)) s\n\(output)\(error)"
        }

        /// The output as JSON; null where it isn't any.
        var json: JSON { JSON(text: output) }
    }

    /// A program that runs.
    struct Running: Sendable {
        let pid: Int32
        fileprivate let outputPath: String
        fileprivate let errorPath: String

        /// What it has written so far.
        var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
        var error: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

        func send(_ signal: Int32) { kill(pid, signal) }

        /// Waits until its standard error holds a text.
        func waitForError(_ text: String) async throws {
            try await eventually("standard error has “\(text)”; it is: \(error)") { error.contains(text) }
        }
    }

    /// The binary under test: `NEXENV_BINARY`, or else the one beside the test bundle.
    static let nexenv: String = {
        if let path = ProcessInfo.processInfo.environment["NEXENV_BINARY"], !path.isEmpty { return path }
        let bundle = ProcessInfo.processInfo.arguments.first { $0.contains(".xctest") } ?? ""
        let folder = bundle.range(of: ".xctest").map { bundle[..<$0.lowerBound] } ?? ""
        return ((String(folder) as NSString).deletingLastPathComponent as NSString).appendingPathComponent("nexenv")
    }()

    /// Runs a program to its end, with a body beside it; one that takes longer than the limit is killed, which shows as 137.
    static func run(
        _ program: String,
        _ arguments: [String],
        folder: String? = nil,
        environment: [String: String?] = [:],
        limit: Duration = .seconds(120),
        _ body: @escaping @Sendable (Running) async throws -> Void = { _ in }
    ) async throws -> Run {
        let base = FileManager.default.temporaryDirectory.path + "/nexenv-run-\(UUID().uuidString)"
        let paths = (base + ".out", base + ".err")
        defer { for path in [paths.0, paths.1] { unlink(path) } }
        let updates = environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), $0.value) }
        let configuration = Configuration(
            executable: program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: updates)),
            workingDirectory: folder.map { FilePath($0) }
        )
        let start = ContinuousClock.now
        let result = try await Subprocess.run(
            configuration,
            input: .none,
            output: .fileDescriptor(try open(paths.0), closeAfterSpawningProcess: true),
            error: .fileDescriptor(try open(paths.1), closeAfterSpawningProcess: true)
        ) { execution in
            let running = Running(
                pid: execution.processIdentifier.value,
                outputPath: paths.0,
                errorPath: paths.1
            )
            let watchdog = Task {
                try await Task.sleep(for: limit)
                running.send(SIGKILL)
            }
            try await body(running)
            // The body of `run` is all that can hold the watchdog; the end of the process is seen from here.
            while !Self.hasEnded(running.pid) { try await Task.sleep(for: .milliseconds(5)) }
            watchdog.cancel()
        }
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        let time = ContinuousClock.now - start
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
        let text = try [paths.0, paths.1].map {
            String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self)
        }
        let name = (program as NSString).lastPathComponent
        return Run(arguments: [name] + arguments, status: status, output: text[0], error: text[1], seconds: seconds)
    }

    private static func open(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    }

    /// Whether a child of ours has ended, without taking its status from whoever waits for it.
    private static func hasEnded(_ pid: Int32) -> Bool {
        var info = siginfo_t()
        let result = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
        return result != 0 || info.si_signo != 0
    }
}

/// Waits until something holds, looking often.
///
/// - Throws: ``NotInTime``.
func eventually(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NotInTime(what: what()) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// What a test waited for in vain.
struct NotInTime: Error, CustomStringConvertible {
    let what: String

    var description: String { "it never came to be that \(what)" }
}
