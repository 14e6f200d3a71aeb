import Foundation

/// The program `nexenv`, for a process that isn't it.
enum NexEnvProgram {
    /// `NEXENV_PROGRAM`, else the one beside this program, as in a build folder, else the one in `PATH`.
    static var path: String? {
        let named = ProcessInfo.processInfo.environment["NEXENV_PROGRAM"]
        if let named, !named.isEmpty { return named }
        let own = realPath(NativeLauncher.executable) ?? CommandLine.arguments[0]
        let beside = (own as NSString).deletingLastPathComponent + "/nexenv"
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return ProgramFinder().path(of: "nexenv")
    }
}
